/** posterior.npz: what `score`, `decompose` and other programs read of a run. */
import type { Core } from '../../bindings/core.js';
import type { Dataset } from '../data/index.js';
import { dataRangeError } from '../errors.js';
import { factorLabelMembers } from '../io/factor-labels.js';
import type { NamedMatrix } from '../io/named-matrix.js';
import { writeNpz } from '../io/npz.js';
import type { NamedStrings } from '../io/strings.js';
import { toMatrix } from '../matrix.js';
import { STREAMS } from '../random.js';
import type { FactorType } from '../types.js';
import { createDraws } from './draws.js';
import { encodeRows, factorTypesOf, type TensorEncoder } from './held-out.js';
import type { Code } from './objectives/objective.js';
import type { RunFolder } from './run/run-folder.js';
import type { TensorLibrary } from './tensors.js';

export const POSTERIOR_NAME = 'posterior.npz';

/** What decides the archive beside the weights. */
export interface ArchiveSettings {
  /** D. */
  readonly latents: number;
  /** Of the samples. */
  readonly seed: number;
  readonly code: Code;
}

/** Encodes rows and writes mu, logvar, z (a sample of each) and the factors, their names and kinds, where they are known. */
export async function writePosterior(
  tf: TensorLibrary,
  core: Core,
  encoder: TensorEncoder,
  dataset: Dataset,
  rows: Int32Array,
  settings: ArchiveSettings,
  folder: RunFolder,
  onChunk?: (done: number) => void,
): Promise<void> {
  const { mu, logvar, factors } = await encodeRows(tf, encoder, dataset, rows, settings.latents, onChunk);
  const columns = dataset.factors.length;
  const tables: PosteriorTables = {
    ...(await tabulate(tf, core, mu, logvar, settings)),
    factors: columns === 0 ? null : { data: factors, rows: rows.length, columns },
    factorNames: dataset.factors.map(({ name }) => name),
    factorTypes: factorTypesOf(dataset),
  };
  await folder.writeAtomically(POSTERIOR_NAME, posteriorToNpz(tables));
}

/** Posteriors as tables, with samples. Where codes are points, z is mu and there is no logvar: a number that nothing trained is none. */
export async function tabulate(
  tf: TensorLibrary,
  core: Core,
  mu: Float32Array,
  logvar: Float32Array,
  { latents, seed, code }: ArchiveSettings,
): Promise<Pick<PosteriorTables, 'mu' | 'logvar' | 'z'>> {
  const table = (data: Float32Array) => ({ data, rows: data.length / latents, columns: latents });
  if (code === 'mean') return { mu: table(mu), logvar: null, z: table(mu) };
  return { mu: table(mu), logvar: table(logvar), z: table(await sampleLatents(tf, core, mu, logvar, seed)) };
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
  /** Null for autoencoders, whose codes are points: z is mu there. */
  readonly logvar: PosteriorTable | null;
  readonly z: PosteriorTable;
  readonly factors: PosteriorTable<Float64Array> | null;
  /** Names of the columns of the factors, and their kinds; both or neither. */
  readonly factorNames?: readonly string[];
  readonly factorTypes?: readonly FactorType[];
}

/**
 * The arrays of an archive that `score`, `decompose` and numpy read: mu, logvar, z and, where they are known, factors, `factor_names` and `factor_types`.
 * @throws RangeError for names or kinds that are not one for each factor
 */
export function posteriorArrays(tables: PosteriorTables): (NamedMatrix | NamedStrings)[] {
  const { mu, logvar, z, factors, factorNames, factorTypes } = tables;
  const arrays = Object.entries({ mu, ...(logvar && { logvar }), z, ...(factors && { factors }) });
  const matrices = arrays.map(([name, table]) => ({ name, matrix: toMatrix(table, name) }));
  if (factors === null || (factorNames === undefined && factorTypes === undefined)) return matrices;
  for (const [name, list] of Object.entries({ factorNames, factorTypes })) {
    if (list?.length === factors.columns) continue;
    throw dataRangeError(`${name}: expected ${factors.columns}, one for each factor, got ${list?.length ?? 'none'}`);
  }
  return [...matrices, ...factorLabelMembers(factorNames ?? [], factorTypes ?? [])];
}

/** The bytes of that archive. */
export function posteriorToNpz(tables: PosteriorTables): AsyncIterable<Uint8Array> {
  return writeNpz(posteriorArrays(tables));
}
