/**
 * tfjs on its cpu backend, as the code of training is handed it, and the whole of it, for tests
 * that compare with more.
 */
import type { TensorLibrary } from '../../src/train/tensors.js';
import { tf as tfjs } from '../decomposition/tensorflow.js';

await tfjs.setBackend('cpu');

export const tf = tfjs as unknown as TensorLibrary;
export { tfjs };
