/** A sample of the rows: seeded, the same of every array, and told. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeSyntheticTable } from '../../src/cli/synthetic-table.js';
import { decompose, score } from '../../src/index.js';
import { Matrix, pickRows } from '../../src/matrix.js';

const { latents, factors } = makeSyntheticTable({ rows: 1000 });
const metrics = ['mig', 'irs'] as const;

/** Rows that know their number, so that a report tells which were drawn. */
async function drawnRows(rows: number, seed: number): Promise<number[]> {
  const numbers = Float64Array.from({ length: 1000 }, (_, row) => row);
  const own = {
    name: 'rows',
    title: 'Rows',
    summary: 'row numbers',
    needs: ['latents', 'factors'],
    range: [0, null],
    better: 'higher',
    isPlugIn: false,
    options: {},
    aliases: [],
    source: '',
    compute: async (table: { latent(d: number): Float64Array; factor(k: number): { values: Float64Array } }) => {
      assert.equal([...table.latent(0)], [...table.factor(0).values]);
      return { value: 0, parts: { rows: [...table.latent(0)] }, notes: [] };
    },
  } as never;
  const report = await score(numbers, numbers, { metrics: [own], rows, seed, factorTypes: ['continuous'] });
  return report.metrics.rows.parts.rows as number[];
}

test('draws rows without replacement, in their order, by the seed', async () => {
  const [first, again, other] = [await drawnRows(100, 1), await drawnRows(100, 1), await drawnRows(100, 2)];
  assert.is(new Set(first).size, 100);
  assert.equal(
    first,
    [...first].sort((a, b) => a - b),
  );
  assert.equal(first, again);
  assert.not.equal(first, other);
});

test('scores the rows drawn as a table of their own, and says how many of how many', async () => {
  const rows = await drawnRows(400, 3);
  const expected = await score(pickRows(latents, rows), pickRows(factors, rows), { metrics, seed: 3 });
  const report = await score(latents, factors, { metrics, seed: 3, rows: 400 });
  assert.equal(report.metrics, expected.metrics);
  assert.is(report.input.totalRows, 1000);
  assert.is(report.input.latents.rows, 400);
  assert.equal(
    report.notes.filter((text) => text.includes('drawn')),
    ['400 of 1000 rows, drawn by seed 3'],
  );
});

test('takes all rows where there are no more, and says nothing', async () => {
  const all = JSON.stringify(await score(latents, factors, { metrics }));
  for (const rows of [1000, 5000]) assert.is(JSON.stringify(await score(latents, factors, { metrics, rows })), all);
});

test('takes the posterior along', async () => {
  const logvar = new Matrix(new Float32Array(latents.data.length).fill(-1), latents.rows, latents.columns);
  const options = { metrics: ['mig-posterior'], seed: 3 } as const;
  const rows = await drawnRows(400, 3);
  const part = { mu: pickRows(latents, rows), logvar: pickRows(logvar, rows) };
  const expected = await score(part.mu, pickRows(factors, rows), { ...options, posterior: part });
  const whole = { mu: latents, logvar };
  const report = await score(latents, factors, { ...options, posterior: whole, rows: 400 });
  assert.equal(report.metrics, expected.metrics);
  const decomposed = await decompose(whole, { seed: 3, rows: 400 });
  const { notes, input, ...rest } = decomposed;
  const { notes: _, input: ofPart, ...alone } = await decompose(part, { seed: 3 });
  assert.equal(rest, alone);
  assert.equal(input, { ...ofPart, totalRows: 1000 });
  assert.is(notes[0], '400 of 1000 rows, drawn by seed 3');
});

test('refuses a sample beside rows that are named, and of fewer than two', async () => {
  const message = (options: object) => score(latents, factors, { metrics, ...options }).catch((error) => error.message);
  assert.match(
    await message({ rows: 100, trainRows: { from: 0, to: 9 }, testRows: { from: 9, to: 20 } }),
    /^rows: expected none beside trainRows, got both$/,
  );
  assert.match(await message({ rows: 1 }), /^rows: expected a whole number of at least 2, got 1$/);
});

test('leaves arrays of other lengths to the check that names them', async () => {
  const error = await score(latents, pickRows(factors, [0, 1, 2]), { metrics, rows: 2 }).catch((caught) => caught);
  assert.is(error.message, 'factors: expected 1000 rows to match latents, got 3');
});

test.run();
