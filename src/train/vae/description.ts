/** Models of the VAE family in words, from which other threads build the same. */

import type { Networks } from '../architectures/architecture.js';
import { findLikelihood } from '../likelihoods/index.js';
import type { Description, ShardWork } from '../system.js';
import { autoencoderWork } from './autoencoder.js';

/** Layers are data, so an architecture of the caller's own travels like any other. */
export interface VaeDescription extends Description {
  readonly kind: 'vae';
  readonly networks: Networks;
  /** By its name: what it computes is a function, which cannot be sent. */
  readonly likelihood: string;
  readonly latents: number;
}

export function buildVaeWork(description: Description): ShardWork {
  const { networks, likelihood, latents } = description as VaeDescription;
  return autoencoderWork({ networks, likelihood: findLikelihood(likelihood), latents });
}
