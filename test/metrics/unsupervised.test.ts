/** The scores that look at latents alone. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  gaussianTotalCorrelation,
  gaussianWassersteinCorrelation,
  type Matrix,
  mutualInformationScore,
} from '../../src/index.js';
import { RandomStream } from '../../src/random.js';
import { CASES, type Case, expectedOf, readGolden } from '../golden/load-golden.js';

const FUNCTIONS = {
  'mutual-information-score': mutualInformationScore,
  'gaussian-total-correlation': gaussianTotalCorrelation,
  'gaussian-wasserstein-correlation': gaussianWassersteinCorrelation,
} as const;
type Name = keyof typeof FUNCTIONS;
const NAMES = Object.keys(FUNCTIONS) as Name[];

/** A constant latent, and a doubled one. */
const DEGENERATE: readonly Case[] = ['e_degenerate', 'e2_degenerate_latents'];

function near(actual: number | null, expected: number, what: string, most = 1e-9): void {
  assert.ok(actual !== null && Math.abs(actual - expected) <= most, `${what}: expected ${expected}, got ${actual}`);
}

/** Latents and factors with the latents as float64, as the reference had them. */
async function readWide(name: Case): Promise<{ latents: Matrix; factors: Matrix }> {
  const { latents, factors } = await readGolden(name);
  return { latents: { ...latents, data: Float64Array.from(latents.data) } as Matrix, factors };
}

const grid = Array.from({ length: 240 }, (_, i) => [i % 4, Math.floor(i / 4) % 5, Math.floor(i / 20) % 3]);
const noise = (seed: number, rows: number, columns: number) => {
  const words = new RandomStream(seed, 100, 0);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => words.word() / 2 ** 32));
};

for (const name of CASES) {
  test(`agrees with disentanglement_lib on ${name}: mutual information`, async () => {
    const { latents, factors } = await readWide(name);
    const { value, parts, notes } = await mutualInformationScore(latents, factors);
    const reference = expectedOf(name, 'dlib_unsupervised_f64');
    reference.mi_latents_matrix.flat().forEach((information: number, i: number) => {
      near(parts.informationBetweenLatents.flat()[i], information, `information ${i}`);
    });
    // Theirs counts the 10 pairs with the constant latent, ours the other 20 of 30 alone.
    const share = DEGENERATE.includes(name) ? 30 / 20 : 1;
    near(value, share * reference.mutual_info_score, 'score');
    assert.equal(notes, DEGENERATE.includes(name) ? ['latent 1 is constant: left out'] : []);
  });
}

const traceOf = (matrix: number[][]) => matrix.reduce((sum, row, i) => sum + row[i], 0);

for (const name of CASES) {
  test(`agrees with disentanglement_lib on ${name}: covariance`, async () => {
    const { latents, factors } = await readWide(name);
    const reference = expectedOf(name, 'dlib_unsupervised_f64');
    const total = await gaussianTotalCorrelation(latents, factors);
    if (DEGENERATE.includes(name)) {
      // A doubled latent: theirs is NaN.
      assert.is(total.value, null);
      assert.equal(total.notes, [
        'undefined: the covariance of the latents is singular, one of them is a linear function of others',
        'latent 1 is constant: left out',
      ]);
      assert.equal(total.parts.activeLatents, [0, 2, 3, 4, 5]);
    } else {
      near(total.value, reference.gaussian_total_correlation, 'total correlation');
      assert.equal(total.notes, []);
    }
    const distance = await gaussianWassersteinCorrelation(latents, factors);
    const trace = traceOf(distance.parts.covarianceBetweenLatents);
    near(distance.value, reference.gaussian_wasserstein_correlation, 'Wasserstein', 1e-7 * trace);
    near(distance.parts.normalised, reference.gaussian_wasserstein_correlation_norm, 'normalised', 1e-7);
  });
}

test('the scores of a covariance are those of its correlation where there are two latents', async () => {
  // Correlation r, variances s^2 and 1. The roots of the eigenvalues of [[s^4, r s^2], [r s^2, 1]]
  // add up to sqrt(trace + 2 sqrt(determinant)).
  for (const scale of [1, 3, 1000]) {
    const latents = noise(7, 500, 2).map(([a, b]) => [scale * (a + b), b]);
    const { value, parts } = await gaussianTotalCorrelation(latents, noise(8, 500, 1));
    const [[c00, c01], [, c11]] = parts.covarianceBetweenLatents;
    const square = c01 ** 2 / (c00 * c11);
    near(value, -0.5 * Math.log(1 - square), 'total correlation', 1e-12);
    const distance = await gaussianWassersteinCorrelation(latents, noise(8, 500, 1));
    const roots = Math.sqrt(c00 ** 2 + c11 ** 2 + 2 * c00 * c11 * Math.sqrt(1 - square));
    near(distance.value, 2 * (c00 + c11 - roots), 'Wasserstein', 1e-12 * (c00 + c11));
  }
});

test('an orthogonal grid has no correlation, a doubled latent all there can be', async () => {
  near((await gaussianTotalCorrelation(grid, grid)).value, 0, 'total correlation', 1e-12);
  near((await gaussianWassersteinCorrelation(grid, grid)).value, 0, 'Wasserstein', 1e-12);
  const double = grid.map(([a]) => [a, 3 - a]);
  assert.is((await gaussianTotalCorrelation(double, grid)).value, null);
  // C = c [[1, -1], [-1, 1]]: 4 c - 2 sqrt 2 c, over 2 c.
  near((await gaussianWassersteinCorrelation(double, grid)).parts.normalised, 2 - Math.SQRT2, 'normalised', 1e-12);
});

test('the total correlation does not depend on scales, and the Wasserstein correlation is in squares of theirs', async () => {
  const latents = noise(9, 300, 3).map(([a, b, c]) => [a, a + b, b - c]);
  const total = (await gaussianTotalCorrelation(latents, noise(3, 300, 1))).value as number;
  const distance = await gaussianWassersteinCorrelation(latents, noise(3, 300, 1));
  for (const scale of [2 ** -400, 2 ** 10, 2 ** 490]) {
    const scaled = latents.map((row) => row.map((x) => x * scale));
    const other = await gaussianWassersteinCorrelation(scaled, noise(3, 300, 1));
    near(other.parts.normalised, distance.parts.normalised as number, 'normalised', 1e-12);
    near((other.value as number) / scale ** 2, distance.value as number, 'Wasserstein', 1e-12);
    near((await gaussianTotalCorrelation(scaled, noise(3, 300, 1))).value, total, 'total correlation', 1e-12);
    const uneven = latents.map(([a, b, c]) => [a * scale, b, -c]);
    near((await gaussianTotalCorrelation(uneven, noise(3, 300, 1))).value, total, 'uneven', 1e-12);
  }
});

test('names latents that vary by less than can be squared', async () => {
  const latents = noise(9, 300, 3).map(([a, b, c]) => [a, 1e-200 * b, a + c]);
  const { value, parts, notes } = await gaussianTotalCorrelation(latents, noise(3, 300, 1));
  assert.ok((value as number) > 0.1);
  assert.equal(parts.activeLatents, [0, 2]);
  assert.equal(notes, ['latent 1 is as good as constant, below 1e-145: left out']);
});

test('mutual information is that of the bins: ln 4 for a doubled latent, 0 for a grid', async () => {
  near((await mutualInformationScore(grid, grid)).value, 0, 'grid', 1e-12);
  const double = grid.map(([a]) => [a, 7 - 2 * a]);
  const { value, parts } = await mutualInformationScore(double, grid);
  near(value, Math.log(4), 'doubled', 1e-12);
  near(parts.informationBetweenLatents[0][0], Math.log(4), 'entropy', 1e-12);
});

test('mutual information does not depend on how it is counted', async () => {
  const latents = noise(2, 3000, 2).map(([a, b]) => [a, a + b]);
  // 255 bins are the most that are counted in a table; of as many bins on a wider range every other
  // is empty.
  for (const bins of [255, 1000]) {
    const { value } = await mutualInformationScore(latents, noise(3, 3000, 1), { bins });
    const codes = [0, 1].map((d) => {
      const column = latents.map((row) => row[d]);
      const low = column.reduce((a, b) => Math.min(a, b));
      const high = column.reduce((a, b) => Math.max(a, b));
      return column.map((x) => Math.min(bins - 1, Math.floor(((x - low) / (high - low)) * bins)));
    });
    const entropy = (keys: readonly number[]) => {
      const counts = new Map<number, number>();
      for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
      return [...counts.values()].reduce((sum, n) => sum - (n / 3000) * Math.log(n / 3000), 0);
    };
    const joint = entropy(codes[0].map((code, i) => code * bins + codes[1][i]));
    near(value, entropy(codes[0]) + entropy(codes[1]) - joint, `${bins} bins`, 1e-9);
  }
});

test('are near 0 for independent latents', async () => {
  const latents = noise(1, 20_000, 3);
  const factors = noise(4, 20_000, 1);
  near((await mutualInformationScore(latents, factors)).value, 0, 'mutual information', 0.02);
  near((await gaussianTotalCorrelation(latents, factors)).value, 0, 'total correlation', 0.001);
  near((await gaussianWassersteinCorrelation(latents, factors)).value, 0, 'Wasserstein correlation', 0.001);
});

test('none depends on the order or the sign of latents, on factors, or on an offset', async () => {
  const { latents, factors } = await readWide('d_partial');
  const { rows, columns } = latents;
  const turned = {
    data: Float64Array.from(
      latents.data,
      (_, i) => latents.data[i - (i % columns) + (columns - 1 - (i % columns))] - 4,
    ),
    rows,
    columns,
  };
  const others = Array.from({ length: rows }, (_, i) => [i % 2]);
  for (const name of NAMES) {
    const { value } = await FUNCTIONS[name](latents, factors);
    near((await FUNCTIONS[name](turned, factors)).value, value as number, name, 1e-3);
    assert.is((await FUNCTIONS[name](latents, others)).value, value, name);
  }
});

test('are null with the reason for fewer than two latents that vary, and are not clipped above', async () => {
  for (const name of NAMES) {
    const { value, notes, range } = await FUNCTIONS[name](
      grid.map(([a]) => [a, 5]),
      grid,
    );
    assert.is(value, null, name);
    assert.equal(notes, ['undefined: fewer than two latents vary', 'latent 1 is constant: left out']);
    assert.equal(range, [0, null]);
    assert.is(
      (
        await FUNCTIONS[name](
          grid.map(([a]) => [a]),
          grid,
        )
      ).notes[0],
      'undefined: fewer than two latents vary',
    );
  }
  const latents = noise(5, 400, 1).map(([a]) => [a, a]);
  const { spread } = await mutualInformationScore(latents, noise(6, 400, 1), { interval: 10, seed: 1 });
  assert.ok((spread?.high as number) > 1, `${spread?.high}`);
});

test.run();
