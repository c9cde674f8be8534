/**
 * Gradients of tfjs' kernels. tfjs-core comes without, and their module cannot be imported by Node
 * as it is; bundles put gradients.bundled.ts in this module's place (see rollup.config.mjs).
 */
import { createRequire } from 'node:module';

let isDone = false;

/** Registers them, once. */
export function registerGradients(): void {
  if (isDone) return;
  isDone = true;
  createRequire(import.meta.url)('@tensorflow/tfjs-core/dist/register_all_gradients.js');
}
