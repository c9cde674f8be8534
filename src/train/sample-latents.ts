/** Samples of posteriors that are kept beside them. */
import { withCore } from '../../bindings/core.js';
import { STREAMS } from '../random.js';
import { createDraws } from './draws.js';
import { pieces } from './pieces.js';

/** z = mu + exp(logvar / 2) noise, of arrays of one length. */
export type Reparameterise = (
  mu: Float32Array,
  logvar: Float32Array,
  noise: Float32Array,
) => Float32Array | Promise<Float32Array>;

/** Numbers that are sampled at a time: a device has less room than the table. */
const PIECE = 2 ** 20;

/**
 * A sample of each posterior: one draw of the seed for all rows, row by row.
 * @param reparameterise what computes them; double precision unless told
 */
export function sampleLatents(
  mu: Float32Array,
  logvar: Float32Array,
  seed: number,
  reparameterise: Reparameterise = inDoublePrecision,
): Promise<Float32Array> {
  return withCore(async (core) => {
    const draws = createDraws(core);
    const sampled = new Float32Array(mu.length);
    for (const [from, to] of pieces(mu.length, PIECE)) {
      const noise = draws.normals(to - from, { seed, stream: STREAMS.archiveSamples, index: 0 }, from);
      sampled.set(await reparameterise(mu.subarray(from, to), logvar.subarray(from, to), noise), from);
    }
    return sampled;
  });
}

const inDoublePrecision: Reparameterise = (mu, logvar, noise) =>
  mu.map((mean, i) => mean + Math.exp(logvar[i] / 2) * noise[i]);
