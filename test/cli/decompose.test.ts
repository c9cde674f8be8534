import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Matrix } from '../../src/matrix.js';
import { type DecompositionReport, openArrays, openFileSource, writeNpz } from '../../src/node.js';
import { runInProcess } from './in-process.js';
import { makeFolder, npyBytes } from './sample-files.js';

const { at, remove } = makeFolder();
test.after(remove);

const ROWS = 40;
const wave = (scale: number, shift: number) =>
  new Matrix(
    Float32Array.from({ length: ROWS * 2 }, (_, i) => scale * Math.sin(i * 1.3 + shift)),
    ROWS,
    2,
  );
const mu = wave(1, 0);
const logvar = new Matrix(wave(0.5, 1).data.map((value) => value - 2) as Float32Array, ROWS, 2);
const z = wave(1.2, 0.1);
const archive = async (path: string, entries: Record<string, Matrix>) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeNpz(Object.entries(entries).map(([name, matrix]) => ({ name, matrix }))))
    chunks.push(chunk);
  writeFileSync(path, Buffer.concat(chunks));
};
const ready = (async () => {
  await archive(at('posterior.npz'), { mu, logvar });
  await archive(at('with-z.npz'), { mu, logvar, z });
  await archive(at('other-names.npz'), { m: mu, s: logvar });
  await archive(at('no-logvar.npz'), { mu });
  for (const [name, matrix] of Object.entries({ mu, logvar, z }))
    writeFileSync(at(`${name}.npy`), npyBytes(matrix.data as Float32Array, [ROWS, 2]));
  const bad = Float32Array.from(logvar.data);
  bad[5] = Number.NaN;
  await archive(at('nan.npz'), { mu, logvar: new Matrix(bad, ROWS, 2) });
})();
const run = async (...argv: string[]) => {
  await ready;
  return runInProcess(['decompose', ...argv]);
};
const parse = (out: string) => JSON.parse(out) as DecompositionReport;

test('prints the terms, and each latent, the most informative first', async () => {
  const { code, out, err } = await run(at('posterior.npz'));
  assert.equal([code, err], [0, '']);
  assert.match(out, /^40 posteriors · 2 latents \(float32\) · z drawn · 40 samples · exact · seed 0\n/);
  assert.match(out, /\nMutual information +\d\.\d{4} +± 0\.\d{4} +of a row’s number and its code\n/);
  assert.match(out, /\nKL +\d\.\d{4} +exact +the sum of the three\n/);
  assert.match(out, /\nactive units 2 of 2 \(variance above 0\.01\)\n/);
});

test('prints JSON that names its schema, and equal digits from one archive and from three files', async () => {
  const one = await run(at('with-z.npz'), '--json');
  const three = await run(at('mu.npy'), at('logvar.npy'), at('z.npy'), '--json');
  assert.equal([one.code, three.code], [0, 0]);
  const report = parse(one.out);
  assert.is(report.schema, 'vaemetrics/decomposition@1');
  assert.is(report.input.z, 'given');
  const { origin, ...input } = report.input;
  assert.equal(origin?.z, { file: at('with-z.npz'), member: 'z' });
  const { origin: ofThree, ...same } = parse(three.out).input;
  assert.equal(ofThree?.z, { file: at('z.npy') });
  assert.equal({ ...parse(three.out), input: same }, { ...report, input });
  assert.is(parse((await run(at('with-z.npz'), '--json', '--draw')).out).input.z, 'drawn');
});

test('takes members by name, an estimator with its batch, and samples by number', async () => {
  const { out } = await run(
    at('other-names.npz'),
    '--mu-member',
    'm',
    '--logvar-member',
    's',
    '--json',
    '--samples',
    '10',
  );
  assert.is(parse(out).samples, 10);
  const batches = parse((await run(at('posterior.npz'), '--estimator', 'mws', '--batch-size', '8', '--json')).out);
  assert.equal([batches.estimator, batches.batch, batches.components], ['mws', 8, 40]);
});

test('writes the report and the log-densities of every sample to files', async () => {
  const { code, out } = await run(at('posterior.npz'), '-o', at('report.json'), '--per-sample', at('logs.npz'));
  assert.equal([code, out], [0, '']);
  const report = parse(readFileSync(at('report.json'), 'utf8'));
  assert.is(report.kl > 0, true);
  const source = await openFileSource(at('logs.npz'));
  const { arrays } = await openArrays(source);
  assert.equal(
    arrays.map(({ name, dtype, shape }) => `${name} ${dtype} ${shape.join(' x ')}`),
    [
      'rows int32 40 x 1',
      'log_q_z_x float64 40 x 1',
      'log_q_z float64 40 x 1',
      'log_p_z float64 40 x 1',
      'log_q_z_d float64 40 x 2',
    ],
  );
  await source.close?.();
});

test('prints names and values alone where it is to be quiet', async () => {
  const { out, err } = await run(at('posterior.npz'), '-q');
  assert.match(out, /^kl\t\d+\.\d{6}\nmutualInformation\t/);
  assert.is(out.split('\n').length, 6);
  assert.is(err, '');
});

const REFUSALS: ReadonlyArray<[what: string, argv: () => string[], code: number, message: RegExp]> = [
  ['no file', () => ['gone.npz'], 66, /gone\.npz: no such file/],
  [
    'one bare array',
    () => [at('mu.npy')],
    2,
    /logvar: expected a second file, or --latent-columns and --logvar-columns: .*mu\.npy/,
  ],
  [
    'an archive without logvar',
    () => [at('no-logvar.npz')],
    65,
    /found no 'logvar' or 'log_var' or .* beside the means; it holds 'mu'/,
  ],
  [
    'a NaN, in its place',
    () => [at('nan.npz')],
    65,
    /nan\.npz, member 'logvar', row 2, column 1: expected a finite number/,
  ],
  [
    'an unknown estimator',
    () => [at('posterior.npz'), '--estimator', 'mwss'],
    2,
    /--estimator: expected one of exact, mws/,
  ],
  [
    'a batch without estimator',
    () => [at('posterior.npz'), '--batch-size', '8'],
    2,
    /--batch-size: has no effect without --estimator mws/,
  ],
  [
    'samples of an estimator',
    () => [at('posterior.npz'), '--estimator', 'mws', '--samples', '8'],
    2,
    /--samples: has no effect without --estimator exact/,
  ],
  [
    'too many samples',
    () => [at('posterior.npz'), '--samples', '41'],
    2,
    /samples: expected a whole number from 2 to 40, got 41/,
  ],
  [
    'z twice',
    () => [at('mu.npy'), at('logvar.npy'), at('z.npy'), '--draw'],
    2,
    /--draw: expected no file with z beside it/,
  ],
  ['shapes that differ', () => [at('mu.npy'), at('posterior.npz'), at('logs.npz')], 65, /no such file|found no/],
  [
    'columns of a .npy',
    () => [at('mu.npy'), at('logvar.npy'), '--latent-columns', '2'],
    2,
    /--latent-columns: expected only for bare values/,
  ],
  ['no folder to write to', () => [at('posterior.npz'), '-o', at('none/x.json')], 73, /cannot be written/],
];
for (const [what, argv, code, message] of REFUSALS) {
  test(`refuses ${what}`, async () => {
    await ready;
    const { code: got, err } = await run(...argv());
    assert.match(err, message);
    assert.is(got, code);
  });
}

/** A table of some columns, in float64 as text keeps them. */
const table = (columns: Record<string, (row: number) => number>) =>
  [Object.keys(columns), ...Array.from({ length: ROWS }, (_, row) => Object.values(columns).map((of) => of(row)))]
    .map((line) => line.join())
    .join('\n');
const column =
  ({ data, columns }: Matrix, k: number) =>
  (row: number) =>
    data[row * columns + k];
const MEANS = { m0: column(mu, 0), m1: column(mu, 1) };
const LOGS = { l0: column(logvar, 0), l1: column(logvar, 1) };
const SAMPLES = { s0: column(z, 0), s1: column(z, 1) };
/** Without what says where it was read. */
const termsOf = ({ input: _, ...report }: DecompositionReport) => report;

test('reads one table by the columns of each array, as files of their own', async () => {
  writeFileSync(at('all.csv'), table({ ...MEANS, ...LOGS, ...SAMPLES }));
  writeFileSync(at('m.csv'), table(MEANS));
  writeFileSync(at('l.csv'), table(LOGS));
  writeFileSync(at('s.csv'), table(SAMPLES));
  const json = async (...argv: string[]) => parse((await run(...argv, '--strict', '--json')).out);
  const columns = ['--latent-columns', 'm*', '--logvar-columns', 'l*'];
  const one = await json(at('all.csv'), ...columns);
  const two = await json(at('m.csv'), at('l.csv'));
  assert.equal(termsOf(one), termsOf(two));
  assert.equal(one.input.origin, {
    mu: { file: at('all.csv'), columnNames: ['m0', 'm1'], leftOut: ['4 columns not asked for'] },
    logvar: { file: at('all.csv'), columnNames: ['l0', 'l1'], leftOut: ['4 columns not asked for'] },
  });
  assert.equal(termsOf(await json(at('all.csv'), at('all.csv'), ...columns)), termsOf(two));
  const three = await json(at('m.csv'), at('l.csv'), at('s.csv'));
  assert.equal(termsOf(await json(at('all.csv'), ...columns, '--z-columns', 's*')), termsOf(three));
  assert.is(three.input.z, 'given');
});

test('refuses columns, arrays and members that would be two of mu, logvar and z', async () => {
  writeFileSync(at('all.csv'), table({ ...MEANS, ...LOGS, ...SAMPLES }));
  const errorOf = async (...argv: string[]) => {
    const { code, err } = await run(...argv);
    return `${code} ${err.split('\n')[0]}`;
  };
  const both = [at('all.csv'), at('all.csv')];
  assert.match(
    await errorOf(...both, '--latent-columns', 'm*'),
    /^2 .*--logvar-columns: expected other columns than the mu, got 'm0'$/,
  );
  assert.match(
    await errorOf(at('all.csv'), '--latent-columns', 'm0', '--logvar-columns', 'l0', '--z-columns', 'l0'),
    /^2 .*--z-columns: expected other columns than the logvar, got 'l0'$/,
  );
  const names = '--latent-columns and --logvar-columns';
  assert.match(
    await errorOf(at('all.csv'), '--latent-columns', 'm*'),
    new RegExp(`^2 .*logvar: expected a second file, or ${names}: .*all.csv holds one array without a name$`),
  );
  assert.match(
    await errorOf(at('mu.npy'), at('mu.npy')),
    new RegExp(`^65 .*mu.npy: is given for mu and logvar; ${names} name the columns of each$`),
  );
  assert.match(
    await errorOf(at('posterior.npz'), '--mu-member', 'mu', '--logvar-member', 'mu'),
    /^65 .*found no 'logvar' or .* beside the means; it holds 'mu' .*; say --logvar-member NAME$/,
  );
});

test('says what it decided, in text and JSON, and refuses it if it is to be strict', async () => {
  assert.is((await run(at('with-z.npz'), '--strict')).code, 0);
  const indexed = (columns: Record<string, (row: number) => number>) => table({ '': (row) => row, ...columns });
  writeFileSync(at('im.csv'), indexed(MEANS));
  writeFileSync(at('il.csv'), indexed(LOGS));
  const { out } = await run(at('im.csv'), at('il.csv'));
  assert.match(
    out.replace(/\s+/g, ' '),
    /mu: [^ ]*im.csv; m0, m1; without the first column, which names the rows logvar: /,
  );
  const { input } = parse((await run(at('im.csv'), at('il.csv'), '--json')).out);
  assert.equal(input.origin?.logvar.leftOut, ['the first column, which names the rows']);
  const strict = await run(at('im.csv'), at('il.csv'), '--strict');
  assert.is(strict.code, 65);
  assert.match(strict.err, /im.csv: the first column names the rows and is left out, --latent-columns 0:3 keeps it/);
  await archive(at('two.npz'), { mu, logvar, log_var: logvar });
  const two = await run(at('two.npz'), '--strict');
  assert.match(two.err, /'logvar' is taken for the logvar, and not 'log_var', unless --logvar-member log_var/);
});

test('notes posteriors of more latents than samples, which --transpose turns', async () => {
  const turned = (data: Matrix['data']) =>
    Float32Array.from({ length: ROWS * 2 }, (_, i) => data[(i % ROWS) * 2 + Math.floor(i / ROWS)]);
  writeFileSync(at('mt.npy'), npyBytes(turned(mu.data), [2, ROWS]));
  writeFileSync(at('lt.npy'), npyBytes(turned(logvar.data), [2, ROWS]));
  const { err } = await run(at('mt.npy'), at('lt.npy'), '--strict');
  assert.match(err, /mt.npy: \(2, 40\) is taken as 2 samples of 40 latents, unless --transpose latents turns/);
  const right = parse((await run(at('mu.npy'), at('logvar.npy'), '--json')).out);
  const transposed = await run(at('mt.npy'), at('lt.npy'), '--transpose', 'latents', '--strict', '--json');
  assert.equal(termsOf(parse(transposed.out)), termsOf(right));
  assert.is((await run(at('mt.npy'), at('lt.npy'), '--transpose', 'none', '--strict')).code, 0);
});

test.run();
