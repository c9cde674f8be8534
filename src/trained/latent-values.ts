/** Which latents vary, and over what values. */
import { wrongValue } from '../errors.js';

export function checkLatents(chosen: readonly number[], latents: number): void {
  for (const latent of chosen) {
    if (Number.isInteger(latent) && latent >= 0 && latent < latents) continue;
    throw wrongValue({ option: 'latents', problem: `expected whole numbers from 0 to ${latents - 1}, got ${latent}` });
  }
}

/** So many, evenly from -range to range. */
export function spacedValues(range: number, steps: number): number[] {
  return Array.from({ length: steps }, (_, i) => (range * (2 * i - (steps - 1))) / (steps - 1));
}
