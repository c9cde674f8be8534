/**
 * A model out of the folder of its run: what it is made of, and its weights. No backend is needed
 * for that.
 */
import type { ImageShape } from '../data/index.js';
import { DataError } from '../errors.js';
import type { FloatTensors } from '../io/float-tensors.js';
import { formatShape } from '../io/shape.js';
import { checkOptions } from '../options/check-options.js';
import type { GivenOf } from '../options/rule.js';
import type { Networks } from '../train/architectures/architecture.js';
import { listParameters, type ParameterShape } from '../train/architectures/layers.js';
import { untrainedWeights } from '../train/architectures/untrained-weights.js';
import type { Likelihood } from '../train/likelihoods/likelihood.js';
import { codeOf } from '../train/objectives/codes.js';
import type { Code } from '../train/objectives/objective.js';
import { type OwnParts, partsOf } from '../train/own-parts.js';
import type { Checkpoint } from '../train/run/checkpoint.js';
import { bestCheckpoint, latestCheckpoint, refuseLost } from '../train/run/checkpoints.js';
import { checkMadeUnder } from '../train/run/compare-config.js';
import { type RunConfig, readConfig } from '../train/run/config.js';
import { NoRunError, type RunFolder } from '../train/run/run-folder.js';
import { WEIGHT_OPTIONS } from './declared-options.js';
import { openNamed } from './run-data.js';

/** Which weights of a run are meant, and what it was trained with that was the caller's own. */
export interface ModelOptions extends OwnParts, GivenOf<typeof WEIGHT_OPTIONS> {
  /** Told of what the user should know: a checkpoint is damaged, and the one before it is taken. */
  readonly onWarning?: (warning: string) => void;
}

export interface StoredModel {
  readonly config: RunConfig;
  readonly image: ImageShape;
  readonly networks: Networks;
  readonly likelihood: Likelihood;
  readonly code: Code;
  /** Steps that it was trained for. */
  readonly step: number;
  /** By the names of `listParameters`, in its order: the encoder's, then the decoder's. */
  readonly weights: FloatTensors;
  readonly warnings: readonly string[];
}

/**
 * Reads a model.
 * @param run the path of a run's folder (Node), or a folder in memory
 * @throws NoRunError (`ERR_NO_INPUT`) if there is no run, or no such checkpoint; DataError if
 *   a file is damaged or does not fit
 */
export async function readModel(run: string | RunFolder, options: ModelOptions = {}): Promise<StoredModel> {
  const { checkpoint, untrained } = options;
  checkOptions({ name: 'model' }, { checkpoint, untrained: untrained || undefined }, WEIGHT_OPTIONS);
  const folder = typeof run === 'string' ? await openToRead(run) : run;
  const config = await readConfig(folder);
  const { architecture, likelihood, objective } = partsOf(config, options);
  const image = await imageOf(config);
  const networks = architecture.build(image, config.latents, config.mlp);
  const shapes = [...listParameters('encoder', networks.encoder), ...listParameters('decoder', networks.decoder)];
  const model = { config, image, networks, likelihood, code: codeOf(config.objective, objective) };
  if (untrained) {
    const weights = await untrainedWeights(shapes, architecture.initialisation, config.seed);
    return { ...model, step: 0, weights, warnings: [] };
  }
  const { found, warnings } = await findCheckpoint(folder, config, checkpoint ?? 'last');
  checkMadeUnder(config, found, folder);
  for (const warning of warnings) options.onWarning?.(warning);
  return { ...model, step: found.step, weights: pickWeights(found, shapes, folder.path), warnings };
}

async function openToRead(path: string): Promise<RunFolder> {
  const { openRunFolder } = await import('../train/run/node-run-folder.js');
  return openRunFolder(path, 'read');
}

async function imageOf(config: RunConfig): Promise<ImageShape> {
  const { image } = config.data;
  if (image !== undefined) return image as unknown as ImageShape;
  const dataset = await openNamed(config);
  await dataset.close?.();
  return dataset.image;
}

async function findCheckpoint(
  folder: RunFolder,
  config: RunConfig,
  wanted: 'last' | 'best',
): Promise<{ found: Checkpoint; warnings: readonly string[] }> {
  if (wanted === 'best') {
    const best = await bestCheckpoint(folder);
    if (best === null)
      throw new NoRunError(
        folder.path,
        'there is no best checkpoint: none has had a MIG, which is computed on images held out, from their factors',
      );
    return { found: best, warnings: [] };
  }
  const { checkpoint, warnings } = await latestCheckpoint(folder);
  if (checkpoint === null) refuseLost(config, folder);
  if (checkpoint === null) throw new NoRunError(folder.path, 'the run has no checkpoint yet');
  return { found: checkpoint, warnings };
}

function pickWeights({ tensors }: Checkpoint, shapes: readonly ParameterShape[], path: string): FloatTensors {
  return new Map(
    shapes.map(({ name, shape }) => {
      const tensor = tensors.get(`model/${name}`);
      const got = tensor === undefined ? 'none' : formatShape(tensor.shape);
      if (tensor === undefined || got !== formatShape(shape)) {
        throw new DataError(`expected a tensor 'model/${name}' of ${formatShape(shape)}, got ${got}`, { path });
      }
      return [name, tensor] as const;
    }),
  );
}
