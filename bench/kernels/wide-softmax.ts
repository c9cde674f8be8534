import type { Block } from '../../bindings/arena.js';
import { singleWidthOf, widthOf } from '../../src/learners/softmax-objective.js';
import { type Bench, expectClose } from '../contest.js';
import { type Points, softmaxCurvature, softmaxLoss } from '../plain/logistic.js';

const MOST_ROWS = 10_000;
const ROWS_PER_CALL = 1024;
/** Of 40 values. */
const FACTOR = 2;

/**
 * Loss with gradient, and, in single precision, a product of the Hessian with a vector, of the
 * softmax regression of many classes.
 */
export const bench: Bench = {
  name: 'wide-softmax',
  isFixedSize: true,
  prepare({ core, rows: all, latents, factors }) {
    const rows = Math.min(all, MOST_ROWS);
    const columns = latents.columns;
    const stride = columns + 1;
    const points: Points = {
      x: Float64Array.from({ length: rows * stride }, (_, i) =>
        i % stride < columns ? latents.get(Math.floor(i / stride), i % stride) : 1,
      ),
      labels: Int32Array.from({ length: rows }, (_, row) => factors.get(row, FACTOR)),
      rows,
      stride,
      classes: factors.column(FACTOR).reduce((a, b) => Math.max(a, b)) + 1,
    };
    const { classes } = points;
    const width = widthOf(classes);
    const wideStride = Math.ceil(stride / 4) * 4;
    const x = core.arena.zeros('f64', rows * wideStride);
    for (let row = 0; row < rows; row++) {
      x.array.set(points.x.subarray(row * stride, (row + 1) * stride), row * wideStride);
    }
    const labels = core.arena.upload('i32', points.labels);
    const weights = Float64Array.from({ length: classes * stride }, (_, i) => Math.sin(i + 1));
    const direction = Float64Array.from({ length: classes * stride }, (_, i) => Math.cos(2 * i));
    /** [classes][stride] turned into [stride][width]. */
    const widen = (from: Float64Array) => {
      const out = core.arena.zeros('f64', wideStride * width);
      for (let i = 0; i < from.length; i++) out.array[(i % stride) * width + Math.floor(i / stride)] = from[i];
      return out;
    };
    const narrow = ({ array }: Block<'f64'>, own = width) =>
      Float64Array.from(weights, (_, i) => array[(i % stride) * own + Math.floor(i / stride)]);
    const wideWeights = widen(weights);
    const gradient = core.arena.zeros('f64', wideStride * width);
    const singleWidth = singleWidthOf(classes);
    const curvature = core.arena.zeros('f64', wideStride * singleWidth);
    const singleDirection = core.arena.zeros('f32', wideStride * singleWidth);
    for (let i = 0; i < direction.length; i++) {
      singleDirection.array[(i % stride) * singleWidth + Math.floor(i / stride)] = direction[i];
    }
    const singleProbabilities = core.arena.alloc('f32', rows * singleWidth);
    const probabilities = core.arena.alloc('f64', rows * width);
    const tally = core.arena.zeros('f64', 2);
    const single = {
      x: core.arena.alloc('f32', rows * wideStride),
      stride: wideStride,
      labels,
      classes,
      classWeights: null,
    };
    core.rows.narrowRows(single.x, x, wideStride, wideStride, rows);
    const labelled = { x, stride: wideStride, labels, classes, classWeights: null };
    const forRows = (work: (row: number, end: number) => number) => {
      let sum = 0;
      for (let row = 0; row < rows; row += ROWS_PER_CALL) sum += work(row, Math.min(row + ROWS_PER_CALL, rows));
      return sum;
    };
    const lose = () => {
      gradient.array.fill(0);
      return forRows((row, end) =>
        core.softmax.softmaxWideLoss(gradient, probabilities, tally, labelled, wideWeights, row, end),
      );
    };
    const curve = () => {
      curvature.array.fill(0);
      forRows((row, end) => {
        core.softmaxSingle.softmaxSingleProduct(curvature, singleDirection, singleProbabilities, single, row, end);
        return 0;
      });
      return curvature.array[0];
    };
    const plainGradient = new Float64Array(weights.length);
    const plainProbabilities = new Float64Array(rows * classes);
    const losePlain = () => softmaxLoss(points, weights, plainGradient, plainProbabilities);
    const curvePlain = () => softmaxCurvature(points, plainProbabilities, direction);
    lose();
    core.rows.narrowRows(singleProbabilities, probabilities, width, singleWidth, rows);
    losePlain();
    return [
      {
        name: `softmax loss and gradient, ${classes} classes`,
        amount: rows,
        unit: 'row',
        ours: lose,
        plain: losePlain,
        check() {
          expectClose('loss', [lose()], [losePlain()], 1e-12);
          expectClose('gradient', narrow(gradient), plainGradient, 1e-10);
        },
      },
      {
        name: `softmax Hessian times a vector, ${classes} classes`,
        amount: rows,
        unit: 'row',
        ours: curve,
        plain: () => curvePlain()[0],
        check() {
          curve();
          expectClose('curvature', narrow(curvature, singleWidth), curvePlain(), 1e-5);
        },
      },
    ];
  },
};
