import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { solvePositiveDefinite } from '../../src/learners/cholesky.js';
import { type Minimum, minimiseByLbfgs, minimiseByNewton, type Objective } from '../../src/learners/minimise.js';
import { assertNear, normals } from '../assembly/samples.js';

/** A function whose minimum is known. */
interface Known {
  readonly start: Float64Array;
  readonly objective: Objective;
  readonly hessian: (at: Float64Array) => Float64Array;
  readonly minimum: Float64Array;
  readonly value: number;
}

const identity = (n: number) => Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));

/**
 * 0.5 sum k_i (x_i - m_i)^2, with curvatures k_i evenly spread, by their logarithm, from 1 to
 * `condition`, plus `value`.
 */
function quadratic(n: number, condition: number, value = 0): Known {
  const minimum = normals(n, n);
  const curvature = Float64Array.from({ length: n }, (_, i) => condition ** (i / Math.max(1, n - 1)));
  return {
    start: new Float64Array(n),
    objective: (at, gradient) => {
      let sum = value;
      for (let i = 0; i < n; i++) {
        gradient[i] = curvature[i] * (at[i] - minimum[i]);
        sum += 0.5 * gradient[i] * (at[i] - minimum[i]);
      }
      return sum;
    },
    hessian: () => identity(n).map((one, at) => one * curvature[Math.floor(at / n)]),
    minimum,
    value,
  };
}

/** ln sum exp x_i - sum p_i x_i + 0.5 (sum x_i)^2, smallest at ln p less its mean. */
function logSumExp(n: number): Known {
  const weights = normals(n, 3).map(Math.exp);
  const total = weights.reduce((a, b) => a + b);
  const p = weights.map((w) => w / total);
  const logs = p.map(Math.log);
  const mean = logs.reduce((a, b) => a + b) / n;
  const softmax = (at: Float64Array) => {
    const top = at.reduce((a, b) => Math.max(a, b));
    const e = at.map((x) => Math.exp(x - top));
    const sum = e.reduce((a, b) => a + b);
    return { value: top + Math.log(sum), shares: e.map((x) => x / sum) };
  };
  return {
    start: normals(n, 4),
    objective: (at, gradient) => {
      const { value, shares } = softmax(at);
      const sum = at.reduce((a, b) => a + b);
      for (let i = 0; i < n; i++) gradient[i] = shares[i] - p[i] + sum;
      return value - at.reduce((dot, x, i) => dot + p[i] * x, 0) + 0.5 * sum ** 2;
    },
    hessian: (at) => {
      const { shares } = softmax(at);
      return identity(n).map((one, k) => one * shares[k % n] - shares[Math.floor(k / n)] * shares[k % n] + 1);
    },
    minimum: logs.map((x) => x - mean),
    value: p.reduce((entropy, x) => entropy - x * Math.log(x), 0),
  };
}

/** sum (exp x_i - c_i x_i), smallest at ln c_i; Newton's steps from the left are far too long. */
function exponentials(n: number): Known {
  const c = Float64Array.from({ length: n }, (_, i) => i + 0.5);
  return {
    start: new Float64Array(n).fill(-6),
    objective: (at, gradient) => {
      let value = 0;
      for (let i = 0; i < n; i++) {
        const e = Math.exp(at[i]);
        gradient[i] = e - c[i];
        value += e - c[i] * at[i];
      }
      return value;
    },
    hessian: (at) => identity(n).map((one, k) => one * Math.exp(at[k % n])),
    minimum: c.map(Math.log),
    value: c.reduce((sum, x) => sum + x - x * Math.log(x), 0),
  };
}

/** x - ln x, which is infinite for x <= 0: a full step of Newton from 10 goes there. */
const barrier: Known = {
  start: Float64Array.of(10),
  objective: (at, gradient) => {
    gradient[0] = 1 - 1 / at[0];
    return at[0] > 0 ? at[0] - Math.log(at[0]) : Number.POSITIVE_INFINITY;
  },
  hessian: (at) => Float64Array.of(1 / at[0] ** 2),
  minimum: Float64Array.of(1),
  value: 1,
};

const noPause = () => {};

function newton(known: Known, pause: (iteration: number, most: number) => void = noPause, most = 100) {
  const step = (at: Float64Array, gradient: Float64Array, out: Float64Array) => {
    for (let i = 0; i < out.length; i++) out[i] = -gradient[i];
    assert.ok(solvePositiveDefinite(known.hessian(at), out, out.length));
  };
  return minimiseByNewton(known.start, known.objective, step, pause, 1e-14, most);
}

function assertFound(found: Minimum, known: Known, bound: number, name: string): void {
  assert.is(found.converged, true, `${name}: converged`);
  assertNear(found.at, known.minimum, bound, name);
  // Around a minimum the value is flat: it is right to rounding however it was found.
  assertNear([found.value], [known.value], 1e-12 * (1 + Math.abs(known.value)), `${name}: value`);
}

test('Newton finds the minimum of a quadratic in one step and confirms it in another, however ill-conditioned', async () => {
  for (const n of [1, 2, 5, 30]) {
    for (const condition of [1, 1e6, 1e12]) {
      const known = quadratic(n, condition);
      const found = await newton(known);
      assertFound(found, known, 1e-14, `n = ${n}, condition ${condition}`);
      assert.ok(found.iterations <= 2, `${found.iterations} iterations`);
    }
  }
});

test('Newton finds the minimum of log-sum-exp, of exponentials and next to a barrier', async () => {
  for (const n of [2, 5, 30]) assertFound(await newton(logSumExp(n)), logSumExp(n), 1e-12, `log-sum-exp of ${n}`);
  for (const n of [1, 5]) assertFound(await newton(exponentials(n), noPause, 400), exponentials(n), 1e-14, `n = ${n}`);
  assertFound(await newton(barrier), barrier, 1e-14, 'barrier');
});

test('Newton stays at a minimum where it starts', async () => {
  const known = quadratic(5, 100);
  const found = await newton({ ...known, start: known.minimum });
  assertFound(found, known, 0, 'quadratic');
  assert.is(found.iterations, 1);
});

test('L-BFGS finds the minima that Newton finds', async () => {
  for (const n of [1, 2, 5, 30]) {
    for (const condition of [1, 100, 1e4]) {
      const known = quadratic(n, condition);
      // As far as unknowns of size 1, rounded, let the steepest slope vanish.
      const tolerance = 1e-14 * condition;
      const found = await minimiseByLbfgs(known.start, known.objective, tolerance, noPause);
      // The smallest curvature is 1: an unknown is as near as its slope is small.
      assertFound(found, known, tolerance, `n = ${n}, condition ${condition}`);
    }
  }
  for (const n of [2, 5, 30]) {
    const known = logSumExp(n);
    const found = await minimiseByLbfgs(known.start, known.objective, 1e-11, noPause);
    // Curvatures are not below the smallest share, which is above 1e-3.
    assertFound(found, known, 1e-8, `log-sum-exp of ${n}`);
  }
  const known = exponentials(5);
  assertFound(await minimiseByLbfgs(known.start, known.objective, 1e-11, noPause), known, 1e-10, 'exponentials');
  const found = await minimiseByLbfgs(barrier.start, barrier.objective, 1e-11, noPause);
  assertFound(found, barrier, 1e-10, 'barrier');
});

test('L-BFGS goes on where rounding hides that the value still decreases', async () => {
  for (const n of [5, 30]) {
    for (const value of [1, 1000, -1e6]) {
      const known = quadratic(n, 1e4, value);
      const found = await minimiseByLbfgs(known.start, known.objective, 1e-8, noPause);
      assertFound(found, known, 1e-8, `n = ${n}, smallest value ${value}`);
    }
  }
});

test('L-BFGS leaves a minimum where it starts, without an iteration', async () => {
  const known = quadratic(3, 10);
  const found = await minimiseByLbfgs(known.minimum, known.objective, 1e-12, noPause);
  assertFound(found, known, 0, 'quadratic');
  assert.is(found.iterations, 0);
});

test('a start is not written to', async () => {
  for (const known of [quadratic(3, 10), logSumExp(3)]) {
    const before = known.start.slice();
    await newton(known);
    await minimiseByLbfgs(known.start, known.objective, 1e-9, noPause);
    assert.equal(known.start, before);
  }
});

test('says that it has not converged where the iterations run out', async () => {
  const known = exponentials(3);
  const found = await newton(known, noPause, 2);
  assert.is(found.converged, false);
  assert.is(found.iterations, 2);
  const start = known.objective(known.start, new Float64Array(3));
  assert.ok(found.value < start);
  const other = await minimiseByLbfgs(known.start, known.objective, 1e-12, noPause, 2);
  assert.is(other.converged, false);
  assert.is(other.iterations, 2);
  assert.ok(other.value < start);
});

test('asks before each iteration whether to go on, and stops where that throws', async () => {
  const known = logSumExp(5);
  const byLbfgs = (pause: (iteration: number, most: number) => void) =>
    minimiseByLbfgs(known.start, known.objective, 1e-9, pause);
  for (const run of [(pause: typeof noPause) => newton(known, pause), byLbfgs]) {
    const asked: number[] = [];
    const found = await run((iteration: number = -1) => asked.push(iteration));
    assert.equal(asked, [...Array(found.iterations).keys()]);
    const cancelled = run((iteration: number = -1) => {
      if (iteration === 1) throw new Error('cancelled');
    });
    await cancelled.then(
      () => assert.unreachable(),
      (error) => assert.is(error.message, 'cancelled'),
    );
  }
});

test("a step of Newton's method that leads uphill, or far too far, is no minimum", async () => {
  const { start, objective, value } = quadratic(3, 1);
  for (const factor of [1, -1e30]) {
    const found = await minimiseByNewton(
      start,
      objective,
      (_, gradient, step) => step.set(gradient.map((slope) => factor * slope)),
      () => {},
    );
    assert.is(found.converged, false, `${factor} times the gradient`);
    assert.ok(found.value > value);
  }
});

test.run();
