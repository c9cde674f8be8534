/** The options that a run was begun with, out of its folder. */
import type { FileOptions } from '../data/index.js';
import { findObjective } from './objectives/index.js';
import { isToOpen } from './open-data.js';
import { type RunConfig, readConfig } from './run/config.js';
import type { TrainOptions } from './train-options.js';

/** Settings that may be others when a run is resumed; the rest is refused by `train` where it differs. */
export async function resumeOptions(path: string, given: Partial<TrainOptions>): Promise<TrainOptions> {
  const { openRunFolder } = await import('./run/node-run-folder.js');
  const folder = await openRunFolder(path, 'read');
  const config = await readConfig(folder);
  await folder.close();
  const data = given.data ?? config.data.path ?? config.data.name;
  const dataOptions: FileOptions = { ...(isToOpen(data) && config.data.options), ...given.dataOptions };
  const { testRows } = config.data.identity;
  const isSame = (given.model ?? config.objective.name) === config.objective.name;
  return {
    model: config.objective.name,
    architecture: config.architecture,
    latents: config.latents,
    likelihood: config.likelihood,
    seed: config.seed,
    dataSeed: config.dataSeed,
    batchSize: config.batchSize,
    learningRate: config.learningRate,
    backend: config.backend.name as TrainOptions['backend'],
    threads: config.threads,
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
    modelOptions: { ...(isSame ? ownOptions(config.objective) : {}), ...given.modelOptions },
    out: path,
    resume: true,
  };
}

/** What was given. Defaults come back by themselves, and beside an option that takes their place they would count as given. */
function ownOptions({ name, options }: RunConfig['objective']): Record<string, unknown> {
  const known = findObjective(name).options;
  return Object.fromEntries(
    Object.entries(options).filter(([option, value]) => value !== null && value !== known[option]?.default),
  );
}
