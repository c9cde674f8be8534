import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core } from '../../bindings/core.js';
import type { SingleRows } from '../../bindings/kernels/softmax-single.js';
import { assertNear, assertSame, codes, normals } from './samples.js';
import { LENGTHS, withWatchedCore } from './watched-core.js';

/** What a float32 is rounded by, relative to itself. */
const ROUNDING = 2 ** -24;

interface Problem {
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
  readonly stride: number;
  readonly width: number;
  /**
   * Numbers that float32 has: [rows][stride], the intercept's 1 among the columns, and
   * [stride][width].
   */
  readonly x: Float32Array;
  readonly weights: Float32Array;
  readonly vector: Float32Array;
  readonly labels: Int32Array;
  readonly classWeights: Float64Array;
}

function problemOf(rows: number, columns: number, classes: number, scale: number): Problem {
  const stride = Math.ceil(columns / 4) * 4;
  const width = Math.ceil(classes / 8) * 8;
  const x = new Float32Array(rows * stride);
  const numbers = normals(rows * columns, rows + columns);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) x[row * stride + j] = j === columns - 1 ? 1 : numbers[row * columns + j];
  }
  const padded = (seed: number, size: number) => {
    const from = normals(columns * classes, seed);
    return Float32Array.from({ length: stride * width }, (_, at) => {
      const [j, c] = [Math.floor(at / width), at % width];
      return j < columns && c < classes ? size * from[j * classes + c] : 0;
    });
  };
  return {
    rows,
    columns,
    classes,
    stride,
    width,
    x,
    weights: padded(classes, scale),
    vector: padded(classes + 1, 1),
    labels: codes(rows, classes, rows),
    classWeights: normals(classes, 3).map(Math.exp),
  };
}

const PROBLEMS = LENGTHS.flatMap((rows) =>
  [
    [1, 2, 1],
    [4, 3, 1],
    [5, 8, 10],
    [11, 9, 1],
    [12, 40, 0.1],
    [12, 40, 30],
  ].map(([columns, classes, scale]) => problemOf(rows, columns, classes, scale)),
);

const upload = (core: Core, { x, labels, classWeights, stride, classes }: Problem): SingleRows => ({
  x: core.arena.upload('f32', x),
  stride,
  labels: core.arena.upload('i32', labels),
  classes,
  classWeights: core.arena.upload('f64', classWeights),
});

const scoresOf = ({ x, columns, classes, stride, width }: Problem, of: Float32Array, row: number) =>
  Array.from({ length: classes }, (_, c) => {
    let [sum, size] = [0, 0];
    for (let j = 0; j < columns; j++) {
      const product = x[row * stride + j] * of[j * width + c];
      sum += product;
      size += Math.abs(product);
    }
    return { sum, size };
  });

/** Everything of a row by its definition in float64, and how far scores are moved by rounding. */
function solveRow(problem: Problem, row: number) {
  const scores = scoresOf(problem, problem.weights, row);
  const own = scores[problem.labels[row]].sum;
  const largest = Math.max(...scores.map(({ sum }) => sum));
  const total = scores.reduce((sum, score) => sum + Math.exp(score.sum - largest), 0);
  const terms = 2 * (problem.stride + 2) + problem.classes + 16;
  return {
    probabilities: scores.map(({ sum }) => Math.exp(sum - largest) / total),
    loss: largest - own + Math.log(total),
    weight: problem.classWeights[problem.labels[row]],
    bound: terms * ROUNDING * (1 + Math.max(...scores.map(({ size }) => size))),
  };
}

test('loss, gradient and probabilities are those of the definition, for a range of rows', () =>
  withWatchedCore((core) => {
    for (const problem of PROBLEMS) {
      const { rows, columns, classes, stride, width } = problem;
      for (const [first, last] of [
        [0, rows],
        [rows >> 2, rows - (rows >> 3)],
      ]) {
        core.arena.reset();
        const gradient = core.arena.zeros('f64', stride * width);
        const probabilities = core.arena.zeros('f32', rows * width);
        const weights = core.arena.upload('f32', problem.weights);
        const loss = core.softmaxSingle.softmaxSingleLoss(
          gradient,
          probabilities,
          upload(core, problem),
          weights,
          first,
          last,
        );
        const expected = {
          gradient: new Float64Array(stride * width),
          bounds: new Float64Array(stride * width),
          probabilities: new Float64Array(rows * width),
        };
        let [sum, bound, most] = [0, 0, 0];
        for (let row = first; row < last; row++) {
          const own = solveRow(problem, row);
          sum += own.weight * own.loss;
          bound += own.weight * (own.bound + 4 * ROUNDING * own.loss);
          most = Math.max(most, own.bound);
          expected.probabilities.set(own.probabilities, row * width);
          for (let j = 0; j < columns; j++) {
            const size = own.weight * problem.x[row * stride + j];
            for (let c = 0; c < classes; c++) {
              const residual = own.probabilities[c] - (c === problem.labels[row] ? 1 : 0);
              expected.gradient[j * width + c] += size * residual;
              expected.bounds[j * width + c] += (own.bound + 70 * ROUNDING) * Math.abs(size);
            }
          }
        }
        const what = `rows ${first} .. ${last} of ${columns}, ${classes} classes`;
        assertNear([loss], [sum], bound, `loss of ${what}`);
        assertNear(gradient.array, expected.gradient, expected.bounds, `gradient of ${what}`);
        assertNear(probabilities.array, expected.probabilities, most, `probabilities of ${what}`);
      }
    }
  }));

test('a score far below the largest leaves no probability to speak of, and nothing overflows', () =>
  withWatchedCore((core) => {
    const scores = [0, -0.5, -20, -79, -90, -1e5, -1e30];
    const problem: Problem = {
      ...problemOf(1, 1, 7, 1),
      x: Float32Array.of(1, 0, 0, 0),
      labels: Int32Array.of(6),
      weights: Float32Array.from({ length: 4 * 8 }, (_, i) => scores[i] ?? 0),
      classWeights: new Float64Array(7).fill(1),
    };
    const probabilities = core.arena.zeros('f32', 8);
    const gradient = core.arena.zeros('f64', 32);
    const weights = core.arena.upload('f32', problem.weights);
    const loss = core.softmaxSingle.softmaxSingleLoss(gradient, probabilities, upload(core, problem), weights, 0, 1);
    assertNear([loss], [1e30], 1e30 * 2 * ROUNDING, 'loss');
    const total = 1 + Math.exp(-0.5) + Math.exp(-20);
    scores.forEach((score, c) => {
      const expected = Math.exp(score) / total;
      assertNear([probabilities.array[c]], [expected], 1e-6 * expected + 2e-35, `e^${score}`);
    });
    assert.is(probabilities.array[7], 0);
  }));

/** Probabilities as float32 has them, some of them all but 0 or 1. */
function drawProbabilities({ rows, classes, width }: Problem): Float32Array {
  const numbers = normals(rows * classes, 9);
  const out = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const e = Array.from({ length: classes }, (_, c) =>
      Math.exp((row % 3 === 0 ? 20 : 1) * numbers[row * classes + c]),
    );
    const total = e.reduce((a, b) => a + b, 0);
    e.forEach((value, c) => {
      out[row * width + c] = value / total;
    });
  }
  return out;
}

test("a product with the Hessian is that of its definition, added to what is there, up to rounding of each row's own", () =>
  withWatchedCore((core) => {
    for (const problem of PROBLEMS) {
      const { rows, columns, classes, stride, width, x, labels, classWeights } = problem;
      core.arena.reset();
      const p = drawProbabilities(problem);
      const out = core.arena.alloc('f64', stride * width);
      out.array.fill(3);
      const vector = core.arena.upload('f32', problem.vector);
      const probabilities = core.arena.upload('f32', p);
      const single = upload(core, problem);
      const middle = Math.floor(rows / 3);
      core.softmaxSingle.softmaxSingleProduct(out, vector, probabilities, single, 0, middle);
      core.softmaxSingle.softmaxSingleProduct(out, vector, probabilities, single, middle, rows);
      const expected = new Float64Array(stride * width).fill(3);
      const bounds = new Float64Array(stride * width).fill(1e-15);
      for (let row = 0; row < rows; row++) {
        const own = labels[row];
        const scores = scoresOf(problem, problem.vector, row);
        const size = Math.max(...scores.map((score) => score.size));
        const t = scores.map(({ sum }) => sum - scores[own].sum);
        const mean = t.reduce((sum, value, c) => sum + p[row * width + c] * value, 0);
        // Of what is not the row's own class: small where that is all but sure.
        const rest = t.reduce((sum, _, c) => sum + (c === own ? 0 : p[row * width + c]), 0);
        for (let j = 0; j < columns; j++) {
          const weight = classWeights[own] * x[row * stride + j];
          for (let c = 0; c < classes; c++) {
            const probability = p[row * width + c];
            expected[j * width + c] += weight * probability * (t[c] - mean);
            const terms = (4 * stride + classes + 80) * ROUNDING * size;
            bounds[j * width + c] += Math.abs(weight) * probability * terms * (c === own ? rest : 1);
          }
        }
      }
      assertNear(out.array, expected, bounds, `${rows} rows of ${columns}, ${classes} classes`);
    }
  }));

test('a product in float64 is that of its definition, of the same probabilities', () =>
  withWatchedCore((core) => {
    for (const problem of PROBLEMS) {
      const { rows, columns, classes, stride, width, x, labels, classWeights } = problem;
      core.arena.reset();
      const narrow = Math.ceil(classes / 4) * 4;
      const p = drawProbabilities(problem);
      const v = Float64Array.from({ length: stride * narrow }, (_, at) => {
        const [j, c] = [Math.floor(at / narrow), at % narrow];
        return c < classes ? problem.vector[j * width + c] : 0;
      });
      const out = core.arena.alloc('f64', stride * narrow);
      out.array.fill(3);
      const canary = core.arena.upload('f64', [7]);
      const vector = core.arena.upload('f64', v);
      const probabilities = core.arena.upload('f32', p);
      const labelled = { ...upload(core, problem), x: core.arena.upload('f64', x) };
      const middle = Math.floor(rows / 3);
      core.softmax.softmaxWideProduct(out, vector, probabilities, labelled, 0, middle);
      core.softmax.softmaxWideProduct(out, vector, probabilities, labelled, middle, rows);
      const expected = new Float64Array(stride * narrow);
      expected.fill(3);
      for (let row = 0; row < rows; row++) {
        const own = labels[row];
        const scores = scoresOf(problem, problem.vector, row);
        const t = scores.map(({ sum }) => sum - scores[own].sum);
        const mean = t.reduce((sum, value, c) => sum + p[row * width + c] * value, 0);
        for (let j = 0; j < columns; j++) {
          for (let c = 0; c < classes; c++) {
            expected[j * narrow + c] += classWeights[own] * x[row * stride + j] * p[row * width + c] * (t[c] - mean);
          }
        }
      }
      assertNear(out.array, expected, 1e-12 * (1 + rows), `${rows} rows of ${columns}, ${classes} classes`);
      assert.is(canary.array[0], 7);
    }
  }));

test('Gram matrices of pairs of classes are those of the definition, of likely classes alone', () =>
  withWatchedCore((core) => {
    for (const problem of PROBLEMS.filter(({ rows }) => rows < 1000)) {
      const { rows, columns, classes, width, stride, x, labels, classWeights } = problem;
      const p = drawProbabilities(problem);
      const size = Math.ceil((columns * (columns + 1)) / 16) * 8;
      for (const least of [0, 0.3, 1.5]) {
        core.arena.reset();
        const grams = core.arena.zeros('f64', ((classes * (classes - 1)) / 2) * size);
        const canary = core.arena.upload('f64', [7, 7]);
        const probabilities = core.arena.upload('f32', p);
        core.softmaxSingle.softmaxSingleGrams(grams, probabilities, upload(core, problem), columns, least, 0, rows);
        const expected = new Float64Array(grams.length);
        const bounds = new Float64Array(grams.length).fill(1e-15);
        for (let start = 0; start < rows; start += 32) {
          const end = Math.min(start + 32, rows);
          const isLikely = (c: number) => {
            for (let row = start; row < end; row++) if (p[row * width + c] >= Math.fround(least)) return true;
            return false;
          };
          let pair = 0;
          for (let a = 0; a < classes; a++) {
            for (let b = a + 1; b < classes; b++, pair++) {
              for (let row = start; row < end && isLikely(a) && isLikely(b); row++) {
                const weight = classWeights[labels[row]] * p[row * width + a] * p[row * width + b];
                let at = pair * size;
                for (let i = 0; i < columns; i++) {
                  for (let j = i; j < columns; j++, at++) {
                    const product = weight * x[row * stride + i] * x[row * stride + j];
                    expected[at] += product;
                    bounds[at] += 40 * ROUNDING * Math.abs(product);
                  }
                }
              }
            }
          }
        }
        const what = `${rows} x ${columns}, ${classes} classes, from ${least}`;
        assertNear(grams.array, expected, bounds, what);
        assertSame(canary.array, [7, 7], what);
        if (least > 1) assertNear(grams.array, new Float64Array(grams.length), 0, what);
      }
    }
  }));

test('rows are rounded to float32, and filled up with zeros', () =>
  withWatchedCore((core) => {
    for (const rows of LENGTHS) {
      for (const [fromWidth, width] of [
        [4, 4],
        [4, 8],
        [12, 16],
      ]) {
        core.arena.reset();
        const from = normals(rows * fromWidth, rows);
        const out = core.arena.alloc('f32', rows * width);
        const canary = core.arena.upload('f32', [7]);
        core.rows.narrowRows(out, core.arena.upload('f64', from), fromWidth, width, rows);
        const expected = Float32Array.from({ length: rows * width }, (_, i) =>
          i % width < fromWidth ? from[Math.floor(i / width) * fromWidth + (i % width)] : 0,
        );
        assertSame(Float64Array.from(out.array), Float64Array.from(expected), `${rows} rows of ${fromWidth}`);
        assert.is(canary.array[0], 7);
      }
    }
  }));

test('class weights of 1 give the bits of none', async () => {
  const found: Float64Array[] = [];
  const problem = { ...problemOf(1000, 11, 13, 1), classWeights: new Float64Array(13).fill(1) };
  await withWatchedCore((core) => {
    for (const isWeighted of [true, false]) {
      core.arena.reset();
      const rows = upload(core, problem);
      const single = isWeighted ? rows : { ...rows, classWeights: null };
      const out = core.arena.zeros('f64', problem.stride * problem.width);
      const probabilities = core.arena.alloc('f32', 1000 * problem.width);
      const weights = core.arena.upload('f32', problem.weights);
      const grams = core.arena.zeros('f64', 78 * 72);
      const loss = core.softmaxSingle.softmaxSingleLoss(out, probabilities, single, weights, 0, 1000);
      core.softmaxSingle.softmaxSingleProduct(out, weights, probabilities, single, 0, 1000);
      core.softmaxSingle.softmaxSingleGrams(grams, probabilities, single, 11, 1e-3, 0, 1000);
      found.push(Float64Array.from([loss, ...out.array, ...probabilities.array, ...grams.array]));
    }
  });
  for (const other of found.slice(1)) assertSame(other, found[0], 'bits');
});

test.run();
