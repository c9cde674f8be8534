/** Copies posteriors into the memory of the kernels. */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { PosteriorBlocks } from '../../bindings/kernels/posterior.js';
import type { Matrix } from '../matrix.js';
import type { Posterior } from '../posterior.js';

/** Copies posteriors that have been checked, with their samples where there are some. */
export function loadPosterior(core: Core, { mu, logvar, z }: Posterior): PosteriorBlocks {
  return {
    rows: mu.rows,
    latents: mu.columns,
    mu: loadColumns(core, mu),
    logvar: loadColumns(core, logvar),
    ...(z && { z: loadColumns(core, z) }),
  };
}

/** Copies a table, a column after the other: f64[columns][rows]. */
export function loadColumns(core: Core, { data, rows, columns }: Matrix): Block<'f64'> {
  const block = core.arena.alloc('f64', rows * columns);
  const out = block.array;
  for (let row = 0, from = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, from++) out[column * rows + row] = data[from];
  }
  return block;
}
