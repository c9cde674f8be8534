/** The header of .safetensors: where every tensor lies, and a map of strings beside them. */
import { DataError } from '../errors.js';
import type { Dtype } from '../matrix.js';
import { ITEM_BYTES, type StoredDtype } from './dtype.js';
import { findRepeatedKey } from './json-keys.js';
import { countElements, formatShape } from './shape.js';
import type { ByteSource } from './source.js';

// The format's own limit.
const LONGEST_HEADER = 100_000_000;

const METADATA = '__metadata__';

/** The dtypes that can be read, by the format's codes. */
export const DTYPES: Readonly<Record<string, StoredDtype>> = {
  BOOL: 'bool',
  I8: 'int8',
  U8: 'uint8',
  I16: 'int16',
  U16: 'uint16',
  I32: 'int32',
  U32: 'uint32',
  I64: 'int64',
  U64: 'uint64',
  F16: 'float16',
  BF16: 'bfloat16',
  F32: 'float32',
  F64: 'float64',
};

/** A map of strings that a file carries beside its tensors. */
export type Metadata = Readonly<Record<string, string>>;

/** A tensor of the header; bytes from `begin` to `end` of the data. */
export interface StoredTensor {
  readonly name: string;
  /** The dtype as the format calls it. */
  readonly code: string;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly tensors: readonly StoredTensor[];
  readonly metadata: Metadata;
  /** Byte of the file at which the data begins. */
  readonly dataStart: number;
}

/**
 * @throws DataError when the header is damaged, or when its tensors leave holes, overlap, or miss
 * the file's end
 */
export async function readHeader(source: ByteSource): Promise<SafetensorsHeader> {
  const { path, size } = source;
  if (size < 8) throw new DataError(`expected a header length of 8 bytes, got ${size}`, { path });
  const lengthBytes = await source.read(0, 8);
  const length = new DataView(lengthBytes.buffer, lengthBytes.byteOffset, 8).getBigUint64(0, true);
  const longest = Math.min(size - 8, LONGEST_HEADER);
  if (length > BigInt(longest)) {
    throw new DataError(`expected a header of at most ${longest} bytes, got ${length}`, { path, byte: 0 });
  }
  const dataStart = 8 + Number(length);
  const { [METADATA]: metadata, ...fields } = parseJson(await source.read(8, Number(length)), path);
  const tensors = Object.entries(fields).map(([name, about]) => parseTensor(name, about, path));
  checkCover(tensors, size - dataStart, path);
  return { tensors, metadata: parseMetadata(metadata, path), dataStart };
}

function parseJson(bytes: Uint8Array, path: string): Record<string, unknown> {
  if (bytes[0] !== 0x7b) throw new DataError('expected the header to begin with {', { path, byte: 8 });
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    throw new DataError('expected the header to be JSON in UTF-8', { path, byte: 8 });
  }
  const repeated = findRepeatedKey(text);
  if (repeated !== null)
    throw new DataError(`expected every key of the header once, got '${repeated}' twice`, { path });
  return header as Record<string, unknown>;
}

function parseMetadata(metadata: unknown = {}, path: string): Metadata {
  const isMap = typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata);
  if (!isMap || !Object.values(metadata).every((value) => typeof value === 'string')) {
    throw new DataError(`expected ${METADATA} to be a map of strings`, { path });
  }
  return metadata as Metadata;
}

function parseTensor(name: string, about: unknown, path: string): StoredTensor {
  const place = { path, member: name };
  const { dtype, shape, data_offsets: offsets } = (about ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string') throw new DataError('expected a dtype in the header', place);
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw new DataError('expected the shape to be an array of whole numbers', place);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount) || offsets[0] > offsets[1]) {
    throw new DataError('expected data_offsets to be two whole numbers in order', place);
  }
  const [begin, end] = offsets;
  const stored = Object.hasOwn(DTYPES, dtype) ? DTYPES[dtype] : undefined;
  if (stored !== undefined) {
    const expected = countElements(shape, ITEM_BYTES[stored], place) * ITEM_BYTES[stored];
    if (end - begin !== expected) {
      throw new DataError(`expected ${expected} bytes for ${formatShape(shape)} ${dtype}, got ${end - begin}`, place);
    }
  }
  return { name, code: dtype, shape, begin, end };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function checkCover(tensors: readonly StoredTensor[], dataBytes: number, path: string): void {
  const inOrder = [...tensors].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of inOrder) {
    if (begin !== covered) {
      throw new DataError(`expected its data to begin at ${covered}, where the one before ends, got ${begin}`, {
        path,
        member: name,
      });
    }
    covered = end;
  }
  if (covered !== dataBytes)
    throw new DataError(`expected ${covered} bytes after the header, got ${dataBytes}`, { path });
}

/**
 * The header, with the length before it, of tensors that lie one after the other as they are
 * listed.
 * @throws DataError for a name that is given twice or means something else to the format
 */
export function encodeHeader(
  tensors: ReadonlyArray<{ name: string; dtype: Dtype; shape: readonly number[]; bytes: number }>,
  metadata: Metadata = {},
): Uint8Array {
  const names = new Set<string>();
  let offset = 0;
  const fields = tensors.map(({ name, dtype, shape, bytes }) => {
    if (name === METADATA || names.has(name)) throw new DataError('expected a name of its own', { member: name });
    names.add(name);
    const begin = offset;
    offset += bytes;
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype: codeOf(dtype), shape, data_offsets: [begin, offset] })}`;
  });
  if (Object.keys(metadata).length > 0) fields.unshift(`"${METADATA}":${JSON.stringify(metadata)}`);
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  const header = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  header.set(json, 8);
  return header;
}

function codeOf(dtype: Dtype): string {
  return Object.keys(DTYPES).find((code) => DTYPES[code] === dtype) as string;
}
