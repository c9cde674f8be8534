import { test } from 'uvu';
import type { Core } from '../../bindings/core.js';
import { forEachBuild, LENGTHS } from './builds.js';
import { assertNear, codes, normals } from './samples.js';

interface Problem {
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
  /** [rows][columns]; the intercept's 1 is among the columns. */
  readonly x: number[][];
  readonly labels: Int32Array;
  readonly classWeights: Float64Array;
  /** [columns][classes] */
  readonly weights: number[][];
  readonly vector: number[][];
}

const matrix = (rows: number, columns: number, seed: number, scale = 1) => {
  const numbers = normals(rows * columns, seed);
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => scale * numbers[i * columns + j]),
  );
};

function problemOf(rows: number, columns: number, classes: number, scale: number): Problem {
  const x = matrix(rows, columns, rows + columns).map((row) => [...row.slice(0, -1), 1]);
  const labels = codes(rows, classes, rows);
  const classWeights = normals(classes, 3).map(Math.exp);
  const weights = matrix(columns, classes, classes, scale);
  return { rows, columns, classes, x, labels, classWeights, weights, vector: matrix(columns, classes, classes + 1) };
}

const PROBLEMS = LENGTHS.filter((rows) => rows < 1000 || rows === 1000).flatMap((rows) =>
  [
    [1, 2, 1],
    [4, 3, 1],
    [5, 4, 30],
    [11, 5, 1],
    [12, 9, 2000],
  ].map(([columns, classes, scale]) => problemOf(rows, columns, classes, scale)),
);

/** Everything by its definition. */
function plain({ x, labels, classWeights, weights, vector, columns, classes }: Problem) {
  const zeros = () => Array.from({ length: columns }, () => new Float64Array(classes));
  const gradient = zeros();
  const product = zeros();
  const blocks = Array.from({ length: classes }, () =>
    Array.from({ length: columns }, () => new Float64Array(columns)),
  );
  let loss = 0;
  let plainLoss = 0;
  let margin = Number.POSITIVE_INFINITY;
  const probabilities = x.map((row, n) => {
    const times = (w: number[][]) =>
      Array.from({ length: classes }, (_, c) => row.reduce((sum, value, j) => sum + value * w[j][c], 0));
    const scores = times(weights);
    const largest = Math.max(...scores);
    const total = scores.reduce((sum, score) => sum + Math.exp(score - largest), 0);
    const p = scores.map((score) => Math.exp(score - largest) / total);
    const own = labels[n];
    const u = classWeights[own];
    const rowLoss = largest - scores[own] + Math.log(total);
    loss += u * rowLoss;
    plainLoss += rowLoss;
    margin = Math.min(margin, scores[own] - Math.max(...scores.filter((_, c) => c !== own)));
    const v = times(vector);
    const mean = v.reduce((sum, value, c) => sum + p[c] * value, 0);
    for (let c = 0; c < classes; c++) {
      row.forEach((value, j) => {
        gradient[j][c] += u * (p[c] - (c === own ? 1 : 0)) * value;
        product[j][c] += u * p[c] * (v[c] - mean) * value;
        row.forEach((other, i) => {
          blocks[c][j][i] += u * p[c] * (1 - p[c]) * value * other;
        });
      });
    }
    return p;
  });
  return { gradient, product, blocks, loss, plainLoss, margin, probabilities };
}

/** A matrix in rows of `width`, with rows and columns of zeros. */
function pad(rows: ArrayLike<ArrayLike<number>>, width: number, count: number): Float64Array {
  const out = new Float64Array(width * count);
  for (let i = 0; i < rows.length; i++) out.set(Array.from(rows[i]), i * width);
  return out;
}

function upload(core: Core, { rows, columns, classes, x, labels, classWeights, weights, vector }: Problem) {
  const stride = Math.ceil(columns / 4) * 4;
  const width = Math.ceil(classes / 4) * 4;
  return {
    stride,
    width,
    weighted: {
      x: core.arena.upload('f64', pad(x, stride, rows)),
      stride,
      labels: core.arena.upload('i32', labels),
      classWeights: core.arena.upload('f64', classWeights),
    },
    weights: core.arena.upload('f64', pad(weights, width, stride)),
    vector: core.arena.upload('f64', pad(vector, width, stride)),
    probabilities: core.arena.alloc('f64', rows * width),
    tally: core.arena.upload('f64', [Number.POSITIVE_INFINITY, 0]),
    result: core.arena.zeros('f64', stride * width),
  };
}

test('loss, gradient, probabilities and margin are those of the definition', () =>
  forEachBuild((core) => {
    for (const problem of PROBLEMS) {
      const { rows, columns, classes } = problem;
      const expected = plain(problem);
      const { weighted, weights, probabilities, tally, result, width, stride } = upload(core, problem);
      const middle = Math.floor(rows / 3);
      const loss =
        core.weightedSoftmaxLoss(result, probabilities, tally, weighted, weights, 0, middle) +
        core.weightedSoftmaxLoss(result, probabilities, tally, weighted, weights, middle, rows);
      const what = `${rows} x ${columns}, ${classes} classes`;
      const size = 1 + Math.abs(expected.loss);
      assertNear([loss], [expected.loss], 1e-12 * size, `${what}: loss`);
      assertNear(tally.array.slice(1), [expected.plainLoss], 1e-12 * size, `${what}: plain loss`);
      if (rows > 0)
        assertNear([tally.array[0]], [expected.margin], 1e-11 * (1 + Math.abs(expected.margin)), `${what}: margin`);
      assertNear(probabilities.array, pad(expected.probabilities, width, rows), 1e-11, `${what}: probabilities`);
      assertNear(result.array, pad(expected.gradient, width, stride), 1e-10 * (1 + rows), `${what}: gradient`);
    }
  }));

test('products with the Hessian and its blocks are those of the definition', () =>
  forEachBuild((core) => {
    for (const problem of PROBLEMS) {
      const { rows, columns, classes } = problem;
      const expected = plain(problem);
      const { weighted, weights, vector, probabilities, tally, result, width, stride } = upload(core, problem);
      core.weightedSoftmaxLoss(result, probabilities, tally, weighted, weights, 0, rows);
      result.array.fill(0);
      const middle = Math.floor(rows / 2);
      core.weightedSoftmaxProduct(result, vector, probabilities, weighted, 0, middle);
      core.weightedSoftmaxProduct(result, vector, probabilities, weighted, middle, rows);
      const what = `${rows} x ${columns}, ${classes} classes`;
      assertNear(result.array, pad(expected.product, width, stride), 1e-10 * (1 + rows), `${what}: product`);

      const pairs = Math.ceil((columns * (columns + 1)) / 8) * 4;
      const blocks = core.arena.zeros('f64', pairs * width);
      core.weightedSoftmaxBlocks(blocks, probabilities, weighted, width, columns, 0, middle);
      core.weightedSoftmaxBlocks(blocks, probabilities, weighted, width, columns, middle, rows);
      const flat: number[][] = [];
      for (let i = 0; i < columns; i++) {
        for (let j = i; j < columns; j++) flat.push(expected.blocks.map((block) => block[i][j]));
      }
      assertNear(blocks.array, pad(flat, width, pairs), 1e-10 * (1 + rows), `${what}: blocks`);
    }
  }));

test('the whole Hessian times a vector is the product, without what is unlikely', () =>
  forEachBuild((core) => {
    for (const problem of PROBLEMS.filter(({ rows }) => rows < 1000)) {
      const { rows, columns, classes } = problem;
      const { weighted, weights, vector, probabilities, tally, result, width, stride } = upload(core, problem);
      core.weightedSoftmaxLoss(result, probabilities, tally, weighted, weights, 0, rows);
      const hessian = core.arena.zeros('f64', (classes * stride) ** 2);
      const middle = Math.floor(rows / 2);
      core.weightedSoftmaxHessian(hessian, probabilities, weighted, 1e-14, 0, middle);
      core.weightedSoftmaxHessian(hessian, probabilities, weighted, 1e-14, middle, rows);
      const line = classes * stride;
      const at = (c: number, i: number, d: number, j: number): number =>
        c <= d ? hessian.array[(c * stride + i) * line + d * stride + j] : at(d, j, c, i);
      const v = vector.array;
      const found = Array.from({ length: columns }, (_, i) =>
        Array.from({ length: classes }, (_, c) => {
          let sum = 0;
          for (let d = 0; d < classes; d++) for (let j = 0; j < columns; j++) sum += at(c, i, d, j) * v[j * width + d];
          return sum;
        }),
      );
      const expected = plain(problem).product;
      const what = `${rows} x ${columns}, ${classes} classes`;
      assertNear(
        found.flat(),
        expected.flatMap((row) => [...row]),
        1e-10 * (1 + rows),
        what,
      );

      // Above one half at most one class is likely: there are no blocks off the diagonal.
      hessian.array.fill(0);
      core.weightedSoftmaxHessian(hessian, probabilities, weighted, 0.5000001, 0, rows);
      for (let c = 0; c < classes; c++) {
        for (let d = c + 1; d < classes; d++) assertNear([at(c, 0, d, 0)], [0], 0, `${what}: ${c} and ${d}`);
      }
    }
  }));

test('a score far below the largest has the probability that float64 can say, and 0 below', () =>
  forEachBuild((core) => {
    // One column, whose weights are the scores; all shares of the largest, whose score is 0.
    const scores = [0, -1e-9, -0.3, -1, -10.5, -100.25, -700, -707.9, -709, -1e5, -1e300, -0.5];
    const problem: Problem = {
      ...problemOf(1, 1, scores.length, 1),
      x: [[1]],
      labels: Int32Array.of(0),
      weights: [scores],
    };
    const { weighted, weights, probabilities, tally, result } = upload(core, problem);
    core.weightedSoftmaxLoss(result, probabilities, tally, weighted, weights, 0, 1);
    const found = probabilities.array;
    const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
    scores.forEach((score, c) => {
      const expected = Math.exp(score) / total;
      assertNear([found[c]], [expected], 1e-15 * expected + Number.MIN_VALUE, `e^${score}`);
    });
  }));

test.run();
