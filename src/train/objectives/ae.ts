import type { LatentBatch, ListedObjective, Penalty, StepContext } from './objective.js';

/** Reconstruction alone; the decoder is given mu. */
export const ae: ListedObjective = {
  name: 'ae',
  title: 'Autoencoder',
  summary: 'reconstruction alone, without noise in the code',
  source: 'Rumelhart, Hinton, Williams 1986, Learning Internal Representations by Error Propagation',
  options: {},
  activate: () => ({ code: 'mean', penalise: withoutPenalty }),
};

/** No penalty, and no KL beside it: nothing trains logvar. */
export function withoutPenalty(_batch: LatentBatch, { tf }: StepContext): Penalty {
  return { total: tf.scalar(0), terms: {}, gradients: {} };
}
