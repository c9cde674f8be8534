/**
 * The Miller-Madow correction in the metrics that are read off a histogram, held to its definition,
 * and to what another library makes of it.
 */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dcimig, jemmig, type Matrix, mig, migSup, modularity, mutualInformationScore, rmig } from '../../src/index.js';
import { RandomStream } from '../../src/random.js';
import { type Case, readGolden } from '../golden/load-golden.js';

/** What infomeasure returned: test/golden/make-miller-madow.py. */
const reference: Readonly<
  Record<string, { case: Case; step: number; rows: number; entropy: number[]; mig: number[][]; rmig: number[][] }>
> = JSON.parse(readFileSync(new URL('../golden/miller-madow.json', import.meta.url), 'utf8'));

const ON = { bins: 7, millerMadow: true } as const;

/**
 * Factors, and latents that know something of them: one of its factor alone, one of both, one of
 * nothing.
 */
function draw(rows: number, seed: number): { latents: number[][]; factors: number[][] } {
  const words = new RandomStream(seed, 100, 0);
  const uniform = () => words.word() / 2 ** 32;
  const factors = Array.from({ length: rows }, () => [words.below(4), words.below(3)]);
  const latents = factors.map(([a, b]) => [a + 2 * uniform(), a + 3 * b + uniform(), uniform()]);
  return { latents, factors };
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

/** -sum p ln p + (m - 1) / 2N over the different values of a column. */
function entropy(column: ReadonlyArray<number | string>): number {
  const counts = new Map<number | string, number>();
  for (const value of column) counts.set(value, (counts.get(value) ?? 0) + 1);
  let sum = (counts.size - 1) / (2 * column.length);
  for (const count of counts.values()) sum -= (count / column.length) * Math.log(count / column.length);
  return sum;
}

const joint = (a: readonly number[], b: readonly number[]) => entropy(a.map((value, i) => `${value} ${b[i]}`));
const information = (a: readonly number[], b: readonly number[]) => Math.max(0, entropy(a) + entropy(b) - joint(a, b));
const columnsOf = (rows: readonly number[][]) => rows[0].map((_, k) => rows.map((row) => row[k]));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function near(actual: number | null, expected: number, what: string, tolerance = 1e-12): void {
  assert.ok(actual !== null && Math.abs(actual - expected) < tolerance, `${what}: expected ${expected}, got ${actual}`);
}

for (const rows of [25, 60, 400]) {
  test(`corrects entropy and mutual information of ${rows} rows in every score, by its definition`, async () => {
    const { latents, factors } = draw(rows, rows);
    const z = columnsOf(latents).map((column) => binned(column, ON.bins));
    const v = columnsOf(factors);
    const matrix = z.map((latent) => v.map((factor) => information(latent, factor)));
    const entropies = v.map(entropy);
    const plain = await mig(latents, factors, { bins: ON.bins });
    const { value, parts } = await mig(latents, factors, ON);
    matrix.forEach((row, d) => {
      row.forEach((expected, k) => {
        near(parts.mutualInformation[d][k], expected, `I(z${d}; v${k})`);
      });
    });
    entropies.forEach((expected, k) => {
      near(parts.entropy[k], expected, `H(v${k})`);
    });
    const ranked = v.map((_, k) => matrix.map((row) => row[k]).sort((a, b) => b - a));
    near(value, mean(ranked.map(([first, second], k) => (first - second) / entropies[k])), 'MIG');
    assert.ok(Math.abs((plain.value as number) - (value as number)) > 1e-4, 'the correction does something');

    const ofLatent = matrix.map((row) => [...row].sort((a, b) => b - a));
    const sup = await migSup(latents, factors, { ...ON, normaliser: 'latent' });
    near(sup.value, mean(ofLatent.map(([first, second], d) => (first - second) / entropy(z[d]))), 'MIG-sup, latent');
    const shares = matrix.map((row) => row.map((known, k) => known / entropies[k]).sort((a, b) => b - a));
    near((await migSup(latents, factors, ON)).value, mean(shares.map(([a, b]) => a - b)), 'MIG-sup');

    const best = v.map((_, k) => matrix.findIndex((row) => row[k] === ranked[k][0]));
    const charged = v.map((factor, k) => {
      const whole = entropies[k] + entropy(z[best[k]]) - matrix[best[k]][k];
      return Math.max(0, 1 - (whole - ranked[k][0] + ranked[k][1]) / (entropy(factor) + Math.log(ON.bins)));
    });
    near((await jemmig(latents, factors, ON)).value, mean(charged), 'JEMMIG');

    const gaps = v.map((_, k) =>
      Math.max(0, ...matrix.map((row, d) => (row[k] === ofLatent[d][0] ? ofLatent[d][0] - ofLatent[d][1] : 0))),
    );
    near((await dcimig(latents, factors, ON)).value, (gaps[0] + gaps[1]) / (entropies[0] + entropies[1]), 'DCIMIG');

    const told = ofLatent.filter(([first]) => first > 0);
    near((await modularity(latents, factors, ON)).value, mean(told.map(([a, b]) => 1 - b ** 2 / a ** 2)), 'modularity');

    const shared = [information(z[0], z[1]), information(z[0], z[2]), information(z[1], z[2])];
    near((await mutualInformationScore(latents, factors, ON)).value, mean(shared), 'MI score');
  });
}

/** Every so many rows, as float64. */
function everyRow({ data, columns }: Matrix, step: number, rows: number) {
  const own = Float64Array.from(
    { length: rows * columns },
    (_, i) => data[Math.floor(i / columns) * step * columns + (i % columns)],
  );
  return { data: own, rows, columns };
}

for (const [name, { case: of, step, rows, ...theirs }] of Object.entries(reference)) {
  test(`agrees with infomeasure on ${rows} rows of ${of}`, async () => {
    const { latents, factors } = await readGolden(of);
    const [z, v] = [everyRow(latents, step, rows), everyRow(factors, step, rows)];
    const ofMig = await mig(z, v, { bins: 20, millerMadow: true });
    const ofRmig = await rmig(z, v, { bins: 30, limit: 4, millerMadow: true });
    theirs.entropy.forEach((nats, k) => {
      near(ofMig.parts.entropy[k], nats, `${name}: H(v${k})`);
    });
    for (const [parts, expected] of [
      [ofMig.parts, theirs.mig],
      [ofRmig.parts, theirs.rmig],
    ] as const) {
      expected.forEach((row, d) => {
        row.forEach((nats, k) => {
          // What falls below 0 stays there in theirs.
          near(parts.mutualInformation[d][k], Math.max(0, nats), `${name}: I(z${d}; v${k})`);
        });
      });
    }
  });
}

test('corrects pairs of latents in so many bins that they are sorted, not counted', async () => {
  const { latents, factors } = draw(300, 5);
  const [a, b, c] = columnsOf(latents).map((column) => binned(column, 300));
  const { parts } = await mutualInformationScore(latents, factors, { bins: 300, millerMadow: true });
  near(parts.informationBetweenLatents[0][1], information(a, b), 'first and second');
  near(parts.informationBetweenLatents[1][2], information(b, c), 'second and third');
  near(parts.informationBetweenLatents[0][0], entropy(a), 'of itself');
});

test('takes most of the bias away that few rows give mutual information', async () => {
  // A latent of 4 equal bins that is the factor's value in half of the rows, and any value in the
  // others.
  const share = 0.5 + 0.5 / 4;
  const truth = Math.log(4) + share * Math.log(share) + 3 * (0.5 / 4) * Math.log(0.5 / 4);
  const words = new RandomStream(11, 100, 0);
  const plain: number[] = [];
  const corrected: number[] = [];
  for (let trial = 0; trial < 200; trial++) {
    const factors = Array.from({ length: 150 }, () => [words.below(4)]);
    const latents = factors.map(([value]) => [words.below(2) === 0 ? value : words.below(4)]);
    plain.push((await mig(latents, factors, { bins: 4 })).parts.mutualInformation[0][0]);
    corrected.push((await mig(latents, factors, { bins: 4, millerMadow: true })).parts.mutualInformation[0][0]);
  }
  assert.ok(mean(plain) - truth > 0.02, `${mean(plain)} for ${truth}`);
  assert.ok(Math.abs(mean(corrected) - truth) < (mean(plain) - truth) / 4, `${mean(corrected)} for ${truth}`);
});

test('is 1 still where each factor is one latent, and never below 0', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => [i % 4, Math.floor(i / 4) % 5, Math.floor(i / 20)]);
  for (const compute of [mig, migSup, dcimig, modularity, jemmig]) {
    near((await compute(rows, rows, { bins: 20, millerMadow: true })).value, 1, compute.name);
  }
  const words = new RandomStream(12, 100, 0);
  const noise = rows.map(() => [words.word() / 2 ** 32]);
  const noisy = await jemmig(noise, rows, { bins: 20, millerMadow: true });
  assert.ok((noisy.value as number) >= 0);
  assert.ok(noisy.parts.score.every((score) => score === null || score >= 0));
});

test.run();
