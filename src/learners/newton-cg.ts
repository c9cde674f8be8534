/** A smooth convex function whose Hessian is known by its products with vectors. */
export interface CurvedObjective {
  /** Fills `gradient` and returns the value. What follows is about the point of the last call. */
  evaluate(at: Float64Array, gradient: Float64Array): number;
  /** Whether the infimum is known to be approached from here along a ray: there is nothing left to search. */
  isUnbounded(): boolean;
  /** Called before the first product at a point. */
  prepare(): void;
  /** out = H vector. */
  multiply(vector: Float64Array, out: Float64Array): void;
  /** out = M^-1 residual, with M positive definite and near H. */
  precondition(residual: Float64Array, out: Float64Array): void;
  /** Whether M is H but for rounding, so that it tells how much a step falls short of the minimum. */
  isFaithful(): boolean;
}

/** How the search ended. */
export interface CurvedMinimum {
  readonly at: Float64Array;
  readonly value: number;
  readonly outcome: 'minimum' | 'unbounded' | 'unfinished';
}

/** What a search may cost. */
export interface Effort {
  readonly steps: number;
  /** Products with the Hessian for one step. */
  readonly productsPerStep: number;
  readonly products: number;
  /** Ten steps that gain less together are the last. */
  readonly leastGain: number;
}

const GAIN_STEPS = 10;

const SUFFICIENT_DECREASE = 1e-4;
const MOST_HALVINGS = 40;
/** A step is found until what is left of its equation is this share, or less near the minimum. */
const LOOSEST = 0.3;

/**
 * Newton's method with step halving, each step found by preconditioned conjugate gradients, so that only products with
 * the Hessian are needed. Stops after the step whose predicted decrease is below `tolerance`; away from the far ends of flat
 * functions, what is left is then of the order of the square of that.
 *
 * @see J. Nocedal, S. Wright 2006, Numerical Optimization, algorithm 7.1
 */
export async function minimiseByNewtonCg(
  start: Float64Array,
  objective: CurvedObjective,
  tolerance: number,
  effort: Effort,
  beforeProduct: (done: number, most: number) => void | Promise<void>,
): Promise<CurvedMinimum> {
  const n = start.length;
  let at = start.slice();
  let trial = new Float64Array(n);
  let gradient = new Float64Array(n);
  let trialGradient = new Float64Array(n);
  const step = new Float64Array(n);
  const residual = new Float64Array(n);
  const scaled = new Float64Array(n);
  const direction = new Float64Array(n);
  const curved = new Float64Array(n);
  let products = 0;
  const values: number[] = [];
  let value = objective.evaluate(at, gradient);
  for (let steps = 0; steps < effort.steps && products < effort.products; steps++) {
    if (objective.isUnbounded()) return { at, value, outcome: 'unbounded' };
    values.push(value);
    if (values[steps - GAIN_STEPS] - value < effort.leastGain) break;
    objective.prepare();
    const { left, isExact } = await findStep();
    const slope = dot(gradient, step);
    const isLast = (isExact || objective.isFaithful()) && left - slope <= tolerance;
    let size = 1;
    let trialValue = Number.POSITIVE_INFINITY;
    for (let halving = 0; halving < MOST_HALVINGS; halving++, size /= 2) {
      for (let i = 0; i < n; i++) trial[i] = at[i] + size * step[i];
      trialValue = objective.evaluate(trial, trialGradient);
      if (isLast || trialValue <= value + SUFFICIENT_DECREASE * size * slope) break;
    }
    // Where rounding hides the decrease there is nothing more to gain.
    if (!(trialValue < value)) return { at, value, outcome: isLast || isExact ? 'minimum' : 'unfinished' };
    [at, trial] = [trial, at];
    [gradient, trialGradient] = [trialGradient, gradient];
    value = trialValue;
    if (isLast) return { at, value, outcome: 'minimum' };
  }
  return { at, value, outcome: objective.isUnbounded() ? 'unbounded' : 'unfinished' };

  /** Fills step with about -H^-1 gradient; returns whether that is as near as was asked for, and what M says is left. */
  async function findStep(): Promise<{ left: number; isExact: boolean }> {
    step.fill(0);
    for (let i = 0; i < n; i++) residual[i] = -gradient[i];
    objective.precondition(residual, direction);
    let size = dot(residual, direction);
    if (size === 0) return { left: 0, isExact: true };
    const enough = size * Math.min(LOOSEST ** 2, Math.sqrt(size));
    for (let j = 0; j < effort.productsPerStep; j++) {
      await beforeProduct(products++, effort.products);
      objective.multiply(direction, curved);
      const curvature = dot(direction, curved);
      // Without curvature the function is level or falls for ever along the direction.
      if (!(curvature > 1e-16 * size)) {
        if (j === 0) step.set(direction);
        return { left: size, isExact: j > 0 };
      }
      const length = size / curvature;
      for (let i = 0; i < n; i++) {
        step[i] += length * direction[i];
        residual[i] -= length * curved[i];
      }
      objective.precondition(residual, scaled);
      const next = dot(residual, scaled);
      if (next <= enough) return { left: next, isExact: true };
      for (let i = 0; i < n; i++) direction[i] = scaled[i] + (next / size) * direction[i];
      size = next;
    }
    return { left: size, isExact: false };
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
