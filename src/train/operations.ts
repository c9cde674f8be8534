/**
 * What a step does beside the products and convolutions, each with its gradient. The backends have
 * quicker ways for some; these formulas of tensor operations are right for all. Tensors that go in
 * stay the caller's.
 */

import type { Activation } from './architectures/layers.js';
import { LEAKY_SLOPE } from './architectures/layers.js';
import type { Tensor, TensorLibrary } from './tensors.js';

/** The settings of one update of Adam. */
export interface AdamUpdate {
  /** The learning rate. */
  readonly rate: number;
  /** 1 - beta1^t and 1 - beta2^t, t counting from 1. */
  readonly correction1: number;
  readonly correction2: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export interface Operations {
  /** dy f'(x), from y = f(x). */
  activationGradient(y: Tensor, dy: Tensor, activation: Exclude<Activation, 'linear'>): Tensor;
  /** Sums over all axes but the last. */
  biasGradient(dy: Tensor): Tensor;
  /** sum + x, in place of `sum`, which is gone (or overwritten). */
  accumulate(sum: Tensor, x: Tensor): Tensor;
  /** y + bias, activated, in place of y, which is gone (or overwritten). */
  addBias(y: Tensor, bias: Tensor, activation: Activation): Tensor;
  /**
   * The cross-entropy of images x in [0, 1] and logits of the same shape in nats, summed over
   * pixels and rows, and its gradient times `scale`.
   */
  bernoulli(logits: Tensor, x: Tensor, scale: number): { loss: Tensor; gradient: Tensor };
  /**
   * Copies the values of x into the beginning of `into`. Only on backends that have them at hand:
   * wasm, cpu.
   */
  copyOut(x: Tensor, into: Float32Array): void;
  /**
   * Adam (Kingma & Ba 2015, algorithm 1): the new parameter and moments, in place of the old ones,
   * which are gone (or overwritten).
   *   m' = b1 m + (1 - b1) g,  v' = b2 v + (1 - b2) g^2,  p' = p - rate (m' / correction1) / (sqrt(v' / correction2) + epsilon)
   */
  adam(
    state: readonly [p: Tensor, m: Tensor, v: Tensor],
    gradient: Tensor,
    update: AdamUpdate,
  ): [Tensor, Tensor, Tensor];
}

/** The operations as formulas of a tensor library. */
export function composeOperations(tf: TensorLibrary): Operations {
  const activate: Record<Activation, (x: Tensor) => Tensor> = {
    linear: (x) => x,
    relu: (x) => tf.relu(x),
    'leaky-relu': (x) => tf.maximum(x, tf.mul(x, LEAKY_SLOPE)),
    tanh: (x) => tf.tanh(x),
  };
  return {
    activationGradient: (y, dy, activation) =>
      tf.tidy(() => {
        if (activation === 'tanh') return tf.mul(dy, tf.sub(1, tf.square(y)));
        return tf.mul(dy, tf.step(y, activation === 'relu' ? 0 : LEAKY_SLOPE));
      }),

    // A product with ones: sums over outer axes are slow on some backends.
    biasGradient: (dy) =>
      tf.tidy(() => {
        const outputs = dy.shape[dy.shape.length - 1];
        const rows = dy.shape.slice(0, -1).reduce((product, length) => product * length, 1);
        return tf.reshape(tf.matMul(tf.ones([1, rows]), tf.reshape(dy, [rows, outputs])), [outputs]);
      }),

    accumulate(sum, x) {
      const total = tf.add(sum, x);
      sum.dispose();
      return total;
    },

    addBias(y, bias, activation) {
      const activated = tf.tidy(() => activate[activation](tf.add(y, bias)));
      y.dispose();
      return activated;
    },

    bernoulli: (logits, x, scale) =>
      tf.tidy(() => {
        const tail = tf.log1p(tf.exp(tf.neg(tf.abs(logits))));
        const loss = tf.sum(tf.add(tf.sub(tf.relu(logits), tf.mul(logits, x)), tail));
        return { loss, gradient: tf.mul(tf.sub(tf.sigmoid(logits), x), scale) };
      }),

    copyOut: (x, into) => into.set(x.dataSync()),

    adam([p, m, v], gradient, { rate, correction1, correction2, beta1, beta2, epsilon }) {
      const next = tf.tidy((): [Tensor, Tensor, Tensor] => {
        const mean = tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1));
        const square = tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2));
        const divisor = tf.add(tf.sqrt(tf.div(square, correction2)), epsilon);
        return [tf.sub(p, tf.mul(tf.div(mean, divisor), rate / correction1)), mean, square];
      });
      for (const old of [p, m, v]) old.dispose();
      return next;
    },
  };
}
