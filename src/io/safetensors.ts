import { DataError } from '../errors.js';
import type { Dtype } from '../matrix.js';
import type { ArrayEntry, ArrayFile } from './array-file.js';
import { denseEntry, rangePayload, refusedEntry } from './dense.js';
import { ITEM_BYTES, type StoredDtype } from './dtype.js';
import { encodeMatrix } from './encode.js';
import { findRepeatedKey } from './json-keys.js';
import type { NamedMatrix } from './named-matrix.js';
import { countElements, formatShape } from './shape.js';
import type { ByteSource } from './source.js';

// The format's own limit.
const LONGEST_HEADER = 100_000_000;

const DTYPES: Readonly<Record<string, StoredDtype>> = {
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

/**
 * Opens a .safetensors file.
 * @throws DataError when the header is damaged, or when its tensors leave holes, overlap, or miss the file's end
 */
export async function openSafetensors(source: ByteSource): Promise<ArrayFile> {
  const { path, size } = source;
  if (size < 8) throw new DataError(`expected a header length of 8 bytes, got ${size}`, { path });
  const lengthBytes = await source.read(0, 8);
  const length = new DataView(lengthBytes.buffer, lengthBytes.byteOffset, 8).getBigUint64(0, true);
  const longest = Math.min(size - 8, LONGEST_HEADER);
  if (length > BigInt(longest)) {
    throw new DataError(`expected a header of at most ${longest} bytes, got ${length}`, { path, byte: 0 });
  }
  const headerBytes = Number(length);
  const header = parseHeader(await source.read(8, headerBytes), path);
  const tensors = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, about]) => parseTensor(name, about, path));
  checkCover(tensors, size - 8 - headerBytes, path);
  return { path, format: 'safetensors', arrays: tensors.map((tensor) => entryOf(source, tensor, 8 + headerBytes)) };
}

interface Tensor {
  name: string;
  code: string;
  shape: number[];
  begin: number;
  end: number;
}

function parseHeader(bytes: Uint8Array, path: string): Record<string, unknown> {
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

function parseTensor(name: string, about: unknown, path: string): Tensor {
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

function checkCover(tensors: readonly Tensor[], dataBytes: number, path: string): void {
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

function entryOf(source: ByteSource, tensor: Tensor, dataStart: number): ArrayEntry {
  const { name, code, shape, begin, end } = tensor;
  const dtype = Object.hasOwn(DTYPES, code) ? DTYPES[code] : undefined;
  if (dtype === undefined) {
    const refusal = `expected a dtype of ${Object.keys(DTYPES).join(', ')}, got ${code}`;
    return refusedEntry(source.path, name, { dtype: code, shape, bytes: end - begin, refusal });
  }
  const layout = { dtype, bigEndian: false, fortranOrder: false, shape };
  return denseEntry(source.path, name, layout, rangePayload(source, dataStart + begin, end - begin));
}

/**
 * Writes matrices as .safetensors.
 * @throws DataError for a name that is given twice or means something else to the format
 */
export function* writeSafetensors(entries: readonly NamedMatrix[]): Generator<Uint8Array> {
  const names = new Set<string>();
  for (const { name } of entries) {
    if (name === '__metadata__' || names.has(name)) throw new DataError('expected a name of its own', { member: name });
    names.add(name);
  }
  // Wide elements first: every tensor then begins at a multiple of its element's size, as the format wants it.
  const inOrder = [...entries].sort((a, b) => ITEM_BYTES[b.matrix.dtype] - ITEM_BYTES[a.matrix.dtype]);
  let offset = 0;
  const fields = inOrder.map(({ name, matrix }) => {
    const begin = offset;
    offset += matrix.data.length * ITEM_BYTES[matrix.dtype];
    const about = { dtype: codeOf(matrix.dtype), shape: [matrix.rows, matrix.columns], data_offsets: [begin, offset] };
    return `${JSON.stringify(name)}:${JSON.stringify(about)}`;
  });
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  const header = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  header.set(json, 8);
  yield header;
  for (const { matrix } of inOrder) yield* encodeMatrix(matrix);
}

function codeOf(dtype: Dtype): string {
  return Object.keys(DTYPES).find((code) => DTYPES[code] === dtype) as string;
}
