/** posterior.npz: what `score`, `decompose` and other programs read of a run. */
import type { Dataset } from '../data/index.js';
import { dataRangeError } from '../errors.js';
import { factorLabelMembers } from '../io/factor-labels.js';
import type { NamedMatrix } from '../io/named-matrix.js';
import { writeNpz } from '../io/npz.js';
import type { NamedStrings } from '../io/strings.js';
import { toMatrix } from '../matrix.js';
import type { FactorType } from '../types.js';
import { type EncodedRows, encodeRows } from './encode-rows.js';
import { factorTypesOf } from './held-out.js';
import type { RunFolder } from './run/run-folder.js';
import { type Reparameterise, sampleLatents } from './sample-latents.js';
import type { TensorEncoder } from './tensor-encoder.js';

export const POSTERIOR_NAME = 'posterior.npz';

/** Encodes rows and writes their tables. */
export async function writePosterior(
  encoder: TensorEncoder,
  dataset: Dataset,
  rows: Int32Array,
  seed: number,
  folder: RunFolder,
  onChunk?: (done: number) => void,
): Promise<void> {
  const encoded = await encodeRows(encoder, dataset, rows, onChunk);
  const tables = await tabulate(encoded, encoder.latents, dataset, seed, encoder.reparameterise);
  await folder.writeAtomically(POSTERIOR_NAME, posteriorToNpz(tables));
}

/**
 * Codes and factors of rows as tables: mu, logvar, z (a sample of each posterior), and the factors
 * with their names and kinds, if they are known. If codes are points, z is mu, and there is no
 * logvar: a number that nothing trained is none.
 * @param seed of the samples
 */
export async function tabulate(
  { mu, logvar, factors }: EncodedRows,
  latents: number,
  dataset: Dataset,
  seed: number,
  reparameterise?: Reparameterise,
): Promise<LabelledTables> {
  const rows = mu.length / latents;
  const columns = dataset.factors.length;
  const table = (data: Float32Array) => ({ data, rows, columns: latents });
  return {
    mu: table(mu),
    logvar: logvar ? table(logvar) : null,
    z: table(logvar ? await sampleLatents(mu, logvar, seed, reparameterise) : mu),
    factors: columns === 0 ? null : { data: factors, rows, columns },
    factorNames: dataset.factors.map(({ name }) => name),
    factorTypes: factorTypesOf(dataset),
  };
}

/** A table, row-major. */
export interface PosteriorTable<A extends Float32Array | Float64Array = Float32Array> {
  readonly data: A;
  readonly rows: number;
  readonly columns: number;
}

/** Posteriors (N, D), a sample of each, and the factors (N, K), if they are known. */
export interface PosteriorTables {
  readonly mu: PosteriorTable;
  /** Null if codes are points, as those of autoencoders: z is mu then. */
  readonly logvar: PosteriorTable | null;
  readonly z: PosteriorTable;
  readonly factors: PosteriorTable<Float64Array> | null;
  /** Names of the columns of the factors, and their kinds; both or neither. */
  readonly factorNames?: readonly string[];
  readonly factorTypes?: readonly FactorType[];
}

/** Tables of a data set, whose factors have names and kinds. */
export interface LabelledTables extends PosteriorTables {
  readonly factorNames: readonly string[];
  readonly factorTypes: readonly FactorType[];
}

/**
 * The arrays of an archive that `score`, `decompose` and numpy read: mu, logvar, z and, if they
 * are known, factors, `factor_names` and `factor_types`.
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
