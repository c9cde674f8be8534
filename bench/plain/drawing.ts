/**
 * Drawing rows that share a factor's value, in plain JavaScript: the draws of assembly/drawing.ts.
 */
import { STREAMS } from '../../src/random.js';
import { multiplyHigh, PlainStream } from './philox.js';

/** The rows of one factor, those that share a value side by side. */
export interface Grouped {
  readonly order: Int32Array;
  /** Where the rows of the value at a place of `order` begin and end. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Groups rows by code; values that only one row has are left out. */
export function groupRows(codes: Int32Array, size: number): Grouped {
  const counts = new Int32Array(size);
  for (let row = 0; row < codes.length; row++) counts[codes[row]]++;
  const next = new Int32Array(size);
  let total = 0;
  for (let value = 0; value < size; value++) {
    next[value] = total;
    if (counts[value] >= 2) total += counts[value];
  }
  const order = new Int32Array(total);
  const starts = new Int32Array(total);
  const ends = new Int32Array(total);
  const first = next.slice();
  for (let row = 0; row < codes.length; row++) {
    const value = codes[row];
    if (counts[value] < 2) continue;
    const place = next[value]++;
    order[place] = row;
    starts[place] = first[value];
    ends[place] = first[value] + counts[value];
  }
  return { order, starts, ends };
}

/**
 * Groups of rows with the same values of all factors but k, those in which k does not vary left
 * out. codes: [K][rows]
 */
export function groupRowsByOthers(codes: Int32Array, sizes: readonly number[], k: number): Grouped {
  const rows = codes.length / sizes.length;
  const joint = new Int32Array(rows);
  let cells = 1;
  sizes.forEach((size, other) => {
    if (other === k) return;
    cells *= size;
    for (let row = 0; row < rows; row++) joint[row] = joint[row] * size + codes[other * rows + row];
  });
  const own = codes.subarray(k * rows, (k + 1) * rows);
  const firstOwn = new Int32Array(cells).fill(-1);
  const varies = new Uint8Array(cells);
  for (let row = 0; row < rows; row++) {
    const cell = joint[row];
    if (firstOwn[cell] < 0) firstOwn[cell] = own[row];
    else if (firstOwn[cell] !== own[row]) varies[cell] = 1;
  }
  const { order, starts, ends } = groupRows(joint, cells);
  const places = order.map((_, place) => place).filter((place) => varies[joint[order[place]]] === 1);
  // Where a place has moved to, so that the bounds of its group can follow.
  const moved = new Int32Array(order.length + 1);
  places.forEach((place, to) => {
    moved[place] = to;
  });
  return {
    order: places.map((place) => order[place]),
    starts: places.map((place) => moved[starts[place]]),
    ends: places.map((place) => moved[starts[place]] + ends[place] - starts[place]),
  };
}

/**
 * Rows [count][size] of batches that share the value of a factor (or, by another stream, of the
 * others), and which factor.
 */
export function drawBatches(
  groups: readonly Grouped[],
  count: number,
  size: number,
  seed: number,
  stream: number = STREAMS.votes,
) {
  const rows = new Int32Array(count * size);
  const fixed = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const words = new PlainStream(seed, stream, i);
    const factor = words.below(groups.length);
    fixed[i] = factor;
    const { order, starts, ends } = groups[factor];
    const place = words.below(order.length);
    const start = starts[place];
    const members = ends[place] - start;
    for (let j = 0; j < size; j++) rows[i * size + j] = order[start + words.below(members)];
  }
  return { rows, fixed };
}

/** Rows [count][2][size] of pairs that share the value of a factor, and which factor. */
export function drawPairs(groups: readonly Grouped[], count: number, size: number, seed: number) {
  const rows = new Int32Array(count * size * 2);
  const fixed = new Int32Array(count);
  const places = new Int32Array(size);
  const ahead = new Uint32Array(size);
  for (let i = 0; i < count; i++) {
    const words = new PlainStream(seed, STREAMS.pairs, i);
    const factor = words.below(groups.length);
    fixed[i] = factor;
    const { order, starts, ends } = groups[factor];
    for (let j = 0; j < size; j++) places[j] = words.below(order.length);
    for (let j = 0; j < size; j++) ahead[j] = words.word();
    for (let j = 0; j < size; j++) {
      const place = places[j];
      const start = starts[place];
      const partners = ends[place] - start - 1;
      const low = Math.imul(ahead[j], partners) >>> 0;
      const isRejected = low < partners && low < (2 ** 32 - partners) % partners;
      const other = start + (isRejected ? words.below(partners) : multiplyHigh(ahead[j], partners));
      rows[2 * i * size + j] = order[place];
      rows[(2 * i + 1) * size + j] = order[other >= place ? other + 1 : other];
    }
  }
  return { rows, fixed };
}
