import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { irs, type Matrix } from '../../src/index.js';
import { normals, uniforms } from '../assembly/samples.js';
import { CASES, type Case, expectedOf, readGolden } from '../golden/load-golden.js';

/** Factors of 32, 40 or 50 values, which disentanglement_lib merges into 20 bins. */
const MERGED_THERE: readonly Case[] = ['a_perfect', 'c_rotated', 'g_posterior'];

function near(actual: number | null, expected: number, what: string, most = 1e-9): void {
  assert.ok(actual !== null && Math.abs(actual - expected) <= most, `${what}: expected ${expected}, got ${actual}`);
}

/** Latents and factors with the latents as float64, as the references had them. */
async function readWide(name: Case): Promise<{ latents: Matrix; factors: Matrix }> {
  const { latents, factors } = await readGolden(name);
  return { latents: { ...latents, data: Float64Array.from(latents.data) } as Matrix, factors };
}

for (const name of CASES) {
  for (const quantile of [0.99, 1]) {
    test(`agrees with the authors' code on ${name} with quantile ${quantile}`, async () => {
      const { latents, factors } = await readWide(name);
      const { value, parts } = await irs(latents, factors, { quantile });
      const label = quantile === 1 ? '1.0' : '0.99';
      near(value, expectedOf(name, `ubi_irs_q${label}`), 'ubisoft');
      const reference = expectedOf(name, `dlib_irs_q${label}_f64`);
      reference.kept_latents.forEach((d: number, i: number) => {
        near(parts.maximalDeviation[d], reference.max_deviations[i], 'deviation', 1e-9 * reference.max_deviations[i]);
      });
      if (MERGED_THERE.includes(name)) {
        assert.ok((value as number) > reference.IRS + 0.005, `${value}`);
        return;
      }
      near(value, reference.IRS, 'disentanglement_lib');
      reference.kept_latents.forEach((d: number, i: number) => {
        reference.IRS_matrix[i].forEach((robustness: number, k: number) => {
          // A constant factor holds nothing: 1 - quantile / maximum there.
          if (name === 'e_degenerate' && k === 2) assert.is(parts.matrix[d][k], null);
          else near(parts.matrix[d][k], robustness, `${d}, ${k}`);
        });
        if (name !== 'e_degenerate') assert.is(parts.bestFactor[d], reference.parents[i]);
      });
    });
  }
}

test('is 1 as well where disentanglement_lib merges the values of factors', async () => {
  const { latents, factors } = await readWide('a_perfect');
  const { value, parts } = await irs(latents, factors);
  near(value, 1, 'ours', 1e-6);
  assert.equal(parts.bestFactor, [0, 1, 2, 3, 4]);
  near(expectedOf('a_perfect', 'dlib_irs_q0.99_f64').IRS, 0.98, 'theirs', 0.001);
});

test('bins discrete factors by their values where asked to, in resamples as well', async () => {
  const values = [0, 1, 2, 50];
  const rows = Array.from({ length: 400 }, (_, i) => [values[i % 4], values[(i >> 2) % 4]]);
  const noise = uniforms(21);
  const latents = rows.map(([a, b]) => [a + noise(), b - a + noise(), noise()]);
  // 0, 1 and 2 are in the first of 20 bins, 50 in the last.
  const merged = rows.map((row) => row.map((value) => (value === 50 ? 1 : 0)));
  const options = { interval: 5, null: 5 };
  const rebinned = await irs(latents, rows, { ...options, rebin: true });
  const expected = await irs(latents, merged, options);
  assert.equal({ ...rebinned, options: null }, { ...expected, options: null });
  assert.ok((rebinned.value as number) < ((await irs(latents, rows)).value as number) - 0.01);
});

const grid = Array.from({ length: 240 }, (_, i) => [i % 4, Math.floor(i / 4) % 5, Math.floor(i / 20) % 3]);

test('is 1 when each latent is a function of one factor, doubled ones too', async () => {
  const latents = grid.map(([a, b, c]) => [a, b * b, c, -3 * a]);
  const { value, parts } = await irs(latents, grid);
  near(value, 1, 'value', 1e-12);
  assert.equal(parts.bestFactor, [0, 1, 2, 0]);
  assert.equal(parts.maximalDeviation, [1.5, 10, 1, 4.5]);
});

test('is 0 for latents that no factor holds, by the maximum', async () => {
  const factors = Array.from({ length: 20_000 }, (_, i) => [i % 4, Math.floor(i / 4) % 5]);
  const next = uniforms(1);
  const uniform = factors.map(() => [next(), next()]);
  assert.ok(((await irs(uniform, factors, { quantile: 1 })).value as number) < 0.01);
  assert.ok(((await irs(uniform, factors)).value as number) < 0.02);
  // The 99th percentile of normal numbers is far below the largest of many.
  const normal = normals(20_000, 2);
  const { value } = await irs(
    factors.map((_, i) => [normal[i]]),
    factors,
  );
  assert.ok((value as number) > 0.3 && (value as number) < 0.5, `${value}`);
});

test('takes percentiles as numpy does, values alike, and weighs latents by their deviation', async () => {
  // Factor 0: latent 0 within value 0 is 0, 1, 5 (mean 2: 2, 1, 3), and 10 alone. Mean over all 4:
  // deviations 4, 3, 1, 6.
  const latents = [
    [0, 0],
    [1, 2],
    [5, 0],
    [10, 2],
  ];
  const factors = [[0], [0], [0], [1]];
  const at = async (quantile: number) => (await irs(latents, factors, { quantile })).parts.matrix;
  near((await at(1))[0][0], 1 - (3 + 0) / 2 / 6, 'maximum', 1e-12);
  near((await at(0.99))[0][0], 1 - 2.98 / 2 / 6, '99th', 1e-12);
  near((await at(0.5))[0][0], 1 - 2 / 2 / 6, 'median', 1e-12);
  // Latent 1 within value 0: 0, 2, 0: 4 / 3 at most; overall 1.
  const { value, parts } = await irs(latents, factors, { quantile: 1 });
  near(parts.matrix[1][0], 1 - 2 / 3, 'latent 1', 1e-12);
  near(value, (6 * 0.75 + 1 * (1 / 3)) / 7, 'weighted', 1e-12);
});

test('is below 0 where every value spreads wider than the whole, and above -1', async () => {
  // Of each value all rows but one are at one end, and that one at the other.
  for (const count of [2, 5, 100]) {
    const rows = Array.from({ length: 2 * count }, (_, i) => {
      const v = i % 2;
      return { z: (i < 2 ? -1 : 1) * (v === 0 ? 10 : -10), v };
    });
    const latents = rows.map(({ z }) => [z]);
    const { value, parts } = await irs(
      latents,
      rows.map(({ v }) => [v]),
      { quantile: 1 },
    );
    // The farthest row of a value is 20 (count - 1) / count from its mean, all are 10 from 0.
    near(value, 1 - (2 * (count - 1)) / count, `${count} rows of a value`, 1e-12);
    assert.is(value, parts.matrix[0][0]);
    assert.ok((value as number) > -1);
  }
});

test('counts a latent below 0 as what it is, beside others', async () => {
  const rows = Array.from({ length: 200 }, (_, i) => [(i < 2 ? -1 : 1) * (i % 2 === 0 ? 10 : -10), i % 2]);
  const { value, parts } = await irs(
    rows,
    rows.map(([, v]) => [v]),
    { quantile: 1 },
  );
  near(parts.matrix[1][0], 1, 'the factor itself', 1e-12);
  near(parts.matrix[0][0], -0.98, 'the other', 1e-12);
  near(value, (10 * -0.98 + 0.5) / 10.5, 'weighted by deviations', 1e-12);
});

test('bins continuous factors, and leaves out bins that are empty', async () => {
  const factors = grid.map(([a]) => [a === 3 ? 10.5 : a + 0.25]);
  const latents = grid.map(([a]) => [a]);
  near((await irs(latents, factors, { bins: 50 })).value, 1, '50 bins', 1e-12);
  // In 5 bins 0.25, 1.25 and 2.25 are one value: deviations 1 of 1.5, and 0 of 10.5.
  near((await irs(latents, factors, { bins: 5 })).value, 1 - 0.5 / 1.5, '5 bins', 1e-12);
});

test('does not depend on order, sign, offset, or a common scale', async () => {
  const { latents, factors } = await readWide('d_partial');
  const { rows, columns } = latents;
  const reversed = (i: number, width: number) => i - (i % width) + (width - 1 - (i % width));
  const turned = {
    data: Float64Array.from(latents.data, (_, i) => 1e3 - 8 * latents.data[reversed(i, columns)]),
    rows,
    columns,
  };
  const others = {
    data: Float64Array.from(factors.data, (_, i) => -factors.data[reversed(i, factors.columns)]),
    rows,
    columns: factors.columns,
  };
  near((await irs(turned, others)).value, (await irs(latents, factors)).value as number, 'value');
});

test('leaves out constant latents and factors, and is null with the reason where all are constant', async () => {
  const latents = grid.map(([a, b]) => [a, 5, b]);
  const factors = grid.map(([a, b]) => [7, a, b]);
  const { value, parts, notes } = await irs(latents, factors);
  near(value, 1, 'value', 1e-12);
  assert.equal(parts.bestFactor, [1, null, 2]);
  assert.equal(parts.matrix[1], [null, null, null]);
  assert.is(parts.matrix[0][0], null);
  assert.is(parts.maximalDeviation[1], 0);
  assert.equal(notes, ['latent 1 is constant: left out', 'factor 0 is constant: left out']);
  const constant = grid.map(() => [1]);
  const noFactor = await irs(grid, constant);
  assert.is(noFactor.value, null);
  assert.is(noFactor.notes[0], 'undefined: every factor is constant');
  const noLatent = await irs(constant, grid);
  assert.is(noLatent.value, null);
  assert.is(noLatent.notes[0], 'undefined: every latent is constant');
  const one = grid.map(([a]) => [a]);
  near((await irs(one, one)).value, 1, 'one latent, one factor', 1e-12);
});

test.run();
