/** Encoders by name: baselines, untrained networks and runs. */
import type { Baseline, BaselineOptions } from '../baselines/baseline.js';
import { baselines } from '../baselines/index.js';
import { BASELINE_OPTIONS } from '../baselines/options.js';
import type { Dataset, ImageShape } from '../data/index.js';
import type { Encoder } from '../encoder.js';
import { wrongType, wrongValue } from '../errors.js';
import { writeNotes } from '../note.js';
import { checkOptions, checkRecord, refuseUnknown } from '../options/check-options.js';
import { lookUp } from '../options/find-named.js';
import type { Rules, ValuesOf } from '../options/rule.js';
import { mention, phrase } from '../phrase.js';
import { didYouMean } from '../suggest.js';
import type { Architecture } from '../train/architectures/architecture.js';
import { ARCHITECTURES, findArchitecture } from '../train/architectures/index.js';
import { listParameters } from '../train/architectures/layers.js';
import { untrainedWeights } from '../train/architectures/untrained-weights.js';
import { bernoulli } from '../train/likelihoods/bernoulli.js';
import { SHARD_ROWS } from '../train/replicas.js';
import { takeTurn } from '../train/take-turn.js';
import { BACKEND_OPTION } from './declared-options.js';
import { loadRun } from './load-run.js';
import { type ComputeOptions, openNetworks } from './open-networks.js';

const UNTRAINED = 'untrained:';
const RUN = 'run:';

const { latents, seed } = BASELINE_OPTIONS;
const COMPUTING = { ...BACKEND_OPTION, tf: null };

/** An encoder by its name, as lists show it. */
export interface ListedEncoder {
  readonly name: string;
  /** A few words. */
  readonly summary: string;
  /** Whether it is made of a data set; what is not has its own. */
  readonly needsData: boolean;
}

/** Every encoder that can be named: of runs the form of the name. */
export const ENCODERS: readonly ListedEncoder[] = [
  ...baselines.map(({ name, summary }) => ({ name, summary, needsData: true })),
  ...ARCHITECTURES.map(({ name }) => ({
    name: `${UNTRAINED}${name}`,
    summary: `the ${name} networks before any training`,
    needsData: true,
  })),
  { name: `${RUN}PATH`, summary: 'the model of a run', needsData: false },
];

/** Options of an encoder that is named. */
export interface OpenEncoderOptions extends BaselineOptions, ComputeOptions {
  /** The images that it is for, and fitted to; every encoder but a run needs them. */
  readonly data?: Dataset;
  readonly signal?: AbortSignal;
}

/** An encoder, until it is closed. */
export interface NamedEncoder extends Encoder {
  readonly name: string;
  /** What a reader of its codes should know. */
  readonly notes: readonly string[];
  /** Frees what it holds; it is of no use then. */
  close(): Promise<void>;
}

/** The path of the run that a name of an encoder means; null for any other. */
export function runNamed(name: string): string | null {
  return name.startsWith(RUN) && name.length > RUN.length ? name.slice(RUN.length) : null;
}

/**
 * Opens an encoder by its name: `ground-truth`, `raw-pixels`, `pca`, `ica`, `random`,
 * `untrained:ARCHITECTURE` or `run:PATH`. Those that are fitted are fitted here, to rows of `data`
 * that the seed draws.
 * @throws RangeError or TypeError (`ERR_OPTION`) for a name that there is not, with the nearest;
 *   for data that are missing, and for an option that the encoder does not have
 * @throws RangeError (`ERR_DATA`) for data that it cannot encode
 * @example
 * const data = await openDataset('sprites');
 * const pca = await openEncoder('pca', { data, latents: 10 });
 * const { mu, factors } = await encode(pca, { data, rows: 10_000 });
 */
export async function openEncoder(name: string, options: OpenEncoderOptions = {}): Promise<NamedEncoder> {
  const own = optionsOf(name);
  checkRecord('openEncoder', options);
  const { data, signal, backend, tf, ...given } = options;
  refuseUnknown('openEncoder', given, Object.keys(BASELINE_OPTIONS));
  const unused = Object.entries({ ...given, backend, tf }).find(([key, value]) => value !== undefined && !(key in own));
  if (unused !== undefined) throw wrongValue({ option: unused[0], problem: `has no effect on ${name}` });
  const values = checkOptions({ name: 'openEncoder' }, given, BASELINE_OPTIONS);

  const path = runNamed(name);
  if (path !== null) {
    const model = await loadRun(path, { backend, tf });
    return { ...model, name, notes: model.warnings };
  }
  if (data === undefined) {
    throw wrongType({ option: 'data', problem: phrase`expected images for ${mention('encoder', name)}, got none` });
  }
  const baseline = lookUp(name, baselines);
  if (baseline === null) return openUntrained(name, data.image, values, { backend, tf });
  const pause = async () => {
    signal?.throwIfAborted();
    await takeTurn();
  };
  const { notes, ...encoder } = await baseline.fit(data, values, pause);
  return { ...encoder, name: baseline.name, notes: writeNotes(notes), close: async () => {} };
}

/**
 * The options that an encoder has.
 * @throws RangeError for a name that there is not
 */
export function optionsOf(name: string): Readonly<Record<string, unknown>> {
  const baseline: Baseline | null = typeof name === 'string' ? lookUp(name, baselines) : null;
  if (baseline !== null) return baseline.options;
  if (typeof name === 'string' && runNamed(name) !== null) return COMPUTING;
  if (typeof name === 'string' && lookUp(name, ENCODERS)?.name.startsWith(UNTRAINED)) {
    return { latents, seed, ...COMPUTING };
  }
  const names = ENCODERS.map((encoder) => encoder.name);
  if (typeof name !== 'string') {
    throw wrongType({ option: 'encoder', problem: `expected one of ${names.join(', ')}, got ${typeof name}` });
  }
  throw wrongValue({
    option: 'encoder',
    problem: `expected one of ${names.join(', ')}, got '${name}'${didYouMean(name, names)}`,
  });
}

/** The networks of an architecture with the weights that training begins with. */
async function openUntrained(
  name: string,
  image: ImageShape,
  values: ValuesOf<Rules> & { readonly latents: number; readonly seed: number },
  compute: ComputeOptions,
): Promise<NamedEncoder> {
  const architecture: Architecture = findArchitecture(name.slice(UNTRAINED.length));
  const networks = architecture.build(image, values.latents);
  const shapes = [...listParameters('encoder', networks.encoder), ...listParameters('decoder', networks.decoder)];
  const weights = await untrainedWeights(shapes, architecture.initialisation, values.seed);
  const stored = { image, networks, likelihood: bernoulli, code: 'sample' as const, weights };
  const opened = await openNetworks({ ...stored, latents: values.latents, shardRows: SHARD_ROWS }, compute);
  return { ...opened, name: `${UNTRAINED}${architecture.name}`, notes: [] };
}
