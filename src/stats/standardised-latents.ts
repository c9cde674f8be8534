import type { Block, RealBlock } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { columnCovariance } from './covariance.js';
import type { Pause } from './pause.js';
import type { Table } from './table.js';

/** The latents that vary, as linear models take them. */
export interface StandardisedLatents {
  /**
   * f64[rows][stride]: each with mean 0 and variance 1 (divided by rows), then a 1 for the
   * intercept, zeros.
   */
  readonly x: Block<'f64'>;
  /** A multiple of 4. */
  readonly stride: number;
  /** How many vary. */
  readonly columns: number;
}

/** Takes the block from the arena. */
export function standardiseLatents({
  core,
  rows,
  latents,
  latentCount,
  varyingLatents,
  latentMinima,
  latentMaxima,
}: Table): StandardisedLatents {
  const { arena } = core;
  const columns = varyingLatents.length;
  const stride = strideOf(columns);
  const x = arena.alloc('f64', rows * stride);
  arena.borrow(() => {
    const varying = columns < latentCount ? gatherColumns(core, latents, varyingLatents, latentCount) : latents;
    // Shares of the range first, so that no square leaves the range of float64.
    const shares = arena.alloc('f64', rows * columns);
    const first = Float64Array.from(varyingLatents, (d) => latentMinima[d]);
    const ranges = first.map((minimum, j) => latentMaxima[varyingLatents[j]] - minimum);
    const perScale = ranges.map((range) => Math.min(1 / range, Number.MAX_VALUE));
    const none = new Float64Array(columns);
    core.rows.standardiseRows(shares, varying, { first, mean: none, perScale }, columns, rows);
    const { means: mean, variances } = core.moments.columnVariances(shares, rows, columns);
    // A constant latent is none of these, so that no variance is 0.
    const perDeviation = variances.map((variance) => 1 / Math.sqrt((variance * (rows - 1)) / rows));
    core.rows.standardiseRows(x, shares, { first: none, mean, perScale: perDeviation }, stride, rows);
  });
  return { x, stride, columns };
}

/** The same of some columns alone. Takes the block from the arena. */
export function chooseColumns(
  core: Core,
  { x, stride }: StandardisedLatents,
  chosen: readonly number[],
): StandardisedLatents {
  const rows = x.length / stride;
  const width = strideOf(chosen.length);
  const out = core.arena.alloc('f64', rows * width);
  core.arena.borrow(() => {
    const own = gatherColumns(core, x, chosen, stride);
    const none = new Float64Array(chosen.length);
    const asTheyAre = { first: none, mean: none, perScale: none.map(() => 1) };
    core.rows.standardiseRows(out, own, asTheyAre, width, rows);
  });
  return { x: out, stride: width, columns: chosen.length };
}

function strideOf(columns: number): number {
  return Math.ceil((columns + 1) / 4) * 4;
}

/** Some columns of a table of so many, taken from the arena. */
function gatherColumns(core: Core, x: RealBlock, chosen: readonly number[], columns: number): RealBlock {
  const rows = x.length / columns;
  const out = core.arena.alloc(x.type, rows * chosen.length) as RealBlock;
  if (out.type === 'f32') core.rows.gatherColumns(out, x as Block<'f32'>, chosen, columns, rows);
  else core.rows.gatherColumns(out, x as Block<'f64'>, chosen, columns, rows);
  return out;
}

/** Correlations of the latents that vary, f64[columns][columns]. */
export function correlateLatents(table: Table, pause: Pause): Promise<Float64Array> {
  return table.memoOfLatents('latent correlation', () =>
    table.core.arena.scope(async () => {
      const { x, stride, columns } = standardiseLatents(table);
      const { core, rows } = table;
      const covariance = await columnCovariance(core, x, rows, stride, pause);
      return Float64Array.from({ length: columns ** 2 }, (_, i) => {
        const [a, b] = [Math.floor(i / columns), i % columns];
        // Of variance 1 when divided by rows.
        return (covariance[a * stride + b] * (rows - 1)) / rows;
      });
    }),
  );
}

/** Correlations of standardised latents with numbers that are not all equal, f64[columns]. */
export function correlateWith({ x, stride, columns }: StandardisedLatents, numbers: Float64Array): Float64Array {
  const rows = numbers.length;
  const data = x.array;
  const minimum = numbers.reduce((a, b) => Math.min(a, b));
  const range = numbers.reduce((a, b) => Math.max(a, b)) - minimum;
  const shares = numbers.map((value) => (value - minimum) / range);
  const mean = shares.reduce((sum, share) => sum + share, 0) / rows;
  const squares = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0);
  const out = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const value = shares[row] - mean;
    for (let j = 0; j < columns; j++) out[j] += value * data[row * stride + j];
  }
  return out.map((sum) => sum / Math.sqrt(squares) / Math.sqrt(rows));
}
