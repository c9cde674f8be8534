/** A model of the VAE family out of the plan of a training. */
import type { ImageShape } from '../../data/dataset.js';
import { wrongType, wrongValue } from '../../errors.js';
import { checkNetworks } from '../architectures/check-networks.js';
import { LIKELIHOODS } from '../likelihoods/index.js';
import type { ActiveObjective } from '../objectives/objective.js';
import { ADAM_DEFAULTS } from '../optimiser.js';
import type { System } from '../system.js';
import type { TrainPlan } from '../train-options.js';
import type { VaeDescription } from './description.js';
import type { VaeSetup } from './vae-system.js';

/**
 * @param datasetSize N: rows that are trained on
 * @throws TypeError or RangeError for an architecture of the caller's own whose layers do not fit
 * the images
 */
export function setUpVae(plan: TrainPlan, image: ImageShape, datasetSize: number): VaeSetup {
  const { architecture, likelihood, latents, batchSize, learningRate, seed } = plan;
  const objective = activate(plan);
  const networks = checkNetworks(architecture.name, architecture.build(image, latents, plan.mlp), image, latents);
  if (image.height === 1 && networks.encoder.some(({ kind }) => kind === 'convolution')) {
    throw wrongValue({ option: 'architecture', problem: `expected mlp for rows of numbers, got ${architecture.name}` });
  }
  const description: VaeDescription = { kind: 'vae', networks, likelihood: likelihood.name, latents };
  const isSendable = LIKELIHOODS.some((listed) => listed === likelihood);
  return {
    networks,
    likelihood,
    latents,
    initialisation: architecture.initialisation,
    adam: { ...ADAM_DEFAULTS, learningRate },
    objective,
    description: isSendable ? description : { unsendable: unsendable(likelihood.name) },
    datasetSize,
    batchSize,
    pixels: image.height * image.width * image.channels,
    seed,
    hintFor: hintsOf(plan),
  };
}

/** @throws TypeError for an objective of the caller's own that lacks something */
function activate({ objective, objectiveOptions }: TrainPlan): ActiveObjective {
  const active = objective.activate(objectiveOptions);
  if (active?.code !== 'sample' && active?.code !== 'mean') {
    throw wrongType({
      option: 'model',
      problem: `${objective.name}: expected a code of 'sample' or 'mean', got ${JSON.stringify(active?.code)}`,
    });
  }
  if (typeof active.penalise === 'function') return active;
  throw wrongType({
    option: 'model',
    problem: `${objective.name}: expected a function penalise, got ${typeof active.penalise}`,
  });
}

function unsendable(likelihood: string): string {
  return `the likelihood '${likelihood}' of your own, whose functions cannot be sent to workers`;
}

function hintsOf({ learningRate, objective }: TrainPlan): System['hintFor'] {
  const slower = `a lower learning rate than ${learningRate} is the first thing to try`;
  const known: Record<string, string> = { kl: `a posterior ran away; ${slower}`, reconstruction: slower };
  return (name) => known[name] ?? `${slower}, then smaller weights of ${objective.name}`;
}
