import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { LabelledRows } from '../../bindings/kernels/softmax.js';
import { assertNear, assertSame, codes, exactSum, normals, ROUNDING } from './samples.js';
import { LENGTHS, withWatchedCore } from './watched-core.js';

/** A problem of the kernel's shape: `columns` features, a 1, zeros up to a multiple of four. */
interface Problem {
  readonly rows: number;
  readonly classes: number;
  /** 1 where the weights of class 0 are fixed at 0. */
  readonly fixed: 0 | 1;
  readonly stride: number;
  readonly x: Float64Array;
  readonly labels: Int32Array;
  readonly weights: Float64Array;
}

function problemOf(rows: number, columns: number, classes: number, fixed: 0 | 1, scale = 1): Problem {
  const stride = Math.ceil((columns + 1) / 4) * 4;
  const x = new Float64Array(rows * stride);
  const features = normals(rows * columns, rows + columns);
  for (let row = 0; row < rows; row++) {
    x.set(features.subarray(row * columns, (row + 1) * columns), row * stride);
    x[row * stride + columns] = 1;
  }
  // Weights of the zero columns are not 0: they must not matter.
  const weights = normals((classes - fixed) * stride, classes).map((w) => w * scale);
  return { rows, classes, fixed, stride, x, labels: codes(rows, classes, rows), weights };
}

const PROBLEMS = LENGTHS.flatMap((rows) =>
  [
    [1, 2, 1],
    [3, 2, 0],
    [4, 3, 0],
    [10, 5, 0],
    [17, 2, 1],
    [2, 10, 0],
  ].map(([columns, classes, fixed]) => problemOf(rows, columns, classes, fixed as 0 | 1)),
);

const nameOf = ({ rows, classes, fixed, stride }: Problem) =>
  `${rows} rows of ${stride}, ${classes - fixed} of ${classes} classes`;

/**
 * Loss, gradient and probabilities by the formula, and how far rounding can take the kernel from
 * them.
 */
function solve(problem: Problem, first = 0, last = problem.rows) {
  const { classes, fixed, stride, x, labels, weights } = problem;
  const gradient = new Float64Array(weights.length);
  const gradientBounds = new Float64Array(weights.length);
  const probabilities = new Float64Array(problem.rows * classes);
  const probabilityBounds = new Float64Array(problem.rows * classes);
  const losses: number[] = [];
  let lossBound = 0;
  for (let row = first; row < last; row++) {
    const at = (j: number) => x[row * stride + j];
    const products = (c: number) =>
      c < fixed ? [] : Array.from({ length: stride }, (_, j) => at(j) * weights[(c - fixed) * stride + j]);
    const logits = Array.from({ length: classes }, (_, c) => exactSum(products(c)));
    const top = Math.max(...logits);
    const total = exactSum(logits.map((logit) => Math.exp(logit - top)));
    losses.push(top + Math.log(total) - logits[labels[row]]);
    // A logit: `stride` products and additions. A loss is a difference of two, plus an exponential
    // and a logarithm of `classes` terms, each right to a rounding or two; a probability is an
    // exponential of a difference of two.
    const sizes = logits.map((_, c) => exactSum(products(c).map(Math.abs)));
    const ofLogit = (stride + 2) * ROUNDING * Math.max(...sizes);
    const ofExponential = 2 * ofLogit + (classes + 8) * ROUNDING * (1 + Math.max(...sizes));
    lossBound += ofExponential;
    for (let c = 0; c < classes; c++) {
      const probability = Math.exp(logits[c] - top) / total;
      probabilities[row * classes + c] = probability;
      probabilityBounds[row * classes + c] = ofExponential * probability;
      if (c < fixed) continue;
      for (let j = 0; j < stride; j++) {
        const i = (c - fixed) * stride + j;
        gradient[i] += (probability - (labels[row] === c ? 1 : 0)) * at(j);
        gradientBounds[i] += (ofExponential + 2 * (last - first + 2) * ROUNDING) * Math.abs(at(j));
      }
    }
  }
  const loss = exactSum(losses);
  lossBound += (last - first) * ROUNDING * loss;
  return { loss, lossBound, gradient, gradientBounds, probabilities, probabilityBounds };
}

interface Blocks {
  readonly labelled: LabelledRows;
  readonly gradient: Block<'f64'>;
  readonly probabilities: Block<'f64'>;
}

function upload(core: Core, problem: Problem, classWeights: Float64Array | null = null): Blocks {
  return {
    labelled: {
      x: core.arena.upload('f64', problem.x),
      labels: core.arena.upload('i32', problem.labels),
      stride: problem.stride,
      classes: problem.classes,
      classWeights: classWeights && core.arena.upload('f64', classWeights),
    },
    gradient: core.arena.zeros('f64', problem.weights.length),
    probabilities: core.arena.zeros('f64', problem.rows * problem.classes),
  };
}

/** Loss and gradient at other weights. */
function lossAt(core: Core, { labelled, gradient, probabilities }: Blocks, problem: Problem, weights: Float64Array) {
  const mark = core.arena.mark();
  gradient.array.fill(0);
  const w = core.arena.upload('f64', weights);
  const loss = core.softmax.softmaxLoss(gradient, probabilities, labelled, w, problem.fixed, 0, problem.rows);
  core.arena.release(mark);
  return { loss, gradient: gradient.array.slice() };
}

test('gives loss, gradient and probabilities of the formula, with all weights free or those of class 0 fixed', () =>
  withWatchedCore((core) => {
    for (const problem of PROBLEMS) {
      const blocks = upload(core, problem);
      const { loss, gradient } = lossAt(core, blocks, problem, problem.weights);
      const expected = solve(problem);
      const what = nameOf(problem);
      assertNear([loss], [expected.loss], expected.lossBound, `loss of ${what}`);
      assertNear(gradient, expected.gradient, expected.gradientBounds, `gradient of ${what}`);
      const { probabilities, probabilityBounds } = expected;
      assertNear(blocks.probabilities.array, probabilities, probabilityBounds, `probabilities of ${what}`);
    }
  }));

test('adds the gradient of a range of rows to what is there, and leaves the probabilities of other rows alone', () =>
  withWatchedCore((core) => {
    const problem = problemOf(31, 5, 3, 0);
    const [first, last] = [7, 20];
    const { labelled, gradient, probabilities } = upload(core, problem);
    gradient.array.fill(1000);
    probabilities.array.fill(-7);
    const w = core.arena.upload('f64', problem.weights);
    const loss = core.softmax.softmaxLoss(gradient, probabilities, labelled, w, 0, first, last);
    const expected = solve(problem, first, last);
    assertNear([loss], [expected.loss], expected.lossBound, 'loss');
    const moved = expected.gradient.map((g) => g + 1000);
    assertNear(
      gradient.array,
      moved,
      expected.gradientBounds.map((bound) => bound + 14 * 1000 * ROUNDING),
      'gradient',
    );
    const isInside = (i: number) => i >= first * 3 && i < last * 3;
    const kept = expected.probabilities.map((p, i) => (isInside(i) ? p : -7));
    assertNear(probabilities.array, kept, expected.probabilityBounds, 'probabilities');
  }));

test('one vector of weights for two classes gives what two give of which the first is 0', () =>
  withWatchedCore((core) => {
    const one = problemOf(31, 6, 2, 1);
    const two: Problem = { ...one, fixed: 0, weights: Float64Array.from([...new Float64Array(8), ...one.weights]) };
    const a = lossAt(core, upload(core, one), one, one.weights);
    const b = lossAt(core, upload(core, two), two, two.weights);
    assertSame([a.loss], [b.loss], 'loss');
    assertSame(a.gradient, b.gradient.subarray(8), 'gradient');
  }));

test('does not overflow where scores are far apart', () =>
  withWatchedCore((core) => {
    for (const [classes, fixed] of [
      [2, 1],
      [3, 0],
    ] as const) {
      for (const scale of [1e3, 1e6]) {
        const problem = problemOf(31, 4, classes, fixed, scale);
        const blocks = upload(core, problem);
        const { loss, gradient } = lossAt(core, blocks, problem, problem.weights);
        const expected = solve(problem);
        assertNear([loss], [expected.loss], expected.lossBound, 'loss');
        assert.ok(loss > scale && gradient.every(Number.isFinite) && blocks.probabilities.array.every(Number.isFinite));
      }
    }
  }));

test('the gradient is the slope of the loss', () =>
  withWatchedCore((core) => {
    for (const problem of PROBLEMS.filter(({ rows }) => rows > 0 && rows < 1000)) {
      const blocks = upload(core, problem);
      const { gradient } = lossAt(core, blocks, problem, problem.weights);
      const h = 1e-4;
      const slopes = problem.weights.map((_, i) => {
        const at = (step: number) =>
          lossAt(
            core,
            blocks,
            problem,
            problem.weights.map((w, k) => (k === i ? w + step : w)),
          ).loss;
        return (at(h) - at(-h)) / (2 * h);
      });
      // h^2 / 6 times a third derivative of at most |x|^3 / 10 a row, |x| < 4; rounding of the
      // losses is less.
      assertNear(gradient, slopes, problem.rows * ((h ** 2 / 6) * 6.4 + 1e-11), `gradient of ${nameOf(problem)}`);
    }
  }));

const pairsOfClasses = (classes: number) =>
  Array.from({ length: classes }, (_, a) => Array.from({ length: classes - a - 1 }, (_, b) => [a, a + 1 + b])).flat();

/** Whether an element is in a 4 x 4 tile on or above the diagonal. */
const isWritten = (i: number, j: number) => j >= i - (i % 4);

test('gives the Gram matrices of all pairs of classes, in tiles on and above the diagonal only', () =>
  withWatchedCore((core) => {
    for (const problem of PROBLEMS.filter(({ rows, classes }) => rows < 1000 || classes <= 3)) {
      const { rows, classes, stride } = problem;
      const { labelled } = upload(core, problem);
      const { probabilities } = solve(problem);
      const p = core.arena.upload('f64', probabilities);
      const pairs = pairsOfClasses(classes);
      const start = normals(pairs.length * stride * stride, 5);
      for (const [first, last] of [
        [0, rows],
        [rows >> 3, rows - (rows >> 2)],
      ]) {
        const grams = core.arena.upload('f64', start);
        core.softmax.softmaxHessian(grams, labelled, p, core.arena.alloc('f64', 128 * stride), first, last);
        const expected = start.slice();
        const bounds = new Float64Array(start.length);
        pairs.forEach(([a, b], pair) => {
          for (let i = 0; i < stride; i++) {
            for (let j = 0; j < stride; j++) {
              if (!isWritten(i, j)) continue;
              const at = (pair * stride + i) * stride + j;
              const products: number[] = [];
              for (let row = first; row < last; row++) {
                const weight = probabilities[row * classes + a] * probabilities[row * classes + b];
                products.push(weight * problem.x[row * stride + i] * problem.x[row * stride + j]);
              }
              expected[at] += exactSum(products);
              // Three products and as many additions as rows, relative to the sizes of what is
              // added.
              const sizes = exactSum(products.map(Math.abs)) + Math.abs(start[at]);
              bounds[at] = (last - first + 6) * ROUNDING * sizes;
            }
          }
        });
        assertNear(grams.array, expected, bounds, `rows ${first} .. ${last} of ${nameOf(problem)}`);
      }
    }
  }));

test('the Hessian made of the Gram matrices is the slope of the gradient', () =>
  withWatchedCore((core) => {
    for (const problem of PROBLEMS.filter(({ rows, stride }) => rows === 31 && stride < 16)) {
      const { rows, classes, fixed, stride, weights } = problem;
      const blocks = upload(core, problem);
      lossAt(core, blocks, problem, weights);
      const pairs = pairsOfClasses(classes);
      const grams = core.arena.zeros('f64', pairs.length * stride * stride);
      const scratch = core.arena.alloc('f64', 128 * stride);
      core.softmax.softmaxHessian(grams, blocks.labelled, blocks.probabilities, scratch, 0, rows);
      const gramAt = (a: number, b: number, i: number, j: number) => {
        const pair = pairs.findIndex(([first, second]) => first === Math.min(a, b) && second === Math.max(a, b));
        return grams.array[(pair * stride + Math.min(i, j)) * stride + Math.max(i, j)];
      };
      const h = 1e-4;
      for (let k = 0; k < weights.length; k++) {
        const [b, j] = [Math.floor(k / stride) + fixed, k % stride];
        const gradientAt = (step: number) => {
          const moved = weights.slice();
          moved[k] += step;
          return lossAt(core, blocks, problem, moved).gradient;
        };
        const [above, below] = [gradientAt(h), gradientAt(-h)];
        const slopes = above.map((g, i) => (g - below[i]) / (2 * h));
        const hessian = weights.map((_, l) => {
          const [a, i] = [Math.floor(l / stride) + fixed, l % stride];
          if (a !== b) return -gramAt(a, b, i, j);
          return exactSum(Array.from({ length: classes }, (_, other) => (other === a ? 0 : gramAt(a, other, i, j))));
        });
        // h^2 / 6 times a fourth derivative of at most |x|^4 / 8 a row, |x| < 4; rounding of the
        // gradients is less.
        assertNear(hessian, slopes, rows * ((h ** 2 / 6) * 32 + 1e-11), `column ${k}, ${nameOf(problem)}`);
      }
    }
  }));

test('a class weight counts each row of its class so many times; weights of 1 change no bit', () =>
  withWatchedCore((core) => {
    for (const [columns, classes, fixed] of [
      [4, 3, 0],
      [5, 2, 1],
    ] as const) {
      const problem = problemOf(31, columns, classes, fixed);
      const { stride } = problem;
      const times = [2, 1, 3];
      const repeated = Array.from(problem.labels, (label, row) => new Array(times[label]).fill(row)).flat();
      const longer: Problem = {
        ...problem,
        rows: repeated.length,
        x: Float64Array.from(repeated.flatMap((row) => [...problem.x.subarray(row * stride, (row + 1) * stride)])),
        labels: Int32Array.from(repeated, (row) => problem.labels[row]),
      };
      const results = [
        [problem, null],
        [problem, new Float64Array(classes).fill(1)],
        [problem, Float64Array.from(times.slice(0, classes))],
        [longer, null],
      ] as const;
      const [plain, ones, weighted, expected] = results.map(([points, classWeights]) => {
        const blocks = upload(core, points, classWeights);
        const { loss, gradient } = lossAt(core, blocks, points, points.weights);
        const grams = core.arena.zeros('f64', pairsOfClasses(classes).length * stride * stride);
        const scratch = core.arena.alloc('f64', 128 * stride);
        core.softmax.softmaxHessian(grams, blocks.labelled, blocks.probabilities, scratch, 0, points.rows);
        return [loss, ...gradient, ...grams.array];
      });
      assertSame(ones, plain, 'weights of 1');
      assertNear(weighted, expected, 1e-11, `${classes} classes`);
    }
  }));

test.run();
