import { test } from 'uvu';
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { assertNear, assertSame, codes, normals } from './samples.js';
import { LENGTHS, withWatchedCore } from './watched-core.js';

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
  return { rows, columns, classes, x, labels, classWeights, weights };
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
function plain({ x, labels, classWeights, weights, columns, classes }: Problem) {
  const zeros = () => Array.from({ length: columns }, () => new Float64Array(classes));
  const gradient = zeros();
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
    for (let c = 0; c < classes; c++) {
      row.forEach((value, j) => {
        gradient[j][c] += u * (p[c] - (c === own ? 1 : 0)) * value;
        row.forEach((other, i) => {
          blocks[c][j][i] += u * p[c] * (1 - p[c]) * value * other;
        });
      });
    }
    return p;
  });
  return { gradient, blocks, loss, plainLoss, margin, probabilities };
}

/** A matrix in rows of `width`, with rows and columns of zeros. */
function pad(rows: ArrayLike<ArrayLike<number>>, width: number, count: number): Float64Array {
  const out = new Float64Array(width * count);
  for (let i = 0; i < rows.length; i++) out.set(Array.from(rows[i]), i * width);
  return out;
}

function upload(core: Core, { rows, columns, classes, x, labels, classWeights, weights }: Problem) {
  const stride = Math.ceil(columns / 4) * 4;
  const width = Math.ceil(classes / 4) * 4;
  return {
    stride,
    width,
    weighted: {
      classes,
      x: core.arena.upload('f64', pad(x, stride, rows)),
      stride,
      labels: core.arena.upload('i32', labels),
      classWeights: core.arena.upload('f64', classWeights),
    },
    weights: core.arena.upload('f64', pad(weights, width, stride)),
    probabilities: core.arena.alloc('f64', rows * width),
    tally: core.arena.upload('f64', [Number.POSITIVE_INFINITY, 0]),
    result: core.arena.zeros('f64', stride * width),
  };
}

/** Probabilities as the kernels of the Hessian take them: f32, rows of a multiple of 8. */
function narrow(core: Core, probabilities: Block<'f64'>, { rows, classes }: { rows: number; classes: number }) {
  const [from, to] = [4, 8].map((multiple) => Math.ceil(classes / multiple) * multiple);
  const single = core.arena.alloc('f32', rows * to);
  core.rows.narrowRows(single, probabilities, from, to, rows);
  return single;
}

test('loss, gradient, probabilities and margin are those of the definition', () =>
  withWatchedCore((core) => {
    for (const problem of PROBLEMS) {
      const { rows, columns, classes } = problem;
      const expected = plain(problem);
      const { weighted, weights, probabilities, tally, result, width, stride } = upload(core, problem);
      const middle = Math.floor(rows / 3);
      const loss =
        core.softmax.softmaxWideLoss(result, probabilities, tally, weighted, weights, 0, middle) +
        core.softmax.softmaxWideLoss(result, probabilities, tally, weighted, weights, middle, rows);
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

test("the Hessian's blocks are those of the definition", () =>
  withWatchedCore((core) => {
    for (const problem of PROBLEMS) {
      const { rows, columns, classes, x, labels, classWeights } = problem;
      const { weighted, weights, probabilities, tally, result } = upload(core, problem);
      core.softmax.softmaxWideLoss(result, probabilities, tally, weighted, weights, 0, rows);
      const middle = Math.floor(rows / 2);
      const what = `${rows} x ${columns}, ${classes} classes`;
      const size = Math.ceil((columns * (columns + 1)) / 8) * 4;
      const blocks = core.arena.zeros('f64', classes * size);
      core.softmax.softmaxWideBlocks(blocks, narrow(core, probabilities, problem), weighted, columns, 1e-14, 0, middle);
      core.softmax.softmaxWideBlocks(
        blocks,
        narrow(core, probabilities, problem),
        weighted,
        columns,
        1e-14,
        middle,
        rows,
      );
      const p = plain(problem).probabilities.map((row) => row.map(Math.fround));
      const flat = Array.from({ length: classes }, (_, c) =>
        upperPart(columns, (i, j) =>
          x.reduce((sum, row, n) => sum + classWeights[labels[n]] * p[n][c] * (1 - p[n][c]) * row[i] * row[j], 0),
        ),
      );
      assertNear(blocks.array, pad(flat, size, classes), 1e-10 * (1 + rows), `${what}: blocks`);
    }
  }));

/** The elements (0, 0), (0, 1) .. (1, 1) .. of a symmetric matrix. */
const upperPart = (n: number, element: (i: number, j: number) => number): number[] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n - i }, (_, j) => element(i, i + j))).flat();

test('Gram matrices of pairs of classes are those of the definition, of likely classes and pairs alone', () =>
  withWatchedCore((core) => {
    for (const problem of PROBLEMS.filter(({ rows }) => rows < 1000)) {
      const { rows, columns, classes, x, labels, classWeights } = problem;
      const { weighted, weights, probabilities, tally, result } = upload(core, problem);
      core.softmax.softmaxWideLoss(result, probabilities, tally, weighted, weights, 0, rows);
      const p = plain(problem).probabilities.map((row) => row.map(Math.fround));
      const size = Math.ceil((columns * (columns + 1)) / 8) * 4;
      const pairs = Array.from({ length: classes }, (_, a) =>
        Array.from({ length: classes - a - 1 }, (_, b) => [a, a + 1 + b]),
      ).flat();
      for (const least of [0, 1e-14, 0.1, 0.5000001]) {
        const grams = core.arena.zeros('f64', pairs.length * size);
        const middle = Math.floor(rows / 2);
        core.softmax.softmaxWideGrams(grams, narrow(core, probabilities, problem), weighted, columns, least, 0, middle);
        core.softmax.softmaxWideGrams(
          grams,
          narrow(core, probabilities, problem),
          weighted,
          columns,
          least,
          middle,
          rows,
        );
        const expected = pairs.map(([a, b]) =>
          upperPart(columns, (i, j) =>
            x.reduce((sum, row, n) => {
              if (p[n][a] < least || p[n][b] < least) return sum;
              // Nor is a pair that is less likely together.
              if (p[n][a] * p[n][b] < least) return sum;
              return sum + classWeights[labels[n]] * p[n][a] * p[n][b] * row[i] * row[j];
            }, 0),
          ),
        );
        const what = `${rows} x ${columns}, ${classes} classes, from ${least}`;
        assertNear(grams.array, pad(expected, size, pairs.length), 1e-10 * (1 + rows), what);
        // Above one half at most one class is likely.
        if (least > 0.5) assertNear(grams.array, new Float64Array(grams.length), 0, what);
      }
    }
  }));

test('weights of 1 give the bits of none', () =>
  withWatchedCore((core) => {
    for (const problem of PROBLEMS) {
      const [ones, none] = [new Float64Array(problem.classes).fill(1), null].map((classWeights) => {
        const { weighted, weights, probabilities, tally, result } = upload(core, problem);
        const { rows, columns, classes } = problem;
        const some = { ...weighted, classWeights: classWeights && core.arena.upload('f64', classWeights) };
        const loss = core.softmax.softmaxWideLoss(result, probabilities, tally, some, weights, 0, rows);
        const size = Math.ceil((columns * (columns + 1)) / 8) * 4;
        const grams = core.arena.zeros('f64', ((classes * (classes - 1)) / 2) * size);
        core.softmax.softmaxWideGrams(grams, narrow(core, probabilities, problem), some, columns, 0, 0, rows);
        const blocks = core.arena.zeros('f64', classes * size);
        core.softmax.softmaxWideBlocks(blocks, narrow(core, probabilities, problem), some, columns, 0, 0, rows);
        return [loss, ...tally.array, ...result.array, ...grams.array, ...blocks.array];
      });
      assertSame(ones, none, `${problem.rows} rows, ${problem.classes} classes`);
    }
  }));

test('a score far below the largest has the probability that float64 can say, and 0 below', () =>
  withWatchedCore((core) => {
    // One column, whose weights are the scores; all shares of the largest, whose score is 0.
    const scores = [0, -1e-9, -0.3, -1, -10.5, -100.25, -700, -707.9, -709, -1e5, -1e300, -0.5];
    const problem: Problem = {
      ...problemOf(1, 1, scores.length, 1),
      x: [[1]],
      labels: Int32Array.of(0),
      weights: [scores],
    };
    const { weighted, weights, probabilities, tally, result } = upload(core, problem);
    core.softmax.softmaxWideLoss(result, probabilities, tally, weighted, weights, 0, 1);
    const found = probabilities.array;
    const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
    scores.forEach((score, c) => {
      const expected = Math.exp(score) / total;
      assertNear([found[c]], [expected], 1e-15 * expected + Number.MIN_VALUE, `e^${score}`);
    });
  }));

test.run();
