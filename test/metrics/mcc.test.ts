import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mcc, score } from '../../src/index.js';
import { normals, uniforms } from '../assembly/samples.js';
import { type DefinedCase, identifiabilityOf, readGolden } from '../golden/load-golden.js';
import { UGLY_INPUTS } from './ugly-inputs.js';

type Rows = number[][];

const CASES: readonly DefinedCase[] = ['p_perm', 'p_rot', 'p_over'];
const noise = (rows: number, columns: number, seed: number): Rows => {
  const numbers = normals(rows * columns, seed);
  return Array.from({ length: rows }, (_, i) => [...numbers.subarray(i * columns, (i + 1) * columns)]);
};

function near(actual: number | null | undefined, expected: number, within: number, what: string): void {
  const isNear = typeof actual === 'number' && Math.abs(actual - expected) <= within;
  assert.ok(isNear, `${what}: expected ${expected} to within ${within}, got ${actual}`);
}

for (const name of CASES) {
  for (const correlation of ['pearson', 'spearman'] as const) {
    test(`agrees with reference values and the authors' programs on ${name}, ${correlation}`, async () => {
      const { latents, factors } = await readGolden(name);
      const { ours, theirs } = identifiabilityOf(name, `mcc_${correlation}`);
      const { value, parts } = await mcc(latents, factors, { correlation });
      near(value, ours.matched, 1e-9, 'matched');
      near(parts.coverage, ours.coverage, 1e-9, 'coverage');
      parts.matrix.forEach((row, d) => {
        row.forEach((entry, k) => {
          near(Math.abs(entry), ours.matrix[d][k], 1e-9, `latent ${d}, factor ${k}`);
        });
      });
      const pairs = parts.pairedLatent.map((d, k) => [d, k]);
      assert.equal(pairs, ours.pairs);
      for (const [peer, expected] of Object.entries(theirs)) near(value, expected as number, 1e-9, peer);
    });

    test(`agrees on held-out rows of ${name}, ${correlation}`, async () => {
      const { latents, factors } = await readGolden(name);
      const { ours, theirs, trainRows, testRows } = identifiabilityOf(name, `mcc_${correlation}_held_out`);
      const rows = { correlation, trainRows, testRows } as const;
      const signed = await mcc(latents, factors, { ...rows, heldOut: 'signed' });
      near(signed.value, ours.signed, 1e-9, 'signed');
      near(signed.parts.heldOutAbsolute, ours.absolute, 1e-9, 'absolute');
      assert.equal(
        signed.parts.pairedLatent.map((d, k) => [d, k]),
        ours.pairs,
      );
      const absolute = await mcc(latents, factors, { ...rows, heldOut: 'absolute' });
      near(absolute.value, ours.absolute, 1e-9, 'absolute');
      for (const [peer, expected] of Object.entries(theirs)) near(signed.value, expected as number, 1e-9, peer);
    });
  }

  test(`agrees on weak MCC of ${name}: canonical and affine`, async () => {
    const { latents, factors } = await readGolden(name);
    const { ours, theirs, trainRows, testRows } = identifiabilityOf(name, 'mcc_weak_canonical');
    const rows = { trainRows, testRows };
    const canonical = await mcc(latents, factors, { ...rows, alignment: 'canonical' });
    near(canonical.value, ours.inSample, 1e-9, 'in sample');
    near(canonical.parts.heldOutAbsolute, ours.heldOut, 1e-9, 'held out');
    assert.is(canonical.parts.perFactor.length, ours.components);
    canonical.parts.perFactor.forEach((value, i) => {
      near(value, ours.canonical[i], 1e-9, `canonical correlation ${i}`);
    });
    // Theirs adds a penalty of 1e-8 or so.
    const [inSample, heldOut] = theirs.icebeem_weak;
    near(canonical.value, inSample, 1e-6, 'the authors');
    near(canonical.parts.heldOutAbsolute, heldOut, 1e-6, 'the authors, held out');
    const affine = await mcc(latents, factors, { ...rows, alignment: 'affine', heldOut: 'absolute' });
    near(affine.value, identifiabilityOf(name, 'mcc_weak_affine').ours, 1e-9, 'affine');
  });
}

/** Correlation from the formula, of values or of ranks that are counted. */
function plainCorrelation(a: number[], b: number[], isRanked: boolean): number {
  const ranks = (x: number[]) =>
    x.map((value) => x.filter((v) => v < value).length + (x.filter((v) => v === value).length + 1) / 2);
  const [x, y] = isRanked ? [ranks(a), ranks(b)] : [a, b];
  const centre = (values: number[]) => {
    const mean = values.reduce((s, v) => s + v, 0) / values.length;
    const largest = Math.max(...values.map((v) => Math.abs(v - mean)));
    return values.map((v) => (largest < 1e-12 * Math.abs(mean) || largest === 0 ? 0 : (v - mean) / largest));
  };
  const [p, q] = [centre(x), centre(y)];
  const dot = (u: number[], v: number[]) => u.reduce((s, value, i) => s + value * v[i], 0);
  const size = Math.sqrt(dot(p, p) * dot(q, q));
  return size === 0 ? 0 : dot(p, q) / size;
}

/** The best mean over all pairings, by trying them. */
function bestPairing(matrix: Rows): number {
  const [rows, columns] = [matrix.length, matrix[0].length];
  const visit = (column: number, free: number[], skips: number): number => {
    if (column === columns) return 0;
    const taken = free.map(
      (d) =>
        Math.abs(matrix[d][column]) +
        visit(
          column + 1,
          free.filter((other) => other !== d),
          skips,
        ),
    );
    const left = skips > 0 ? [visit(column + 1, free, skips - 1)] : [];
    return Math.max(...taken, ...left);
  };
  return visit(0, [...matrix.keys()], Math.max(0, columns - rows)) / Math.min(rows, columns);
}

test('is the best pairing of plain correlations, with more latents than factors, fewer, and ties', async () => {
  const next = uniforms(5);
  for (const [d, k] of [
    [1, 1],
    [4, 3],
    [2, 4],
    [5, 5],
  ]) {
    for (const isRounded of [false, true]) {
      const round = (x: number) => (isRounded ? Math.round(2 * x) / 2 : x);
      const factors = noise(70, k, d * 10 + k).map((row) => row.map((x) => round(x) + 0.25));
      const latents = factors.map((row) =>
        Array.from({ length: d }, (_, j) => round(row[j % k] * (j - 1.5) + 3 * next())),
      );
      for (const correlation of ['pearson', 'spearman'] as const) {
        const { value, parts } = await mcc(latents, factors, { correlation });
        const plain = latents[0].map((_, i) =>
          factors[0].map((_, j) =>
            plainCorrelation(
              latents.map((row) => row[i]),
              factors.map((row) => row[j]),
              correlation === 'spearman',
            ),
          ),
        );
        parts.matrix.flat().forEach((entry, at) => {
          near(entry, plain.flat()[at], 1e-12, `entry ${at}`);
        });
        near(value, bestPairing(plain), 1e-12, `${d} x ${k}, ${correlation}`);
      }
    }
  }
});

test('is 1 for a permuted code with any scales, offsets and signs', async () => {
  const factors = noise(300, 4, 1);
  for (const scale of [1e-300, 1e-9, 1, 1e140]) {
    const latents = factors.map(([a, b, c, d]) => [-b * scale, 3 * d - 7, a + 1e6, -1e-12 * c]);
    for (const correlation of ['pearson', 'spearman'] as const) {
      const { value, parts } = await mcc(latents, factors, { correlation });
      near(value, 1, 1e-9, `${correlation} ${scale}`);
      assert.equal(parts.pairedLatent, [2, 0, 3, 1]);
      assert.equal(
        parts.matrix.map((row) => row.reduce((a, b) => (Math.abs(a) > Math.abs(b) ? a : b)) > 0),
        [false, true, true, false],
      );
      near(parts.heldOutSigned, 1, 1e-9, 'held out');
    }
  }
});

test('ranks do not mind monotone bends', async () => {
  const factors = noise(200, 3, 2);
  const latents = factors.map(([a, b, c]) => [Math.exp(3 * c), -(a ** 3), Math.tanh(b)]);
  near((await mcc(latents, factors, { correlation: 'spearman' })).value, 1, 1e-12, 'spearman');
  assert.ok(((await mcc(latents, factors)).value as number) < 0.9);
});

test('an alignment undoes a mixture, and the parts of a larger code are left', async () => {
  const factors = noise(400, 3, 3);
  const latents = factors.map(([a, b, c]) => [a + b, b - c, a + b + c, 7]);
  const plain = (await mcc(latents, factors)).value as number;
  assert.ok(plain < 0.9);
  for (const alignment of ['affine', 'canonical'] as const) {
    const { value, parts } = await mcc(latents, factors, { alignment });
    near(value, 1, 1e-9, alignment);
    near(parts.heldOutSigned, 1, 1e-9, `${alignment}, held out`);
  }
  // Two latents cannot tell three factors: canonical variates say nothing of the third.
  const two = factors.map(([a, b]) => [a + b, a - b]);
  near((await mcc(two, factors, { alignment: 'canonical' })).value, 1, 1e-9, 'canonical of two');
  assert.ok(((await mcc(two, factors, { alignment: 'affine' })).value as number) < 0.75);
});

test('ties go to the lowest factor, then to the lowest latent', async () => {
  const factors = noise(50, 2, 4);
  const copies = factors.map(([a, b]) => [b, b, a, a]);
  assert.equal((await mcc(copies, factors)).parts.pairedLatent, [2, 0]);
  const twins = factors.map(([a]) => [a, a, a]);
  assert.equal(
    (
      await mcc(
        factors.map(([a]) => [a]),
        twins,
      )
    ).parts.pairedLatent,
    [0, null, null],
  );
});

test('coverage counts factors without a latent, matched does not; constant factors leave both', async () => {
  const factors = noise(100, 4, 5).map(([a, b, c, d]) => [a, b, c, d, 3.5]);
  const latents = factors.map(([, b, , d]) => [d, b]);
  const matched = await mcc(latents, factors);
  near(matched.value, 1, 1e-12, 'matched');
  near(matched.parts.coverage, 0.5, 1e-12, 'coverage');
  assert.equal(
    matched.parts.pairedLatent.map((d) => d !== null),
    [false, true, false, true, false],
  );
  assert.is(matched.parts.perFactor[4], null);
  near((await mcc(latents, factors, { normalisation: 'coverage' })).value, 0.5, 1e-12, 'as the value');
  // A dead latent is one of the D.
  near(
    (
      await mcc(
        latents.map(([a]) => [a, 0]),
        factors,
      )
    ).value,
    0.5,
    0.1,
    'dead',
  );
});

test('pairs are chosen on training rows, and signs are theirs', async () => {
  // The latent follows the factor in the training rows, and its opposite in the test rows.
  const factors = noise(90, 1, 6);
  const latents = factors.map(([a], i) => [i < 60 ? a : -a]);
  const rows = { trainRows: { from: 0, to: 60 }, testRows: { from: 60, to: 90 } };
  const { value, range, parts } = await mcc(latents, factors, { ...rows, heldOut: 'signed' });
  near(value, -1, 1e-12, 'signed');
  assert.equal(range, [-1, 1]);
  near(parts.heldOutAbsolute, 1, 1e-12, 'absolute');
  near(parts.inSample, 1, 1e-12, 'in sample, of the training rows');
});

test('a factor that is constant in a part of the rows is left out of what is held out, and named', async () => {
  const factors = noise(60, 2, 7).map(([a, b], i) => [a, i < 40 ? b : 0.5]);
  const rows = { trainRows: { from: 0, to: 40 }, testRows: { from: 40, to: 60 } };
  const { value, parts, notes } = await mcc(factors, factors, { ...rows, heldOut: 'absolute' });
  near(value, 1, 1e-12, 'value');
  assert.equal(parts.pairedLatent, [0, null]);
  assert.ok(notes.includes('factor 1: constant among the training or the test rows, left out'));
  const none = await mcc(
    factors.map(([, b]) => [b]),
    factors.map(([, b]) => [b]),
    { ...rows, heldOut: 'signed' },
  );
  assert.is(none.value, null);
  assert.is(none.notes[0], 'undefined: no factor can be judged');
});

test('two rows are paired in sample, and cannot be held out', async () => {
  const rows = [
    [0.5, 1.5],
    [1, 0.25],
  ];
  const { value, parts } = await mcc(rows, rows);
  near(value, 1, 1e-12, 'in sample');
  assert.is(parts.heldOutAbsolute, null);
  assert.is((await mcc(rows, rows, { heldOut: 'absolute' })).value, null);
});

test('every option has a result or a reason on every ugly input', async () => {
  for (const [name, { latents, factors, options = {} }] of Object.entries(UGLY_INPUTS)) {
    for (const correlation of ['pearson', 'spearman'] as const) {
      for (const alignment of ['none', 'affine', 'canonical'] as const) {
        // Solving for 500 latents takes its time.
        if (latents[0].length > 100 && (alignment !== 'none') === (correlation === 'spearman')) continue;
        for (const heldOut of ['none', 'absolute', 'signed'] as const) {
          const found = await mcc(latents, factors, { ...options, correlation, alignment, heldOut });
          const what = `${name}, ${correlation}, ${alignment}, ${heldOut}`;
          const { value, parts } = found;
          assert.equal(JSON.parse(JSON.stringify(parts)), parts, what);
          if (value === null) assert.match(found.notes[0], /^undefined: /, what);
          else assert.ok(value >= found.range[0]! && value <= 1, `${what}: ${value}`);
        }
      }
    }
  }
});

test('names factors whose order may mean nothing', async () => {
  const factors = noise(40, 2, 8).map((_, i) => [i % 2, i % 5]);
  const { notes } = await mcc(noise(40, 2, 9), factors);
  assert.equal(notes, [
    'factor 1: values are taken as numbers, in their order; if they are names, what is found of them means nothing',
  ]);
});

test('does not depend on the number of threads', async () => {
  const { latents, factors } = await readGolden('p_over');
  const options = { metrics: ['mcc', 'r2'], options: { mcc: { correlation: 'spearman' } } } as const;
  const [one, two] = [
    await score(latents, factors, options),
    await score(latents, factors, { ...options, threads: 2 }),
  ];
  assert.equal(one.metrics, two.metrics);
});

test.run();
