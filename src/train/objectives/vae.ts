import { weighKl } from './kl.js';
import type { ListedObjective } from './objective.js';

/** Reconstruction + KL: the negative evidence lower bound. */
export const vae: ListedObjective = {
  name: 'vae',
  title: 'VAE',
  summary: 'reconstruction + KL',
  source: 'Kingma, Welling 2014, Auto-Encoding Variational Bayes, equations 7 and 10',
  options: {},
  activate: () => ({ code: 'sample', penalise: (batch, { tf }) => weighKl(tf, batch) }),
};
