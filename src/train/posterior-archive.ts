/** posterior.npz: what `score`, `decompose` and other programs read of a run. */
import type { Core } from '../../bindings/core.js';
import type { Dataset } from '../data/index.js';
import { writeNpz } from '../io/npz.js';
import { toMatrix } from '../matrix.js';
import { STREAMS } from '../random.js';
import { createDraws } from './draws.js';
import { encodeRows } from './held-out.js';
import type { RunFolder } from './run/run-folder.js';
import type { TensorLibrary } from './tensors.js';
import type { Trainer } from './trainer.js';

export const POSTERIOR_NAME = 'posterior.npz';

/** Encodes rows and writes mu, logvar, z (a sample of each) and the factors, where they are known. */
export async function writePosterior(
  tf: TensorLibrary,
  core: Core,
  trainer: Trainer,
  dataset: Dataset,
  rows: Int32Array,
  { latents, seed }: { readonly latents: number; readonly seed: number },
  folder: RunFolder,
  onChunk?: (done: number) => void,
): Promise<void> {
  const archive = await encodeToNpz(tf, core, trainer, dataset, rows, latents, seed, onChunk);
  await folder.writeAtomically(POSTERIOR_NAME, archive);
}

/** The bytes of the archive. */
export async function encodeToNpz(
  tf: TensorLibrary,
  core: Core,
  trainer: Trainer,
  dataset: Dataset,
  rows: Int32Array,
  latents: number,
  seed: number,
  onChunk?: (done: number) => void,
): Promise<AsyncIterable<Uint8Array>> {
  const { mu, logvar, factors } = await encodeRows(tf, trainer, dataset, rows, latents, onChunk);
  const z = await sampleLatents(tf, core, mu, logvar, seed);
  const ofLatents = { rows: rows.length, columns: latents };
  const columns = dataset.factors.length;
  return posteriorToNpz({
    mu: { data: mu, ...ofLatents },
    logvar: { data: logvar, ...ofLatents },
    z: { data: z, ...ofLatents },
    factors: columns === 0 ? null : { data: factors, rows: rows.length, columns },
  });
}

/** Numbers that are sampled at a time: a device has less room than the table. */
const PIECE = 2 ** 20;

/** A sample of each posterior: one draw of the seed for all rows, row by row. */
export async function sampleLatents(
  tf: TensorLibrary,
  core: Core,
  mu: Float32Array,
  logvar: Float32Array,
  seed: number,
): Promise<Float32Array> {
  const draws = createDraws(core);
  const sampled = new Float32Array(mu.length);
  for (let from = 0; from < mu.length; from += PIECE) {
    const to = Math.min(mu.length, from + PIECE);
    const noise = draws.normals(to - from, { seed, stream: STREAMS.archiveSamples, index: 0 }, from);
    const z = tf.tidy(() => {
      const pieces = [mu.subarray(from, to), logvar.subarray(from, to), noise];
      const [mean, spread, standard] = pieces.map((values) => tf.tensor(values, [values.length]));
      return tf.add(mean, tf.mul(tf.exp(tf.mul(spread, 0.5)), standard));
    });
    sampled.set((await z.data()) as Float32Array, from);
    z.dispose();
  }
  return sampled;
}

/** A table, row-major. */
export interface PosteriorTable<A extends Float32Array | Float64Array = Float32Array> {
  readonly data: A;
  readonly rows: number;
  readonly columns: number;
}

/** Posteriors (N, D), a sample of each, and the factors (N, K) where they are known. */
export interface PosteriorTables {
  readonly mu: PosteriorTable;
  readonly logvar: PosteriorTable;
  readonly z: PosteriorTable;
  readonly factors: PosteriorTable<Float64Array> | null;
}

/** The bytes of an archive that `score`, `decompose` and numpy read. */
export function posteriorToNpz({ mu, logvar, z, factors }: PosteriorTables): AsyncIterable<Uint8Array> {
  const arrays = Object.entries({ mu, logvar, z, ...(factors && { factors }) });
  return writeNpz(arrays.map(([name, table]) => ({ name, matrix: toMatrix(table, name) })));
}
