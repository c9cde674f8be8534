import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dciEs } from '../../src/index.js';
import { RandomStream } from '../../src/random.js';
import { plainRidge, standardised } from '../learners/plain-ridge.js';

const noise = (seed: number, rows: number, columns: number) => {
  const words = new RandomStream(seed, 100, 0);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => words.word() / 2 ** 32));
};
const grid = Array.from({ length: 360 }, (_, i) => [i % 4, Math.floor(i / 4) % 5, Math.floor(i / 20) % 3]);
const free = noise(1, 900, 3);
const NUMBERS = 'the values of discrete factors are taken as numbers, 0, 1, 2 ... in their order';

/** E from its formula, by sums over steps. */
function areaScore(capacities: readonly number[], losses: readonly number[]): number {
  const reached = losses.map((_, i) => Math.min(1, ...losses.slice(0, i + 1)));
  const least = reached[reached.length - 1];
  const stop = reached.indexOf(least);
  if (least === 1) return 0;
  if (stop === 0) return 1;
  let area = 0;
  for (let i = 0; i < stop; i++) {
    area += Math.log(capacities[i + 1] / capacities[i]) * 0.5 * (reached[i] + reached[i + 1] - 2 * least);
  }
  return 1 - area / (0.5 * Math.log(capacities[stop] / capacities[0]) * (1 - least));
}

test('is that of a plain ridge and a plain area on the same rows', async () => {
  const latents = noise(2, 150, 2);
  const factors = latents.map(([a, b]) => [Math.abs(3 * a - 1.5) + b, a * b]);
  const [train, held] = [latents.slice(0, 100), latents.slice(100)];
  const { value, parts } = await dciEs(latents, factors, {
    width: 20,
    penalty: 1e-3,
    seed: 4,
    trainRows: { from: 0, to: 100 },
    testRows: { from: 100, to: 150 },
  });
  const widths = [0, 1, 2, 4, 8, 16, 20];
  const scores = [0, 1].map((k) => {
    const target = factors.slice(0, 100).map((row) => row[k]);
    const truth = factors.slice(100).map((row) => row[k]);
    const mean = target.reduce((a, b) => a + b, 0) / 100;
    const square = (told: readonly number[]) => told.reduce((sum, y, i) => sum + (y - truth[i]) ** 2, 0);
    const losses = widths.map((width) => {
      const [x, z] = [standardised(train, train), standardised(held, train)];
      return square(plainRidge(x, target, z, width, 1e-3, 4)) / square(truth.map(() => mean));
    });
    assert.equal(parts.capacities[k], [3, 4, 5, 7, 11, 19, 23]);
    parts.losses[k]?.forEach((loss, i) => {
      assert.ok(Math.abs(loss - losses[i]) < 1e-9, `factor ${k}, width ${widths[i]}: ${loss}, not ${losses[i]}`);
    });
    assert.ok(Math.abs((parts.informativenessOfFactor[k] as number) - (1 - Math.min(...losses))) < 1e-9);
    return areaScore([3, 4, 5, 7, 11, 19, 23], losses);
  });
  scores.forEach((score, k) => {
    assert.ok(Math.abs((parts.explicitnessOfFactor[k] as number) - score) < 1e-9, `factor ${k}`);
  });
  assert.ok(Math.abs((value as number) - (scores[0] + scores[1]) / 2) < 1e-9);
  assert.ok(scores[0] > -1 && scores[0] < 0.9, 'a curve that bends');
});

test('divides by the triangle of the authors where it is told to, or in the preset of the paper', async () => {
  const factors = free.map(([a, b]) => [Math.abs(a - b), a * b]);
  const options = { width: 20, seed: 4 };
  const own = await dciEs(free, factors, options);
  const whole = await dciEs(free, factors, { ...options, normaliser: 'whole' });
  assert.equal(whole.parts.losses, own.parts.losses);
  for (const k of [0, 1]) {
    const [capacities, losses] = [own.parts.capacities[k], own.parts.losses[k]] as [number[], number[]];
    const least = Math.min(...losses);
    const [first, stop, end] = [0, losses.indexOf(least), losses.length - 1].map((i) => Math.log(capacities[i]));
    const share = ((1 - areaScore(capacities, losses)) * (stop - first) * (1 - least)) / (end - first);
    const score = whole.parts.explicitnessOfFactor[k] as number;
    assert.ok(Math.abs(score - (1 - share)) < 1e-9, `factor ${k}: ${score}, not ${1 - share}`);
  }
  assert.ok((whole.value as number) > (own.value as number) + 1e-3, 'another number');
  const paper = await dciEs(free, factors, { ...options, preset: 'paper' });
  assert.is(paper.value, whole.value);
  assert.is(paper.notes[0], 'preset paper: squared errors, and probes of our choice');
  const nothing = await dciEs(
    free.map(() => [3]),
    free,
    { normaliser: 'whole' },
  );
  assert.is(nothing.value, 1);
  assert.ok(nothing.notes.includes('factor 0: no probe tells it better than a constant, 1 by definition'));
});

test('is near 1 for factors in order, sign, scale and mixture as they may be', async () => {
  const plain = await dciEs(free, free);
  assert.ok((plain.value as number) > 1 - 1e-6, `${plain.value}`);
  assert.ok((plain.parts.informativeness as number) > 1 - 1e-6);
  assert.is(plain.parts.size, 1);
  assert.equal(plain.notes, []);
  const mixed = await dciEs(
    free.map(([a, b, c]) => [1e-9 * (c - a), 5 - 1e6 * b, a + b + c]),
    free,
  );
  assert.ok((mixed.value as number) > 1 - 1e-6, `${mixed.value}`);
  const ofValues = await dciEs(
    grid.map(([a, b, c]) => [-7 * c, a, b]),
    grid,
  );
  assert.ok((ofValues.value as number) > 1 - 1e-5, `${ofValues.value}`);
  assert.equal(ofValues.notes, [NUMBERS]);
});

test('falls as factors are bent, folded and folded again, though they are told', async () => {
  const scores: number[] = [];
  for (const bend of [
    (a: number) => a,
    (a: number) => a ** 3,
    (a: number) => Math.abs(2 * a - 1),
    (a: number) => Math.abs(((4 * a) % 2) - 1),
  ]) {
    const { value, parts } = await dciEs(
      free,
      free.map(([a]) => [bend(a)]),
    );
    assert.ok((parts.informativeness as number) > 0.5, `${parts.informativeness}`);
    scores.push(value as number);
  }
  for (let i = 1; i < scores.length; i++) assert.ok(scores[i] < scores[i - 1] - 0.05, `${scores}`);
});

test('is 0 where probes tell no more than a constant, and says so', async () => {
  const { value, parts, notes } = await dciEs(
    free.map(() => [3, 3]),
    free,
  );
  assert.is(value, 0);
  assert.equal(parts.explicitnessOfFactor, [0, 0, 0]);
  assert.is(parts.informativeness, 0);
  assert.is(parts.size, null);
  assert.equal(notes, [
    'latents 0 and 1 are constant: not used',
    ...[0, 1, 2].map((k) => `factor ${k}: no probe tells it better than a constant, 0 by definition`),
  ]);
});

test('of noise is 0, or said to say little', async () => {
  for (const probe of ['random-features', 'trees'] as const) {
    const { parts, notes } = await dciEs(noise(7, 900, 3), free, { probe });
    parts.informativenessOfFactor.forEach((told, k) => {
      assert.ok((told as number) < 0.05, `${probe}: ${told}`);
      const said = told === 0 ? 'no probe tells it better' : 'hardly told';
      assert.ok(
        notes.some((note) => note.startsWith(`factor ${k}: ${said}`)),
        `${notes}`,
      );
      if (told === 0) assert.is(parts.explicitnessOfFactor[k], 0);
    });
    assert.ok(parts.informativenessOfFactor.includes(0), 'a factor that is not told at all');
  }
});

test('by trees reads the loss after 1, 2, 4 ... of them off one fit', async () => {
  const factors = free.map(([a, b]) => [a * b]);
  const options = { probe: 'trees', seed: 2, depth: 2 } as const;
  const { parts } = await dciEs(free, factors, { ...options, stages: 20 });
  assert.equal(parts.capacities[0], [1, 2, 4, 8, 16, 20]);
  for (const [i, stages] of [1, 2, 4, 8, 16, 20].entries()) {
    const alone = await dciEs(free, factors, { ...options, stages });
    assert.is(alone.parts.losses[0]?.at(-1), parts.losses[0]?.[i], `${stages} trees`);
  }
  assert.ok((parts.losses[0]?.at(-1) as number) < 0.2);
  // With little learned from each tree a code that is the factor starts at a loss of .9 squared.
  const perfect = await dciEs(free, free, { probe: 'trees' });
  assert.ok((perfect.parts.losses[0]?.[0] as number) > 0.8 && (perfect.value as number) < 0.6, `${perfect.value}`);
});

test('tells values without an order as classes', async () => {
  const order = [2, 0, 3, 1];
  const latents = grid.map(([a]) => [order[a]]);
  const factors = grid.map(([a]) => [a]);
  const numbers = await dciEs(latents, factors);
  for (const probe of ['random-features', 'trees'] as const) {
    const ordered = await dciEs(factors, factors, { coding: 'classes', probe });
    const classes = await dciEs(latents, factors, { coding: 'classes', probe });
    assert.equal(classes.notes, []);
    assert.ok((classes.parts.informativeness as number) > 0.99, `${probe}: ${classes.parts.informativeness}`);
    // Other latents of one meaning: by trees there is no difference, by features only in where
    // these bend.
    if (probe === 'trees') assert.ok(Math.abs((ordered.value as number) - (classes.value as number)) < 0.1);
  }
  assert.ok((numbers.parts.losses[0]?.[0] as number) > 0.9);
  assert.equal(numbers.notes, [NUMBERS]);
});

test('counts in size what varies', async () => {
  const { parts } = await dciEs(
    free.map(([a, b]) => [a, b, 1, a + b, a - b]),
    free.map(([a, b]) => [a, b, 7]),
    { width: 4 },
  );
  assert.is(parts.size, 2 / 4);
  assert.is(parts.explicitnessOfFactor[2], null);
  assert.is(parts.capacities[2], null);
});

test('does not change with a latent that is constant', async () => {
  const target = free.map(([a, b]) => [Math.abs(a - b)]);
  const one = await dciEs(free, target);
  const two = await dciEs(
    free.map(([a, b, c]) => [4, a, b, c]),
    target,
  );
  assert.is(two.value, one.value);
});

test('is null with the reason where nothing can be judged', async () => {
  const constant = await dciEs(
    grid,
    grid.map(() => [1]),
  );
  assert.is(constant.value, null);
  assert.equal(constant.notes, ['undefined: every factor is constant', 'factor 0 is constant: left out']);
  // The test rows have one value, which is all that the training rows have.
  const same = await dciEs(
    grid,
    grid.map(([a], i) => [i < 300 ? 0 : a]),
    { trainRows: { from: 0, to: 100 }, testRows: { from: 100, to: 200 } },
  );
  assert.is(same.value, null);
  assert.equal(same.notes, [
    'undefined: no factor can be judged',
    NUMBERS,
    'factor 0: the test rows hold nothing that a constant does not tell, left out',
  ]);
});

test('counts test rows of values that were never taught as lost', async () => {
  const factors = grid.map(([a]) => [a]);
  const taught = grid.flatMap(([a], i) => (a < 2 && i < 200 ? [i] : []));
  const held = Array.from({ length: 100 }, (_, i) => 200 + i);
  const exact = { trainRows: taught, testRows: held, coding: 'classes', width: 8 } as const;
  for (const probe of ['random-features', 'trees'] as const) {
    const { parts, notes } = await dciEs(factors, factors, { ...exact, probe });
    assert.ok((parts.losses[0]?.at(-1) as number) > 0.5);
    assert.is(notes[0], 'factor 0: 2 values are not among the training rows and cannot be told');
  }
});

test('does not depend on threads, and on the seed by its split and features', async () => {
  const target = free.map(([a, b]) => [Math.abs(a - b), a * b]);
  const alone = await dciEs(free, target, { seed: 3 });
  assert.equal(await dciEs(free, target, { seed: 3, threads: 2 }), alone);
  assert.is.not((await dciEs(free, target, { seed: 4 })).value, alone.value);
});

test.run();
