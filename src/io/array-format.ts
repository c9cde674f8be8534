/** What a format of arrays is made of. {@link FORMATS} lists them all. */
import type { Dtype, Matrix } from '../matrix.js';
import type { ArrayEntry, ArrayFile } from './array-file.js';
import { encodeMatrix } from './encode-matrix.js';
import type { NamedMatrix } from './named-matrix.js';
import type { Role } from './roles.js';
import { rowsAndColumns } from './shape.js';
import type { ByteSource } from './source.js';

/** What must be said about values without a header. */
export interface RawOptions {
  readonly columns?: number;
  /** float32 unless told, int32 for factors. */
  readonly dtype?: Dtype;
}

/** What a file does not say itself. */
export interface OpenOptions {
  /** For a file of bare values without a header. */
  readonly raw?: RawOptions;
  /**
   * What the file is given as: decides the dtype of bare values, and the option that messages name.
   */
  readonly role?: Role;
  /**
   * The rows of the file it belongs to: they tell the columns of bare values in messages, and
   * whether the first line of a text table is one too many.
   */
  readonly expectedRows?: number;
  /**
   * Whether the first line of that file numbers its columns (0, 1, 2 ...), and whether it was taken
   * for their names or for a row.
   */
  readonly besideNumbered?: 'names' | 'row';
  /**
   * Whether the first row of a text table holds names; `auto`, the default, looks whether it holds
   * no number.
   */
  readonly header?: 'auto' | boolean;
  /** Whether what says that a value is missing (empty cells, NA, null) is read as NaN. */
  readonly takesMissing?: boolean;
}

/** One format: how it is known, read and written. */
export interface ArrayFormat {
  readonly name: string;
  /** Endings of the names of its files, without the dot. */
  readonly extensions: readonly string[];
  /** Whether a file is of this format by its first bytes, whatever its name. */
  begins?(prefix: Uint8Array, size: number): boolean;
  /**
   * Whether a file is of this format by its name alone: `always`, or `unless` it begins as
   * something that is known and not read here. Without it a file of the name has to begin as the
   * format does.
   */
  readonly byName?: 'always' | 'unless';
  open(source: ByteSource, options: OpenOptions): ArrayFile | Promise<ArrayFile>;
  readonly output?: ArrayOutput;
}

/** How a format is written. */
export interface ArrayOutput {
  /** Endings of names that ask for it; the first is the usual one. */
  readonly extensions: readonly string[];
  /** Whether it holds several arrays, by name. */
  readonly isArchive: boolean;
  /** Whether it holds lists of strings beside them. */
  readonly hasStrings: boolean;
  /** Writes the arrays it was given: one, where it holds no more. */
  write(entries: readonly ArrayEntry[], options: { readonly compress?: boolean }): AsyncIterable<Uint8Array>;
}

// What numpy.savez calls an array without a name.
const UNNAMED = 'arr_0';

/** What an array is called in an archive. */
export function nameOf({ name }: ArrayEntry): string {
  return name ?? UNNAMED;
}

/** Reads arrays to write them, one at a time. */
export async function* readNamed(entries: readonly ArrayEntry[]): AsyncGenerator<NamedMatrix> {
  for (const entry of entries) yield { name: nameOf(entry), matrix: await entry.read() };
}

/**
 * Writes one array in constant memory: what stands before its rows, where something does, and then
 * them.
 */
export async function* writeRows(
  entry: ArrayEntry,
  header: (dtype: Dtype, rows: number, columns: number) => Uint8Array | null,
  encode: (matrix: Matrix) => Iterable<Uint8Array> = encodeMatrix,
): AsyncGenerator<Uint8Array> {
  const { rows, columns } = rowsAndColumns(entry.shape);
  const before = header(entry.dtype === 'bfloat16' ? 'float32' : (entry.dtype as Dtype), rows, columns);
  if (before !== null) yield before;
  for await (const { matrix } of entry.chunks()) yield* encode(matrix);
}

/** Whether a file begins with these bytes. */
export function beginsWith(prefix: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => prefix[i] === byte);
}
