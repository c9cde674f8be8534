/** The options that a run was begun with, out of its folder. */
import { type FileOptions, isSomethingThere } from '../data/index.js';
import { wrongValue } from '../errors.js';
import { BACKEND_NAMES, type BackendName } from './backends/backend.js';
import type { Objective } from './objectives/objective.js';
import { dataAreGone, isToOpen } from './open-data.js';
import { partsOf } from './own-parts.js';
import { describeBackend } from './run/compare-config.js';
import { type RunConfig, readConfig } from './run/config.js';
import type { TrainOptions } from './train-options.js';

/**
 * The options of `train` that go on with a run; `options` are those that may be others, and the
 * rest is refused by `train` where it differs.
 *
 * The backend is the one that the run began on, whoever's tfjs it was. Another that is named, or a
 * `tf` that is given, takes its place, and `train` warns of it: equal bits are promised on the same
 * backend and version alone.
 * @throws RangeError where the data of the run are gone and no others are named, and where the run
 * computes on a backend that only a `tf` of the caller's has
 */
export async function resumeOptions(path: string, options: Partial<TrainOptions>): Promise<TrainOptions> {
  // What is passed on undefined is not given: it must not take the place of the run's own.
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Partial<TrainOptions>;
  const { openRunFolder } = await import('./run/node-run-folder.js');
  const folder = await openRunFolder(path, 'read');
  const config = await readConfig(folder);
  await folder.close();
  const own = config.data.path ?? config.data.name;
  if (given.data === undefined && !(await isSomethingThere(own))) throw dataAreGone(own);
  const data = given.data ?? own;
  const dataOptions: FileOptions = { ...(isToOpen(data) && config.data.options), ...given.dataOptions };
  const { testRows } = config.data.identity;
  // One of the caller's own is given again.
  const recorded = partsOf(config, given);
  const model = given.model ?? recorded.objective.name;
  const isSame = model === recorded.objective.name || model === recorded.objective;
  return {
    model,
    architecture: config.architecture,
    ...(config.mlp && { mlpWidth: config.mlp.width, mlpDepth: config.mlp.depth }),
    latents: config.latents,
    likelihood: config.likelihood,
    seed: config.seed,
    dataSeed: config.dataSeed,
    batchSize: config.batchSize,
    learningRate: config.learningRate,
    ...backendOf(config, given, path),
    steps: config.steps,
    testRows: testRows as number,
    scoreRows: config.score.rows as number,
    logEvery: config.logEvery,
    scoreEvery: config.scoreEvery,
    checkpointEvery: config.checkpointEvery,
    ...given,
    data,
    dataOptions,
    // Another model has other options; that it is another is said when the two are compared.
    modelOptions: {
      ...(isSame ? ownOptions(config.objective.options, recorded.objective) : {}),
      ...given.modelOptions,
    },
    out: path,
    resume: true,
  };
}

/** What computes, and on how many threads: on another backend as many as it has. */
function backendOf(
  { backend, threads }: RunConfig,
  given: Partial<TrainOptions>,
  path: string,
): Pick<TrainOptions, 'backend' | 'threads'> {
  if (given.tf !== undefined) return { threads: 'auto' };
  if (given.backend !== undefined) return { threads: given.backend === backend.name ? threads : 'auto' };
  if ((BACKEND_NAMES as readonly string[]).includes(backend.name))
    return { backend: backend.name as BackendName, threads };
  throw wrongValue({
    option: 'backend',
    problem: `${path} computes on ${describeBackend(backend)}: expected that tf, or the name of a backend to go on elsewhere`,
  });
}

/**
 * What was given. Defaults come back by themselves, and beside an option that takes their place
 * they would count as given.
 */
function ownOptions(
  options: RunConfig['objective']['options'],
  { options: known = {} }: Objective,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).filter(([option, value]) => value !== null && value !== known[option]?.default),
  );
}
