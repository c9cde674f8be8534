/** Latents a block of columns at a time: the kernels' memory limits a block, and not the table. */
import { type Matrix, type PlainMatrix, sameKind } from '../matrix.js';

/** Neighbouring columns of a table. */
export interface ColumnBlock extends PlainMatrix {
  /** The first of them in the table. */
  readonly from: number;
}

/** Small beside what a program takes anyway; a thousand blocks of the largest table take no time. */
const BLOCK_BYTES = 8 * 1024 ** 2;

/** How many blocks a table is cut into, whoever works on them. */
export function countBlocks(latents: Matrix): number {
  return Math.ceil(latents.columns / widthOf(latents));
}

/** The blocks of a table, each made when its turn comes. */
export function* cutColumns(latents: Matrix): Generator<ColumnBlock> {
  const { data, rows, columns } = latents;
  const width = widthOf(latents);
  for (let from = 0; from < columns; from += width) {
    const taken = Math.min(width, columns - from);
    const block = sameKind(data, rows * taken);
    for (let row = 0, to = 0, start = from; row < rows; row++, start += columns) {
      for (let i = start; i < start + taken; i++) block[to++] = data[i];
    }
    yield { data: block, rows, columns: taken, from };
  }
}

function widthOf({ data, rows, columns }: Matrix): number {
  return Math.max(1, Math.min(columns, Math.floor(BLOCK_BYTES / (rows * data.BYTES_PER_ELEMENT))));
}
