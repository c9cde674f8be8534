/**
 * Batches whose rows share factors: pairs that share some, or rows that share all but some. Each is
 * a function of the seed and its number.
 */
import { wrongValue } from '../errors.js';
import { RandomStream, STREAMS } from '../random.js';
import type { Dataset } from './dataset.js';
import type { RowSplit } from './split.js';

/** What is shared. */
export interface SharedFactors {
  /**
   * `pairs`: rows 2 i and 2 i + 1 share the factors of a group. `varying`: the factors of a group
   * differ from row to row, all others are shared.
   */
  readonly kind: 'pairs' | 'varying';
  /** Columns of factors. Of each pair, or each batch, one group is drawn. */
  readonly groups: readonly (readonly number[])[];
  /** How often each is drawn, in whole numbers; equally often unless told. */
  readonly weights?: readonly number[];
}

/**
 * Rows of a data set, or factors (rows, K) of images that are drawn from them, with the noise of an
 * index.
 */
export type DrawnRows = ({ readonly rows: Int32Array } | { readonly values: Float64Array; readonly index: number }) & {
  /** The group that was drawn: one if factors vary, one for each pair. */
  readonly groups: readonly number[];
};

/**
 * Opens batches by number. Where every factor has a number of values, they are of rows that are
 * trained on, and rows alike are found by their factors: those of all rows are kept in memory, 8
 * bytes each. Where one varies along a line no two rows are alike, and images are drawn.
 *
 * @throws RangeError for groups that are no columns of factors, an odd number of rows in pairs, and
 * a data set that has neither
 */
export function openFactorBatches(
  dataset: Dataset,
  split: RowSplit,
  shared: SharedFactors,
  batchSize: number,
  seed: number,
): (index: number) => Promise<DrawnRows> {
  const { name, factors, renderFactors } = dataset;
  const { kind, groups } = shared;
  if (groups.length === 0 || groups.flat().some((column) => factors[column] === undefined)) {
    throw wrongValue({
      option: 'data',
      problem: `${name}: expected groups of its ${factors.length} factors, got ${JSON.stringify(groups)}`,
    });
  }
  if (kind === 'pairs' && batchSize % 2 === 1) {
    throw wrongValue({ option: 'batchSize', problem: `expected an even number, of rows in pairs, got ${batchSize}` });
  }
  const isCountable = factors.every(({ size }) => size !== null);
  if (!isCountable && (renderFactors === undefined || factors.some(({ size, range }) => size === null && !range))) {
    throw wrongValue({
      option: 'data',
      problem: `${name}: expected factors with a number of values, or images that can be drawn of given factors: batches of rows that share some are not to be had otherwise`,
    });
  }
  const draw = isCountable ? drawFromRows(dataset, split, shared, batchSize) : drawFresh(dataset, shared, batchSize);
  return (index) => draw(new RandomStream(seed, STREAMS.factorBatches, index), index);
}

type Draw = (random: RandomStream, index: number) => Promise<DrawnRows>;

/** The columns whose values two rows that belong together have in common. */
function heldColumns({ kind, groups }: SharedFactors, group: number, columns: number): number[] {
  const all = Array.from({ length: columns }, (_, column) => column);
  return all.filter((column) => groups[group].includes(column) === (kind === 'pairs'));
}

function drawGroup({ groups, weights = groups.map(() => 1) }: SharedFactors, random: RandomStream): number {
  const place = random.below(weights.reduce((sum, weight) => sum + weight, 0));
  let upTo = 0;
  return weights.findIndex((weight) => {
    upTo += weight;
    return place < upTo;
  });
}

/** How many rows belong together. */
const rowsTogether = ({ kind }: SharedFactors, batchSize: number) => (kind === 'pairs' ? 2 : batchSize);

function drawFresh({ factors }: Dataset, shared: SharedFactors, batchSize: number): Draw {
  const drawValue = (column: number, random: RandomStream): number => {
    const { size, range } = factors[column];
    if (size !== null) return random.below(size);
    const [from, to] = range as readonly [number, number];
    return from + ((random.word() + 0.5) / 2 ** 32) * (to - from);
  };
  return async (random, index) => {
    const values: number[] = [];
    const drawn: number[] = [];
    for (const together = rowsTogether(shared, batchSize); values.length < batchSize * factors.length; ) {
      drawn.push(drawGroup(shared, random));
      const held = heldColumns(shared, drawn[drawn.length - 1], factors.length);
      const first = factors.map((_, column) => drawValue(column, random));
      values.push(...first);
      for (let row = 1; row < together; row++) {
        values.push(...first.map((value, column) => (held.includes(column) ? value : drawValue(column, random))));
      }
    }
    // Noise of a batch begins where that of the one before ends.
    return { values: Float64Array.from(values), index: (index * batchSize) % 2 ** 32, groups: drawn };
  };
}

/** Places of rows in the order of what they have in common, and that of each place. */
interface Alike {
  readonly keys: Float64Array;
  readonly order: Int32Array;
}

function drawFromRows(
  dataset: Dataset,
  { trainSize, train }: RowSplit,
  shared: SharedFactors,
  batchSize: number,
): Draw {
  const columns = dataset.factors.length;
  const sizes = dataset.factors.map(({ size }) => size as number);
  let read: Promise<Float64Array> | null = null;
  const readAll = async () => {
    const values = new Float64Array(trainSize * columns);
    await dataset.readFactors(
      Int32Array.from({ length: trainSize }, (_, place) => train(place)),
      values,
    );
    return values;
  };
  const alike = new Map<number, Alike>();

  async function findAlike(group: number): Promise<Alike> {
    const known = alike.get(group);
    if (known !== undefined) return known;
    read ??= readAll();
    const values = await read;
    const held = heldColumns(shared, group, columns);
    const keys = Float64Array.from({ length: trainSize }, (_, place) =>
      held.reduce((key, column) => key * sizes[column] + values[place * columns + column], 0),
    );
    if (new Set(keys).size === trainSize) {
      const names = held.map((column) => dataset.factors[column].name).join(', ');
      throw wrongValue({
        option: 'data',
        problem: `${dataset.name}: expected rows of the same ${names}, got none: nothing else can vary`,
      });
    }
    const order = Int32Array.from({ length: trainSize }, (_, place) => place).sort(
      (a, b) => keys[a] - keys[b] || a - b,
    );
    alike.set(group, { keys, order });
    return { keys, order };
  }

  return async (random) => {
    const rows = new Int32Array(batchSize);
    const drawn: number[] = [];
    for (let at = 0, together = rowsTogether(shared, batchSize); at < batchSize; at += together) {
      const group = drawGroup(shared, random);
      drawn.push(group);
      const { keys, order } = await findAlike(group);
      const first = random.below(trainSize);
      const from = searchOrder(order, keys, keys[first]);
      const count = searchOrder(order, keys, keys[first] + 0.5) - from;
      rows[at] = train(first);
      for (let i = 1; i < together; i++) rows[at + i] = train(order[from + random.below(count)]);
    }
    return { rows, groups: drawn };
  };
}

/** The first place of an order whose key is at least this. */
function searchOrder(order: Int32Array, keys: Float64Array, key: number): number {
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[order[middle]] < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
