/** DMIG, XMIG and DLIG: gaps between latents that are meant for factors and their rivals. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dlig, dmig, isOptionError, score, xmig } from '../../src/index.js';
import { parseValue } from '../../src/options/parse-value.js';
import { RandomStream } from '../../src/random.js';
import { dependencyOf } from '../golden/load-dependency.js';
import { readGolden } from '../golden/load-golden.js';

const FUNCTIONS = { dmig, xmig, dlig } as const;
const NAMES = ['dmig', 'xmig', 'dlig'] as const;
type Gap = number | null;

function near(actual: Gap | undefined, expected: Gap, what: string, tolerance = 1e-12): void {
  const isNear =
    expected === null ? actual === null : typeof actual === 'number' && Math.abs(actual - expected) < tolerance;
  assert.ok(isNear, `${what}: expected ${expected}, got ${actual}`);
}

for (const name of ['p_perm', 'p_rot', 'p_over'] as const) {
  for (const choice of ['best', 'listed'] as const) {
    test(`agrees with an independent implementation on ${name}, latents ${choice}`, async () => {
      const { latents, factors } = await readGolden(name);
      const expected = dependencyOf(name).metrics[choice];
      const regular = choice === 'best' ? 'best' : expected.regular;
      for (const metric of NAMES) {
        const { value, parts } = await FUNCTIONS[metric](latents, factors, { regular });
        assert.equal(parts.regularLatent, expected.regular);
        expected[metric].forEach((gap, k) => {
          near(parts.gap[k], gap, `${metric} of factor ${k}`, 1e-9);
        });
        const gaps = (expected[metric] as readonly Gap[]).filter((gap) => gap !== null);
        near(value, gaps.length === 0 ? null : gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length, metric, 1e-9);
      }
    });
  }
}

/** Bin numbers of a column. */
function binned(column: readonly number[], bins: number): number[] {
  const [low, high] = [Math.min(...column), Math.max(...column)];
  return column.map((x) => {
    let bin = 0;
    while (bin + 1 < bins && (bin + 1) * ((high - low) / bins) + low <= x) bin++;
    return bin;
  });
}

/** Entropy of the rows of columns, with (m - 1) / 2N where that is asked for. */
function entropyOf(isCorrected: boolean, ...columns: ReadonlyArray<readonly number[]>): number {
  const counts = new Map<string, number>();
  for (const row of columns[0].keys()) {
    const key = columns.map((column) => column[row]).join(' ');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const rows = columns[0].length;
  let sum = isCorrected ? (counts.size - 1) / (2 * rows) : 0;
  for (const count of counts.values()) sum -= (count / rows) * Math.log(count / rows);
  return sum;
}

const columnsOf = (rows: readonly number[][]) => rows[0].map((_, k) => rows.map((row) => row[k]));

/** The pairing of all with the largest sum of shares, the first of equal ones. */
function bestPairing(shares: readonly number[][]): number[] {
  let best: number[] = [];
  let most = Number.NEGATIVE_INFINITY;
  const visit = (latentOf: number[], sum: number) => {
    if (latentOf.length < shares[0].length) {
      shares.forEach((row, d) => {
        if (!latentOf.includes(d)) visit([...latentOf, d], sum + row[latentOf.length]);
      });
    } else if (sum > most + 1e-12) [best, most] = [latentOf, sum];
  };
  visit([], 0);
  return best;
}

const largest = (indices: readonly number[], valueAt: (index: number) => number) =>
  indices.find((i) => valueAt(i) >= Math.max(...indices.map(valueAt)) - 1e-12) as number;

/** All three by their definition, of factors that vary. */
function oracle(
  latents: number[][],
  factors: number[][],
  { bins = 20, millerMadow = false, regular }: { bins?: number; millerMadow?: boolean; regular?: number[] },
) {
  const z = columnsOf(latents).map((column) => binned(column, bins));
  const v = columnsOf(factors);
  const entropy = (...columns: number[][]) => entropyOf(millerMadow, ...columns);
  const matrix = z.map((a) => v.map((b) => Math.max(0, entropy(a) + entropy(b) - entropy(a, b))));
  const given = (k: number, l: number) => entropy(v[k], v[l]) - entropy(v[l]);
  const latentOf = regular ?? bestPairing(matrix.map((row) => row.map((nats, k) => nats / entropy(v[k]))));
  const [ofLatents, ofFactors] = [[...z.keys()], [...v.keys()]];
  const gaps = { dmig: [] as Gap[], xmig: [] as Gap[], dlig: [] as Gap[] };
  for (const k of ofFactors) {
    const own = matrix[latentOf[k]][k];
    const n = largest(
      ofLatents.filter((d) => d !== latentOf[k]),
      (d) => matrix[d][k],
    );
    const l = latentOf.indexOf(n);
    gaps.dmig.push((own - matrix[n][k]) / (l < 0 ? entropy(v[k]) : given(k, l)));
    const free = ofLatents.filter((d) => !latentOf.includes(d)).map((d) => matrix[d][k]);
    gaps.xmig.push(free.length === 0 ? null : (own - Math.max(...free)) / entropy(v[k]));
    const other = largest(
      ofFactors.filter((one) => one !== k),
      (one) => matrix[latentOf[k]][one],
    );
    gaps.dlig.push((own - matrix[latentOf[k]][other]) / given(k, other));
  }
  return { latentOf, gaps };
}

/** Factors that depend on each other, and latents that are random sums of them. */
function draw(rows: number, latentCount: number, seed: number) {
  const words = new RandomStream(seed, 100, 0);
  const uniform = () => words.word() / 2 ** 32;
  const factors = Array.from({ length: rows }, () => {
    const a = words.below(4);
    return [a, (a + words.below(2)) % 3, words.below(3), words.below(2)];
  });
  const weights = Array.from({ length: latentCount }, () => [0, 1, 2, 3].map(() => words.below(3) - 1));
  const latents = factors.map((row) => weights.map((weight) => row.reduce((x, v, k) => x + weight[k] * v, uniform())));
  return { latents, factors };
}

for (const [rows, latentCount, options] of [
  [300, 4, {}],
  [300, 6, {}],
  [40, 7, { bins: 5 }],
  [60, 6, { bins: 7, millerMadow: true }],
  [300, 6, { regular: [5, 0, 3, 1] }],
] as const) {
  test(`is as defined: ${rows} rows of ${latentCount} latents, ${JSON.stringify(options)}`, async () => {
    for (let seed = 0; seed < 6; seed++) {
      const { latents, factors } = draw(rows, latentCount, seed);
      const expected = oracle(latents, factors, options as { bins?: number });
      for (const metric of NAMES) {
        const { parts } = await FUNCTIONS[metric](latents, factors, options);
        assert.equal(parts.regularLatent, expected.latentOf, `seed ${seed}`);
        expected.gaps[metric].forEach((gap, k) => {
          near(
            parts.gap[k],
            gap === null || metric !== 'dlig' ? gap : Math.min(1, gap),
            `${metric} ${k}, seed ${seed}`,
          );
        });
      }
    }
  });
}

const grid = Array.from({ length: 120 }, (_, i) => [i % 3, Math.floor(i / 3) % 4, Math.floor(i / 12) % 5]);

test('is 1 for a permuted code of independent factors, and below 0 if latents are meant for the wrong ones', async () => {
  const codes = grid.map(([a, b, c]) => [-c, 2 * a, 0.5, b + 7]);
  // Each knows all of another factor: minus the entropy of that over its own factor's.
  const lig = -(Math.log(5) / Math.log(3) + Math.log(3) / Math.log(4) + Math.log(4) / Math.log(5)) / 3;
  for (const metric of NAMES) {
    const { value, parts, notes } = await FUNCTIONS[metric](codes, grid);
    near(value, 1, metric);
    assert.equal(parts.regularLatent, [1, 3, 0]);
    assert.equal(notes, ['latent 2 is constant: no mutual information']);
    const wrong = await FUNCTIONS[metric](codes, grid, { regular: [0, 1, 3] });
    near(wrong.value, { dmig: -1, xmig: 0, dlig: lig }[metric], `${metric}, wrong`);
  }
});

test('is 1 for a perfect code of factors that depend on each other, which MIG holds against it', async () => {
  const factors = grid.map(([a, b, c]) => [a, c < 3 ? a : b]);
  const { metrics } = await score(factors, factors, { metrics: ['mig', 'dmig', 'dlig'] });
  near(metrics.dmig.value, 1, 'DMIG');
  near(metrics.dlig.value, 1, 'DLIG');
  assert.ok((metrics.mig.value as number) < 0.95);
});

test('XMIG is what spare latents leave: a duplicate takes all', async () => {
  const codes = grid.map(([a, b, c]) => [a, b, c, b]);
  const { parts, notes } = await xmig(codes, grid);
  assert.equal(parts.regularLatent, [0, 1, 2]);
  assert.equal(parts.rival, [3, 3, 3]);
  [1, 0, 1].forEach((gap, k) => {
    near(parts.gap[k], gap, `factor ${k}`);
  });
  assert.equal(notes, []);
});

test('names factors that are a function of another, and leaves them out', async () => {
  // The second is a function of the first, which is none of it.
  const factors = grid.map(([a, b]) => [4 * a + b, a]);
  const codes = factors.map(([a, b]) => [a, 3 * b]);
  for (const metric of [dmig, dlig] as const) {
    const { value, parts, notes } = await metric(codes, factors);
    assert.is(parts.gap[1], null);
    assert.is(parts.normaliser[1], 0);
    near(parts.gap[0], value, 'the mean is that of the other');
    assert.equal(notes, ['factor 1 is a function of factor 0: left out']);
  }
  const twins = grid.map(([a]) => [a, 2 - a]);
  const { value, notes } = await dlig(twins, twins);
  assert.is(value, null);
  assert.equal(notes, [
    'undefined: every factor is a function of another',
    'factor 0 is a function of factor 1: left out',
    'factor 1 is a function of factor 0: left out',
  ]);
});

test('says why there is no score', async () => {
  const first = (notes: readonly string[]) => notes[0];
  const short = 'undefined: fewer latents than factors, and each factor needs one of its own';
  for (const metric of NAMES) {
    const { value, parts, notes } = await FUNCTIONS[metric](
      grid.map(([a, b]) => [a, b]),
      grid,
    );
    assert.equal([value, first(notes)], [null, short], metric);
    assert.equal(parts.gap, [null, null, null]);
    const same = await FUNCTIONS[metric](
      grid,
      grid.map(() => [1, 2]),
    );
    assert.equal([same.value, first(same.notes)], [null, 'undefined: every factor is constant'], metric);
  }
  assert.equal((await xmig(grid, grid)).notes, ['undefined: every latent is meant for a factor']);
  const one = grid.map(([a]) => [a]);
  assert.equal((await dlig(grid, one)).notes, ['undefined: a single factor varies, and DLIG compares factors']);
  const alone = await dmig(one, one);
  near(alone.value, 1, 'one latent and one factor');
  assert.equal(alone.notes, ['one latent: the runner-up of each gap is 0']);
});

test('constant factors have no latent, unless one is listed, which then is no spare one', async () => {
  const factors = grid.map(([a, b]) => [a, 9, b]);
  const codes = grid.map(([a, b]) => [a, a, b, 0.1 * b]);
  const best = await xmig(codes, factors);
  assert.equal(best.parts.regularLatent, [0, null, 2]);
  assert.equal(best.parts.rival, [1, null, 3]);
  assert.equal(best.notes, ['factor 1 is constant: left out']);
  const listed = await xmig(codes, factors, { regular: [0, 1, 2] });
  assert.equal(listed.parts.rival, [3, null, 3]);
  near(listed.parts.gap[0], 1, 'the duplicate is meant for the constant factor');
});

for (const [regular, kind, problem] of [
  [[0, 1], RangeError, 'expected a latent for each of 3 factors, got 2'],
  [[0, 1, 3], RangeError, 'expected latents from 0 to 2, got 3'],
  [[0, 2, 2], RangeError, 'expected a latent of its own for each factor, got 2 twice'],
  [[0, 1.5, 2], TypeError, 'expected best, or a latent for each factor, got an array'],
  ['worst', TypeError, "expected best, or a latent for each factor, got 'worst'"],
] as const) {
  test(`refuses ${regular} as latents that are meant for factors`, async () => {
    const error = await dlig(grid, grid, { regular: regular as readonly number[] }).catch((caught: unknown) => caught);
    assert.ok(isOptionError(error) && error instanceof kind);
    assert.equal([error.option, error.owner, error.problem], ['regular', 'dlig', problem]);
  });
}

test('takes latents of factors as text', () => {
  const read = (text: string) => parseValue(text, dmig.options.regular);
  assert.is(read('best'), 'best');
  assert.equal(read('4, 0,2'), [4, 0, 2]);
  assert.throws(() => read('first'), "expected best, or a latent for each factor, got 'first'");
});

test('does not depend on the order of latents and factors, on sign or on scale', async () => {
  const { latents, factors } = draw(400, 6, 9);
  for (const metric of NAMES) {
    const { value } = await FUNCTIONS[metric](latents, factors);
    const turned = latents.map((row) => [...row].reverse().map((x) => x * 2 ** -300));
    const mirrored = factors.map((row) => [...row].reverse());
    near((await FUNCTIONS[metric](turned, mirrored)).value, value, metric);
  }
});

test.run();
