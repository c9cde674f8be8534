/** The model of a run as an encoder. */
import { checkRecord, refuseUnknown } from '../options/check-options.js';
import type { RunConfig } from '../train/run/config.js';
import type { RunFolder } from '../train/run/run-folder.js';
import { BACKEND_OPTION, WEIGHT_OPTIONS } from './declared-options.js';
import { type ComputeOptions, type OpenedNetworks, openNetworks } from './open-networks.js';
import { type ModelOptions, readModel } from './read-model.js';

export interface LoadRunOptions extends ModelOptions, ComputeOptions {}

const LOADING = [
  ...Object.keys({ ...WEIGHT_OPTIONS, ...BACKEND_OPTION }),
  ...['onWarning', 'tf', 'model', 'architecture', 'likelihood'],
];

/** The model of a run, until it is closed. */
export interface Model extends OpenedNetworks {
  readonly config: RunConfig;
  /** Steps that it was trained for. */
  readonly step: number;
  readonly warnings: readonly string[];
}

/**
 * Loads the model of a run.
 * @param run the path of a run's folder (Node), or a folder in memory
 * @throws NoRunError (`ERR_NO_INPUT`) if there is no run, or no such checkpoint; DataError if a
 *   file is damaged; BackendError if the backend does not come up
 * @example
 * const model = await loadRun('runs/first', { checkpoint: 'best' });
 * const images = await model.decode(new Float32Array(model.latents));
 * await model.close();
 */
export async function loadRun(run: string | RunFolder, options: LoadRunOptions = {}): Promise<Model> {
  refuseUnknown('loadRun', checkRecord('loadRun', options), LOADING);
  return openModel(run, options);
}

/** The same, of options that may be those of more than loading. */
export async function openModel(run: string | RunFolder, options: LoadRunOptions): Promise<Model> {
  const { config, step, warnings, ...stored } = await readModel(run, options);
  const { latents, shardRows } = config;
  return { ...(await openNetworks({ ...stored, latents, shardRows }, options)), config, step, warnings };
}
