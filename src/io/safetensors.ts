import type { ArrayEntry, ArrayFile } from './array-file.js';
import { type ArrayFormat, readNamed } from './array-format.js';
import { denseEntry, rangePayload, refusedEntry } from './dense.js';
import { ITEM_BYTES } from './dtype.js';
import { encodeMatrix } from './encode-matrix.js';
import type { NamedMatrix } from './named-matrix.js';
import { DTYPES, encodeHeader, type Metadata, readHeader, type StoredTensor } from './safetensors-header.js';
import type { ByteSource } from './source.js';

/**
 * Opens a .safetensors file.
 * @throws DataError when the header is damaged, or when its tensors leave holes, overlap, or miss
 * the file's end
 */
export async function openSafetensors(source: ByteSource): Promise<ArrayFile> {
  const { tensors, metadata, dataStart } = await readHeader(source);
  const arrays = tensors.map((tensor) => entryOf(source, tensor, dataStart));
  return { path: source.path, format: 'safetensors', arrays, metadata };
}

function entryOf(source: ByteSource, tensor: StoredTensor, dataStart: number): ArrayEntry {
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
 * @param metadata strings that are kept beside them
 * @throws DataError for a name that is given twice or means something else to the format
 */
export function* writeSafetensors(entries: readonly NamedMatrix[], metadata?: Metadata): Generator<Uint8Array> {
  // Wide elements first: every tensor then begins at a multiple of its element's size, as the
  // format wants it.
  const inOrder = [...entries].sort((a, b) => ITEM_BYTES[b.matrix.dtype] - ITEM_BYTES[a.matrix.dtype]);
  const tensors = inOrder.map(({ name, matrix: { rows, columns, data, dtype } }) => {
    return { name, dtype, shape: [rows, columns], bytes: data.length * ITEM_BYTES[dtype] };
  });
  yield encodeHeader(tensors, metadata);
  for (const { matrix } of inOrder) yield* encodeMatrix(matrix);
}

/**
 * .safetensors, an archive. A file of that name is one, so that its reader says what is wrong with
 * it.
 */
export const safetensors = {
  name: 'safetensors',
  extensions: ['safetensors'],
  begins: beginsAsSafetensors,
  byName: 'always',
  open: openSafetensors,
  output: {
    extensions: ['safetensors'],
    isArchive: true,
    hasStrings: false,
    write: async function* (entries) {
      const matrices: NamedMatrix[] = [];
      for await (const matrix of readNamed(entries)) matrices.push(matrix);
      yield* writeSafetensors(matrices);
    },
  },
} as const satisfies ArrayFormat;

/** Eight bytes of length and then JSON: `{"` or, without any tensor, `{}`. */
function beginsAsSafetensors(prefix: Uint8Array, size: number): boolean {
  if (prefix.length < 10 || prefix[8] !== 0x7b || (prefix[9] !== 0x22 && prefix[9] !== 0x7d)) return false;
  const length = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true);
  return length >= 2n && length <= BigInt(size - 8);
}
