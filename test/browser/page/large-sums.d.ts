import type { TensorLibrary } from '../../../src/train/tensors.js';

export function sumErrors(tf: TensorLibrary): Promise<Record<string, number>>;
