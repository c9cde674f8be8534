/**
 * Newton's method for functions whose Hessian is too dear to be solved by: steps are found from its
 * products with vectors.
 */

/** A smooth convex function whose Hessian is known by its products with vectors. */
export interface CurvedObjective {
  /** Fills `gradient` and returns the value. What follows is about the point of the last call. */
  evaluate(at: Float64Array, gradient: Float64Array): number;
  /**
   * Whether the infimum is known to be approached from here along a ray: there is nothing left to
   * search.
   */
  isUnbounded(): boolean;
  /** Called before the first product at a point. */
  prepare(): void;
  /**
   * Makes a better M for the point, if there is one; returns whether. Called where M is found to be
   * far below H.
   */
  refine(): boolean;
  /**
   * Makes products more exact, if they can be; returns whether. Called where a step is not found
   * with them as they are.
   */
  sharpen(): boolean;
  /** out = H vector. */
  multiply(vector: Float64Array, out: Float64Array): void;
  /** out = M^-1 residual, with M positive definite and near H. */
  precondition(residual: Float64Array, out: Float64Array): void;
  /**
   * Whether M is H but for rounding and what is next to impossible, so that it tells how much a
   * step falls short of the minimum.
   */
  isFaithful(): boolean;
}

/** Where the search stopped. */
export interface CurvedMinimum {
  readonly at: Float64Array;
  readonly value: number;
  readonly outcome: 'minimum' | 'unbounded' | 'unfinished';
}

/** When a search ends, and what it may cost. */
export interface StoppingRules {
  /** The step that is predicted to gain less than this share of 1 + |value| is the last. */
  readonly tolerance: number;
  readonly steps: number;
  /** Products with the Hessian for one step. */
  readonly productsPerStep: number;
  readonly products: number;
  /** Ten steps that gain less together are the last. */
  readonly leastGain: number;
  /**
   * Whether the last step is taken without looking where it leads, which spares an evaluation:
   * values are then predicted.
   */
  readonly trustsLast: boolean;
  /** What values may be rounded by, in parts of 1 + |value|, generously. */
  readonly rounding: number;
  /** How often a step is halved that leads uphill. */
  readonly halvings: number;
}

interface FoundStep {
  /** What M says is left. */
  readonly left: number;
  /** Whether the step is as near as was asked for. */
  readonly isExact: boolean;
  /** Whether it is M's alone, without a product. */
  readonly isOnTrust: boolean;
}

const GAIN_STEPS = 10;
const SUFFICIENT_DECREASE = 1e-4;
/** Far from the minimum a step is found until its error, in the norm of H, is this share of it. */
const LOOSEST = 0.3;
/**
 * Where H is so many times M along the first direction, M lacks curvature, and what it says of
 * errors is worth nothing.
 */
const FAR_BELOW = 10;
/**
 * Relative to 1 + |value|: a step that promises more needs no product if M is H but for rounding.
 * Near the minimum that counts: curvature may be below what rounding adds to M.
 */
const LEAST_TRUSTED = 1e-6;
/**
 * A step by such an M alone that gains a smaller share of what it promises shows that M is not H.
 */
const LEAST_KEPT = 0.25;
/** In parts of what was left at first, and at the least: rounding has taken over. */
const MUCH_LESS = 1e-4;
const MUCH_MORE = 1e3;
/** Relative to that of the whole step: products in single precision tell no smaller error. */
const PRODUCT_ENERGY = 1e-12;
/** Relative to 1 + |value|: a decrease so small is the square of what gradients are rounded by. */
const ROUNDING_ENERGY = 1e-29;

/**
 * Newton's method with step halving, each step found by preconditioned conjugate gradients, so that
 * only products with the Hessian are needed. Stops after the step whose predicted decrease is below
 * the tolerance; away from the far ends of flat functions, what is left is then of the order of the
 * square of that.
 *
 * @see J. Nocedal, S. Wright 2006, Numerical Optimization, algorithm 7.1
 */
export async function minimiseTruncated(
  start: Float64Array,
  objective: CurvedObjective,
  rules: StoppingRules,
  beforeProduct: (products: number, steps: number) => void | Promise<void>,
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
  let steps = 0;
  /** Whether a faithful M is taken at its word, without a product. */
  let isTrusted = true;
  const values: number[] = [];
  let value = objective.evaluate(at, gradient);
  for (; steps < rules.steps && products < rules.products; steps++) {
    if (objective.isUnbounded()) return { at, value, outcome: 'unbounded' };
    values.push(value);
    if (values[steps - GAIN_STEPS] - value < rules.leastGain) break;
    objective.prepare();
    const { left, isExact, isOnTrust } = await findStep();
    const slope = dot(gradient, step);
    const scale = 1 + Math.abs(value);
    // Rounding can turn a step uphill; it then predicts nothing.
    const isLast = (isExact || objective.isFaithful()) && left + Math.abs(slope) <= rules.tolerance * scale;
    if (isLast && rules.trustsLast) {
      for (let i = 0; i < n; i++) at[i] += step[i];
      return { at, value: value + slope / 2, outcome: 'minimum' };
    }
    let size = 1;
    let trialValue = Number.POSITIVE_INFINITY;
    const isHidden = Math.abs(slope) <= rules.rounding * scale;
    for (let halving = 0; halving < (isHidden || isOnTrust ? 1 : rules.halvings); halving++, size /= 2) {
      for (let i = 0; i < n; i++) trial[i] = at[i] + size * step[i];
      trialValue = objective.evaluate(trial, trialGradient);
      if (isLast || trialValue <= value + SUFFICIENT_DECREASE * size * slope) break;
    }
    if (isOnTrust && !(value - trialValue >= LEAST_KEPT * (-slope / 2))) {
      isTrusted = false;
      values.pop();
      value = objective.evaluate(at, gradient);
      continue;
    }
    // Where rounding hides the decrease there is nothing more to gain, but for what the last step's
    // gradient says. A larger one that was predicted and not found says that the step was wrong.
    if (!(trialValue <= value + (isLast ? rules.rounding * scale : 0))) {
      return { at, value, outcome: isLast || (isExact && isHidden) ? 'minimum' : 'unfinished' };
    }
    [at, trial] = [trial, at];
    [gradient, trialGradient] = [trialGradient, gradient];
    value = trialValue;
    if (isLast) return { at, value, outcome: 'minimum' };
  }
  return { at, value, outcome: objective.isUnbounded() ? 'unbounded' : 'unfinished' };

  /** Fills step with about -H^-1 gradient. */
  async function findStep(): Promise<FoundStep> {
    for (;;) {
      const found = await solve();
      if (found !== null) return found;
    }
  }

  /**
   * {@link findStep} with M and products as they are; null where they would not do, and have been
   * made better.
   */
  async function solve(): Promise<FoundStep | null> {
    step.fill(0);
    for (let i = 0; i < n; i++) residual[i] = -gradient[i];
    objective.precondition(residual, direction);
    let size = dot(residual, direction);
    if (size === 0) return { left: 0, isExact: true, isOnTrust: false };
    const scale = 1 + Math.abs(value);
    if (isTrusted && size > LEAST_TRUSTED * scale && objective.isFaithful()) {
      step.set(direction);
      return { left: 0, isExact: true, isOnTrust: true };
    }
    // What the step leaves shrinks with the decrease that it promises, so that the search ends in
    // few steps.
    const promised = Math.max(0, size / scale);
    const enough = Math.max(size * Math.min(LOOSEST ** 2, Math.sqrt(promised)), ROUNDING_ENERGY * scale);
    // The last step has no other to make good what it leaves.
    const finest = Math.min(
      enough,
      Math.max(size * Math.max(rules.tolerance, PRODUCT_ENERGY), ROUNDING_ENERGY * scale),
    );
    const first = size;
    let least = size;
    for (let j = 0; j < rules.productsPerStep; j++) {
      await beforeProduct(products++, steps);
      objective.multiply(direction, curved);
      const curvature = dot(direction, curved);
      // Without curvature the function is level or falls for ever along the direction.
      if (!(curvature > 1e-16 * size)) {
        if (j === 0) step.set(direction);
        return { left: size, isExact: j > 0, isOnTrust: false };
      }
      if (j === 0 && curvature > FAR_BELOW * size && objective.refine()) return null;
      const length = size / curvature;
      for (let i = 0; i < n; i++) {
        step[i] += length * direction[i];
        residual[i] -= length * curved[i];
      }
      objective.precondition(residual, scaled);
      const next = dot(residual, scaled);
      if (next <= enough && (next <= finest || -dot(gradient, step) > rules.tolerance * scale)) {
        return { left: next, isExact: true, isOnTrust: false };
      }
      // What is left has shrunk and grows again: it is rounding, along which there is no curvature.
      if (least < MUCH_LESS * first && next > MUCH_MORE * least)
        return { left: least, isExact: true, isOnTrust: false };
      least = Math.min(least, next);
      for (let i = 0; i < n; i++) direction[i] = scaled[i] + (next / size) * direction[i];
      size = next;
    }
    return objective.sharpen() ? null : { left: size, isExact: false, isOnTrust: false };
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
