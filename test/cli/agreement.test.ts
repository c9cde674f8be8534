import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Matrix } from '../../src/matrix.js';
import { type AgreementReport, readLatents, type UdrReport, udr, writeNpz } from '../../src/node.js';
import { makeReport } from '../report/make-report.js';
import { runInProcess } from './in-process.js';
import { makeFolder, makeSamples, npyBytes } from './sample-files.js';

const { at, remove } = makeFolder();
test.after(remove);

const reports = [0.1, 0.2, 0.3].map((mig, i) => makeReport({ mig, sap: [0.2, 0.4, 0.3][i] }));
reports.forEach((report, i) => {
  writeFileSync(at(`m${i}.json`), JSON.stringify(report));
});
const paths = reports.map((_, i) => at(`m${i}.json`));
writeFileSync(at('all.json'), JSON.stringify(reports));

test('prints the table of the reports in files', async () => {
  const { code, out, err } = await runInProcess(['agreement', ...paths]);
  assert.equal([code, err], [0, '']);
  assert.match(out, /^3 models · 2 metrics · Spearman rank correlation\n/);
  assert.match(out, '\n1 MIG    1  .50\n2 SAP  .50    1\n');
});

test('prints JSON, with notes as warnings beside it unless told to be quiet', async () => {
  const { code, out, err } = await runInProcess(['agreement', '--json', ...paths, paths[0]]);
  assert.is(code, 0);
  const { schema, models, correlations, notes } = JSON.parse(out) as AgreementReport;
  assert.is(schema, 'vaemetrics/agreement@1');
  assert.equal(models, [...paths, paths[0]]);
  assert.is(correlations[0][0], 1);
  assert.equal(notes, [`equal reports: ${paths[0]} and ${paths[0]}; each counts as a model`]);
  assert.is(err, `vaemetrics: warning: ${notes[0]}\n`);
  assert.is((await runInProcess(['agreement', '--json', '-q', ...paths, paths[0]])).err, '');
});

test('takes an array of reports as so many, and names them', async () => {
  const { out } = await runInProcess(['agreement', '--json', at('all.json')]);
  const { models, correlations } = JSON.parse(out) as AgreementReport;
  assert.equal(
    models,
    [0, 1, 2].map((i) => `${at('all.json')}, report ${i}`),
  );
  assert.is(correlations[0][1], 0.5);
});

test('chooses metrics by any of their names', async () => {
  const { out } = await runInProcess(['agreement', '-m', 'mig-score', '--json', ...paths]);
  assert.equal(
    (JSON.parse(out) as AgreementReport).metrics.map(({ name }) => name),
    ['mig'],
  );
  assert.is((await runInProcess(['agreement', '-m', 'MIG', ...paths])).code, 0);
  const all = await runInProcess(['agreement', '-m', 'all', ...paths]);
  assert.equal(all, await runInProcess(['agreement', ...paths]));
});

test('writes a heat map, JSON or the table, by the name of the file', async () => {
  for (const [file, begins] of [
    ['a.svg', /^<svg .*<title>Do metrics agree/],
    ['a.json', /^\{\n {2}"schema": "vaemetrics\/agreement@1"/],
    ['a.txt', /^3 models/],
  ] as const) {
    const { code, out, err } = await runInProcess(['agreement', ...paths, '-o', at(file)]);
    assert.equal([code, out, err], [0, '', '']);
    assert.match(readFileSync(at(file), 'utf8'), begins);
  }
  const svg = readFileSync(at('a.svg'), 'utf8');
  assert.match(svg, '<desc>Spearman rank correlation over 3 models: MIG and SAP 0.50.</desc>');
});

writeFileSync(at('text.json'), 'not json');
writeFileSync(at('empty.json'), '');
writeFileSync(at('none.json'), '[]');
writeFileSync(at('bench.json'), '{"schema": "vaemetrics/bench@1"}');
writeFileSync(at('bytes.npy'), npyBytes(new Float32Array(2), [2, 1]));
writeFileSync(at('bare.json'), JSON.stringify(makeReport({})));

const REFUSALS: ReadonlyArray<[what: string, argv: string[], code: number, message: RegExp]> = [
  ['no file', ['gone.json'], 66, /gone\.json: no such file/],
  ['no JSON', [at('text.json')], 65, /text\.json: expected JSON, a report of vaemetrics score --json, got Unexpected/],
  ['an empty file', [at('empty.json')], 65, /empty\.json: expected JSON, .* got an empty file/],
  ['an empty array', [at('none.json')], 65, /none\.json: expected reports .* got an empty array/],
  ['another schema', [at('bench.json')], 65, /bench\.json: expected a report .* got schema "vaemetrics\/bench@1"/],
  ['a report without metrics', [at('bare.json')], 65, /bare\.json: expected a report with metrics, got one without/],
  ['no operands', [], 2, /missing required argument 'files'/],
  [
    'a metric nobody has',
    ['-m', 'dci', ...paths],
    2,
    /error: --metrics: expected metrics that the reports have, got 'dci'; they have mig/,
  ],
  ['latents in place of reports', [at('bytes.npy')], 65, /bytes\.npy: .*got bytes that are no text; .* need --udr\n/],
  [
    'reports in place of latents',
    ['--udr', 'lasso', ...paths],
    2,
    /--udr: expected files of latents, got '.*m0\.json'/,
  ],
  [
    'a picture that is no SVG',
    ['-o', at('a.PNG'), ...paths],
    2,
    /--out: expected a name that ends in \.txt, \.json or \.svg, got '.*a\.PNG'/,
  ],
  ['standard input twice', ['-', '-'], 2, /only one file can be standard input/],
  ['a picture as JSON', ['--json', '-o', 'a.svg', ...paths], 2, /--json: expected no --out a\.svg beside it/],
  ['an option of --udr alone', ['--threshold', '1', ...paths], 2, /--threshold: has no effect without --udr/],
  ['no header without --udr', ['--header', 'no', ...paths], 2, /--header: has no effect without --udr/],
  ['a similarity nobody knows', ['--udr', 'cosine', ...paths], 2, /--udr: expected spearman or lasso, got 'cosine'/],
  ['one model', ['--udr', 'spearman', paths[0]], 2, /--udr: expected at least 2 files, got 1/],
  [
    'metrics beside --udr',
    ['--udr', 'spearman', '-m', 'mig', ...paths],
    2,
    /--metrics: expected none beside --udr, got both/,
  ],
  ['a folder that is not there', [...paths, '-o', at('no/where.svg')], 73, /cannot be written: there is no directory/],
];

for (const [what, argv, code, message] of REFUSALS) {
  test(`refuses ${what}`, async () => {
    const finished = await runInProcess(['agreement', ...argv]);
    assert.equal([finished.code, finished.out], [code, '']);
    assert.match(finished.err, message);
    assert.not.ok(existsSync('a.svg'));
  });
}

const { latents, rows } = makeSamples();
const seeds = [0, 1, 2].map((seed) => latents.map((x, i) => Math.fround(x + seed * ((i * 7919) % 13) * 0.1)));
seeds.forEach((data, i) => {
  writeFileSync(at(`s${i}.npy`), npyBytes(data, [rows, 4]));
});

test('ranks models by their latents as the library does', async () => {
  const files = seeds.map((_, i) => at(`s${i}.npy`));
  const { code, out } = await runInProcess(['agreement', '--udr', 'spearman', '--json', ...files]);
  assert.is(code, 0);
  const computed = await udr(await Promise.all(files.map((file) => readLatents(file))), { names: files });
  const models = computed.models.map((model, i) => ({ ...model, origin: { file: files[i] } }));
  assert.equal(JSON.parse(out), JSON.parse(JSON.stringify({ ...computed, models })));
  const table = await runInProcess(['agreement', '--udr', 'spearman', ...files]);
  assert.match(table.out, /^3 models · 240 samples · /);
});

test('takes divergences from archives with mu and logvar, and draws the pairs', async () => {
  const files = seeds.map((data, i) => {
    const logvar = Float32Array.from({ length: rows * 4 }, (_, cell) => (cell % 4 === 3 ? 0 : -3));
    const mu = data.map((x, cell) => (cell % 4 === 3 ? 0.001 * x : x));
    const path = at(`p${i}.npz`);
    const arrays = [
      { name: 'mu', matrix: new Matrix(mu, rows, 4) },
      { name: 'logvar', matrix: new Matrix(logvar, rows, 4) },
    ];
    return { path, arrays };
  });
  for (const { path, arrays } of files) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of writeNpz(arrays)) chunks.push(chunk);
    writeFileSync(path, Buffer.concat(chunks));
  }
  const argv = ['agreement', '--udr', 'spearman', ...files.map(({ path }) => path)];
  const { models } = JSON.parse((await runInProcess([...argv, '--json'])).out) as UdrReport;
  assert.equal(
    models.map(({ informativeLatents }) => informativeLatents),
    [
      [0, 1, 2],
      [0, 1, 2],
      [0, 1, 2],
    ],
  );
  const loose = await runInProcess([...argv, '--json', '--threshold', '0']);
  assert.equal((JSON.parse(loose.out) as UdrReport).models[0].informativeLatents, [0, 1, 2, 3]);
  assert.is((await runInProcess([...argv, '-o', at('u.svg')])).code, 0);
  assert.match(readFileSync(at('u.svg'), 'utf8'), '<title>Which models find the same latents?</title>');
});

test('refuses a threshold where no file has a posterior, and models of other samples', async () => {
  const files = [at('s0.npy'), at('s1.npy')];
  const unused = await runInProcess(['agreement', '--udr', 'spearman', '--threshold', '1', ...files]);
  assert.is(unused.code, 2);
  assert.match(unused.err, /--threshold: expected archives with mu and logvar/);
  writeFileSync(at('short.npy'), npyBytes(latents.slice(0, 80), [20, 4]));
  const other = await runInProcess(['agreement', '--udr', 'spearman', at('s0.npy'), at('short.npy')]);
  assert.is(other.code, 65);
  assert.match(other.err, /short\.npy: expected 240 rows, the same samples as .*s0\.npy, got 20/);
});

test('--udr says what it left out of a table', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => [i, Math.sin(i), Math.cos(3 * i)]);
  writeFileSync(at('indexed.csv'), `,a,b\n${rows.map((row) => row.join()).join('\n')}\n`);
  writeFileSync(at('bare.csv'), `${rows.map(([, ...row]) => row.join()).join('\n')}\n`);
  const { code, out, err } = await runInProcess(['agreement', '--udr', 'spearman', at('indexed.csv'), at('bare.csv')]);
  assert.equal([code, err], [0, '']);
  assert.match(
    out.replace(/\s+/g, ' '),
    /indexed\.csv: the first column names the rows and is left out, --latent-columns 0:3 keeps it/,
  );
});

/** What models come to, without where they were read. */
const scoresOf = (out: string) => (JSON.parse(out) as UdrReport).models.map(({ score }) => score);

test('--udr says of each model what was read, in text too', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => [i, Math.sin(i), Math.cos(3 * i)]);
  for (const name of ['i0', 'i1'])
    writeFileSync(at(`${name}.csv`), `,a,b\n${rows.map((row) => row.join()).join('\n')}\n`);
  const argv = ['agreement', '--udr', 'spearman', at('i0.csv'), at('i1.csv')];
  const { out } = await runInProcess(argv);
  assert.match(
    out.replace(/\s+/g, ' '),
    /i0\.csv: a, b; without the first column, which names the rows .*i1\.csv: a, b; without/,
  );
  const [{ origin }] = (JSON.parse((await runInProcess([...argv, '--json'])).out) as UdrReport).models;
  const leftOut = ['the first column, which names the rows'];
  assert.equal(origin, { file: at('i0.csv'), columnNames: ['a', 'b'], leftOut });
});

test('--udr notes models of more latents than samples, and turns them', async () => {
  const files = seeds.map((data, i) => {
    const turned = Float32Array.from({ length: rows * 4 }, (_, at) => data[(at % rows) * 4 + Math.floor(at / rows)]);
    writeFileSync(at(`t${i}.npy`), npyBytes(turned, [4, rows]));
    return at(`t${i}.npy`);
  });
  const argv = ['agreement', '--udr', 'spearman', '--json'];
  const noted = await runInProcess([...argv, ...files]);
  const told =
    't0.npy: (4, 240) is taken as 4 samples of 240 latents, unless --transpose latents turns columns into rows';
  assert.ok(noted.err.includes(told), noted.err);
  assert.is((await runInProcess([...argv, ...files, '--strict'])).code, 65);
  assert.is((await runInProcess([...argv, ...files, '--strict', '--transpose', 'none'])).code, 0);
  const turned = await runInProcess([...argv, ...files, '--strict', '--transpose', 'latents']);
  const plain = await runInProcess([...argv, ...seeds.map((_, i) => at(`s${i}.npy`))]);
  assert.equal(scoresOf(turned.out), scoresOf(plain.out));
});

test('--udr leaves out of all models the rows that lack a number in one', async () => {
  const files = seeds.map((_, i) => at(`n${i}.npy`));
  seeds.forEach((data, i) => {
    const some = data.map((value, cell) => (cell === i * 40 ? Number.NaN : value));
    writeFileSync(files[i], npyBytes(some, [rows, 4]));
    const kept = data.filter((_, cell) => ![0, 10, 20].includes(Math.floor(cell / 4)));
    writeFileSync(at(`k${i}.npy`), npyBytes(kept, [rows - 3, 4]));
  });
  const argv = ['agreement', '--udr', 'spearman', '--json'];
  const refused = await runInProcess([...argv, ...files]);
  assert.match(refused.err, /n0.npy, row 0, column 0: expected a .*got NaN; --drop-nan leaves such rows out/);
  const { out, err } = await runInProcess([...argv, ...files, '--drop-nan']);
  assert.match(err, /3 of 240 rows lack a number and are left out/);
  const report = JSON.parse(out) as UdrReport;
  assert.is(report.rows, 237);
  assert.equal(report.models[1].origin, { file: files[1], leftOut: ['3 rows with NaN'] });
  assert.equal(scoresOf(out), scoresOf((await runInProcess([...argv, ...seeds.map((_, i) => at(`k${i}.npy`))])).out));
});

test.run();
