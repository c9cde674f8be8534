/** Minimisers of smooth convex functions. */

/** A function of n numbers; fills `gradient` and returns the value. */
export type Objective = (at: Float64Array, gradient: Float64Array) => number;

/** Where a minimiser stopped. */
export interface Minimum {
  readonly at: Float64Array;
  readonly value: number;
  /** False where the iterations ran out first. */
  readonly converged: boolean;
  readonly iterations: number;
}

/** Called before each iteration, so that long ones can be cancelled. */
type BeforeIteration = (iteration: number, most: number) => void | Promise<void>;

const SUFFICIENT_DECREASE = 1e-4;
const MOST_HALVINGS = 50;
/** Relative to 1 + |value|: what sums over rows may be rounded by, generously. */
const ROUNDING = 1e-12;

/**
 * Newton's method with step halving, to the limit of float64: stops when the predicted decrease is
 * below `tolerance` of the value (after the step that predicts it, so that what is left is the
 * square of that).
 *
 * @param newtonStep fills `step` with -H^-1 gradient for the point where `objective` was last
 * evaluated
 * @see S. Boyd, L. Vandenberghe 2004, Convex Optimization, algorithm 9.5
 */
export async function minimiseByNewton(
  start: Float64Array,
  objective: Objective,
  newtonStep: (at: Float64Array, gradient: Float64Array, step: Float64Array) => void | Promise<void>,
  beforeIteration: BeforeIteration,
  tolerance = 1e-14,
  mostIterations = 100,
): Promise<Minimum> {
  const n = start.length;
  let at = start.slice();
  let trial = new Float64Array(n);
  let gradient = new Float64Array(n);
  let trialGradient = new Float64Array(n);
  const step = new Float64Array(n);
  let value = objective(at, gradient);
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    await beforeIteration(iteration, mostIterations);
    await newtonStep(at, gradient, step);
    const slope = dot(gradient, step);
    const scale = 1 + Math.abs(value);
    // Rounding can turn a step uphill; it then predicts nothing.
    const isLast = Math.abs(slope) <= tolerance * scale;
    let size = 1;
    let trialValue = Number.POSITIVE_INFINITY;
    for (let halving = 0; halving < MOST_HALVINGS; halving++, size /= 2) {
      for (let i = 0; i < n; i++) trial[i] = at[i] + size * step[i];
      trialValue = objective(trial, trialGradient);
      if (isLast || trialValue <= value + SUFFICIENT_DECREASE * size * slope) break;
    }
    // Where rounding hides the decrease there is nothing more to gain. A larger one that was
    // predicted and not found says that the step was wrong.
    if (!(trialValue <= value) && !isLast) {
      return { at, value, converged: Math.abs(slope) <= ROUNDING * scale, iterations: iteration };
    }
    [at, trial] = [trial, at];
    [gradient, trialGradient] = [trialGradient, gradient];
    value = trialValue;
    if (isLast) return { at, value, converged: true, iterations: iteration + 1 };
  }
  return { at, value, converged: false, iterations: mostIterations };
}

/**
 * L-BFGS, for more unknowns than Newton's Hessian has room for; stops when the largest component of
 * the gradient is below `tolerance`.
 *
 * @see J. Nocedal, S. Wright 2006, Numerical Optimization, algorithms 7.4 and 7.5
 */
export async function minimiseByLbfgs(
  start: Float64Array,
  objective: Objective,
  tolerance: number,
  beforeIteration: BeforeIteration,
  mostIterations = 5000,
): Promise<Minimum> {
  const n = start.length;
  const at = start.slice();
  const gradient = new Float64Array(n);
  const trial = new Float64Array(n);
  const trialGradient = new Float64Array(n);
  const direction = new Float64Array(n);
  const history: Array<{ s: Float64Array; y: Float64Array; rho: number }> = [];
  const remembered = 20;
  let value = objective(at, gradient);
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    if (largest(gradient) <= tolerance) return { at, value, converged: true, iterations: iteration };
    await beforeIteration(iteration, mostIterations);
    twoLoop(direction, gradient, history);
    let slope = dot(gradient, direction);
    if (!(slope < 0)) {
      history.length = 0;
      twoLoop(direction, gradient, history);
      slope = dot(gradient, direction);
    }
    const found = weakWolfe(slope);
    if (found === null) return { at, value, converged: false, iterations: iteration };
    const s = new Float64Array(n);
    const y = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      s[i] = trial[i] - at[i];
      y[i] = trialGradient[i] - gradient[i];
    }
    const curvature = dot(s, y);
    if (curvature > 0) history.push({ s, y, rho: 1 / curvature });
    if (history.length > remembered) history.shift();
    at.set(trial);
    gradient.set(trialGradient);
    value = found;
  }
  return { at, value, converged: largest(gradient) <= tolerance, iterations: mostIterations };

  /** Bisection for a step that decreases enough and turns the slope enough; leaves it in trial. */
  function weakWolfe(slope: number): number | null {
    let low = 0;
    let high = Number.POSITIVE_INFINITY;
    let size = history.length === 0 ? Math.min(1, 1 / largest(gradient)) : 1;
    for (let tries = 0; tries < MOST_HALVINGS; tries++) {
      for (let i = 0; i < n; i++) trial[i] = at[i] + size * direction[i];
      const trialValue = objective(trial, trialGradient);
      const trialSlope = dot(trialGradient, direction);
      if (!decreasesEnough(trialValue, trialSlope)) high = size;
      else if (trialSlope < 0.9 * slope) low = size;
      else return trialValue;
      size = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2;
    }
    return null;

    function decreasesEnough(trialValue: number, trialSlope: number): boolean {
      if (trialValue <= value + SUFFICIENT_DECREASE * size * slope) return true;
      // Near the minimum rounding hides the decrease, but not the slope (Hager & Zhang 2005,
      // section 2.1).
      const isLevel = trialValue <= value + 1e-12 * Math.abs(value);
      return isLevel && trialSlope <= (2 * SUFFICIENT_DECREASE - 1) * slope;
    }
  }
}

/** direction = -H gradient, with H the inverse Hessian that the history suggests. */
function twoLoop(
  direction: Float64Array,
  gradient: Float64Array,
  history: ReadonlyArray<{ s: Float64Array; y: Float64Array; rho: number }>,
): void {
  for (let i = 0; i < direction.length; i++) direction[i] = -gradient[i];
  const alphas: number[] = [];
  for (let h = history.length - 1; h >= 0; h--) {
    const { s, y, rho } = history[h];
    alphas[h] = rho * dot(s, direction);
    addScaled(direction, y, -alphas[h]);
  }
  if (history.length > 0) {
    const { y, rho } = history[history.length - 1];
    const scale = 1 / (rho * dot(y, y));
    for (let i = 0; i < direction.length; i++) direction[i] *= scale;
  }
  history.forEach(({ s, y, rho }, h) => {
    addScaled(direction, s, alphas[h] - rho * dot(y, direction));
  });
}

function addScaled(to: Float64Array, from: Float64Array, scale: number): void {
  for (let i = 0; i < to.length; i++) to[i] += scale * from[i];
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function largest(a: Float64Array): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]));
  return most;
}
