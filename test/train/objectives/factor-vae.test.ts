import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ObjectiveState } from '../../../src/train/objectives/objective.js';
import { permuteLatents } from '../../../src/train/objectives/permute-latents.js';
import type { PlainBatch, Table } from '../../decomposition/plain-estimators.js';
import { assertWithin } from './assert-within.js';
import {
  activate,
  BATCH,
  contextOf,
  disposeBatch,
  disposePenalty,
  drawBatch,
  LATENTS,
  penalise,
  stateOf,
  tf,
  uploadBatch,
  withDraws,
} from './batches.js';
import { plainKl, slopesOf } from './plain.js';

const SMALL = { 'discriminator-layers': 2, 'discriminator-units': 8 };
const small = (options: object = {}) => activate('factor-vae', { ...SMALL, ...options });

const stateWith = (options: object = {}, seed = 7): Promise<ObjectiveState> =>
  withDraws((draws) => stateOf(small(options), contextOf({ draws, seed })));

/** Values by name. */
type Parameters = Readonly<Record<string, number[]>>;

const valuesOf = ({ tensors }: ObjectiveState, name: string): number[] => Array.from(tensors[name].dataSync());
const readAll = (state: ObjectiveState): Parameters =>
  Object.fromEntries(Object.keys(state.tensors).map((name) => [name, valuesOf(state, name)]));

/** Logits of each row, in float64. */
function plainLogits(parameters: Parameters, z: Table): number[][] {
  return z.map((row) => {
    let values = Array.from(row);
    for (const layer of [0, 1, 2]) {
      const weights = parameters[`discriminator.${layer}.weights`];
      const sums = parameters[`discriminator.${layer}.bias`].map((bias, j, all) =>
        values.reduce((sum, value, i) => sum + value * weights[i * all.length + j], bias),
      );
      values = layer === 2 ? sums : sums.map((sum) => (sum > 0 ? sum : 0.2 * sum));
    }
    return values;
  });
}

/** E[log D - log(1 - D)], D the softmax of the first logit, with its logarithms as they stand. */
function plainTotalCorrelation(parameters: Parameters, z: Table): number {
  const ratios = plainLogits(parameters, z).map(([a, b]) => {
    const probability = 1 / (1 + Math.exp(b - a));
    return Math.log(probability) - Math.log(1 - probability);
  });
  return ratios.reduce((sum, ratio) => sum + ratio) / z.length;
}

test('value and gradients are those of the formula', async () => {
  const state = await stateWith();
  const parameters = readAll(state);
  const plain = (batch: PlainBatch) => plainKl(batch) + 10 * plainTotalCorrelation(parameters, batch.z);
  for (const seed of [1, 2, 3]) {
    const batch = drawBatch(seed);
    const { total, terms, gradients } = penalise(small(), batch, {}, state);
    assertWithin([total], [plain(batch)], 1e-5, 'total');
    assertWithin([terms.kl], [plainKl(batch)], 1e-5, 'kl');
    assertWithin([terms.totalCorrelation], [plainTotalCorrelation(parameters, batch.z)], 1e-5, 'total correlation');
    for (const name of ['mu', 'logvar', 'z'] as const) {
      assertWithin(gradients[name], slopesOf(plain, batch, name), 1e-5, name);
    }
  }
});

test('gamma 0 is vae', async () => {
  const state = await stateWith();
  const batch = drawBatch(1);
  const none = penalise(small({ gamma: 0 }), batch, {}, state);
  const plain = penalise(activate('vae'), batch);
  assert.is(none.total, plain.total);
  assert.equal(none.gradients.mu, plain.gradients.mu);
  assert.equal(none.gradients.logvar, plain.gradients.logvar);
  assert.ok(none.gradients.z.every((slope) => slope === 0));
});

test('the discriminator is 6 layers of 1000 unless told, of two logits, begun as PyTorch begins layers', async () => {
  const { tensors } = await withDraws((draws) => stateOf(activate('factor-vae'), contextOf({ draws })));
  const shapes = Object.entries(tensors).filter(([name]) => /\d\.(weights|bias)$/.test(name));
  assert.equal(
    shapes.map(([, { shape }]) => shape),
    [LATENTS, 1000, 1000, 1000, 1000, 1000, 1000].flatMap((inputs, i) => [
      [inputs, i === 6 ? 2 : 1000],
      [i === 6 ? 2 : 1000],
    ]),
  );
  const values = Array.from(tensors['discriminator.1.weights'].dataSync());
  const bound = 1 / Math.sqrt(1000);
  assert.ok(values.every((value) => Math.abs(value) <= bound));
  const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
  // The variance of a uniform number, bound^2 / 3, within six standard errors of a million squares.
  assert.ok(Math.abs(square / ((bound * bound) / 3) - 1) < 0.006, `${square}`);
  tf.dispose(Object.values(tensors));
});

test('the first step of Adam moves every parameter against the slope of the cross-entropies', async () => {
  const rate = 1e-3;
  const objective = small({ 'discriminator-rate': rate });
  const state = await stateWith();
  const [samples, second] = [drawBatch(1), drawBatch(2)];
  const context = contextOf();
  const others = uploadBatch(second);
  const permuted = permuteLatents(context, others.z);
  const rows = Array.from({ length: BATCH }, (_, i) =>
    Array.from(permuted.dataSync()).slice(LATENTS * i, LATENTS * (i + 1)),
  );
  const before = readAll(state);
  const loss = (parameters: Parameters): number => {
    const ofRow = ([a, b]: number[], isReal: boolean) => Math.log(1 + Math.exp(isReal ? b - a : a - b));
    const real = plainLogits(parameters, samples.z).map((logits) => ofRow(logits, true));
    const fake = plainLogits(parameters, rows).map((logits) => ofRow(logits, false));
    return [...real, ...fake].reduce((sum, value) => sum + value) / (2 * BATCH);
  };
  const slopeOf = (name: string, at: number): number => {
    const moved = (by: number) => loss({ ...before, [name]: before[name].map((v, i) => (i === at ? v + by : v)) });
    return (moved(1e-6) - moved(-1e-6)) / 2e-6;
  };
  const batch = uploadBatch(samples);
  const penalty = objective.penalise(batch, context, state);
  objective.update?.(batch, penalty, context, state, others);
  for (const name of Object.keys(before).filter((key) => /\d\.(weights|bias)$/.test(key))) {
    const first = valuesOf(state, `${name}.first`);
    const expected = before[name].map((_, i) => slopeOf(name, i));
    // The moments begin at 0: (1 - beta1) g and (1 - beta2) g^2.
    assertWithin(
      first,
      expected.map((slope) => 0.5 * slope),
      1e-5,
      name,
    );
    assertWithin(
      valuesOf(state, `${name}.second`),
      expected.map((slope) => 0.1 * slope ** 2),
      1e-5,
      name,
    );
    const moves = valuesOf(state, name).map((value, i) => value - before[name][i]);
    // Corrected, the first step is the sign of the gradient but for epsilon; a parameter of float32
    // moves by some 6e-8 more or less.
    const wanted = first.map((moment) => (-rate * 2 * moment) / (Math.abs(2 * moment) + 1e-8));
    assertWithin(moves, wanted, 1e-3, `${name}, moved`);
  }
  disposePenalty(penalty);
  disposeBatch(batch);
  disposeBatch(others);
  tf.dispose([permuted, ...Object.values(state.tensors)]);
});

test('learns to tell latents that belong together, and reports their total correlation', async () => {
  // z_2 = z_1: permuted latents are far from it, samples are not.
  const objective = small({ 'discriminator-rate': 0.01, 'discriminator-units': 32 });
  const state = await stateWith({ 'discriminator-units': 32 });
  const rows = 64;
  const reported: number[] = [];
  for (let step = 0; step < 150; step++) {
    const [batch, second] = [2 * step, 2 * step + 1].map((seed) => {
      const { mu, logvar, z } = drawBatch(seed, rows);
      return uploadBatch({ mu, logvar, z: z.map((row) => [row[0], row[0], row[2]]) });
    });
    const context = contextOf({ step, batchSize: rows });
    const penalty = objective.penalise(batch, context, state);
    reported.push(penalty.terms.totalCorrelation.dataSync()[0]);
    objective.update?.(batch, penalty, context, state, second);
    disposePenalty(penalty);
    disposeBatch(batch);
    disposeBatch(second);
  }
  assert.ok(Math.abs(reported[0]) < 0.5, `${reported[0]} before it has learnt`);
  assert.ok(reported[149] > 2, `${reported[149]} after it has`);
  tf.dispose(Object.values(state.tensors));
});

test('each latent is permuted on its own, another way in every step, the same way every time', () => {
  const z = tf.tensor(
    Float32Array.from({ length: 40 * 3 }, (_, i) => i),
    [40, 3],
  );
  const draw = (step: number, seed = 7): number[] => {
    const permuted = permuteLatents(contextOf({ step, seed }), z);
    const values = Array.from(permuted.dataSync());
    permuted.dispose();
    return values;
  };
  const once = draw(5);
  const columns = [0, 1, 2].map((d) => once.filter((_, i) => i % 3 === d));
  columns.forEach((column, d) => {
    assert.equal(
      [...column].sort((a, b) => a - b),
      Array.from({ length: 40 }, (_, i) => 3 * i + d),
    );
  });
  const places = columns.map((column) => column.map((value) => Math.floor(value / 3)).join());
  assert.is(new Set(places).size, 3);
  assert.equal(draw(5), once);
  assert.not.equal(draw(6), once);
  assert.not.equal(draw(5, 8), once);
  z.dispose();
});

test('every place is as likely as any other for every row', () => {
  const z = tf.tensor(Float32Array.from([0, 1, 2, 3]), [4, 1]);
  const counts = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
  const STEPS = 4000;
  for (let step = 0; step < STEPS; step++) {
    const permuted = permuteLatents(contextOf({ step }), z);
    permuted.dataSync().forEach((row, place) => {
      counts[place][row]++;
    });
    permuted.dispose();
  }
  // Six standard deviations of a count: sqrt(4000 * 1/4 * 3/4) = 27.
  for (const count of counts.flat()) assert.ok(Math.abs(count - STEPS / 4) < 164, `${counts.map(String)}`);
  z.dispose();
});

test('leaves no tensors behind over 50 steps', async () => {
  const before = tf.memory().numTensors;
  const objective = small();
  const state = await stateWith();
  const held = tf.memory().numTensors;
  for (let step = 0; step < 50; step++) {
    const [batch, second] = [uploadBatch(drawBatch(step)), uploadBatch(drawBatch(step + 100))];
    const context = contextOf({ step });
    const penalty = objective.penalise(batch, context, state);
    objective.update?.(batch, penalty, context, state, second);
    disposePenalty(penalty);
    disposeBatch(batch);
    disposeBatch(second);
    assert.is(tf.memory().numTensors, held, `step ${step}`);
  }
  tf.dispose(Object.values(state.tensors));
  assert.is(tf.memory().numTensors, before);
});

test.run();
