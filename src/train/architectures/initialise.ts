/** The parameters before the first step: a function of the seed alone. */
import type { Core } from '../../../bindings/core.js';
import { STREAMS } from '../../random.js';
import type { Initialisation } from './architecture.js';
import type { ParameterShape } from './layers.js';

/**
 * Draws the parameters, in their order.
 * @param first how many of other networks were drawn before them
 */
export function initialise(
  core: Core,
  parameters: readonly ParameterShape[],
  initialisation: Initialisation,
  seed: number,
  first = 0,
): Float32Array[] {
  return parameters.map((parameter, place) => {
    const length = parameter.shape.reduce((product, side) => product * side, 1);
    const bound = boundOf(parameter, initialisation);
    if (bound === 0) return new Float32Array(length);
    return core.arena.borrow(() => {
      const block = core.arena.alloc('f32', length);
      core.random.fillUniform(block, { seed, stream: STREAMS.initialParameters, index: first + place });
      return block.array.map((uniform) => (2 * uniform - 1) * bound);
    });
  });
}

/** The largest size of a number that a parameter begins with. */
export function boundOf({ role, fanIn, fanOut }: ParameterShape, initialisation: Initialisation): number {
  if (initialisation === 'fan-in') return 1 / Math.sqrt(fanIn);
  return role === 'bias' ? 0 : Math.sqrt(6 / (fanIn + fanOut));
}
