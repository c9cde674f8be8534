/** Brings latents and factors into line before they are correlated. */
import { canonicalWeights } from '../learners/canonical-correlation.js';
import { shortestWeights, whiten } from '../learners/whitening.js';
import { columnMoments, correlationsOf, joinMoments, type Moments } from '../stats/column-moments.js';
import {
  type Columns,
  combineColumns,
  factorColumns,
  joinColumns,
  latentColumns,
  type Scale,
} from '../stats/columns.js';
import type { ManyColumns } from '../stats/correlations.js';
import { partRows } from '../stats/parted-rows.js';
import type { Pause } from '../stats/pause.js';
import type { Split } from '../stats/split.js';
import type { Table } from '../stats/table.js';

/** What takes the place of the latents: they, predictions of the factors, or canonical variates. */
export type AlignmentKind = 'none' | 'affine' | 'canonical';

/** Columns that are compared: what became of the latents, and what of the factors. */
export interface Aligned {
  readonly left: ManyColumns;
  readonly right: Columns;
}

/** Moments of the latents and the factors that vary. */
export interface AlignmentMoments {
  readonly inSample: Moments;
  readonly train: Moments;
}

/** Moments of latents and factors, over the rows that an alignment is learned from. */
export function alignmentMoments(
  table: Table,
  split: Pick<Split, 'train' | 'test'>,
  pause: Pause,
): Promise<AlignmentMoments> {
  const { core, exactSplit, latentCount, varyingFactors } = table;
  return core.arena.scope(async () => {
    const parts = partRows(core, split);
    const columns = joinColumns([latentColumns(table), factorColumns(table, varyingFactors)]);
    const pairing = { left: latentCount + varyingFactors.length, start: 0 };
    const train = await columnMoments(core, columns, pairing, parts.train, pause);
    if (exactSplit !== null) return { inSample: train, train };
    return { inSample: joinMoments(train, await columnMoments(core, columns, pairing, parts.test, pause)), train };
  });
}

/** Latents and factors as they are. Takes from the arena. */
export function alignNone(table: Table, scale: Scale): Aligned {
  return {
    left: { count: table.latentCount, take: (first, last) => latentColumns(table, first, last, scale) },
    right: factorColumns(table, table.varyingFactors, scale),
  };
}

/** Predictions of the factors by least squares, and the factors. Takes from the arena. */
export function alignAffinely(table: Table, moments: Moments): Aligned {
  const { latentCount, varyingFactors } = table;
  const { between, across } = cutCorrelations(moments, latentCount);
  const weights = shortestWeights(whiten(between, latentCount), across);
  return {
    left: combined(table, latentColumns(table), weights, moments, 0),
    right: factorColumns(table, varyingFactors),
  };
}

/** Canonical variates of the latents and of the factors. Takes from the arena. */
export function alignCanonically(table: Table, moments: Moments): Aligned {
  const { latentCount, varyingFactors } = table;
  const { between, across, ofFactors } = cutCorrelations(moments, latentCount);
  const { count, left, right } = canonicalWeights(between, ofFactors, across, latentCount, varyingFactors.length);
  const variates = combined(table, factorColumns(table, varyingFactors), right, moments, latentCount);
  return {
    left: combined(table, latentColumns(table), left, moments, 0),
    right: variates.take(0, count),
  };
}

/** Correlations of the latents, of latents with factors, and of factors. */
function cutCorrelations(moments: Moments, latentCount: number) {
  const all = correlationsOf(moments);
  const count = moments.squares.length;
  const cut = (firstRow: number, lastRow: number, first: number, last: number) =>
    Float64Array.from({ length: (lastRow - firstRow) * (last - first) }, (_, at) => {
      const row = firstRow + Math.floor(at / (last - first));
      return all[row * count + first + (at % (last - first))];
    });
  return {
    between: cut(0, latentCount, 0, latentCount),
    across: cut(0, latentCount, latentCount, count),
    ofFactors: cut(latentCount, count, latentCount, count),
  };
}

/** Linear functions of columns that weights are given for in units of their deviation. */
function combined(
  { core }: Table,
  columns: Columns,
  weights: Float64Array,
  { squares, rows }: Moments,
  from: number,
): ManyColumns {
  const { count } = columns;
  const outs = weights.length / count;
  const own = new Float64Array(outs * (count + 1));
  for (let out = 0; out < outs; out++) {
    for (let j = 0; j < count; j++) {
      const square = squares[from + j];
      if (square > 0) own[out * (count + 1) + j] = weights[out * count + j] / Math.sqrt(square / rows);
    }
  }
  const width = count + 1;
  return {
    count: outs,
    take: (first, last) => combineColumns(core, columns, own.subarray(first * width, last * width)),
  };
}
