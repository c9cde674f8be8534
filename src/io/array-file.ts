import type { Dtype, Matrix } from '../matrix.js';
import type { Note } from '../note.js';
import type { SparseMatrix } from '../sparse-matrix.js';

/** An opened file: what it holds is known, the numbers are not read yet. */
export interface ArrayFile {
  readonly path: string;
  /** How its arrays are stored: the name of a format. */
  readonly format: string;
  readonly arrays: readonly ArrayEntry[];
  /** What was decided when it was opened, without being said. */
  readonly notes?: readonly Note[];
  /** Strings that the file keeps beside its arrays; only .safetensors has some. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Some rows of an array, in order. */
export interface RowChunk {
  readonly firstRow: number;
  readonly matrix: Matrix;
}

/** A column that was taken of a table. */
export interface TakenColumn {
  readonly column: number;
  readonly isNamed: boolean;
}

/** One array of a file. */
export interface ArrayEntry {
  /** The file it is in. */
  readonly path: string;
  /** Name of the member or tensor; null where the file holds one array without a name. */
  readonly name: string | null;
  /**
   * The declared element type. Where it is none that a Matrix can have, `refusal` says what then
   * happens.
   */
  readonly dtype: Dtype | (string & {});
  /** Of a table rows and columns: axes of length 1 beyond these are dropped, and `notes` say so. */
  readonly shape: readonly number[];
  /** Bytes of the whole array once it is read. */
  readonly bytes: number;
  /** Why it cannot be read as a table of numbers; null when, by its header, it can. */
  readonly refusal: string | null;
  /** What was decided about it without being said. */
  readonly notes?: readonly Note[];
  /** Names of the columns, where the file has them. */
  readonly columnNames?: readonly string[];
  /** By column: null for numbers; of words the different ones, whose places are its numbers. */
  readonly words?: ReadonlyArray<readonly string[] | null>;
  /** Columns that name the rows, as an index of pandas, and are no data; rising. */
  readonly rowNameColumns?: readonly number[];
  /**
   * Of a table of which some columns were taken, by column: its place in the table, and whether it
   * was asked for by its name or place alone, and so is meant. Null if its columns have none.
   */
  readonly taken?: readonly TakenColumn[] | null;
  /**
   * The same table with these columns alone: there if the file can read them without the others,
   * which then may be damaged or no numbers.
   * @param takesMissing whether what is missing is NaN; unless told, as the file was opened
   */
  select?(columns: readonly number[], takesMissing?: boolean): ArrayEntry;
  /**
   * Refuses what is known already to be unreadable, as a text table that was read through.
   * @throws DataError as `read` does
   */
  check?(): void;
  /**
   * Reads it whole. One dimension is one column.
   * @throws DataError with the row and column of a value that cannot be used, or with `refusal`
   */
  read(): Promise<Matrix>;
  /** Reads it without its zeros: there if the file stores none. */
  readSparse?(): Promise<SparseMatrix>;
  /**
   * Reads a list of strings: there if it is one, as numpy writes `str` and `bytes`.
   * @param most the bytes that it may take, a mebibyte unless told: as much as names need
   * @throws DataError for a longer one, and for what is no text
   */
  readStrings?(most?: number): Promise<string[]>;
  /**
   * Reads it a few mebibytes at a time. A checksum can only be checked at the end: where it is
   * wrong, the DataError comes after the last chunk.
   */
  chunks(): AsyncIterable<RowChunk>;
}
