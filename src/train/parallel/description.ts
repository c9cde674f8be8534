/** An autoencoder in words, from which every thread builds the same one. */
import type { ImageShape } from '../../data/dataset.js';
import type { Autoencoder } from '../autoencoder.js';
import type { Backend } from '../backends/backend.js';
import { findLikelihood } from '../likelihoods/index.js';
import { findArchitecture } from '../models/index.js';
import { composeOperations } from '../operations.js';

/** Plain data: it crosses between threads. */
export interface Description {
  readonly architecture: string;
  readonly image: ImageShape;
  readonly latents: number;
  readonly likelihood: string;
  readonly code: Autoencoder['code'];
}

/** The autoencoder on a backend. */
export function buildAutoencoder(
  { tf, operations }: Pick<Backend, 'tf' | 'operations'>,
  description: Description,
): Autoencoder {
  const { architecture, image, latents, likelihood, code } = description;
  return {
    tf,
    operations: operations ?? composeOperations(tf),
    networks: findArchitecture(architecture).build(image, latents),
    likelihood: findLikelihood(likelihood),
    latents,
    code,
  };
}
