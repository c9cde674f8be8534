/**
 * The scores that are read off the matrix of mutual information beside MIG: MIG-sup, JEMMIG,
 * DCIMIG, modularity.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dcimig, jemmig, type Matrix, mig, migSup, modularity } from '../../src/index.js';
import { RandomStream } from '../../src/random.js';
import { CASES, type Case, expectedOf, readGolden } from '../golden/load-golden.js';

const FUNCTIONS = { 'mig-sup': migSup, jemmig, dcimig, modularity } as const;
type Name = keyof typeof FUNCTIONS;

/**
 * A constant latent or factor, or a duplicated latent: defined here, NaN or chance there. See the
 * tests below.
 */
const DEGENERATE: readonly Case[] = ['e_degenerate', 'e2_degenerate_latents'];
/**
 * Theirs bins latents that it has scaled to 0 .. 1 first; at huge offsets that moves values across
 * edges.
 */
const BINNED_OTHERWISE: readonly Case[] = ['o_offset_scale'];

function near(actual: number | null, expected: number, what: string): void {
  assert.ok(actual !== null && Math.abs(actual - expected) < 1e-9, `${what}: expected ${expected}, got ${actual}`);
}

for (const name of CASES.filter((name) => !DEGENERATE.includes(name))) {
  for (const bins of [10, 20]) {
    test(`agrees with the authors' code on ${name} with ${bins} bins`, async () => {
      const { latents, factors } = await readGolden(name);
      const { value } = await modularity(latents, factors, { bins });
      near(value, expectedOf(name, `dlib_mi_mig_modularity_bins${bins}_f64`).modularity_score, 'disentanglement_lib');
      if (BINNED_OTHERWISE.includes(name)) return;
      near(value, expectedOf(name, `ubi_modularity_bins${bins}`), 'ubisoft, modularity');
      const sup = await migSup(latents, factors, { bins, normaliser: 'latent' });
      near(sup.value, expectedOf(name, `ubi_mig_sup_bins${bins}`), 'MIG-sup');
      near((await jemmig(latents, factors, { bins })).value, expectedOf(name, `ubi_jemmig_bins${bins}`), 'JEMMIG');
      near((await dcimig(latents, factors, { bins })).value, expectedOf(name, `ubi_dcimig_bins${bins}`), 'DCIMIG');
    });
  }
}

test('DCIMIG agrees where a latent is constant or doubled, and leaves a constant factor out', async () => {
  for (const name of DEGENERATE) {
    const { latents, factors } = await readGolden(name);
    near((await dcimig(latents, factors)).value, expectedOf(name, 'ubi_dcimig_bins20'), name);
  }
});

test('modularity is not below 0 where a latent tells of all factors alike', async () => {
  for (let seed = 1; seed < 40; seed++) {
    const rows = Array.from({ length: 30 }, (_, i) => (i * i * seed) % 11);
    for (const factors of [3, 4, 6, 7]) {
      const same = rows.map((x) => Array.from({ length: factors }, () => (x * seed) % 3));
      const { value } = await modularity(rows, same);
      assert.ok(value === null || (value >= 0 && value < 1e-15), `${seed}, ${factors}: ${value}`);
    }
  }
});

test('modularity leaves out dead latents and constant factors, which disentanglement_lib counts', async () => {
  const { latents, factors } = await readGolden('e_degenerate');
  const { value, parts, notes } = await modularity(latents, factors);
  assert.is(parts.modularity[1], null);
  assert.equal(notes, ['latent 1 is constant: left out', 'factor 2 is constant: left out']);
  // Theirs: the sum over latents, with 3 for K - 1 in place of 2 and 0 for the dead latent, over
  // all six.
  const theirs = expectedOf('e_degenerate', 'dlib_mi_mig_modularity_bins20_f64').modularity_score;
  const defined = parts.modularity.filter((one) => one !== null);
  near(defined.reduce((sum, one) => sum + 1 - ((1 - one) * 2) / 3, 0) / 6, theirs, 'theirs out of ours');
  assert.ok((value as number) > theirs);
});

const grid = Array.from({ length: 240 }, (_, i) => [i % 4, Math.floor(i / 4) % 5, Math.floor(i / 20) % 3]);
const noise = (seed: number, rows: number, columns: number) => {
  const words = new RandomStream(seed, 100, 0);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => words.word() / 2 ** 32));
};

test('all are 1 when each factor is one latent, JEMMIG as far as its bins are few', async () => {
  near((await migSup(grid, grid)).value, 1, 'MIG-sup');
  near((await dcimig(grid, grid)).value, 1, 'DCIMIG');
  near((await modularity(grid, grid)).value, 1, 'modularity');
  // Of a latent that holds its factor and nothing else the joint entropy is H(v), as is the
  // information.
  near((await jemmig(grid, grid)).value, 1, 'JEMMIG');
});

test('all but modularity are near 0 for latents that know nothing', async () => {
  const factors = Array.from({ length: 20_000 }, (_, i) => [i % 4, Math.floor(i / 4) % 5]);
  const latents = noise(1, 20_000, 3);
  for (const name of ['mig-sup', 'dcimig'] as const) {
    const { value } = await FUNCTIONS[name](latents, factors);
    assert.ok((value as number) < 0.01, `${name}: ${value}`);
  }
  // JEMMIG: the joint entropy of independent variables is nearly all there can be.
  assert.ok(((await jemmig(latents, factors)).value as number) < 0.01);
});

test('a latent that carries two factors costs MIG-sup, DCIMIG and modularity, not MIG', async () => {
  const both = grid.map(([a, b, c]) => [a + 4 * b, c]);
  const alone = await mig(both, grid, { bins: 60 });
  assert.ok((alone.value as number) > 0.99);
  // Latent 0 knows ln 4 of one factor and ln 5 of the other, which is all of both, and holds ln 20.
  for (const normaliser of ['factor', 'log-size', 'latent'] as const) {
    const sup = await migSup(both, grid, { bins: 60, normaliser });
    const gap = normaliser === 'latent' ? (Math.log(5) - Math.log(4)) / Math.log(20) : 0;
    near(sup.parts.gap[0], gap, `${normaliser}: gap of the mixed latent`);
    near(sup.parts.gap[1], 1, `${normaliser}: gap of the other`);
  }
  const charm = await dcimig(both, grid, { bins: 60 });
  near(charm.value, (Math.log(5) - Math.log(4) + Math.log(3)) / Math.log(60), 'DCIMIG');
  assert.equal(charm.parts.bestLatent, [null, 0, 1]);
  const { parts } = await modularity(both, grid, { bins: 60 });
  near(parts.modularity[0], 1 - Math.log(4) ** 2 / (2 * Math.log(5) ** 2), 'modularity of the mixed latent');
});

test('JEMMIG charges a best latent for what it holds beside its factor', async () => {
  const rows = Array.from({ length: 400 }, (_, i) => [i % 4, Math.floor(i / 4) % 10]);
  const pure = await jemmig(
    rows.map(([a]) => [a]),
    rows.map(([a]) => [a]),
    { bins: 40 },
  );
  near(pure.value, 1, 'pure');
  const mixed = await jemmig(
    rows.map(([a, b]) => [10 * a + b]),
    rows.map(([a]) => [a]),
    { bins: 40 },
  );
  near(mixed.value, 1 - Math.log(10) / (Math.log(4) + Math.log(40)), 'mixed');
});

test('a doubled latent costs JEMMIG, and not MIG-sup, DCIMIG or modularity', async () => {
  const double = grid.map(([a, b, c]) => [a, a, b, c]);
  near((await migSup(double, grid)).value, 1, 'MIG-sup');
  near((await dcimig(double, grid)).value, 1, 'DCIMIG');
  near((await modularity(double, grid)).value, 1, 'modularity');
  const { parts } = await jemmig(double, grid);
  near(parts.score[0], 1 - Math.log(4) / (Math.log(4) + Math.log(20)), 'JEMMIG of the doubled factor');
  assert.is(parts.bestLatent[0], 0);
});

test('none depends on the order of columns, or on a scale that bins alike', async () => {
  const { latents, factors } = await readGolden('d_partial');
  const turn = ({ data, rows, columns }: Matrix) => ({
    data: Float64Array.from(data, (_, i) => 64 * data[i - (i % columns) + (columns - 1 - (i % columns))]),
    rows,
    columns,
  });
  for (const name of Object.keys(FUNCTIONS) as Name[]) {
    const { value } = await FUNCTIONS[name](latents, factors);
    const turned = await FUNCTIONS[name](turn(latents), factors);
    assert.ok(Math.abs((turned.value as number) - (value as number)) < 1e-12, name);
  }
});

test('MIG-sup divides before it sorts: a factor of few values goes before one of many', async () => {
  // Latent 0 knows all of factor 0, ln 2, and ln 4 of the ln 16 of factor 1.
  const rows = Array.from({ length: 640 }, (_, i) => [i % 2, Math.floor(i / 2) % 16]);
  const latents = rows.map(([a, b]) => [4 * a + (b % 4)]);
  const { value, parts } = await migSup(latents, rows);
  assert.ok(parts.mutualInformation[0][1] > parts.mutualInformation[0][0]);
  assert.equal(parts.bestFactor, [0]);
  near(value, 1 - Math.log(4) / Math.log(16), 'by shares');
  near(parts.factorEntropy[1], Math.log(16), 'H(v)');
  assert.equal((await migSup(latents, rows, { normaliser: 'latent' })).parts.bestFactor, [1]);
});

test('MIG-sup tells entropy and logarithm of the size apart where values are uneven', async () => {
  const rows = Array.from({ length: 400 }, (_, i) => [i % 8 === 0 ? 1 : 0]);
  const entropy = -(Math.log(1 / 8) / 8 + (7 * Math.log(7 / 8)) / 8);
  near((await migSup(rows, rows)).value, 1, 'factor');
  near((await migSup(rows, rows, { normaliser: 'log-size' })).value, entropy / Math.log(2), 'log-size');
  // A corrected entropy may be beyond the logarithm: no more than all is known.
  const even = rows.map((_, i) => [i % 2]);
  near((await migSup(even, even, { normaliser: 'log-size', millerMadow: true })).value, 1, 'corrected');
});

test('MIG-sup leaves out latents up to a variance where it is told to, and says that scale then counts', async () => {
  const scaled = grid.map(([a, b], i) => [a, 0.02 * b, 3, (i * i) % 7]);
  const all = await migSup(scaled, grid);
  assert.ok(all.parts.gap[1] !== null && all.notes.every((note) => !note.includes('variance')));
  const { value, parts, notes } = await migSup(scaled, grid, { active: 0.01 });
  assert.equal(
    parts.gap.map((gap) => gap !== null),
    [true, false, false, true],
  );
  assert.is(parts.bestFactor[1], null);
  near(value, ((parts.gap[0] as number) + (parts.gap[3] as number)) / 2, 'mean of those that count');
  assert.equal(notes, [
    'latent 2 is constant: left out',
    'latent 1: a variance of 0.01 or less, left out',
    'the least variance is absolute: another scale of the latents is another score',
  ]);
  // Divided by N - 1: 240 / 239 / 4 of a latent that is 0 and 1 as often.
  const two = grid.map((_, i) => [i % 2]);
  assert.ok((await migSup(two, grid, { active: 0.25 })).value !== null);
  const none = await migSup(two, grid, { active: 60 / 239 });
  assert.is(none.value, null);
  assert.is(none.notes[0], `undefined: no latent has a variance above ${60 / 239}`);
});

test('are null with the reason where they are undefined', async () => {
  const constant = grid.map(() => [1]);
  for (const name of Object.keys(FUNCTIONS) as Name[]) {
    const { value, notes } = await FUNCTIONS[name](grid, constant);
    assert.is(value, null, name);
    assert.is(notes[0], 'undefined: every factor is constant', name);
  }
  const one = grid.map(([a]) => [a]);
  const single = await modularity(grid, one);
  assert.is(single.value, null);
  assert.is(single.notes[0], 'undefined: a single factor varies, and modularity compares factors');
  const dead = await migSup(constant, grid);
  assert.is(dead.value, null);
  assert.is(dead.notes[0], 'undefined: every latent is constant');
  const silent = await modularity(constant, grid);
  assert.is(silent.notes[0], 'undefined: no latent has information on any factor');
  // The gap to a runner-up that is not there is the whole.
  near((await migSup(one, one)).value, 1, 'MIG-sup of one latent and one factor');
  near((await dcimig(constant, grid)).value, 0, 'DCIMIG of a constant latent');
});

test.run();
