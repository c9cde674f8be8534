import { loadTable } from '../../src/stats/load-table.js';
import { drawPairFeatures } from '../../src/stats/pair-features.js';
import { openRowSource } from '../../src/stats/row-source.js';
import { type Bench, expectClose } from '../contest.js';
import { type Points, softmaxHessian, softmaxLoss } from '../plain/logistic.js';

const POINTS = 10_000;
const ROWS_PER_CALL = 1024;

/** Loss with gradient, and Hessian, of the softmax regression of the beta-VAE score's points. */
export const bench: Bench = {
  name: 'logistic',
  isFixedSize: true,
  async prepare({ core, latents, factors }) {
    const table = loadTable(core, latents, factors, undefined);
    const source = await openRowSource(
      table,
      { bins: 20, values: 'by-row', replacement: true, withItself: false, drawConstants: false },
      0,
      undefined,
    );
    const drawn = await drawPairFeatures(table, source, POINTS, 64, () => {});
    const columns = table.latentCount;
    const classes = source.factors.length;
    const stride = Math.ceil((columns + 1) / 4) * 4;
    const x = core.arena.zeros('f64', POINTS * stride);
    const points: Points = {
      x: new Float64Array(POINTS * (columns + 1)),
      labels: drawn.labels.array.slice(),
      rows: POINTS,
      stride: columns + 1,
      classes,
    };
    const weights = core.arena.zeros('f64', classes * stride);
    const plainWeights = new Float64Array(classes * (columns + 1));
    const [features, aligned, someWeights] = [drawn.features.array, x.array, weights.array];
    for (let row = 0; row < POINTS; row++) {
      for (let j = 0; j <= columns; j++) {
        const value = j < columns ? features[row * columns + j] : 1;
        aligned[row * stride + j] = value;
        points.x[row * (columns + 1) + j] = value;
      }
    }
    for (let c = 0; c < classes; c++) {
      for (let j = 0; j <= columns; j++) {
        const weight = Math.sin(1 + c * (columns + 1) + j);
        someWeights[c * stride + j] = weight;
        plainWeights[c * (columns + 1) + j] = weight;
      }
    }
    const labelled = { x, stride, labels: drawn.labels, classes, classWeights: null };
    const gradient = core.arena.zeros('f64', classes * stride);
    const probabilities = core.arena.alloc('f64', POINTS * classes);
    const pairs = (classes * (classes - 1)) / 2;
    const grams = core.arena.alloc('f64', pairs * stride * stride);
    const scratch = core.arena.alloc('f64', 128 * stride);
    const forRows = (work: (row: number, end: number) => number) => {
      let sum = 0;
      for (let row = 0; row < POINTS; row += ROWS_PER_CALL) sum += work(row, Math.min(row + ROWS_PER_CALL, POINTS));
      return sum;
    };
    const lose = () => {
      gradient.array.fill(0);
      return forRows((row, end) => core.softmax.softmaxLoss(gradient, probabilities, labelled, weights, 0, row, end));
    };
    const curve = () => {
      grams.array.fill(0);
      forRows((row, end) => {
        core.softmax.softmaxHessian(grams, labelled, probabilities, scratch, row, end);
        return 0;
      });
      return grams.array[0];
    };
    const plainGradient = new Float64Array(plainWeights.length);
    const plainProbabilities = new Float64Array(POINTS * classes);
    const losePlain = () => softmaxLoss(points, plainWeights, plainGradient, plainProbabilities);
    return [
      {
        name: 'softmax loss and gradient',
        amount: POINTS,
        unit: 'point',
        ours: lose,
        plain: losePlain,
        check() {
          expectClose('loss', [lose()], [losePlain()], 1e-12);
          expectClose('probabilities', probabilities.array, plainProbabilities, 1e-12);
          const own = gradient.array;
          const got = plainGradient.map((_, i) => own[Math.floor(i / (columns + 1)) * stride + (i % (columns + 1))]);
          expectClose('gradient', got, plainGradient, 1e-10);
        },
      },
      {
        name: 'softmax Hessian',
        amount: POINTS,
        unit: 'point',
        ours: curve,
        plain: () => softmaxHessian(points, plainProbabilities)[0],
        check() {
          lose();
          losePlain();
          curve();
          // Ours are the blocks of classes a < b, without their sign, and of those the part on and
          // above the diagonal.
          const hessian = softmaxHessian(points, plainProbabilities);
          const n = plainWeights.length;
          const [got, expected]: [number[], number[]] = [[], []];
          for (let a = 0, pair = 0; a < classes; a++) {
            for (let b = a + 1; b < classes; b++, pair++) {
              for (let i = 0; i <= columns; i++) {
                for (let j = i; j <= columns; j++) {
                  got.push(-grams.array[(pair * stride + i) * stride + j]);
                  expected.push(hessian[(a * (columns + 1) + i) * n + b * (columns + 1) + j]);
                }
              }
            }
          }
          expectClose('Hessian', got, expected, 1e-10);
        },
      },
    ];
  },
};
