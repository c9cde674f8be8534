import { DataError } from '../errors.js';
import { Matrix, type MatrixData } from '../matrix.js';
import { type Note, note } from '../note.js';
import type { ArrayEntry, RowChunk } from './array-file.js';
import { checkBooleans, decodeElements, type Refuse, refuseAt } from './decode.js';
import { allocate, declaredDtype, heldBytes, holderOf, ITEM_BYTES, isHeldAsStored, type StoredDtype } from './dtype.js';
import { countElements, dropAxes, formatShape, refusalOfShape, rowsAndColumns } from './shape.js';
import { type ByteSource, inBlocksOf, streamRange } from './source.js';

/** How the elements of an array lie in its bytes. */
export interface Layout {
  readonly dtype: StoredDtype;
  readonly bigEndian: boolean;
  /** Column after column, as Fortran stores them, instead of row after row. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

/**
 * The bytes of the elements: always in order; in ranges too, where they are neither compressed nor
 * checksummed.
 */
export interface Payload {
  stream(): AsyncIterable<Uint8Array>;
  read?(offset: number, length: number): Promise<Uint8Array>;
}

/** The payload that is a plain range of a source. */
export function rangePayload(source: ByteSource, start: number, length: number): Payload {
  return {
    stream: () => streamRange(source, start, length),
    read: (offset, count) => source.read(start + offset, count),
  };
}

type Read = NonNullable<Payload['read']>;

const CHUNK_BYTES = 4 << 20;
// A multiple of every element's size, so that no element is cut.
const DECODE_BYTES = 1 << 20;
// Beyond this the array is allocated first, so that one too long for memory is refused with its
// name.
const WHOLE_BYTES = 2 ** 30;

/**
 * An entry whose elements lie one after the other: every binary format comes down to this.
 * The payload must have been found to be as long as the layout needs.
 */
export function denseEntry(path: string, name: string | null, layout: Layout, payload: Payload): ArrayEntry {
  const { dtype, shape } = layout;
  const count = countElements(shape, Math.max(ITEM_BYTES[dtype], heldBytes(dtype)), placeOf(path, name));
  const refusal = refusalOfShape(shape);
  const refuse = () => new DataError(refusal ?? '', placeOf(path, name));
  const isFlattened = refusal === null && shape.length > 2;
  return {
    path,
    name,
    dtype,
    shape: isFlattened ? dropAxes(shape) : shape,
    ...(isFlattened && { notes: [noteDropped(path, name, shape)] }),
    bytes: count * heldBytes(dtype),
    refusal,
    async read() {
      if (refusal !== null) throw refuse();
      return new DenseReader(path, name, layout, payload).read();
    },
    async *chunks() {
      if (refusal !== null) throw refuse();
      yield* new DenseReader(path, name, layout, payload).chunks();
    },
  };
}

/** Says that axes of length 1 are dropped. */
export function noteDropped(path: string, name: string | null, shape: readonly number[]): Note {
  const what = name === null ? path : `${path}: '${name}'`;
  const text = `${what} is ${formatShape(shape)} and taken as ${formatShape(dropAxes(shape))}`;
  return note('dropped-axes', text, { isGuess: true });
}

/** An entry that is listed and refused when it is read. */
export function refusedEntry(
  path: string,
  name: string | null,
  about: { dtype: string; shape: readonly number[]; bytes: number; refusal: string; columnNames?: readonly string[] },
): ArrayEntry {
  const refuse = () => new DataError(about.refusal, placeOf(path, name));
  return {
    path,
    name,
    ...about,
    async read() {
      throw refuse();
    },
    // biome-ignore lint/correctness/useYield: there is nothing to yield, but it must fail as an iterable does
    async *chunks() {
      throw refuse();
    },
  };
}

function placeOf(path: string, name: string | null): { path: string; member?: string } {
  return name === null ? { path } : { path, member: name };
}

class DenseReader {
  private readonly rows: number;
  private readonly columns: number;
  private readonly itemBytes: number;
  private readonly member: string | undefined;

  constructor(
    private readonly path: string,
    name: string | null,
    private readonly layout: Layout,
    private readonly payload: Payload,
  ) {
    const { rows, columns } = rowsAndColumns(layout.shape);
    this.rows = rows;
    this.columns = columns;
    this.itemBytes = ITEM_BYTES[layout.dtype];
    this.member = name ?? undefined;
  }

  async read(): Promise<Matrix> {
    const { rows, columns, payload } = this;
    if (payload.read !== undefined && this.isAsHeld() && rows * columns * this.itemBytes <= WHOLE_BYTES) {
      return this.matrix(await this.readRows(payload.read, 0, rows), rows);
    }
    const out = this.allocate(rows * columns);
    if (payload.read !== undefined) {
      for await (const { firstRow, matrix } of this.chunks()) out.set(matrix.data, firstRow * columns);
    } else if (this.isTransposed()) {
      await this.transposeStream(out);
    } else {
      let at = 0;
      for await (const block of inBlocksOf(payload.stream(), DECODE_BYTES)) {
        this.decode(block, out, at, this.inRows(0));
        at += block.length / this.itemBytes;
      }
    }
    return this.matrix(out, rows);
  }

  async *chunks(): AsyncGenerator<RowChunk> {
    const { columns, payload } = this;
    if (payload.read === undefined && !this.isTransposed()) {
      let firstRow = 0;
      const rowBytes = columns * this.itemBytes;
      for await (const block of inBlocksOf(payload.stream(), this.chunkRows() * rowBytes)) {
        const rows = block.length / rowBytes;
        const out = this.allocate(rows * columns);
        this.decode(block, out, 0, this.inRows(firstRow));
        yield { firstRow, matrix: this.matrix(out, rows) };
        firstRow += rows;
      }
      return;
    }
    // Column order in a compressed member: the first row is whole only once all of it is read.
    const whole = payload.read === undefined ? await this.read() : null;
    const step = this.chunkRows();
    for (let firstRow = 0; firstRow < this.rows; firstRow += step) {
      const rows = Math.min(step, this.rows - firstRow);
      const data =
        payload.read === undefined
          ? whole!.data.slice(firstRow * columns, (firstRow + rows) * columns)
          : await this.readRows(payload.read, firstRow, rows);
      yield { firstRow, matrix: this.matrix(data, rows) };
    }
  }

  /** Reads some rows out of ranges of the bytes. */
  private async readRows(read: Read, firstRow: number, rows: number): Promise<MatrixData> {
    if (this.isTransposed()) return this.transposeRows(read, firstRow, rows);
    const { dtype } = this.layout;
    const rowBytes = this.columns * this.itemBytes;
    const bytes = await read(firstRow * rowBytes, rows * rowBytes);
    if (this.isAsHeld() && bytes.byteOffset % this.itemBytes === 0) {
      // The bytes are ours, so they are the numbers.
      if (dtype === 'bool') checkBooleans(bytes, 0, this.inRows(firstRow));
      return new (holderOf(dtype))(bytes.buffer as ArrayBuffer, bytes.byteOffset, rows * this.columns);
    }
    const out = this.allocate(rows * this.columns);
    this.decode(bytes, out, 0, this.inRows(firstRow));
    return out;
  }

  /** A single row or column lies the same way in both orders. */
  private isTransposed(): boolean {
    return this.layout.fortranOrder && this.rows > 1 && this.columns > 1;
  }

  /** Whether the bytes of some rows are, as they are, what a matrix holds. */
  private isAsHeld(): boolean {
    const { dtype, bigEndian } = this.layout;
    return isHeldAsStored(dtype) && !(bigEndian && this.itemBytes > 1) && !this.isTransposed();
  }

  private chunkRows(): number {
    const fitting = Math.floor(CHUNK_BYTES / (this.columns * heldBytes(this.layout.dtype)));
    return Math.max(1, Math.min(this.rows, fitting));
  }

  /** Reads a stretch of every column, and lays them side by side as rows. */
  private async transposeRows(read: Read, firstRow: number, rows: number): Promise<MatrixData> {
    const out = this.allocate(rows * this.columns);
    const stretch = this.allocate(rows);
    for (let column = 0; column < this.columns; column++) {
      const bytes = await read((column * this.rows + firstRow) * this.itemBytes, rows * this.itemBytes);
      this.decode(
        bytes,
        stretch,
        0,
        this.refuser((index) => ({ row: firstRow + index, column })),
      );
      for (let row = 0; row < rows; row++) out[row * this.columns + column] = stretch[row];
    }
    return out;
  }

  private async transposeStream(out: MatrixData): Promise<void> {
    const part = this.allocate(DECODE_BYTES / this.itemBytes);
    let start = 0;
    for await (const block of inBlocksOf(this.payload.stream(), DECODE_BYTES)) {
      const first = start;
      const count = block.length / this.itemBytes;
      this.decode(
        block,
        part,
        0,
        this.refuser((index) => this.positionInColumns(first + index)),
      );
      let { row, column } = this.positionInColumns(start);
      for (let i = 0; i < count; i++) {
        out[row * this.columns + column] = part[i];
        if (++row === this.rows) {
          row = 0;
          column++;
        }
      }
      start += count;
    }
  }

  private positionInColumns(index: number): { row: number; column: number } {
    return { row: index % this.rows, column: Math.floor(index / this.rows) };
  }

  private inRows(firstRow: number): Refuse {
    return this.refuser((index) => ({
      row: firstRow + Math.floor(index / this.columns),
      column: index % this.columns,
    }));
  }

  private refuser(positionOf: (index: number) => { row: number; column: number }): Refuse {
    return refuseAt(this.path, this.member, positionOf);
  }

  private decode(bytes: Uint8Array, out: MatrixData, at: number, refuse: Refuse): void {
    decodeElements(bytes, this.layout.dtype, this.layout.bigEndian, out, at, refuse);
  }

  private allocate(count: number): MatrixData {
    return allocate(this.layout.dtype, count, { path: this.path, member: this.member });
  }

  private matrix(data: MatrixData, rows: number): Matrix {
    return new Matrix(data, rows, this.columns, declaredDtype(this.layout.dtype));
  }
}
