import type { ActiveObjective } from './objective.js';

/** What most objectives have in common: nothing is kept from step to step, and one batch is enough. */
export function stateless(
  code: ActiveObjective['code'],
): Pick<ActiveObjective, 'code' | 'needsSecondBatch' | 'createState'> {
  return { code, needsSecondBatch: false, createState: () => ({ tensors: {} }) };
}
