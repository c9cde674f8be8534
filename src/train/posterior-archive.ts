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
): Promise<void> {
  await folder.writeAtomically(POSTERIOR_NAME, await encodeToNpz(tf, core, trainer, dataset, rows, latents, seed));
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
): Promise<AsyncIterable<Uint8Array>> {
  const { mu, logvar, factors } = await encodeRows(tf, trainer, dataset, rows, latents);
  const noise = createDraws(core).normals(mu.length, { seed, stream: STREAMS.posteriorSamples, index: 0 });
  const z = tf.tidy(() => {
    const [mean, spread, standard] = [mu, logvar, noise].map((values) => tf.tensor(values, [values.length]));
    return tf.add(mean, tf.mul(tf.exp(tf.mul(spread, 0.5)), standard));
  });
  const sampled = (await z.data()) as Float32Array;
  z.dispose();
  const size = rows.length;
  const arrays = [
    { name: 'mu', matrix: toMatrix({ data: mu, rows: size, columns: latents }, 'mu') },
    { name: 'logvar', matrix: toMatrix({ data: logvar, rows: size, columns: latents }, 'logvar') },
    { name: 'z', matrix: toMatrix({ data: sampled, rows: size, columns: latents }, 'z') },
  ];
  const columns = dataset.factors.length;
  if (columns > 0)
    arrays.push({ name: 'factors', matrix: toMatrix({ data: factors, rows: size, columns }, 'factors') });
  return writeNpz(arrays);
}
