/**
 * Parts of the caller's own, which a run names and cannot keep: whoever takes the run up again
 * gives them again.
 */

import type { Architecture } from './architectures/architecture.js';
import { ARCHITECTURES } from './architectures/index.js';
import { LIKELIHOODS } from './likelihoods/index.js';
import type { Likelihood } from './likelihoods/likelihood.js';
import { pickRecorded } from './named-parts.js';
import { objectives } from './objectives/index.js';
import type { Objective } from './objectives/objective.js';
import type { RunConfig } from './run/config.js';

/** The objects that a run was trained with, if they are the caller's own. */
export interface OwnParts {
  readonly model?: Objective;
  readonly architecture?: Architecture;
  readonly likelihood?: Likelihood;
}

/**
 * What a run was trained with.
 * @param own a name says nothing here
 * @throws RangeError for one of the caller's own that is not given, and for another than the run's
 */
export function partsOf(config: RunConfig, own: { readonly [K in keyof OwnParts]?: OwnParts[K] | string }) {
  return {
    architecture: pickRecorded<Architecture>('architecture', ARCHITECTURES, config.architecture, own.architecture),
    likelihood: pickRecorded<Likelihood>('likelihood', LIKELIHOODS, config.likelihood, own.likelihood),
    objective: pickRecorded<Objective>('model', objectives, config.objective.name, own.model),
  };
}
