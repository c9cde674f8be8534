/** Kernels of assembly/softmax: logistic regression. */
import { type Arena, type Block, pointersOf } from '../arena.js';

/** Rows with classes; see assembly/softmax/wide.ts. */
export interface LabelledRows {
  /** f64[rows][stride]: the features, a 1, zeros. */
  readonly x: Block<'f64'>;
  /** A multiple of 4. */
  readonly stride: number;
  /** i32[rows], 0 .. classes - 1 */
  readonly labels: Block<'i32'>;
  readonly classes: number;
  /** What each row of a class counts, f64[classes]; null: 1. */
  readonly classWeights: Block<'f64'> | null;
}

/** What assembly/softmax exports in float64. */
export interface SoftmaxExports {
  softmaxLoss(
    gradient: number,
    probabilities: number,
    x: number,
    labels: number,
    classWeights: number,
    weights: number,
    classes: number,
    fixedClasses: number,
    stride: number,
    firstRow: number,
    lastRow: number,
  ): number;
  softmaxHessian(
    grams: number,
    x: number,
    labels: number,
    classWeights: number,
    probabilities: number,
    scratch: number,
    classes: number,
    stride: number,
    firstRow: number,
    lastRow: number,
  ): void;
  softmaxWideLoss(
    gradient: number,
    probabilities: number,
    tally: number,
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
  softmaxWideProduct(
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
  softmaxWideGrams: AddCurvature;
  softmaxWideBlocks: AddCurvature;
  exponentials(values: number, count: number): void;
}

type AddCurvature = (
  out: number,
  probabilities: number,
  x: number,
  labels: number,
  classWeights: number,
  scratch: number,
  least: number,
  classes: number,
  unknowns: number,
  stride: number,
  firstRow: number,
  lastRow: number,
) => void;

/** Rows that the kernels of wide.ts work on at a time. */
const SOFTMAX_ROWS = 32;

/** Losses of logistic regression and their derivatives. */
export function bindSoftmax(wasm: SoftmaxExports, arena: Arena) {
  const addWith =
    (add: AddCurvature) =>
    (
      out: Block<'f64'>,
      probabilities: Block<'f32'>,
      { x, stride, labels, classes, classWeights }: LabelledRows,
      unknowns: number,
      least: number,
      firstRow: number,
      lastRow: number,
    ): void =>
      arena.borrow(() => {
        // Of the products of a row, and the list of its likely classes.
        const scratch = arena.alloc('f64', Math.ceil((unknowns * (unknowns + 1)) / 8) * 4 + classes);
        add(
          ...pointersOf(out, probabilities, x, labels, classWeights, scratch),
          least,
          classes,
          unknowns,
          stride,
          firstRow,
          lastRow,
        );
      });

  return {
    /**
     * Loss of rows [firstRow, lastRow); adds to gradient [classes - fixedClasses][stride], writes
     * probabilities [rows][classes].
     */
    softmaxLoss(
      gradient: Block<'f64'>,
      probabilities: Block<'f64'>,
      { x, stride, labels, classes, classWeights }: LabelledRows,
      weights: Block<'f64'>,
      fixedClasses: number,
      firstRow: number,
      lastRow: number,
    ): number {
      return wasm.softmaxLoss(
        ...pointersOf(gradient, probabilities, x, labels, classWeights, weights),
        classes,
        fixedClasses,
        stride,
        firstRow,
        lastRow,
      );
    },

    /**
     * Adds the weighted Gram matrices of all pairs of classes to grams [pairs][stride][stride];
     * scratch: [128][stride].
     */
    softmaxHessian(
      grams: Block<'f64'>,
      { x, stride, labels, classes, classWeights }: LabelledRows,
      probabilities: Block<'f64'>,
      scratch: Block<'f64'>,
      firstRow: number,
      lastRow: number,
    ): void {
      wasm.softmaxHessian(
        ...pointersOf(grams, x, labels, classWeights, probabilities, scratch),
        classes,
        stride,
        firstRow,
        lastRow,
      );
    },

    /**
     * {@link softmaxLoss} for many classes: gradient and weights [stride][width], probabilities
     * [rows][width], width the multiple of 4 from classes. Lowers tally[0] to the least by which
     * the score of a row's class is the largest, adds the loss without class weights to tally[1].
     */
    softmaxWideLoss(
      gradient: Block<'f64'>,
      probabilities: Block<'f64'>,
      tally: Block<'f64'>,
      { x, stride, labels, classes, classWeights }: LabelledRows,
      weights: Block<'f64'>,
      firstRow: number,
      lastRow: number,
    ): number {
      return arena.borrow(() => {
        const scratch = arena.alloc('f64', (SOFTMAX_ROWS * weights.length) / stride);
        return wasm.softmaxWideLoss(
          ...pointersOf(gradient, probabilities, tally, x, labels, classWeights, weights, scratch),
          classes,
          stride,
          firstRow,
          lastRow,
        );
      });
    },

    /**
     * Adds the Hessian of rows [firstRow, lastRow) times vector [stride][width] to out;
     * probabilities as of softmaxSingleLoss.
     */
    softmaxWideProduct(
      out: Block<'f64'>,
      vector: Block<'f64'>,
      probabilities: Block<'f32'>,
      { x, stride, labels, classes, classWeights }: LabelledRows,
      firstRow: number,
      lastRow: number,
    ): void {
      arena.borrow(() => {
        const scratch = arena.alloc('f64', (SOFTMAX_ROWS * vector.length) / stride);
        wasm.softmaxWideProduct(
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
     * upper part of a matrix of the first `unknowns` columns takes, in multiples of 4; of each row
     * only classes at least as likely as `least`. probabilities: f32, rows of the multiple of 8
     * from classes.
     */
    softmaxWideGrams: addWith(wasm.softmaxWideGrams),

    /**
     * Adds the Hessian's blocks on the diagonal to blocks [classes][size]; see
     * {@link softmaxWideGrams}.
     */
    softmaxWideBlocks: addWith(wasm.softmaxWideBlocks),

    /** Overwrites the values with their exponentials. */
    exponentials(values: Block<'f64'>): void {
      wasm.exponentials(values.pointer, values.length);
    },
  };
}
