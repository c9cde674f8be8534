/**
 * Linear support vector machines on a single feature at their optimum, one class against the rest,
 * for
 *
 *   0.5 (w^2 + b^2) + C sum_i c_i max(0, 1 - y_i (w x_i + b))^2,
 *
 * c_i = rows / (classes * rows of the class) on the class and 1 on the rest; of two classes there
 * is one machine, with both sides weighted so (scikit-learn's LinearSVC with balanced classes, run
 * to convergence).
 */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { SortedColumn } from '../../bindings/kernels/svm.js';
import { minimiseByNewton } from './minimise.js';

/**
 * A fitted machine per class, on x around `offset` times `perScale`; of two classes the first line
 * is the negative of the second.
 */
export interface LineModel {
  readonly offset: number;
  readonly perScale: number;
  /** One per class. */
  readonly slopes: Float64Array;
  readonly intercepts: Float64Array;
  readonly converged: boolean;
}

/**
 * Beyond this the Hessian would overflow: a feature of no spread to speak of, whose weight is next
 * to 0.
 */
const LARGEST_FACTOR = 1e150;

/**
 * Fits the machines of all classes to the rows of a sorted column whose code is not below 0.
 * @param counts training rows of each class, none of them 0; at least 2 classes
 */
export async function fitLines(
  core: Core,
  column: SortedColumn,
  counts: Int32Array,
  c: number,
  pause: () => void | Promise<void>,
): Promise<LineModel> {
  const classes = counts.length;
  const rows = counts.reduce((a, b) => a + b, 0);
  const { mean: offset, scale } = spreadOf(column, rows);
  const perScale = 1 / scale;
  return core.arena.scope(async () => {
    const bounds = core.arena.alloc('i32', classes + 2);
    const starts = bounds.array;
    starts[0] = 0;
    counts.forEach((count, a) => {
      starts[a + 1] = starts[a] + count;
    });
    starts[classes + 1] = 2 * rows;
    const values = core.arena.alloc('f64', 2 * rows);
    const sums = core.arena.alloc('f64', 2 * (2 * rows + classes + 1));
    core.svm.classSums(values, sums, bounds, column, offset, perScale, classes);
    const segments = Array.from({ length: classes + 1 }, (_, a) => segmentOf(values, sums, bounds, a));
    const all = segments[classes];
    const balanced = (a: number) => (c * rows) / (classes * counts[a]);
    const slopes = new Float64Array(classes);
    const intercepts = new Float64Array(classes);
    let converged = true;
    for (let a = classes === 2 ? 1 : 0; a < classes; a++) {
      const machine = makeMachine(segments[a], all, balanced(a), classes === 2 ? balanced(0) : c, offset, perScale);
      const found = await minimiseByNewton(new Float64Array(2), machine.objective, machine.newtonStep, pause);
      [slopes[a], intercepts[a]] = found.at;
      converged &&= found.converged;
    }
    if (classes === 2) {
      slopes[0] = -slopes[1];
      intercepts[0] = -intercepts[1];
    }
    return { offset, perScale, slopes, intercepts, converged };
  });
}

/** Mean and standard deviation of the rows that count; a scale of 1 where they are equal. */
function spreadOf({ x, codes }: SortedColumn, rows: number): { mean: number; scale: number } {
  const [value, code] = [x.array, codes.array];
  let first = Number.NaN;
  let last = 0;
  let sum = 0;
  for (let i = 0; i < value.length; i++) {
    if (code[i] < 0) continue;
    if (Number.isNaN(first)) first = value[i];
    last = value[i];
    sum += value[i] - first;
  }
  const mean = first + sum / rows;
  let squares = 0;
  for (let i = 0; i < value.length; i++) {
    const distance = code[i] < 0 ? 0 : value[i] - mean;
    squares += distance * distance;
  }
  const scale = Math.sqrt(squares / rows);
  return first === last || scale === 0 ? { mean: first, scale: 1 } : { mean, scale };
}

/** Sorted values of a class, with the sums of the first i of them and of their squares. */
interface Segment {
  readonly values: Float64Array;
  readonly sums: Float64Array;
}

function segmentOf(values: Block<'f64'>, sums: Block<'f64'>, bounds: Block<'i32'>, a: number): Segment {
  const [start, end] = bounds.array.subarray(a, a + 2);
  return {
    values: values.slice(start, end - start).array,
    sums: sums.slice(2 * (start + a), 2 * (end - start + 1)).array,
  };
}

/** How many values are below the threshold. */
function countBelow(values: Float64Array, threshold: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Count, sum and sum of squares of the values where slope * value + intercept < 0, to be added up
 * with a weight.
 */
function addWhereNegative(to: Float64Array, segment: Segment, slope: number, intercept: number, weight: number): void {
  const { values, sums } = segment;
  const n = values.length;
  let from = 0;
  let end = n;
  if (slope > 0) end = countBelow(values, -intercept / slope);
  else if (slope < 0) from = countBelow(values, -intercept / slope);
  else if (intercept >= 0) end = 0;
  to[0] += weight * (end - from);
  to[1] += weight * (sums[2 * end] - sums[2 * from]);
  to[2] += weight * (sums[2 * end + 1] - sums[2 * from + 1]);
}

/**
 * The objective of one machine in slope u and intercept v of the scaled feature: w = u * perScale,
 * b = v - w * offset. The rest is all rows less those of the class.
 */
function makeMachine(
  own: Segment,
  all: Segment,
  ownWeight: number,
  restWeight: number,
  offset: number,
  perScale: number,
) {
  const p = Math.min(perScale, LARGEST_FACTOR);
  const q = Math.max(-LARGEST_FACTOR, Math.min(offset * perScale, LARGEST_FACTOR));
  const positive = new Float64Array(3);
  const negative = new Float64Array(3);

  function objective([u, v]: Float64Array, gradient: Float64Array): number {
    positive.fill(0);
    negative.fill(0);
    // 1 - t > 0 on the class, 1 + t > 0 on the rest.
    addWhereNegative(positive, own, u, v - 1, ownWeight);
    addWhereNegative(negative, all, -u, -v - 1, restWeight);
    addWhereNegative(negative, own, -u, -v - 1, -restWeight);
    const w = u * p;
    const b = v - u * q;
    const onClass = squares(positive, u, v - 1);
    const onRest = squares(negative, u, v + 1);
    gradient[0] = w * p - b * q + 2 * (onClass.slope + onRest.slope);
    gradient[1] = b + 2 * (onClass.sum + onRest.sum);
    return 0.5 * (w * w + b * b) + onClass.value + onRest.value;
  }

  function newtonStep(_at: Float64Array, gradient: Float64Array, step: Float64Array): void {
    const uu = p * p + q * q + 2 * (positive[2] + negative[2]);
    const uv = -q + 2 * (positive[1] + negative[1]);
    const vv = 1 + 2 * (positive[0] + negative[0]);
    const determinant = uu * vv - uv * uv;
    if (determinant > 1e-14 * uu * vv) {
      step[0] = (uv * gradient[1] - vv * gradient[0]) / determinant;
      step[1] = (uv * gradient[0] - uu * gradient[1]) / determinant;
    } else {
      // An offset beside which the spread is rounding: down each axis, which always descends.
      step[0] = -gradient[0] / uu / 2;
      step[1] = -gradient[1] / vv / 2;
    }
  }

  return { objective, newtonStep };
}

/** Sums of (u x + v)^2, of (u x + v) x and of u x + v, out of those of 1, x and x^2. */
function squares([n, x, xx]: Float64Array, u: number, v: number): { value: number; slope: number; sum: number } {
  const slope = u * xx + v * x;
  const sum = u * x + v * n;
  return { value: Math.max(0, u * slope + v * sum), slope, sum };
}
