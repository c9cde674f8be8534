/** Which latents vary, and over what values. */
import { wrongValue } from '../errors.js';

export function checkLatents(chosen: readonly number[], latents: number): void {
  for (const latent of chosen) {
    if (Number.isInteger(latent) && latent >= 0 && latent < latents) continue;
    throw wrongValue({ option: 'latents', problem: `expected whole numbers from 0 to ${latents - 1}, got ${latent}` });
  }
}

const STEPS_AT_MOST = 1000;

export function checkSteps(steps: number): void {
  if (Number.isInteger(steps) && steps >= 2 && steps <= STEPS_AT_MOST) return;
  throw wrongValue({ option: 'steps', problem: `expected a whole number from 2 to ${STEPS_AT_MOST}, got ${steps}` });
}

/** So many, evenly from -range to range. */
export function spacedValues(range: number, steps: number): number[] {
  checkSteps(steps);
  if (!(range > 0 && range < Number.POSITIVE_INFINITY)) {
    throw wrongValue({ option: 'range', problem: `expected a number above 0, got ${range}` });
  }
  return Array.from({ length: steps }, (_, i) => (range * (2 * i - (steps - 1))) / (steps - 1));
}
