/** Kernels of assembly/softmax: logistic regression of many classes in single precision. */
import { type Arena, type Block, pointersOf } from '../arena.js';
import type { LabelledRows } from './softmax.js';

/** {@link LabelledRows} in single precision. */
export type SingleRows = Omit<LabelledRows, 'x'> & { readonly x: Block<'f32'> };

/** What assembly/softmax exports in single precision. */
export interface SoftmaxSingleExports {
  softmaxSingleLoss(
    gradient: number,
    probabilities: number,
    x: number,
    labels: number,
    classWeights: number,
    weights: number,
    scratch: number,
    classes: number,
    stride: number,
    firstRow: number,
    lastRow: number,
  ): number;
  softmaxSingleProduct(
    out: number,
    vector: number,
    probabilities: number,
    x: number,
    labels: number,
    classWeights: number,
    scratch: number,
    classes: number,
    stride: number,
    firstRow: number,
    lastRow: number,
  ): void;
  softmaxSingleGrams(
    grams: number,
    probabilities: number,
    x: number,
    labels: number,
    classWeights: number,
    scratch: number,
    least: number,
    classes: number,
    unknowns: number,
    stride: number,
    size: number,
    firstRow: number,
    lastRow: number,
  ): void;
}

/** Rows that the kernels work on at a time. */
const SINGLE_ROWS = 64;
/** Rows that Gram matrices are made of at a time. */
const GRAM_ROWS = 32;

/** Losses of logistic regression and their derivatives in single precision. */
export function bindSoftmaxSingle(wasm: SoftmaxSingleExports, arena: Arena) {
  return {
    /**
     * softmaxWideLoss in single precision: gradient f64 and weights f32 [stride][width], x and
     * probabilities f32, width the multiple of 8 from classes.
     */
    softmaxSingleLoss(
      gradient: Block<'f64'>,
      probabilities: Block<'f32'>,
      { x, stride, labels, classes, classWeights }: SingleRows,
      weights: Block<'f32'>,
      firstRow: number,
      lastRow: number,
    ): number {
      return arena.borrow(() => {
        const scratch = arena.alloc('f32', (SINGLE_ROWS * weights.length) / stride);
        return wasm.softmaxSingleLoss(
          ...pointersOf(gradient, probabilities, x, labels, classWeights, weights, scratch),
          classes,
          stride,
          firstRow,
          lastRow,
        );
      });
    },

    /**
     * Adds the Hessian of rows [firstRow, lastRow) times vector f32 [stride][width] to out f64
     * [stride][width].
     */
    softmaxSingleProduct(
      out: Block<'f64'>,
      vector: Block<'f32'>,
      probabilities: Block<'f32'>,
      { x, stride, labels, classes, classWeights }: SingleRows,
      firstRow: number,
      lastRow: number,
    ): void {
      arena.borrow(() => {
        const scratch = arena.alloc('f32', (SINGLE_ROWS * vector.length) / stride);
        wasm.softmaxSingleProduct(
          ...pointersOf(out, vector, probabilities, x, labels, classWeights, scratch),
          classes,
          stride,
          firstRow,
          lastRow,
        );
      });
    },

    /**
     * Adds the Gram matrices of all pairs of classes to grams [pairs][size], size being what the
     * upper part of a matrix of the first `unknowns` columns takes, in multiples of 8; of each 32
     * rows only classes one of them finds as likely as `least`.
     */
    softmaxSingleGrams(
      grams: Block<'f64'>,
      probabilities: Block<'f32'>,
      { x, stride, labels, classes, classWeights }: SingleRows,
      unknowns: number,
      least: number,
      firstRow: number,
      lastRow: number,
    ): void {
      arena.borrow(() => {
        const size = Math.ceil((unknowns * (unknowns + 1)) / 16) * 8;
        const line = Math.ceil(classes / 8) * 8 + 4;
        // Of products, likely classes, and their pairs, of 32 rows; the list of those classes; and
        // what nobody asks for.
        const scratch = arena.alloc('f32', GRAM_ROWS * (size + 2 * line) + line + 2 * size);
        wasm.softmaxSingleGrams(
          ...pointersOf(grams, probabilities, x, labels, classWeights, scratch),
          least,
          classes,
          unknowns,
          stride,
          size,
          firstRow,
          lastRow,
        );
      });
    },
  };
}
