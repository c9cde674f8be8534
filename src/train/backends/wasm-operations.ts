/** The operations of a step by our kernels on tfjs' WebAssembly backend. */
import { LEAKY_SLOPE } from '../architectures/layers.js';
import { composeOperations, type Operations } from '../operations.js';
import type { NamedTensors, Tensor, TensorLibrary } from '../tensors.js';

const KERNEL_NAMES = { relu: 'relu', 'leaky-relu': 'leakyRelu', tanh: 'tanh' } as const;

/** @param tf on a backend that `addWasmKernels` has added to */
export function wasmOperations(tf: TensorLibrary): Operations {
  const run = <R = Tensor>(name: string, inputs: NamedTensors, attributes: object = {}) =>
    tf.engine().runKernel(`vaemetrics:${name}`, inputs, attributes) as R;
  const composed = composeOperations(tf);
  return {
    ...composed,

    addBias(y, bias, activation) {
      if (activation === 'tanh') return composed.addBias(y, bias, activation);
      const ours = activation === 'linear' ? {} : { activation: KERNEL_NAMES[activation] };
      run('AddBias', { y, bias }, { ...ours, alpha: LEAKY_SLOPE }).dispose();
      return y;
    },

    activationGradient: (y, dy, activation) =>
      run('ActivationGradient', { y, dy }, { activation: KERNEL_NAMES[activation], alpha: LEAKY_SLOPE }),

    biasGradient: (dy) => run('BiasGradient', { dy }),

    accumulate(sum, x) {
      run('Accumulate', { sum, x }).dispose();
      return sum;
    },

    bernoulli: (logits, x, scale) =>
      tf.tidy(() => {
        const [losses, gradient] = run<Tensor[]>('Bernoulli', { logits, x }, { scale });
        return { loss: tf.sum(losses), gradient };
      }),

    copyOut: (x, into) => run('CopyOut', { x }, { into }).dispose(),

    adam([p, m, v], gradient, step) {
      run('Adam', { p, m, v, gradient }, { step }).dispose();
      return [p, m, v];
    },
  };
}
