/** Weights before the first step, for those who do not train. */
import { withCore } from '../../../bindings/core.js';
import type { FloatTensors } from '../../io/float-tensors.js';
import type { Initialisation } from './architecture.js';
import { initialise } from './initialise.js';
import type { ParameterShape } from './layers.js';

/** The parameters of these shapes, by their names. */
export async function untrainedWeights(
  shapes: readonly ParameterShape[],
  initialisation: Initialisation,
  seed: number,
): Promise<FloatTensors> {
  const values = await withCore((core) => initialise(core, shapes, initialisation, seed));
  return new Map(shapes.map(({ name, shape }, i) => [name, { shape, values: values[i] }]));
}
