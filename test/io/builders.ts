/**
 * Files built byte by byte, apart from the writers under test: what is expected is said by the
 * formats' own documents, not by our code.
 */
import { deflateRawSync, deflateSync } from 'node:zlib';

export function concatenate(...parts: Array<Uint8Array | string>): Uint8Array {
  return new Uint8Array(
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))),
  );
}

export function littleEndian(bytes: 2 | 4 | 8, ...values: Array<number | bigint>): Uint8Array {
  const out = Buffer.alloc(bytes * values.length);
  for (const [i, value] of values.entries()) {
    let left = BigInt.asUintN(64, BigInt(value));
    for (let k = 0; k < bytes; k++, left >>= 8n) out[i * bytes + k] = Number(left & 0xffn);
  }
  return new Uint8Array(out);
}

export interface NpyParts {
  version?: number;
  descr?: string;
  fortranOrder?: boolean;
  shape?: readonly number[];
  /** Replaces the dictionary. */
  header?: string;
  data?: Uint8Array;
}

export function npyBytes(parts: NpyParts = {}): Uint8Array {
  const { version = 1, descr = '<f4', fortranOrder = false, shape = [2, 2], data = new Uint8Array(16) } = parts;
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const order = fortranOrder ? 'True' : 'False';
  const header = `${parts.header ?? `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${tuple}, }`}\n`;
  const length = version === 1 ? littleEndian(2, header.length) : littleEndian(4, header.length);
  return concatenate('\x93NUMPY', Uint8Array.of(version, 0), length, header, data);
}

export interface ZipParts {
  name: string;
  content: Uint8Array;
  deflated?: boolean;
  /** Replaces the compressed bytes. */
  packed?: Uint8Array;
  /** Replaces what the headers say. */
  crc?: number;
  size?: number;
  method?: number;
  flags?: number;
  start?: number;
  /** Replaces what only the member's own header says. */
  localName?: string;
  localSize?: number;
}

/** CRC-32, bit by bit. */
export function crcOf(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

export function zipBytes(members: readonly ZipParts[], { comment = '', zip64 = false, prefix = '' } = {}): Uint8Array {
  const parts: Uint8Array[] = [concatenate(prefix)];
  const directory: Uint8Array[] = [];
  let position = prefix.length;
  for (const member of members) {
    const { name, content, deflated = false, flags = 0 } = member;
    const packed = member.packed ?? (deflated ? deflateRawSync(content) : content);
    const method = member.method ?? (deflated ? 8 : 0);
    const crc = member.crc ?? crcOf(content);
    const size = member.size ?? content.length;
    const start = member.start ?? position;
    const common = (sizes: Uint8Array) =>
      concatenate(littleEndian(2, 45, flags, method, 0, 0x21), littleEndian(4, crc), sizes);
    const wide = littleEndian(4, 0xffffffff, 0xffffffff);
    const localSizes = zip64 ? wide : littleEndian(4, packed.length, member.localSize ?? size);
    const localExtra = zip64
      ? concatenate(littleEndian(2, 1, 16), littleEndian(8, member.localSize ?? size, packed.length))
      : new Uint8Array(0);
    const localName = member.localName ?? name;
    const local = concatenate(
      'PK\x03\x04',
      common(localSizes),
      littleEndian(2, localName.length, localExtra.length),
      localName,
      localExtra,
    );
    const extra = zip64
      ? concatenate(littleEndian(2, 1, 24), littleEndian(8, size, packed.length, start))
      : new Uint8Array(0);
    directory.push(
      concatenate(
        'PK\x01\x02',
        littleEndian(2, 45),
        common(zip64 ? wide : littleEndian(4, packed.length, size)),
        littleEndian(2, name.length, extra.length, 0, 0, 0),
        littleEndian(4, 0, zip64 ? 0xffffffff : start),
        name,
        extra,
      ),
    );
    parts.push(local, packed);
    position += local.length + packed.length;
  }
  const directorySize = directory.reduce((sum, entry) => sum + entry.length, 0);
  const count = members.length;
  if (zip64) {
    directory.push(
      concatenate(
        'PK\x06\x06',
        littleEndian(8, 44),
        littleEndian(2, 45, 45),
        littleEndian(4, 0, 0),
        littleEndian(8, count, count, directorySize, position),
        'PK\x06\x07',
        littleEndian(4, 0),
        littleEndian(8, position + directorySize),
        littleEndian(4, 1),
      ),
    );
  }
  const end = concatenate(
    'PK\x05\x06',
    littleEndian(2, 0, 0, zip64 ? 0xffff : count, zip64 ? 0xffff : count),
    littleEndian(4, zip64 ? 0xffffffff : directorySize, zip64 ? 0xffffffff : position),
    littleEndian(2, comment.length),
    comment,
  );
  return concatenate(...parts, ...directory, end);
}

export function safetensorsBytes(header: unknown, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const json = typeof header === 'string' ? header : JSON.stringify(header);
  return concatenate(littleEndian(8, json.length), json, data);
}

export interface VmatParts {
  version?: number;
  code?: number;
  rows?: number | bigint;
  columns?: number | bigint;
  reserved?: number;
  data?: Uint8Array;
}

export function vmatBytes(parts: VmatParts = {}): Uint8Array {
  const { version = 1, code = 2, rows = 2, columns = 2, reserved = 0, data = new Uint8Array(16) } = parts;
  return concatenate('VMAT', littleEndian(2, version, code), littleEndian(8, rows, columns, reserved), data);
}

/** float32 values as little-endian bytes. */
export function floats(...values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

export interface MatParts {
  readonly isBig?: boolean;
  readonly isCompressed?: boolean;
  readonly classCode?: number;
  readonly type?: number;
  readonly shape?: readonly number[];
  readonly values?: Uint8Array;
  readonly isComplex?: boolean;
  readonly version?: number;
}

/** A MAT file of version 5 with one variable, `im`, built by the tables of "MAT-File Format". */
export function matBytes(parts: MatParts = {}): Uint8Array {
  const { isBig = false, isCompressed = false, classCode = 9, type = 2, shape = [2, 2] } = parts;
  const { values = Uint8Array.of(1, 2, 3, 4), isComplex = false, version = 0x0100 } = parts;
  const words = (...numbers: number[]) => {
    const view = new DataView(new ArrayBuffer(numbers.length * 4));
    for (const [i, value] of numbers.entries()) view.setInt32(i * 4, value, !isBig);
    return new Uint8Array(view.buffer);
  };
  const element = (code: number, data: Uint8Array) =>
    concatenate(words(code, data.length), data, new Uint8Array((8 - (data.length % 8)) % 8));
  const small = concatenate(words((2 << 16) | 1), 'im', Uint8Array.of(0, 0));
  const flags = element(6, words(classCode | (isComplex ? 0x800 : 0), 0));
  const matrix = element(14, concatenate(flags, element(5, words(...shape)), small, element(type, values)));
  const packed = new Uint8Array(deflateSync(matrix));
  const variable = isCompressed ? concatenate(words(15, packed.length), packed) : matrix;
  const half = new DataView(new ArrayBuffer(2));
  half.setUint16(0, version, !isBig);
  const text = 'MATLAB 5.0 MAT-file, made byte by byte'.padEnd(116);
  return concatenate(text, new Uint8Array(8), new Uint8Array(half.buffer), isBig ? 'MI' : 'IM', variable);
}
