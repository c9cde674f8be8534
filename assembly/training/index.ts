/**
 * training.wasm: the kernels of training that tfjs' WebAssembly backend lacks, or has slow. It
 * works on the memory of that backend, which it imports, and so has no data, no heap and no state
 * of its own: everything is where the caller says, scratch included.
 *
 * Tensors are float32, images (N, H, W, C), filters (kernel height, kernel width, in, out).
 * Addresses need no alignment, and nothing is read or written but what is named, up to its end.
 */
export { accumulate } from './accumulate';
export { activationGradient, biasGradient } from './activations';
export { adam } from './adam';
export { bernoulli } from './bernoulli';
export { addBias } from './bias';
export { convolution, convolutionScratchBytes } from './products/convolution';
export { filterGradient, filterGradientScratchBytes } from './products/filter-gradient';
export { inputGradient, inputGradientScratchBytes } from './products/input-gradient';
export { multiply, multiplyScratchBytes } from './products/matrix';

/** Whether this is the build with relaxed SIMD. */
export function isRelaxed(): bool {
  return ASC_FEATURE_RELAXED_SIMD;
}
