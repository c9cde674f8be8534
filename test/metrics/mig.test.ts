import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Matrix, mig } from '../../src/index.js';
import { RandomStream } from '../../src/random.js';
import { CASES, expectedOf, readGolden } from '../golden/load-golden.js';

/** Every combination of the factors' values, `repeats` times, as rows. */
function grid(sizes: readonly number[], repeats = 1): number[][] {
  let rows: number[][] = [[]];
  for (const size of sizes) rows = rows.flatMap((row) => Array.from({ length: size }, (_, value) => [...row, value]));
  return Array.from({ length: repeats }, () => rows).flat();
}

for (const name of CASES) {
  for (const bins of [10, 20]) {
    test(`agrees with disentanglement_lib on ${name} with ${bins} bins`, async () => {
      const { latents, factors } = await readGolden(name);
      const { value, parts, notes } = await mig(latents, factors, { bins });
      const reference = expectedOf(name, `dlib_mi_mig_modularity_bins${bins}_f64`);
      const worst = Math.max(
        ...reference['mi_matrix[latent][factor]'].flatMap((row: number[], d: number) =>
          row.map((information, k) => Math.abs(information - parts.mutualInformation[d][k])),
        ),
      );
      assert.ok(worst < 1e-9, `mutual information differs by ${worst}`);
      reference.factor_entropies_nats.forEach((entropy: number, k: number) => {
        assert.ok(Math.abs(entropy - parts.entropy[k]) < 1e-9);
      });
      if (reference.discrete_mig === 'NaN') {
        // Theirs divides 0 by 0 for a constant factor; ours leaves it out and says so.
        assert.is(name, 'e_degenerate');
        assert.ok(notes.some((note) => note === 'factor 2 is constant: left out'));
        const others = parts.gap.filter((gap) => gap !== null);
        assert.is(others.length, 3);
      } else {
        assert.ok(Math.abs((value as number) - reference.discrete_mig) < 1e-9);
      }
    });
  }
}

test('is 1 when each factor is one latent, exactly', async () => {
  const rows = grid([4, 5, 3]);
  const { value, parts } = await mig(rows, rows);
  assert.ok(Math.abs((value as number) - 1) < 1e-12);
  assert.equal(parts.bestLatent, [0, 1, 2]);
});

test('is near 0 for latents that know nothing', async () => {
  const words = new RandomStream(3, 100, 0);
  const factors = grid([4, 5], 500);
  const latents = factors.map(() => [words.word(), words.word(), words.word()]);
  const { value } = await mig(latents, factors);
  assert.ok((value as number) < 0.005, `${value}`);
});

test('is 0 when two latents carry the same factor', async () => {
  const rows = grid([6], 10);
  const { value } = await mig(
    rows.map(([v]) => [v, -v]),
    rows,
  );
  assert.ok(Math.abs(value as number) < 1e-12);
});

test('gives a duplicated latent to the lowest index', async () => {
  const rows = grid([6], 10);
  const { parts } = await mig(
    rows.map(([v]) => [0, -v, v]),
    rows,
  );
  assert.equal(parts.bestLatent, [1]);
});

test('does not depend on the order of columns, and little on sign, scale and offset', async () => {
  const { latents, factors } = await readGolden('d_partial');
  const { value } = await mig(latents, factors);
  const columns = latents.columns;
  const reversed = new Float64Array(latents.data.length);
  for (let i = 0; i < reversed.length; i++) {
    const row = Math.floor(i / columns);
    reversed[i] = latents.data[row * columns + (columns - 1 - (i % columns))];
  }
  const permuted = await mig(new Matrix(reversed, latents.rows, columns), factors);
  assert.ok(Math.abs((permuted.value as number) - (value as number)) < 1e-12);
  // A power of two scales without rounding, so every bin stays what it was.
  const scaled = await mig(
    new Matrix(
      Float64Array.from(reversed, (x) => x * 1024),
      latents.rows,
      columns,
    ),
    factors,
  );
  assert.is(scaled.value, permuted.value);
  // A sign turns half-open bins round: only values on an edge move.
  const turned = await mig(
    new Matrix(
      Float64Array.from(reversed, (x) => -x),
      latents.rows,
      columns,
    ),
    factors,
  );
  assert.ok(Math.abs((turned.value as number) - (value as number)) < 1e-3);
});

test('takes 0 as the runner-up of a single latent', async () => {
  const rows = grid([5], 4);
  const { value, notes } = await mig(rows, rows);
  assert.ok(Math.abs((value as number) - 1) < 1e-12);
  assert.equal(notes, ['one latent: the runner-up of each gap is 0']);
});

test('is null with the reason when every factor is constant', async () => {
  const { value, notes, parts } = await mig(grid([3, 3]), new Array(9).fill([7, 7]));
  assert.is(value, null);
  assert.equal(notes, ['undefined: every factor is constant', 'factors 0 and 1 are constant: left out']);
  assert.equal(parts.gap, [null, null]);
});

test('gives a constant latent no information and names it', async () => {
  const rows = grid([3, 4], 3);
  const { parts, notes } = await mig(
    rows.map(([a, b]) => [a, 1e20, b]),
    rows,
  );
  assert.equal(parts.mutualInformation[1], [0, 0]);
  assert.equal(notes, ['latent 1 is constant: no mutual information']);
});

test('bins a continuous factor as it bins latents', async () => {
  const words = new RandomStream(8, 100, 0);
  const angle = Array.from({ length: 4000 }, () => words.word() / 2 ** 32);
  const { value, parts } = await mig(
    angle.map((a) => [a, words.word()]),
    angle.map((a) => [a]),
    { bins: 8 },
  );
  // Latent and factor fall into the same eight bins: the information is the factor's whole entropy,
  // near ln 8.
  assert.ok(Math.abs(parts.mutualInformation[0][0] - parts.entropy[0]) < 1e-12);
  assert.ok(Math.abs(parts.entropy[0] - Math.log(8)) < 0.01);
  assert.ok((value as number) > 0.98);
});

test('counts factors of many values, too many to be grouped', async () => {
  const words = new RandomStream(9, 100, 0);
  const factors = Array.from({ length: 3000 }, () => [
    words.below(700),
    words.below(2),
    words.below(90),
    5 * words.below(3),
  ]);
  const latents = factors.map(([a, b, c, d]) => [a, b, c + words.below(9), d]);
  const { parts } = await mig(latents, factors);
  for (let d = 0; d < 4; d++) {
    for (let k = 0; k < 4; k++) {
      const oracle = informationOf(column(latents, d), column(factors, k), 20);
      assert.ok(Math.abs(parts.mutualInformation[d][k] - oracle) < 1e-12, `latent ${d}, factor ${k}`);
    }
  }
});

function column(rows: number[][], index: number): number[] {
  return rows.map((row) => row[index]);
}

/** Mutual information from its textbook definition. */
function informationOf(z: number[], v: number[], bins: number): number {
  const low = Math.min(...z);
  const high = Math.max(...z);
  const bin = (x: number) => {
    let edges = 0;
    for (let i = 0; i < bins; i++) if (i * ((high - low) / bins) + low <= x) edges++;
    return edges - 1;
  };
  const joint = new Map<string, number>();
  const left = new Map<number, number>();
  const right = new Map<number, number>();
  z.forEach((x, i) => {
    const b = bin(x);
    joint.set(`${b} ${v[i]}`, (joint.get(`${b} ${v[i]}`) ?? 0) + 1);
    left.set(b, (left.get(b) ?? 0) + 1);
    right.set(v[i], (right.get(v[i]) ?? 0) + 1);
  });
  let sum = 0;
  for (const [key, count] of joint) {
    const [b, value] = key.split(' ').map(Number);
    sum += (count / z.length) * Math.log((count * z.length) / ((left.get(b) as number) * (right.get(value) as number)));
  }
  return sum;
}

test.run();
