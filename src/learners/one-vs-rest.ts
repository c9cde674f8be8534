/**
 * Logistic regression of each class against the rest, at its optimum (scikit-learn's
 * LogisticRegression with multi_class='ovr', run to convergence): for class c
 *
 *   a_c sum_{y_i = c} ln(1 + exp(-f(x_i))) + b_c sum_{y_i != c} ln(1 + exp(f(x_i))) + 0.5 |w|^2 / C,
 *
 * f(x) = w . x + b with b free of the penalty. a_c = b_c = 1, or balanced, so that both sides count
 * alike: a_c = n / (2 n_c) and b_c = n / (2 (n - n_c)), as class_weight='balanced' there. Source:
 * Bishop 2006, Pattern Recognition and Machine Learning, 4.1.2 and 4.3.3.
 */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { balancedWeights } from './class-weights.js';
import { fitLogistic, type LogisticModel, type LogisticProblem, logisticProbabilities } from './logistic.js';

/** A machine for each class; one, that of class 1, where there are two classes. */
export interface OneVsRest {
  readonly classes: number;
  readonly machines: readonly LogisticModel[];
  readonly converged: boolean;
}

type Pause = (iteration: number, most: number) => void | Promise<void>;

/** Fits the machines. Every class has rows. Takes its memory from the arena and gives it back. */
export async function fitOneVsRest(
  core: Core,
  problem: Omit<LogisticProblem, 'classWeights'> & { readonly balanced: boolean },
  pause: Pause,
): Promise<OneVsRest> {
  const { classes, rows } = problem;
  const machines = await core.arena.scope(async () => {
    const sides = core.arena.alloc('i32', rows);
    const fitted: LogisticModel[] = [];
    for (let own = classes === 2 ? 1 : 0; own < classes; own++) {
      const [from, to] = [problem.labels.array, sides.array];
      for (let row = 0; row < rows; row++) to[row] = from[row] === own ? 1 : 0;
      const classWeights = problem.balanced ? balancedWeights(to, 2) : undefined;
      fitted.push(await fitLogistic(core, { ...problem, labels: sides, classes: 2, classWeights }, pause));
    }
    return fitted;
  });
  return { classes, machines, converged: machines.every(({ converged }) => converged) };
}

/**
 * What the machines say of each row of features (rows, columns), f64[rows][classes] from the arena:
 * each machine's own probability, or those in shares of 1.
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
