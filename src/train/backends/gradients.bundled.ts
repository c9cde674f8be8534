/** Gradients of tfjs' kernels, in a bundle: registered when the bundle is loaded. */
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';

/** Nothing left to do. */
export function registerGradients(): void {}
