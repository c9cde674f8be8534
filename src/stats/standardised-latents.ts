import type { Block } from '../../bindings/arena.js';
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
export function standardiseLatents(table: Table): StandardisedLatents {
  const { core, rows, latentCount, varyingLatents, latentMinima, latentMaxima } = table;
  const columns = varyingLatents.length;
  const stride = Math.ceil((columns + 1) / 4) * 4;
  const x = core.arena.zeros('f64', rows * stride);
  const [from, to] = [table.latents.array, x.array];
  varyingLatents.forEach((d, j) => {
    // Shares of the range, so that no square leaves the range of float64.
    const minimum = latentMinima[d];
    const range = latentMaxima[d] - minimum;
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const share = (from[row * latentCount + d] - minimum) / range;
      to[row * stride + j] = share;
      sum += share;
    }
    const mean = sum / rows;
    let squares = 0;
    for (let row = 0; row < rows; row++) squares += (to[row * stride + j] - mean) ** 2;
    const perScale = 1 / Math.sqrt(squares / rows);
    for (let row = 0; row < rows; row++) to[row * stride + j] = (to[row * stride + j] - mean) * perScale;
  });
  for (let row = 0; row < rows; row++) to[row * stride + columns] = 1;
  return { x, stride, columns };
}

/** The same of some columns alone. Takes the block from the arena. */
export function chooseColumns(
  core: Core,
  { x, stride, columns }: StandardisedLatents,
  chosen: readonly number[],
): StandardisedLatents {
  const rows = x.length / stride;
  const width = Math.ceil((chosen.length + 1) / 4) * 4;
  const out = core.arena.zeros('f64', rows * width);
  const [from, to] = [x.array, out.array];
  for (let row = 0; row < rows; row++) {
    [...chosen, columns].forEach((j, at) => {
      to[row * width + at] = from[row * stride + j];
    });
  }
  return { x: out, stride: width, columns: chosen.length };
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
