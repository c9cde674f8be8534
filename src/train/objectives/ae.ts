import { klFromPrior } from './kl.js';
import type { LatentBatch, Objective, Penalty, StepContext } from './objective.js';
import { stateless } from './stateless.js';

/** Reconstruction alone; the decoder is given mu. */
export const ae: Objective = {
  name: 'ae',
  title: 'Autoencoder',
  summary: 'reconstruction alone, without noise in the code',
  source: 'Rumelhart, Hinton, Williams 1986, Learning Internal Representations by Error Propagation',
  options: {},
  activate: () => ({ ...stateless('mean'), penalise: withoutPenalty }),
};

/** No penalty. KL is reported beside it: nothing trains logvar, so it says how far the means are from the prior. */
export function withoutPenalty(batch: LatentBatch, { tf }: StepContext): Penalty {
  return { total: tf.scalar(0), terms: { kl: klFromPrior(tf, batch) }, gradients: {} };
}
