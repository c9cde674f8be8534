/** Principal components of the images of a data set. */
import type { Block } from '../../bindings/arena.js';
import { type Core, withCore } from '../../bindings/core.js';
import { directionLines, directionsOf } from '../../bindings/kernels/subspace.js';
import type { Dataset } from '../data/index.js';
import { readImages } from '../data/read-images.js';
import { pickRows } from '../data/split.js';
import { wrongValue } from '../errors.js';
import { type PrincipalComponents, principalComponents } from '../learners/principal-components.js';
import { type Note, note } from '../note.js';
import { mention, phrase } from '../phrase.js';
import { STREAMS } from '../random.js';
import type { BaselineValues } from './baseline.js';
import { pixelsOf } from './images.js';
import { FITTED_ROWS, MOST_PRODUCTS } from './options.js';

/** Time grows with their square, and then faster. */
const MOST_COMPONENTS = 200;
/** Images that are fitted to stay in the kernels' memory, as bytes. */
const BYTES_AT_MOST = 2 ** 31;
/** Images are read so many bytes at a time. */
const PIECE_BYTES = 4 * 1024 ** 2;

/** What was fitted, and to which images, which are there until it returns. */
export interface FittedComponents {
  readonly core: Core;
  readonly found: PrincipalComponents;
  readonly rows: number;
  /** Scores (rows, rank) of the images, pixels being from 0 to 1; in the arena of the core. */
  scores(): Block<'f64'>;
  readonly notes: readonly Note[];
}

export async function fitComponents<R>(
  dataset: Dataset,
  { latents, fitRows, seed }: Pick<BaselineValues, 'latents' | 'fitRows' | 'seed'>,
  iterations: number | null,
  pause: () => Promise<void>,
  use: (fitted: FittedComponents) => R | Promise<R>,
): Promise<R> {
  const columns = pixelsOf(dataset.image);
  if (latents > MOST_COMPONENTS) {
    throw wrongValue({ option: 'latents', problem: `expected at most ${MOST_COMPONENTS} components, got ${latents}` });
  }
  const rows = checkRows(dataset, fitRows, columns);
  const numbers = await pickRows(dataset.size, rows, seed);
  return withCore(async (core) => {
    const x = core.arena.alloc('u8', rows * columns);
    const step = Math.max(1, Math.floor(PIECE_BYTES / columns));
    for (let row = 0; row < rows; row += step) {
      const images = await readImages(dataset, numbers.subarray(row, row + step));
      x.array.set(images, row * columns);
      await pause();
    }
    const random = { seed, stream: STREAMS.baselineFits, index: 0 };
    const options = { count: latents, iterations: iterations ?? MOST_PRODUCTS, random, pause };
    const found = await principalComponents(core, x, rows, columns, options);
    const scores = () => scoresOf(core, x, rows, columns, found);
    return use({ core, found, rows, scores, notes: notesOf(found, latents, rows) });
  });
}

function checkRows({ name, size }: Dataset, asked: number | null, columns: number): number {
  const rows = asked ?? Math.min(size, FITTED_ROWS);
  const most = Math.min(size, Math.floor(BYTES_AT_MOST / columns));
  if (rows <= most) return rows;
  const why = most === size ? `the rows of ${name}` : `whose images take ${BYTES_AT_MOST} bytes`;
  throw wrongValue({ option: 'fitRows', problem: `expected at most ${most}, ${why}, got ${rows}` });
}

function scoresOf(core: Core, x: Block<'u8'>, rows: number, columns: number, found: PrincipalComponents): Block<'f64'> {
  const { components, rank } = found;
  const width = directionsOf(rank);
  const scores = core.arena.alloc('f64', rows * rank);
  core.arena.borrow(() => {
    const means = core.arena.upload('f64', found.means);
    const q = core.arena.zeros('f32', directionLines(columns) * width);
    const given = q.array;
    for (let i = 0; i < rank; i++) {
      for (let column = 0; column < columns; column++) given[column * width + i] = components[i * columns + column];
    }
    const p = core.arena.alloc('f32', rows * width);
    core.subspace.project(p, { x, rows, columns, means, scale: 1 / 255 }, q, width, 0, rows);
    const [out, products] = [scores.array, p.array];
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < rank; i++) out[row * rank + i] = products[row * width + i];
    }
  });
  return scores;
}

function notesOf({ rank, isConverged, products, residual }: PrincipalComponents, latents: number, rows: number) {
  const notes: Note[] = [];
  if (rank < latents) {
    const which = rank === latents - 1 ? `latent ${rank} is` : `latents ${rank} to ${latents - 1} are`;
    const many = rank === 1 ? '1 direction' : `${rank} directions`;
    notes.push(note('missing-components', `the ${rows} images fitted to vary along ${many} only: ${which} 0`));
  }
  if (!isConverged) {
    const text = phrase`principal components have not converged within ${mention('iterations', products)}: their residual is ${residual.toPrecision(2)}`;
    notes.push(note('unconverged-components', text, { option: 'iterations' }));
  }
  return notes;
}
