/** Values, terms and gradients of a formula on the latents of a batch. */
import type { Tensor, TensorLibrary } from '../tensors.js';
import type { LatentBatch, Penalty } from './objective.js';

/** What a formula makes of a batch: scalars. */
export interface Formula {
  /** What is minimised. */
  readonly total: Tensor;
  /** What is reported. */
  readonly terms: Readonly<Record<string, Tensor>>;
}

/**
 * Differentiates a formula by the tensor library's tape. Nothing is kept but what is returned.
 *
 * @param variables those of mu, logvar and z that the formula depends on; the gradients of others
 * are left out, as zero
 */
export function differentiate(
  tf: TensorLibrary,
  batch: LatentBatch,
  variables: ReadonlyArray<keyof LatentBatch>,
  formula: (batch: LatentBatch) => Formula,
): Penalty {
  const kept: Record<string, Tensor> = {};
  const byTape = tf.valueAndGrads((...values) => {
    const given = Object.fromEntries(variables.map((name, i) => [name, values[i]]));
    const { total, terms } = formula({ ...batch, ...given });
    // The tape tidies up behind itself: a term has to be kept out of that, though not for longer
    // than this call.
    for (const name of Object.keys(terms)) kept[name] = tf.keep(terms[name]);
    return total;
  });
  return tf.tidy(() => {
    const { value, grads } = byTape(variables.map((name) => batch[name]));
    const terms = Object.fromEntries(Object.keys(kept).map((name) => [name, tf.reshape(kept[name], [])]));
    tf.dispose(Object.values(kept));
    const gradients = Object.fromEntries(variables.map((name, i) => [name, grads[i]]));
    return { total: value, terms, gradients };
  });
}

/** The sum of two penalties, with the terms of both. The two are used up. */
export function addPenalties(tf: TensorLibrary, a: Penalty, b: Penalty): Penalty {
  const sum = tf.tidy(() => {
    const gradients: { -readonly [K in keyof LatentBatch]?: Tensor } = {};
    for (const name of ['mu', 'logvar', 'z'] as const) {
      const parts = [a.gradients[name], b.gradients[name]].filter((part) => part !== undefined);
      // A new tensor in either case, so that what went in can be disposed of.
      if (parts.length > 0) gradients[name] = tf.addN(parts);
    }
    return { total: tf.add(a.total, b.total), gradients };
  });
  for (const { total, gradients } of [a, b]) tf.dispose([total, ...Object.values(gradients)]);
  return { ...sum, terms: { ...a.terms, ...b.terms } };
}
