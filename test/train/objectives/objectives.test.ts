import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkOptions } from '../../../src/options/check-options.js';
import { findObjective, objectives } from '../../../src/train/objectives/index.js';
import type { Objective, ObjectiveState } from '../../../src/train/objectives/objective.js';
import type { Tensor } from '../../../src/train/tensors.js';
import type { PlainBatch } from '../../decomposition/plain-estimators.js';
import { plainTerms } from '../../decomposition/plain-estimators.js';
import {
  activate,
  contextOf,
  disposeBatch,
  disposePenalty,
  drawBatch,
  penalise,
  stateOf,
  tf,
  uploadBatch,
  withDraws,
} from './batches.js';
import { plainKl } from './plain.js';

const near = (actual: number, expected: number, share = 1e-5) =>
  assert.ok(Math.abs(actual - expected) <= share * Math.abs(expected), `${actual}, expected ${expected}`);

test('beta-vae of beta 1 is vae, to the bit', () => {
  const batch = drawBatch(4);
  const [one, plain] = [penalise(activate('beta-vae', { beta: 1 }), batch), penalise(activate('vae'), batch)];
  assert.is(one.total, plain.total);
  assert.equal(one.gradients, plain.gradients);
});

test('beta-norm is beta in units of pixels by latents', () => {
  const batch = drawBatch(4);
  // beta_norm = beta D / N_x: 4 * 3 / 4096.
  const normalised = penalise(activate('beta-vae', { 'beta-norm': 12 / 4096 }), batch);
  assert.is(normalised.terms.beta, 4);
  assert.is(normalised.total, penalise(activate('beta-vae'), batch).total);
});

test('beta rises linearly from 0 over the warm-up, and stays', () => {
  const objective = activate('beta-vae', { beta: 4, warmup: 10 });
  const betas = [0, 1, 5, 9, 10, 11, 1000].map((step) => penalise(objective, drawBatch(1), { step }));
  betas.forEach(({ terms, total }, i) => {
    near(terms.beta, [0, 0.4, 2, 3.6, 4, 4, 4][i], 1e-6);
    near(total, terms.beta * terms.kl, 1e-6);
  });
  assert.ok(betas[0].gradients.mu.every((slope) => slope === 0));
});

test('capacity is 0 at step 0, half way at half the steps, and stays', () => {
  const objective = activate('capacity-vae', { gamma: 10, capacity: 30, 'capacity-steps': 200 });
  for (const [step, capacity] of [
    [0, 0],
    [100, 15],
    [200, 30],
    [10_000, 30],
  ]) {
    const { total, terms } = penalise(objective, drawBatch(1), { step });
    near(terms.capacity, capacity, 1e-6);
    near(total, 10 * Math.abs(plainKl(drawBatch(1)) - capacity));
  }
});

test('at its capacity KL is not moved', () => {
  const prior: PlainBatch = { mu: [[0, 0, 0]], logvar: [[0, 0, 0]], z: [[1, 2, 3]] };
  const { total, gradients } = penalise(activate('capacity-vae'), prior, { batchSize: 1 });
  assert.is(total, 0);
  assert.ok([...gradients.mu, ...gradients.logvar].every((slope) => slope === 0));
});

for (const estimator of ['mws', 'mss', 'mss-chen'] as const) {
  test(`beta-tcvae of weights 1 is the sampled KL, and its terms are those of ${estimator}`, () => {
    const batch = drawBatch(5);
    const { total, terms } = penalise(activate('beta-tcvae', { beta: 1, estimator }), batch);
    const [mutualInformation, totalCorrelation, dimensionwiseKl, kl] = plainTerms(batch, estimator, 5000);
    near(total, kl);
    near(terms.mutualInformation, mutualInformation);
    near(terms.totalCorrelation, totalCorrelation);
    near(terms.dimensionwiseKl, dimensionwiseKl);
    near(terms.kl, plainKl(batch));
  });
}

test('dip-vae-i: codes whose covariance is the identity cost KL alone; B is what sums are divided by', () => {
  // Four corners: variances 1 and no covariance when divided by 4; by 3 they would be 4/3.
  const corners = [
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ];
  const batch: PlainBatch = { mu: corners, logvar: corners.map(() => [0, 0]), z: corners };
  const { total, terms } = penalise(activate('dip-vae-i'), batch, { batchSize: 4, latents: 2 });
  assert.equal([terms.offDiagonal, terms.diagonal], [0, 0]);
  near(total, 1);
});

test('dip-vae: both entries of a pair count, the mean variances only in II', () => {
  const codes = [
    [2, 2],
    [-2, -2],
  ];
  const batch: PlainBatch = { mu: codes, logvar: codes.map(() => [Math.log(2), Math.log(4)]), z: codes };
  const given = { batchSize: 2, latents: 2 };
  const first = penalise(activate('dip-vae-i'), batch, given).terms;
  // Covariance 4 everywhere: 2 x 4^2 off the diagonal, 2 x 3^2 on it.
  near(first.offDiagonal, 32);
  near(first.diagonal, 18);
  const second = penalise(activate('dip-vae-ii'), batch, given).terms;
  near(second.offDiagonal, 32);
  near(second.diagonal, 5 ** 2 + 7 ** 2);
});

/** The multiplier after each of some steps in which the batch is the same. */
function multipliersOver(steps: number, target: number, options: Record<string, unknown> = {}): number[] {
  const objective = activate('beta-vae', { 'kl-target': target, ...options });
  const context = contextOf();
  const state = stateOf(objective, context);
  const batch = uploadBatch(drawBatch(6));
  const multipliers = Array.from({ length: steps }, () => {
    const penalty = objective.penalise(batch, context, state);
    objective.update?.(batch, penalty, context, state);
    disposePenalty(penalty);
    return state.tensors.multiplier.dataSync()[0];
  });
  disposeBatch(batch);
  tf.dispose(Object.values(state.tensors));
  return multipliers;
}

test('the multiplier rises while KL is above its target and falls while it is below', () => {
  const kl = plainKl(drawBatch(6));
  const rising = multipliersOver(5, kl / 1.5);
  const falling = multipliersOver(5, kl * 2);
  // Violations of 1/2 and -1/2, rate .01.
  rising.forEach((multiplier, i) => {
    near(multiplier, 4 * Math.exp(0.005 * (i + 1)));
  });
  falling.forEach((multiplier, i) => {
    near(multiplier, 4 * Math.exp(-0.005 * (i + 1)));
  });
});

test('a violation counts once at most, and the multiplier stays between 1e-6 and 1e6', () => {
  const kl = plainKl(drawBatch(6));
  near(multipliersOver(1, kl / 100)[0], 4 * Math.exp(0.01));
  near(multipliersOver(30, kl / 100, { 'kl-rate': 1 })[29], 1e6);
  near(multipliersOver(60, 1000 * kl, { 'kl-rate': 1 })[59], 1e-6);
});

test('a constrained beta-vae settles where KL is its target', () => {
  // One latent that would rather have KL 8: 1/2 (m - 4)^2 is what it costs to be elsewhere than 4.
  const objective = activate('beta-vae', { 'kl-target': 2, 'kl-rate': 0.05, beta: 1 });
  const context = contextOf({ batchSize: 1, latents: 1 });
  const state = stateOf(objective, context);
  let mean = 4;
  for (let step = 0; step < 2000; step++) {
    const batch = uploadBatch({ mu: [[mean]], logvar: [[0]], z: [[mean]] });
    const penalty = objective.penalise(batch, context, state);
    const slope = (penalty.gradients.mu as Tensor).dataSync()[0] + mean - 4;
    objective.update?.(batch, penalty, context, state);
    disposePenalty(penalty);
    disposeBatch(batch);
    mean -= 0.1 * slope;
  }
  // KL = m^2 / 2 = 2 at m = 2, where beta m = 4 - m.
  near(mean, 2, 1e-3);
  near(state.tensors.multiplier.dataSync()[0], 1, 1e-2);
  tf.dispose(Object.values(state.tensors));
});

test('autoencoders give the decoder the mean; everything else a sample', () => {
  for (const { name } of objectives) {
    assert.is(activate(name).code, ['ae', 'dae'].includes(name) ? 'mean' : 'sample', name);
  }
});

const SHAPE = [6, 8, 8, 3];
const COUNT = SHAPE.reduce((product, size) => product * size);
const images = Float32Array.from({ length: COUNT }, (_, i) => 0.25 + (i % 7) / 10);

/** Corrupted images. */
async function corrupted(options: Record<string, unknown>, step = 0) {
  return withDraws((draws) => {
    const { corrupt } = activate('dae', options);
    const clean = tf.tensor(images, SHAPE);
    const out = corrupt?.(clean, contextOf({ step, draws }));
    const values = Array.from(out?.dataSync() as Float32Array);
    tf.dispose([clean, out]);
    return values;
  });
}

test('dae masks a share of the values, and leaves the others as they are', async () => {
  for (const [masked, least, most] of [
    [0, 0, 0],
    [0.25, 0.2, 0.3],
    [1, 1, 1],
  ]) {
    const values = await corrupted({ masked });
    assert.ok(values.every((value, i) => value === 0 || value === images[i]));
    const share = values.filter((value) => value === 0).length / COUNT;
    assert.ok(share >= least && share <= most, `${share} of ${masked}`);
  }
});

test('dae adds noise of the standard deviation that was asked for', async () => {
  const noise = (await corrupted({ corruption: 'gaussian', sigma: 0.2 })).map((value, i) => value - images[i]);
  const mean = noise.reduce((sum, value) => sum + value, 0) / COUNT;
  const deviation = Math.sqrt(noise.reduce((sum, value) => sum + (value - mean) ** 2, 0) / COUNT);
  // Six standard errors: .2 / sqrt(1152) and .2 / sqrt(2304).
  assert.ok(Math.abs(mean) < 0.036, `${mean}`);
  assert.ok(Math.abs(deviation - 0.2) < 0.026, `${deviation}`);
});

test('corruption is that of the step', async () => {
  for (const corruption of ['masking', 'gaussian']) {
    const whole = await corrupted({ corruption }, 3);
    assert.equal(await corrupted({ corruption }, 3), whole);
    assert.not.equal(await corrupted({ corruption }, 4), whole);
  }
});

/** Those that need nothing but one batch. */
const simple = objectives.filter(({ name }) => !activate(name).needs?.includes('second batch'));

test('no objective leaves tensors behind over 50 steps', () => {
  const before = tf.memory().numTensors;
  for (const { name } of simple) {
    const options = name === 'beta-vae' ? { 'kl-target': 2 } : {};
    const objective = activate(name, options);
    let state: ObjectiveState | undefined;
    for (let step = 0; step < 50; step++) {
      const context = contextOf({ step });
      state ??= stateOf(objective, context);
      const batch = uploadBatch(drawBatch(step));
      const penalty = objective.penalise(batch, context, state);
      objective.update?.(batch, penalty, context, state);
      disposePenalty(penalty);
      disposeBatch(batch);
    }
    tf.dispose(Object.values(state?.tensors ?? {}));
    assert.is(tf.memory().numTensors, before, name);
  }
});

test('what a penalty is made of goes with a tidy around it', () => {
  const before = tf.memory().numTensors;
  for (const { name } of simple) {
    const objective = activate(name);
    tf.tidy(() => {
      const context = contextOf();
      objective.penalise(uploadBatch(drawBatch(1)), context, stateOf(objective, context));
    });
    assert.is(tf.memory().numTensors, before, name);
  }
});

test('names that are near a name are told', () => {
  assert.is(findObjective('beta-tcvae').name, 'beta-tcvae');
  assert.throws(() => findObjective('beta-tcave'), /^model: unknown name 'beta-tcave'; did you mean 'beta-tcvae'\?$/);
  assert.throws(() => findObjective('nonsense'), /got 'nonsense'$/);
  assert.throws(() => findObjective(3 as never), TypeError);
});

const resolveOptions = (objective: Objective, given: Record<string, unknown> = {}) =>
  checkOptions({ name: objective.name, isNamed: true }, given, objective.options ?? {});

test('options are checked', () => {
  const resolve = (name: string, given: Record<string, unknown>) => resolveOptions(findObjective(name), given);
  assert.equal(resolve('capacity-vae', { gamma: 3 }), { gamma: 3, capacity: 25, 'capacity-steps': 100_000 });
  assert.equal(resolve('vae', {}), {});
  assert.equal(resolve('beta-vae', { 'kl-target': null, beta: undefined })['kl-target'], null);
  assert.is(resolve('beta-vae', { 'kl-target': null, beta: undefined }).beta, 4);
  const refused: ReadonlyArray<readonly [string, Record<string, unknown>, RegExp]> = [
    ['vae', { beta: 4 }, /^beta: not an option of vae; expected none$/],
    ['capacity-vae', { gama: 4 }, /^gama: not an option of capacity-vae; did you mean gamma\?$/],
    ['beta-vae', { beta: -1 }, /beta-vae: beta: expected a number from 0 to 1000000, got -1/],
    ['beta-vae', { beta: Number.NaN }, /got NaN/],
    ['beta-vae', { beta: '4' }, /beta-vae: beta: expected a number from 0 to 1000000, got string/],
    ['beta-vae', { warmup: 1.5 }, /beta-vae: warmup: expected a whole number from 0 to 1000000000, got 1.5/],
    ['beta-vae', { beta: 4, 'beta-norm': 1 }, /beta-vae: beta-norm: expected none beside beta, got both/],
    ['beta-vae', { warmup: 4, 'kl-target': 1 }, /beta-vae: kl-target: expected none beside warmup, got both/],
    ['beta-vae', { 'kl-rate': 0.5 }, /beta-vae: kl-rate: has no effect without kl-target$/],
    ['dae', { sigma: 0.5 }, /dae: sigma: has no effect without corruption: gaussian$/],
    ['dae', { corruption: 'gaussian', masked: 0.5 }, /dae: masked: has no effect without corruption: masking$/],
    ['beta-tcvae', { estimator: 'mms' }, /estimator: expected one of mws, mss, mss-chen, got 'mms'; did you mean/],
    ['beta-tcvae', { estimator: 3 }, /estimator: expected one of mws, mss, mss-chen, got number/],
  ];
  for (const [name, given, message] of refused) assert.throws(() => resolve(name, given), message);
});

test('every default is a value that may be given', () => {
  for (const objective of objectives) {
    const defaults = resolveOptions(objective);
    for (const [name, value] of Object.entries(defaults)) {
      const { needs } = objective.options[name];
      // What it has no effect without; an option that is null unless it is given stands for one
      // that is.
      const beside = needs === undefined ? {} : { [needs.option]: needs.values?.[0] ?? 5 };
      assert.equal(
        resolveOptions(objective, { ...beside, [name]: value }),
        { ...defaults, ...beside },
        `${objective.name}: ${name}`,
      );
    }
  }
});

test.run();
