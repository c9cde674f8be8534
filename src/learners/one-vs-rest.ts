/**
 * Logistic regression of each class against the rest, at its optimum, both sides weighted so that they count alike
 * (scikit-learn's LogisticRegression with class_weight='balanced' and multi_class='ovr', run to convergence): for class c
 *
 *   n / (2 n_c) sum_{y_i = c} ln(1 + exp(-f(x_i))) + n / (2 (n - n_c)) sum_{y_i != c} ln(1 + exp(f(x_i))) + 0.5 |w|^2 / C,
 *
 * f(x) = w . x + b with b free of the penalty. Source: Bishop 2006, Pattern Recognition and Machine Learning, 4.1.2 and 4.3.3.
 *
 * Rows are put in the order of their classes, so that either side is one or two stretches of rows: the kernels of
 * logistic.ts sum up each, and the sums are weighted.
 */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import {
  assembleHessian,
  columnScales,
  descend,
  LARGEST_PENALTY,
  type LogisticModel,
  type LogisticProblem,
  logisticProbabilities,
  standardise,
} from './logistic.js';
import { minimiseByNewton } from './minimise.js';

/** A machine for each class; one, that of class 1, where there are two classes. */
export interface OneVsRest {
  readonly classes: number;
  readonly machines: readonly LogisticModel[];
  readonly converged: boolean;
}

type Pause = (iteration: number, most: number) => void | Promise<void>;

const ROWS_PER_CALL = 1024;
/** Rows times squared columns between two pauses: some milliseconds. */
const WORK_PER_PAUSE = 1 << 22;

/** Fits the machines. Every class has rows. Takes its memory from the arena and gives it back. */
export async function fitOneVsRest(core: Core, problem: LogisticProblem, pause: Pause): Promise<OneVsRest> {
  const { rows, columns, classes, c } = problem;
  const { data, starts } = sortByClass(problem);
  const { means, scales } = columnScales(data, rows, columns);
  const machines: LogisticModel[] = [];
  for (let own = classes === 2 ? 1 : 0; own < classes; own++) {
    const found = await core.arena.scope(async () => {
      const stride = Math.ceil((columns + 1) / 4) * 4;
      const x = core.arena.alloc('f64', rows * stride);
      standardise(x.array, data, means, scales, rows, stride);
      const penalty = Float64Array.from({ length: stride }, (_, j) =>
        j < columns ? Math.min(1 / (c * scales[j] ** 2), LARGEST_PENALTY) : 0,
      );
      const sides = sidesOf(starts[own], starts[own + 1], rows);
      return minimiseMachine(core, x, sides, { rows, columns, stride, penalty }, pause);
    });
    const weights = Float64Array.from({ length: columns }, (_, j) => found.at[j] / scales[j]);
    const intercept = weights.reduce((sum, weight, j) => sum - weight * means[j], found.at[columns]);
    const intercepts = Float64Array.of(intercept);
    machines.push({ columns, classes: 2, coefficients: [weights], intercepts, converged: found.converged });
  }
  return { classes, machines, converged: machines.every(({ converged }) => converged) };
}

/**
 * What the machines say of each row of features (rows, columns), f64[rows][classes] from the arena: each machine's own
 * probability, or those in shares of 1.
 */
export function oneVsRestProbabilities(
  core: Core,
  { classes, machines }: OneVsRest,
  features: Block<'f64'>,
  rows: number,
  isShared: boolean,
): Block<'f64'> {
  if (classes === 2) return logisticProbabilities(core, machines[0], features, rows);
  const out = core.arena.alloc('f64', rows * classes);
  machines.forEach((machine, own) => {
    const mark = core.arena.mark();
    const block = logisticProbabilities(core, machine, features, rows);
    const [from, to] = [block.array, out.array];
    for (let row = 0; row < rows; row++) to[row * classes + own] = from[2 * row + 1];
    core.arena.release(mark);
  });
  if (!isShared) return out;
  const shares = out.array;
  for (let start = 0; start < shares.length; start += classes) {
    let sum = 0;
    for (let own = 0; own < classes; own++) sum += shares[start + own];
    // Where every machine is sure of the rest, no class is likelier than another.
    for (let own = 0; own < classes; own++) shares[start + own] = sum > 0 ? shares[start + own] / sum : 1 / classes;
  }
  return out;
}

/** The features with rows in the order of their classes, and where each class starts; the last entry is the end. */
function sortByClass({ features, labels, rows, columns, classes }: LogisticProblem) {
  const [from, label] = [features.array, labels.array];
  const starts = new Int32Array(classes + 1);
  for (let row = 0; row < rows; row++) starts[label[row] + 1]++;
  for (let own = 0; own < classes; own++) starts[own + 1] += starts[own];
  const next = starts.slice();
  const data = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    data.set(from.subarray(row * columns, (row + 1) * columns), next[label[row]]++ * columns);
  }
  return { data, starts };
}

/** Rows of one label and the weight of each of them. */
interface Side {
  readonly label: 0 | 1;
  readonly weight: number;
  readonly stretches: ReadonlyArray<readonly [from: number, to: number]>;
}

function sidesOf(from: number, to: number, rows: number): Side[] {
  const own = to - from;
  return [
    { label: 1, weight: rows / (2 * own), stretches: [[from, to]] },
    {
      label: 0,
      weight: rows / (2 * (rows - own)),
      stretches: [
        [0, from],
        [to, rows],
      ],
    },
  ];
}

function minimiseMachine(
  core: Core,
  x: Block<'f64'>,
  sides: readonly Side[],
  size: { rows: number; columns: number; stride: number; penalty: Float64Array },
  pause: Pause,
) {
  const { rows, columns, stride, penalty } = size;
  const labels = core.arena.zeros('i32', rows);
  for (const { label, stretches } of sides) for (const [from, to] of stretches) labels.array.fill(label, from, to);
  const weights = core.arena.alloc('f64', stride);
  const sums = core.arena.alloc('f64', stride);
  const probabilities = core.arena.alloc('f64', 2 * rows);
  const gram = core.arena.alloc('f64', stride * stride);
  const scratch = core.arena.alloc('f64', 128 * stride);

  const objective = (at: Float64Array, gradient: Float64Array): number => {
    weights.array.set(at);
    let value = 0;
    for (let j = 0; j < stride; j++) {
      value += 0.5 * penalty[j] * at[j] ** 2;
      gradient[j] = penalty[j] * at[j];
    }
    for (const { weight, stretches } of sides) {
      sums.array.fill(0);
      for (const [row, end] of callsOf(stretches)) {
        value += weight * core.softmaxLoss(sums, probabilities, x, labels, weights, 2, 1, stride, row, end);
      }
      const added = sums.array;
      for (let j = 0; j < stride; j++) gradient[j] += weight * added[j];
    }
    return value;
  };

  const newtonStep = async (_at: Float64Array, gradient: Float64Array, step: Float64Array): Promise<void> => {
    const whole = new Float64Array(stride * stride);
    let work = 0;
    for (const { weight, stretches } of sides) {
      gram.array.fill(0);
      for (const [row, end] of callsOf(stretches)) {
        core.softmaxHessian(gram, x, probabilities, scratch, 2, stride, row, end);
        work += (end - row) * stride * stride;
        if (work < WORK_PER_PAUSE) continue;
        await pause(0, 1);
        work = 0;
      }
      const added = gram.array;
      for (let i = 0; i < whole.length; i++) whole[i] += weight * added[i];
    }
    descend(assembleHessian(whole, 2, 1, stride, columns, penalty, rows, 1), gradient, step, rows);
  };

  return minimiseByNewton(new Float64Array(stride), objective, newtonStep, pause);
}

function* callsOf(stretches: Side['stretches']): Generator<readonly [from: number, to: number]> {
  for (const [from, to] of stretches) {
    for (let row = from; row < to; row += ROWS_PER_CALL) yield [row, Math.min(row + ROWS_PER_CALL, to)];
  }
}
