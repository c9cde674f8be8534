/** A model out of the folder of its run: what it is made of, and its weights. No backend is needed for that. */
import { withCore } from '../../bindings/core.js';
import type { ImageShape } from '../data/index.js';
import { DataError, optionRangeError } from '../errors.js';
import type { FloatTensors } from '../io/float-tensors.js';
import { formatShape } from '../io/shape.js';
import type { Likelihood } from './likelihoods/likelihood.js';
import type { Networks } from './models/architecture.js';
import { initialise } from './models/initialise.js';
import { listParameters, type ParameterShape } from './models/layers.js';
import { codeOf } from './objectives/codes.js';
import type { Code } from './objectives/objective.js';
import { type OwnParts, partsOf } from './own-parts.js';
import type { Checkpoint } from './run/checkpoint.js';
import { bestCheckpoint, latestCheckpoint } from './run/checkpoints.js';
import { type RunConfig, readConfig } from './run/config.js';
import { NoRunError, type RunFolder } from './run/run-folder.js';
import { openNamed } from './run-data.js';

/** Which weights of a run are meant, and what it was trained with that was the caller's own. */
export interface ModelOptions extends OwnParts {
  /** `last` (the default), or `best`: those of the best score while it was trained. */
  readonly checkpoint?: 'last' | 'best';
  /** The weights before the first step, to compare with, in place of those of a checkpoint. */
  readonly untrained?: boolean;
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
 * @throws NoRunError (`ERR_NO_INPUT`) where there is no run, or no such checkpoint; DataError where a file is damaged or does not fit
 */
export async function readModel(run: string | RunFolder, options: ModelOptions = {}): Promise<StoredModel> {
  const { checkpoint = 'last', untrained = false } = options;
  if (untrained && options.checkpoint !== undefined) {
    throw optionRangeError(`checkpoint: expected none beside untrained, got '${checkpoint}'`);
  }
  if (checkpoint !== 'last' && checkpoint !== 'best') {
    throw optionRangeError(`checkpoint: expected last or best, got '${checkpoint}'`);
  }
  const folder = typeof run === 'string' ? await openToRead(run) : run;
  const config = await readConfig(folder);
  const { architecture, likelihood, objective } = partsOf(config, options);
  const image = await imageOf(config);
  const networks = architecture.build(image, config.latents);
  const shapes = [...listParameters('encoder', networks.encoder), ...listParameters('decoder', networks.decoder)];
  const model = { config, image, networks, likelihood, code: codeOf(config.objective, objective) };
  if (untrained) {
    const values = await withCore((core) => initialise(core, shapes, architecture.initialisation, config.seed));
    const weights = new Map(shapes.map(({ name, shape }, i) => [name, { shape, values: values[i] }]));
    return { ...model, step: 0, weights, warnings: [] };
  }
  const { found, warnings } = await findCheckpoint(folder, checkpoint);
  for (const warning of warnings) options.onWarning?.(warning);
  return { ...model, step: found.step, weights: pickWeights(found, shapes, folder.path), warnings };
}

async function openToRead(path: string): Promise<RunFolder> {
  const { openRunFolder } = await import('./run/node-run-folder.js');
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
