import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CurvedObjective, minimiseTruncated } from '../../src/learners/truncated-newton.js';
import { assertNear } from '../assembly/samples.js';

const RULES = {
  tolerance: 1e-9,
  steps: 50,
  productsPerStep: 50,
  products: 500,
  leastGain: 0,
  trustsLast: false,
  rounding: 1e-12,
  halvings: 40,
};

/** The sum of terms, each a function of one coordinate, with its first two derivatives. */
function separate(
  terms: ReadonlyArray<(x: number) => readonly [number, number, number]>,
  isUnbounded: (at: Float64Array) => boolean = () => false,
): CurvedObjective & { evaluations: number } {
  let last = new Float64Array(terms.length);
  return {
    evaluations: 0,
    evaluate(at, gradient) {
      this.evaluations++;
      last = at.slice();
      return terms.reduce((sum, term, i) => {
        const [value, slope] = term(at[i]);
        gradient[i] = slope;
        return sum + value;
      }, 0);
    },
    isUnbounded: () => isUnbounded(last),
    prepare() {},
    refine: () => false,
    sharpen: () => false,
    multiply(vector, out) {
      terms.forEach((term, i) => {
        out[i] = term(last[i])[2] * vector[i];
      });
    },
    precondition: (residual, out) => out.set(residual),
    isFaithful: () => false,
  };
}

const parabola = (centre: number, curvature: number) => (x: number) =>
  [0.5 * curvature * (x - centre) ** 2 + 1, curvature * (x - centre), curvature] as const;
/** Least at ln a; far from a parabola on both sides. */
const exponential = (a: number) => (x: number) => [Math.exp(x) - a * x + 10, Math.exp(x) - a, Math.exp(x)] as const;
/** Falls for ever. */
const decay = (x: number) => [Math.exp(-x), -Math.exp(-x), Math.exp(-x)] as const;

test('finds the minimum of parabolas of very different curvature', async () => {
  const objective = separate([parabola(3, 1), parabola(-2, 1e4), parabola(0.5, 1e-3)]);
  const { at, value, outcome } = await minimiseTruncated(new Float64Array(3), objective, RULES, () => {});
  assert.is(outcome, 'minimum');
  assertNear(at, [3, -2, 0.5], 1e-3, 'where');
  assertNear([value], [3], 1e-9, 'value');
});

test('finds the minimum of functions that are no parabolas, from far away', async () => {
  const objective = separate([exponential(2), exponential(0.1), exponential(1)]);
  const start = Float64Array.of(8, -30, 3);
  const { at, outcome } = await minimiseTruncated(start, objective, { ...RULES, tolerance: 1e-12 }, () => {});
  assert.is(outcome, 'minimum');
  assertNear(at, [Math.log(2), Math.log(0.1), 0], 1e-6, 'where');
  assert.equal([...start], [8, -30, 3], 'the start is left as it was');
});

test('stops where the objective says that there is no minimum', async () => {
  const objective = separate([decay, parabola(1, 1)], (at) => at[0] > 5);
  const { at, outcome } = await minimiseTruncated(
    new Float64Array(2),
    objective,
    { ...RULES, tolerance: 1e-12 },
    () => {},
  );
  assert.is(outcome, 'unbounded');
  assert.ok(at[0] > 5);
});

test('says that it has not finished when the effort is spent, at the best point so far', async () => {
  const start = Float64Array.of(8, -30, 3);
  for (const effort of [
    { ...RULES, steps: 2 },
    { ...RULES, products: 3 },
  ]) {
    const objective = separate([exponential(2), exponential(0.1), exponential(1)]);
    const first = objective.evaluate(start, new Float64Array(3));
    const { value, outcome } = await minimiseTruncated(start, objective, { ...effort, tolerance: 1e-12 }, () => {});
    assert.is(outcome, 'unfinished');
    assert.ok(value < first);
  }
});

test('a last step that is trusted is not looked at, and ends in the same place', async () => {
  const terms = [exponential(2), exponential(0.1), exponential(1)];
  const [seen, trusted] = [separate(terms), separate(terms)];
  const start = Float64Array.of(1, -3, 2);
  const expected = await minimiseTruncated(start, seen, RULES, () => {});
  const found = await minimiseTruncated(start, trusted, { ...RULES, trustsLast: true }, () => {});
  assert.is(found.outcome, 'minimum');
  assert.equal([...found.at], [...expected.at]);
  assertNear([found.value], [expected.value], RULES.tolerance * expected.value, 'value');
  assert.is(trusted.evaluations, seen.evaluations - 1);
});

test('asks for more exact products where a step is not found with those it has, and seeks it anew', async () => {
  const objective = separate([parabola(3, 1), parabola(-2, 4), parabola(1, 0.1)]);
  let sharpened = 0;
  const rough: CurvedObjective = {
    ...objective,
    evaluate: (at, gradient) => objective.evaluate(at, gradient),
    sharpen: () => ++sharpened === 1,
  };
  // Three curvatures take three products.
  const { at } = await minimiseTruncated(new Float64Array(3), rough, { ...RULES, productsPerStep: 2 }, () => {});
  assert.ok(sharpened > 1, 'asked again, and refused');
  assertNear(at, [3, -2, 1], 0.1, 'where');
});

test('gives up where ten steps gain next to nothing', async () => {
  // Steps of 1 that gain ever less: e^-x loses 63 % of what is left with each.
  const objective = separate([decay]);
  const patient = await minimiseTruncated(Float64Array.of(0), objective, { ...RULES, tolerance: 1e-12 }, () => {});
  assert.is(patient.outcome, 'minimum');
  assert.ok(patient.at[0] > 25);
  const effort = { ...RULES, leastGain: 1e-4 };
  const hasty = await minimiseTruncated(Float64Array.of(0), objective, { ...effort, tolerance: 1e-12 }, () => {});
  assert.is(hasty.outcome, 'unfinished');
  assertNear(hasty.at, [20], 1, 'ten steps beyond where e^-x is 1e-4');
});

test('stays at a minimum', async () => {
  const objective = separate([parabola(1, 2), parabola(2, 3)]);
  const { at, outcome } = await minimiseTruncated(Float64Array.of(1, 2), objective, RULES, () => {});
  assert.is(outcome, 'minimum');
  assert.equal([...at], [1, 2]);
});

test('asks for a better preconditioner where it is far below the Hessian, and starts the step anew with that', async () => {
  const terms = [parabola(3, 1), parabola(-2, 4)];
  const objective = separate(terms);
  let [refined, products] = [0, 0];
  const poor: CurvedObjective = {
    ...objective,
    // What there is no curvature for in M is all that its steps are made of.
    precondition: (residual, out) => {
      out.set(refined > 0 ? [residual[0], residual[1] / 4] : [residual[0] * 1e12, residual[1]]);
    },
    refine: () => ++refined === 1,
    evaluate: (at, gradient) => objective.evaluate(at, gradient),
  };
  const { at, outcome } = await minimiseTruncated(new Float64Array(2), poor, RULES, () => {
    products++;
  });
  assert.is(outcome, 'minimum');
  assert.is(refined, 1);
  assert.is(products, 2, 'one that shows it, one with the Hessian itself');
  assertNear(at, [3, -2], 1e-12, 'where');
});

test('takes a Hessian at its word far from the minimum, unless its steps do not hold what they promise', async () => {
  const terms = [exponential(2), exponential(0.1)];
  for (const [share, expected] of [
    [1, 2],
    // Ten times as far as the minimum is: the first step shows it, and is taken back.
    [0.1, 12],
  ]) {
    const objective = separate(terms);
    let last = new Float64Array(2);
    let products = 0;
    const known: CurvedObjective = {
      ...objective,
      evaluate(at, gradient) {
        last = at.slice();
        return objective.evaluate(at, gradient);
      },
      precondition: (residual, out) => {
        terms.forEach((term, i) => {
          out[i] = residual[i] / (share * term(last[i])[2]);
        });
      },
      isFaithful: () => true,
    };
    const start = Float64Array.of(2, 1);
    const { at, outcome } = await minimiseTruncated(start, known, { ...RULES, tolerance: 1e-12 }, () => {
      products++;
    });
    assert.is(outcome, 'minimum');
    assertNear(at, [Math.log(2), Math.log(0.1)], 1e-6, 'where');
    assert.ok(products <= expected, `${products} products`);
  }
});

test('ends a step once what is left is rounding, along which there is no curvature', async () => {
  const objective = separate([parabola(3, 1), (x) => [0 * x, 1e-16 * x, 1e-15] as const]);
  let products = 0;
  const noisy: CurvedObjective = {
    ...objective,
    evaluate: (at, gradient) => objective.evaluate(at, gradient),
    // What is level has the slope of rounding, and M next to nothing against it.
    precondition: (residual, out) => out.set([0.9 * residual[0], 1e12 * (residual[1] + 1e-18 * 10 ** products)]),
  };
  const { at } = await minimiseTruncated(new Float64Array(2), noisy, { ...RULES, steps: 1 }, () => {
    products++;
  });
  assertNear([at[0]], [3], 1e-3, 'where');
  assert.ok(products < RULES.productsPerStep, `${products} products`);
});

test('a step that rounding has turned uphill is no minimum', async () => {
  const objective = separate([parabola(1, 1), parabola(2, 1)]);
  const uphill: CurvedObjective = {
    ...objective,
    evaluate: (at, gradient) => objective.evaluate(at, gradient),
    multiply: (vector, out) => {
      for (let i = 0; i < out.length; i++) out[i] = 1e-17 * vector[i];
    },
    precondition: (residual, out) => {
      for (let i = 0; i < out.length; i++) out[i] = -residual[i];
    },
    isFaithful: () => true,
  };
  const { at, outcome } = await minimiseTruncated(new Float64Array(2), uphill, RULES, () => {});
  assert.is(outcome, 'unfinished');
  assert.equal([...at], [0, 0]);
});

test.run();
