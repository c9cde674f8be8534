import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { r2 } from '../../src/index.js';
import { normals, uniforms } from '../assembly/samples.js';
import { type DefinedCase, identifiabilityOf, readGolden } from '../golden/load-golden.js';
import { inUnitsOf, predictByKernel, predictLinearly, r2Of } from './plain-regression.js';
import { UGLY_INPUTS } from './ugly-inputs.js';

type Rows = number[][];

const CASES: readonly DefinedCase[] = ['p_perm', 'p_rot', 'p_over'];
const noise = (rows: number, columns: number, seed: number): Rows => {
  const numbers = normals(rows * columns, seed);
  return Array.from({ length: rows }, (_, i) => [...numbers.subarray(i * columns, (i + 1) * columns)]);
};
const columnOf = (rows: Rows, j: number) => rows.map((row) => row[j]);

function near(actual: number | null | undefined, expected: number, within: number, what: string): void {
  const isNear = typeof actual === 'number' && Math.abs(actual - expected) <= within;
  assert.ok(isNear, `${what}: expected ${expected} to within ${within}, got ${actual}`);
}

for (const name of CASES) {
  test(`agrees with reference values and the authors' program on ${name}, linear`, async () => {
    const { latents, factors } = await readGolden(name);
    const { ours, theirs, trainRows, testRows } = identifiabilityOf(name, 'r2_linear');
    const { value, parts } = await r2(latents, factors, { trainRows, testRows });
    near(value, ours.heldOut, 1e-9, 'value');
    parts.perFactor.forEach((own, k) => {
      near(own, ours.perFactor[k], 1e-9, `factor ${k}`);
    });
    // Theirs gives a constant latent a weight.
    near(value, theirs.ssl_linear, 1e-6, 'the authors');
  });

  test(`agrees with reference values and the authors' program on ${name}, by kernel`, async () => {
    const { latents, factors } = await readGolden(name);
    const { ours, theirs, trainRows, testRows } = identifiabilityOf(name, 'r2_kernel');
    const { value, parts } = await r2(latents, factors, { trainRows, testRows, model: 'kernel' });
    near(value, ours.heldOut, 1e-9, 'value');
    parts.perFactor.forEach((own, k) => {
      near(own, ours.perFactor[k], 1e-9, `factor ${k}`);
    });
    const [{ alpha, gamma, crossValidated }] = parts.blocks;
    assert.equal({ alpha, gamma }, theirs.ssl_kernel.params);
    near(crossValidated, ours.crossValidated, 1e-9, 'cross-validated');
    near(value, theirs.ssl_kernel.value, 1e-9, 'the authors');
    near(crossValidated, theirs.ssl_kernel.cv, 1e-9, 'the authors, cross-validated');
  });
}

const ROWS = { trainRows: { from: 0, to: 60 }, testRows: { from: 60, to: 90 } };

test('is what elimination makes of the formula, linear and by kernel', async () => {
  const factors = noise(90, 2, 1);
  const latents = factors.map(([a, b], i) => [a + 2 * b, b ** 2, 1e6 + 3 * a * b, Math.sin(i)]);
  const [train, held] = [latents.slice(0, 60), latents.slice(60)];
  const linear = await r2(latents, factors, ROWS);
  for (const k of [0, 1]) {
    const told = predictLinearly(inUnitsOf(train, train), columnOf(factors, k).slice(0, 60), inUnitsOf(train, held));
    near(linear.parts.perFactor[k], r2Of(columnOf(factors, k).slice(60), told), 1e-9, `linear, factor ${k}`);
    const own = predictLinearly(inUnitsOf(train, train), columnOf(factors, k).slice(0, 60), inUnitsOf(train, train));
    const alone = await r2(
      latents,
      factors.map((row) => [row[k]]),
      ROWS,
    );
    near(alone.parts.blocks[0].trained, r2Of(columnOf(factors, k).slice(0, 60), own), 1e-9, `trained, factor ${k}`);
  }
  const kernel = await r2(latents, factors, { ...ROWS, model: 'kernel' });
  const { alpha, gamma, crossValidated, trained } = kernel.parts.blocks[0];
  const [x, z] = [inUnitsOf(train, train), inUnitsOf(train, held)];
  const targets = inUnitsOf(factors.slice(0, 60), factors.slice(0, 60));
  const tell = (rows: Rows) =>
    [0, 1].map((k) => predictByKernel(x, columnOf(targets, k), rows, alpha as number, gamma as number));
  const truth = inUnitsOf(factors.slice(0, 60), factors.slice(60));
  tell(z).forEach((told, k) => {
    near(kernel.parts.perFactor[k], r2Of(columnOf(truth, k), told), 1e-9, `kernel, factor ${k}`);
  });
  const own = tell(x).map((told, k) => r2Of(columnOf(targets, k), told));
  near(trained, (own[0] + own[1]) / 2, 1e-9, 'trained');
  // Every penalty and width, in three folds of runs of rows.
  let best = { value: -1e9, alpha: 0, gamma: 0 };
  for (const a of [1, 0.1, 0.01, 0.001]) {
    for (const i of [0, 1, 2, 3]) {
      const g = 10 ** (-2 + (4 * i) / 3);
      const folds = [0, 20, 40].map((first) => {
        const isHeld = (_: unknown, row: number) => row >= first && row < first + 20;
        const isLearned = (row: unknown, at: number) => !isHeld(row, at);
        const found = [0, 1].map((k) => {
          const target = columnOf(targets, k);
          const told = predictByKernel(x.filter(isLearned), target.filter(isLearned), x.filter(isHeld), a, g);
          return r2Of(target.filter(isHeld), told);
        });
        return (found[0] + found[1]) / 2;
      });
      const value = (folds[0] + folds[1] + folds[2]) / 3;
      if (value > best.value) best = { value, alpha: a, gamma: g };
    }
  }
  near(crossValidated, best.value, 1e-9, 'cross-validated');
  near(alpha, best.alpha, 0, 'alpha');
  near(gamma, best.gamma, 1e-15, 'gamma');
});

test('is 1 for any mixture of the factors, whatever the scales of the latents', async () => {
  const factors = noise(200, 3, 2);
  for (const scale of [1e-200, 1, 1e140]) {
    const latents = factors.map(([a, b, c]) => [scale * (a + b), b - 1e-6 * c + 1e3, a + b + c]);
    near((await r2(latents, factors)).value, 1, 1e-9, `${scale}`);
  }
});

test('one huge latent leaves the others what they are worth', async () => {
  const factors = noise(200, 2, 3);
  const latents = factors.map(([a, b], i) => [a, b, 1e14 * Math.sin(7 * i)]);
  near((await r2(latents, factors)).value, 1, 1e-9, 'value');
});

test('takes the shortest solution where latents depend on each other in the training rows alone', async () => {
  // In the training rows both latents are the factor, in the test rows one of them is 0: each has
  // half of the weight.
  const factors = noise(90, 1, 4).map(([a]) => [a]);
  const latents = factors.map(([a], i) => [a, i < 60 ? a : 0]);
  const { value } = await r2(latents, factors, ROWS);
  const mean =
    columnOf(factors, 0)
      .slice(0, 60)
      .reduce((sum, x) => sum + x, 0) / 60;
  const truth = columnOf(factors, 0).slice(60);
  const half = truth.map((a) => mean + (a - mean) / 2 + (0 - mean) / 2);
  near(value, r2Of(truth, half), 1e-9, 'value');
});

test('falls below 0 where a regression tells less than the mean', async () => {
  const { value, range } = await r2(noise(40, 10, 5), noise(40, 2, 6));
  assert.ok((value as number) < -0.1, `${value}`);
  assert.equal(range, [null, 1]);
});

test('blocks have an R2 each, from all latents or from some', async () => {
  const factors = noise(300, 3, 7);
  const latents = factors.map(([a, b, c]) => [a + b, a - b, c ** 3]);
  const blocks = [[0, 1], [2], [2]];
  const latentBlocks = [[0, 1], [0, 1], [2]];
  for (const model of ['linear', 'kernel'] as const) {
    const { value, parts } = await r2(latents, factors, { model, blocks, latentBlocks });
    const [content, leaked, style] = parts.blocks;
    near(content.r2, 1, 0.01, `${model}: content from content`);
    assert.ok((leaked.r2 as number) < 0.05, `${model}: style from content: ${leaked.r2}`);
    near(style.r2, model === 'linear' ? 0.6 : 1, 0.15, `${model}: style from style`);
    assert.equal(content.latents, [0, 1]);
    const entries = parts.blocks.flatMap(({ perFactor }) => perFactor) as number[];
    assert.is(entries.length, 4);
    near(value, entries.reduce((a, b) => a + b, 0) / 4, 1e-12, 'mean');
    near(parts.perFactor[2], ((leaked.r2 as number) + (style.r2 as number)) / 2, 1e-12, 'factor 2');
  }
  const alone = await r2(
    latents,
    factors.map(([, , c]) => [c]),
  );
  const all = await r2(latents, factors, { blocks: [[2], [0]] });
  assert.is(all.parts.blocks[0].r2, alone.value);
});

test('one-hot factors are told value by value, weighted by their variance', async () => {
  const next = uniforms(8);
  const factors = Array.from({ length: 90 }, () => [Math.floor(3 * next())]);
  const latents = factors.map(([v]) => [v === 1 ? 1 : 0, v === 0 ? 2 + next() : next()]);
  const { value } = await r2(latents, factors, { ...ROWS, oneHot: true });
  let errors = 0;
  let all = 0;
  for (const v of [0, 1, 2]) {
    const target = factors.map(([own]): number => (own === v ? 1 : 0));
    const told = predictLinearly(latents.slice(0, 60), target.slice(0, 60), latents.slice(60));
    const truth = target.slice(60);
    const mean = truth.reduce((a, b) => a + b, 0) / 30;
    errors += truth.reduce((sum, x, i) => sum + (x - told[i]) ** 2, 0);
    all += truth.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  }
  near(value, 1 - errors / all, 1e-9, 'linear');
  assert.ok(((await r2(latents, factors, { ...ROWS, oneHot: true, model: 'kernel' })).value as number) > 0.9);
});

test('kernel regression learns from so many rows at most, drawn by the seed, and says so', async () => {
  const factors = noise(300, 1, 9);
  const latents = factors.map(([a]) => [Math.tanh(a)]);
  const ask = (seed: number) => r2(latents, factors, { model: 'kernel', train: 50, seed });
  const [first, again, other] = [await ask(1), await ask(1), await ask(2)];
  assert.equal(first, again);
  assert.is.not(first.value, other.value);
  assert.equal(first.notes, ['kernel regression learned from 50 of 200 training rows, drawn by seed 1']);
  assert.ok((first.value as number) > 0.9);
});

test('refuses blocks of what is not there', async () => {
  const rows = noise(20, 2, 10);
  const messageOf = (options: object) =>
    r2(rows, rows, options).then(
      () => '',
      (error: Error) => error.message,
    );
  assert.is(await messageOf({ blocks: [[2]] }), 'r2: blocks: expected numbers from 0 to 1, got 2');
  assert.is(await messageOf({ blocks: [[0, 0]] }), 'r2: blocks: got 0 twice in a list');
  assert.match(
    await messageOf({ blocks: [[0]], latentBlocks: [[0], [1]] }),
    /expected 1 lists, one for each of blocks, got 2/,
  );
  assert.match(await messageOf({ blocks: [] }), /expected lists of factors, as \[\[0, 1\], \[2\]\] or 0,1\/2/);
  assert.match(await messageOf({ latentBlocks: [[0]] }), /has no effect without blocks/);
  assert.match(await messageOf({ train: 10 }), /has no effect without model: kernel/);
});

test('has a result or a reason on every ugly input', async () => {
  for (const [name, { latents, factors, options = {} }] of Object.entries(UGLY_INPUTS)) {
    for (const model of ['linear', 'kernel'] as const) {
      for (const oneHot of [false, true]) {
        const found = await r2(latents, factors, { ...options, model, oneHot });
        const what = `${name}, ${model}, ${oneHot}`;
        assert.equal(JSON.parse(JSON.stringify(found)), found, what);
        if (found.value === null) assert.match(found.notes[0], /^undefined: /, what);
        else assert.ok(found.value <= 1, `${what}: ${found.value}`);
      }
    }
  }
});

test.run();
