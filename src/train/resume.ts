/** The options that a run was begun with, out of its folder. */
import { optionRangeError } from '../errors.js';
import { readConfig } from './run/config.js';
import type { TrainOptions } from './train-options.js';

/** Settings that may be others when a run is resumed; the rest is refused by `train` where it differs. */
export async function resumeOptions(path: string, given: Partial<TrainOptions>): Promise<TrainOptions> {
  const { openRunFolder } = await import('./run/node-run-folder.js');
  const folder = await openRunFolder(path, 'read');
  const config = await readConfig(folder);
  await folder.close();
  const data = given.data ?? config.data.path ?? config.data.name;
  if (typeof data !== 'string') throw optionRangeError('data: expected a name or a path');
  const { testRows } = config.data.identity;
  const isSame = (given.model ?? config.objective.name) === config.objective.name;
  return {
    model: config.objective.name,
    architecture: config.architecture,
    latents: config.latents,
    likelihood: config.likelihood,
    seed: config.seed,
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
    // Another model has other options; that it is another is said when the two are compared.
    modelOptions: { ...(isSame ? ownOptions(config.objective.options) : {}), ...given.modelOptions },
    out: path,
    resume: true,
  };
}

/** What was given or is a default; an option that is null is not there. */
function ownOptions(options: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null));
}
