/** Latents a block of columns at a time: the kernels' memory limits a block, and not the table. */
import { type Matrix, type PlainMatrix, sameKind } from '../matrix.js';
import { type Latents, type PlainSparse, SparseMatrix } from '../sparse-matrix.js';

/** Neighbouring columns of a table. */
export type ColumnBlock = (PlainMatrix | PlainSparse) & {
  /** The first of them in the table. */
  readonly from: number;
};

/**
 * Small beside what a program takes anyway; a thousand blocks of the largest table take no time.
 */
const BLOCK_BYTES = 8 * 1024 ** 2;
/** Values of a sparse table that take as much, with their rows. */
const BLOCK_VALUES = BLOCK_BYTES / 16;

/** How many blocks a table is cut into, whoever works on them. */
export function countBlocks(latents: Latents): number {
  return Math.ceil(latents.columns / widthOf(latents));
}

/** The blocks of a table, each made when its turn comes. */
export function* cutColumns(latents: Latents): Generator<ColumnBlock> {
  const { columns } = latents;
  const width = widthOf(latents);
  for (let from = 0; from < columns; from += width) {
    const to = Math.min(columns, from + width);
    const block = latents instanceof SparseMatrix ? latents.sliceColumns(from, to) : sliceColumns(latents, from, to);
    yield { ...block, from };
  }
}

function sliceColumns({ data, rows, columns }: Matrix, from: number, to: number): PlainMatrix {
  const block = sameKind(data, rows * (to - from));
  for (let row = 0, at = 0; row < rows; row++) {
    for (let i = row * columns + from, end = row * columns + to; i < end; i++) block[at++] = data[i];
  }
  return { data: block, rows, columns: to - from };
}

function widthOf(latents: Latents): number {
  const { rows, columns } = latents;
  const fitting =
    latents instanceof SparseMatrix
      ? BLOCK_VALUES / Math.max(1, latents.values.length / columns)
      : BLOCK_BYTES / (rows * latents.data.BYTES_PER_ELEMENT);
  return Math.max(1, Math.min(columns, Math.floor(fitting)));
}
