/** Everyday files: each gives the scores of the plain arrays, or says why not and what to do. */
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { score } from '../../src/index.js';
import type { Report } from '../../src/types.js';
import { runInProcess } from '../cli/in-process.js';
import { makeFolder } from '../cli/sample-files.js';
import { npyBytes } from '../io/builders.js';
import { columnOf, csv, factors, latents, npy, npz, ofFactors, ofLatents, ROWS } from './table.js';

const { at, remove } = makeFolder();
test.after(remove);

const METRICS = ['mig', 'sap'] as const;
const valuesOf = ({ metrics }: Pick<Report, 'metrics'>) => METRICS.map((name) => metrics[name].value);
const truth = valuesOf(await score(latents, factors, { metrics: METRICS }));

const write = (name: string, content: string | Uint8Array) => writeFileSync(at(name), content);
const run = (...argv: string[]) =>
  runInProcess(argv.map((word) => (/^[\w-]+\.(npy|npz|csv|txt|tex)$/.test(word) ? at(word) : word)));

async function scored(...argv: string[]): Promise<Report> {
  const { code, out, err } = await run('score', ...argv, '--json', '-m', METRICS.join());
  assert.is(code, 0, err);
  return JSON.parse(out);
}

async function refused(...argv: string[]): Promise<string> {
  const { code, out, err } = await run(...argv);
  assert.not.equal(code, 0, out);
  assert.is(out, '');
  return `${code} ${err.replaceAll(at(''), '')}`;
}

write('z.npy', ofLatents);
write('f.npy', ofFactors);

const transposed = (rows: ReadonlyArray<readonly number[]>) => rows[0].flatMap((_, column) => columnOf(rows, column));
const oneHot = npy(
  factors.flatMap(([a, b]) => [0, 1, 2].map((value) => Number(value === a)).concat(b)),
  [ROWS, 4],
  '<i8',
);
const holes = latents.map((row, i) => (i === 3 || i === 77 ? row.map(() => Number.NaN) : row));
const wide = (words: readonly string[]) => {
  const width = Math.max(...words.map(({ length }) => length));
  const points = words.flatMap((word) => Array.from({ length: width }, (_, i) => word.codePointAt(i) ?? 0));
  return npyBytes({
    descr: `<U${width}`,
    shape: [words.length],
    data: new Uint8Array(Uint32Array.from(points).buffer),
  });
};
const shapes = factors.map(([a]) => ['ellipse', 'heart', 'square'][a]);

write(
  'index.csv',
  csv(
    ['', 'a', 'b', 'c'],
    latents.map((row, i) => [i, ...row]),
  ),
);
write(
  'index-r.csv',
  csv(
    ['""', '"a"', '"b"', '"c"'],
    latents.map((row, i) => [`"${i + 1}"`, ...row]),
  ),
);
write('header.csv', csv(['0', '1', '2'], latents));
write('header-01.csv', csv(['0', '1'], factors));
write('blanks.txt', latents.map((row) => ` ${row.map((x) => x.toExponential(18)).join('   ')}\n`).join(''));
write(
  'one.csv',
  csv(
    ['a', 'b', 'c', 'digit', 'colour'],
    latents.map((row, i) => [...row, factors[i][0], `c${factors[i][1]}`]),
  ),
);
write('keras.npz', npz({ z_mean: ofLatents, y: ofFactors }));
write('embeddings.npz', npz({ embeddings: ofLatents, targets: ofFactors }));
write('positional.npz', npz({ arr_0: ofLatents, arr_1: ofFactors }));
const halves = npy(
  factors.flat().map((value) => value / 3),
  [ROWS, 2],
);
write('dsprites.npz', npz({ codes: ofLatents, latents_classes: ofFactors, latents_values: halves }));
const ofOne = [0, 1].map((k) => npy(columnOf(factors, k), [ROWS], '<i8'));
write('apart.npz', npz({ z: ofLatents, shape: ofOne[0], scale: ofOne[1] }));
write('words.npz', npz({ z: ofLatents, shape: wide(shapes), scale: ofOne[1] }));
write(
  'object-names.npz',
  npz({ latents: ofLatents, factors: ofFactors, factor_names: npyBytes({ descr: '|O', shape: [2] }) }),
);
write('three.npy', npy(latents.flat(), [ROWS, 1, 3]));
write('batch.npy', npy(latents.flat(), [1, ROWS, 3]));
write('turned.npy', npy(transposed(latents), [3, ROWS]));
write('turned-factors.npy', npy(transposed(factors), [2, ROWS], '<i8'));
write('holes.npz', npz({ latents: npy(holes.flat(), [ROWS, 3]), factors: ofFactors }));
write('one-hot.npz', npz({ latents: ofLatents, factors: oneHot }));

const SAME: ReadonlyArray<readonly [what: string, argv: readonly string[], note: RegExp | null]> = [
  ['an index as pandas writes it', ['index.csv', 'f.npy'], /first column names the rows .*--latent-columns 0:4/],
  ['row names as R writes them', ['index-r.csv', 'f.npy'], /first column names the rows/],
  ['numbered headers', ['header.csv', 'header-01.csv'], /numbers the columns/],
  ['blanks, as numpy.savetxt writes', ['blanks.txt', 'f.npy'], null],
  [
    'columns of one table',
    ['one.csv', '--latent-columns', 'a:c', '--factor-columns', 'digit,colour'].map((word) =>
      word === 'a:c' ? '0:3' : word,
    ),
    /words are numbered/,
  ],
  ['names of Keras', ['keras.npz'], null],
  ['names of embeddings', ['embeddings.npz'], null],
  [
    'names of dSprites, classes before values',
    ['dsprites.npz'],
    /'latents_classes' is taken for the factors, and not 'latents_values'/,
  ],
  [
    'positional arrays, as the message says',
    ['positional.npz', '--latents-member', 'arr_0', '--factors-member', 'arr_1'],
    null,
  ],
  ['an array for each factor', ['apart.npz', '--factors-member', 'shape,scale'], null],
  ['an array of words', ['words.npz', '--factors-member', 'shape,scale'], /'shape' has ellipse, heart, square/],
  ['names that are objects', ['object-names.npz'], /factors are numbered: .*with \.astype\(str\)/],
  ['an axis of length 1', ['three.npy', 'f.npy'], /is \(400, 1, 3\) and taken as \(400, 3\)/],
  ['a batch of one', ['batch.npy', 'f.npy'], /is \(1, 400, 3\) and taken as \(400, 3\)/],
  ['transposed latents', ['turned.npy', 'f.npy', '--transpose', 'latents'], null],
  ['both transposed', ['turned.npy', 'turned-factors.npy', '--transpose', 'both'], null],
  ['one-hot columns, joined', ['one-hot.npz', '--one-hot'], null],
];

for (const [what, argv, note] of SAME) {
  test(`scores as the plain arrays: ${what}`, async () => {
    const { code, out, err } = await run('score', ...argv, '--json', '-m', METRICS.join());
    assert.is(code, 0, err);
    assert.equal(valuesOf(JSON.parse(out)), truth);
    if (note === null) assert.is(err, '');
    else assert.match(err, note);
  });
}

test('says with one message how to name arrays without a usual name', async () => {
  assert.match(
    await refused('score', 'positional.npz'),
    /^65 .*found none of the usual names for the latents and factors; it holds 'arr_0' float64 \(400, 3\), 'arr_1' int64 \(400, 2\); say --latents-member arr_0 --factors-member arr_1\n/,
  );
  assert.match(await refused('score', 'apart.npz'), /for the factors; .*; say --factors-member shape,scale\n/);
});

test('cuts the list of what a file holds, and guesses no factors of very many', async () => {
  const one = npy(columnOf(latents, 0), [ROWS]);
  write('many.npz', npz(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`m${i}`, one]))));
  assert.match(
    await refused('score', 'many.npz'),
    /it holds 'm0' float64 \(400,\), .*'m11' float64 \(400,\) and 288 more; say --latents-member m0 --factors-member NAME\n/,
  );
});

test('says which array looks transposed, and how to turn it', async () => {
  assert.match(await refused('score', 'turned.npy', 'f.npy'), /looks transposed: --transpose latents turns/);
  assert.match(await refused('score', 'z.npy', 'turned-factors.npy'), /looks transposed: --transpose factors turns/);
  assert.match(await refused('score', 'turned.npy', 'turned-factors.npy'), /looks transposed: --transpose both turns/);
});

test('turns the posterior with the latents', async () => {
  const mu = npy(transposed(latents), [3, ROWS]);
  const logvar = npy(Array(3 * ROWS).fill(-3), [3, ROWS]);
  write('turned.npz', npz({ mu, logvar, factors: ofFactors }));
  write('plain.npz', npz({ mu: ofLatents, logvar: npy(Array(3 * ROWS).fill(-3), [ROWS, 3]), factors: ofFactors }));
  const of = async (...argv: string[]) => (JSON.parse((await run('score', ...argv, '--json')).out) as Report).metrics;
  const metrics = await of('plain.npz');
  assert.ok(metrics['mig-posterior'].value);
  assert.equal(await of('turned.npz', '--transpose', 'latents'), metrics);
});

test('refuses rows with NaN, or leaves them out and counts them', async () => {
  assert.match(
    await refused('score', 'holes.npz'),
    /row 3, column 0: expected a finite number, got NaN; --drop-nan leaves such rows out\n/,
  );
  const report = await scored('holes.npz', '--drop-nan');
  const whole = [...latents.keys()].filter((row) => row !== 3 && row !== 77);
  const take = (rows: ReadonlyArray<readonly number[]>) => whole.map((row) => rows[row]);
  assert.equal(valuesOf(report), valuesOf(await score(take(latents), take(factors), { metrics: METRICS })));
  assert.equal(report.input.latents.leftOut, ['2 rows with NaN']);
  assert.equal(report.notes, ['2 of 400 rows lack a number and are left out']);
  assert.equal(valuesOf(await scored('z.npy', 'f.npy', '--drop-nan')), truth);
});

test('leaves out rows of text in which a cell is empty, or says that it is missing', async () => {
  const gaps = ['', 'NA', 'nan', 'None'];
  const take = (rows: ReadonlyArray<ReadonlyArray<unknown>>) => rows.slice(gaps.length);
  const rows = latents.map(([a, b, c], i) => [a, gaps[i] ?? b, c]);
  write('gaps.csv', csv(['a', 'b', 'c'], rows));
  const words = shapes.map((word, i) => [i === 5 ? 'NA' : word]);
  write('word-gaps.csv', csv(['shape'], words));
  assert.match(await refused('score', 'gaps.csv', 'f.npy'), /^65 .*expected a number, got an empty cell/);
  const report = await scored('gaps.csv', 'f.npy', '--drop-nan');
  const expected = await score(take(latents) as number[][], take(factors) as number[][], { metrics: METRICS });
  assert.equal([report.input.latents.rows, valuesOf(report)], [396, valuesOf(expected)]);
  const ofWords = await scored('z.npy', 'word-gaps.csv', '--drop-nan');
  assert.equal([ofWords.input.factors.rows, ofWords.input.factors.sizes], [399, [3]]);
});

test('leaves out rows of Parquet in which there is a null', async () => {
  const columnData = [
    ...['a', 'b', 'c'].map((name, d) => ({
      name,
      data: latents.map((row, i) => (i === 3 && d === 1 ? null : row[d])),
      type: 'DOUBLE' as const,
    })),
    { name: 'digit', data: factors.map(([a], i) => (i === 8 ? null : a)), type: 'INT32' as const },
    { name: 'word', data: shapes.map((word, i) => (i === 9 ? null : word)), type: 'STRING' as const },
  ];
  write('nulls.parquet', new Uint8Array(parquetWriteBuffer({ columnData })));
  const argv = [at('nulls.parquet'), '--latent-columns', 'a,b,c', '--factor-columns', 'digit,word'];
  assert.match(await refused('score', ...argv), /^65 .*got null/);
  const report = await scored(...argv, '--drop-nan');
  const take = <T>(rows: readonly T[]) => rows.filter((_, i) => i !== 3 && i !== 8 && i !== 9);
  const expected = await score(take(latents), take(factors.map(([a]) => [a, a])), { metrics: METRICS });
  assert.equal([report.input.latents.rows, valuesOf(report)], [397, valuesOf(expected)]);
});

test('takes lists within records, and columns of lists of Parquet, by the name of the column', async () => {
  const records = latents.map((row, i) => ({ mu: row, factors: factors[i] }));
  write('records.jsonl', records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  const ofLists = (data: ReadonlyArray<readonly number[]>, name: string, type: 'DOUBLE' | 'INT32') => ({
    schema: [
      { name, converted_type: 'LIST' as const, repetition_type: 'REQUIRED' as const, num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED' as const, num_children: 1 },
      { name: 'element', type, repetition_type: 'REQUIRED' as const },
    ],
    column: { name, data: data as number[][] },
  });
  const [mu, v] = [ofLists(latents, 'mu', 'DOUBLE'), ofLists(factors, 'factors', 'INT32')];
  const schema = [{ name: 'root', num_children: 2 }, ...mu.schema, ...v.schema];
  const columnData = [mu.column, v.column];
  write('lists.parquet', new Uint8Array(parquetWriteBuffer({ columnData, schema })));
  for (const name of ['records.jsonl', 'lists.parquet']) {
    const report = await scored(at(name), '--latent-columns', 'mu', '--factor-columns', 'factors', '--strict');
    assert.equal([report.input.latents.columns, valuesOf(report)], [3, truth]);
  }
});

test('says of one-hot columns that they are one factor', async () => {
  const { notes } = await scored('one-hot.npz');
  assert.equal(notes, ['factor 0 to factor 2 are one factor, one-hot: each row has one 1 in them, oneHot joins them']);
  assert.match(await refused('score', 'one-hot.npz', '--strict'), /65 .*--one-hot joins them/);
  assert.equal((await scored('one-hot.npz', '--one-hot')).input.factors.sizes, [3, 4]);
});

test('takes words and booleans as discrete factors, and lists the words', async () => {
  write(
    'words.csv',
    csv(
      ['shape'],
      shapes.map((word) => [word]),
    ),
  );
  const { notes, input } = await scored('z.npy', 'words.csv');
  assert.match(notes.join(), /'shape' has ellipse, heart, square/);
  assert.equal([input.factors.names, input.factors.sizes, input.factors.types], [['shape'], [3], ['discrete']]);
  write(
    'booleans.csv',
    csv(
      ['left', 'big'],
      factors.map(([a, b]) => [a > 0 ? 'True' : 'False', b > 1 ? 'True' : 'False']),
    ),
  );
  assert.equal((await scored('z.npy', 'booleans.csv')).input.factors.sizes, [2, 2]);
});

test('refuses integers that float64 would round', async () => {
  write(
    'big.csv',
    csv(
      ['id'],
      latents.map((_, i) => [`900719925474099${2 + (i % 4)}`]),
    ),
  );
  assert.match(
    await refused('score', 'z.npy', 'big.csv'),
    /^65 .*within 2\^53, got 9007199254740992|^65 .*9007199254740993/,
  );
});

test('says plainly that bfloat16 was saved', async () => {
  write('bfloat16.npy', npyBytes({ descr: '<V2', shape: [ROWS, 3], data: new Uint8Array(ROWS * 6) }));
  assert.match(
    await refused('score', 'bfloat16.npy', 'f.npy'),
    /bfloat16 saved by numpy; cast it first, with \.astype/,
  );
});

test('refuses latents of one archive with factors of another, unless they are named', async () => {
  const other = latents.map((row) => row.map((value) => value + 1));
  for (const [name, mu] of [
    ['a.npz', latents],
    ['b.npz', other],
  ] as const) {
    write(
      name,
      npz({ mu: npy(mu.flat(), [ROWS, 3]), logvar: npy(Array(3 * ROWS).fill(-3), [ROWS, 3]), factors: ofFactors }),
    );
  }
  const message = await refused('score', 'a.npz', 'b.npz');
  assert.match(
    message,
    /^65 .*b\.npz: holds latents of its own .*score each file alone, or say --factors-member factors/,
  );
  assert.equal(valuesOf(await scored('a.npz', 'b.npz', '--factors-member', 'factors')), truth);
  assert.equal(valuesOf(await scored('a.npz', 'a.npz')), truth);
});

test('converts a table without its index, and says what became of words', async () => {
  const { code, err } = await run('convert', 'index.csv', 'converted.npy');
  assert.is(code, 0);
  assert.match(err, /index\.csv: the first column names the rows and is left out, --columns 0:4 keeps it/);
  assert.equal(valuesOf(await scored('converted.npy', 'f.npy')), truth);
  const ofWords = await run('convert', 'one.csv', 'converted.npz', '--columns', 'digit,colour');
  assert.match(ofWords.err, /words are numbered in their order: 'colour' has c0, c1, c2, c3/);
  assert.match(await refused('convert', 'index.csv', 'strict.npy', '--strict'), /^65 .*--columns 0:4 keeps it/);
  assert.match((await run('inspect', 'three.npy')).err, /is \(400, 1, 3\) and taken as \(400, 3\)/);
});

test('says that latents and factors are the same numbers', async () => {
  assert.ok((await scored('z.npy', 'z.npy')).notes.includes('latents and factors are the same numbers'));
});

test('says that a posterior has collapsed, whatever metrics are asked for', async () => {
  const small = npy(
    latents.flat().map((value) => value * 1e-3),
    [ROWS, 3],
  );
  write('collapsed.npz', npz({ mu: small, logvar: npy(Array(3 * ROWS).fill(0), [ROWS, 3]), factors: ofFactors }));
  assert.match((await scored('collapsed.npz')).notes.join(), /the posterior has collapsed/);
  assert.not.match((await scored('z.npy', 'f.npy')).notes.join(), /collapsed/);
});

test('computes what needs no posterior beside one that has no densities', async () => {
  const logvar = npy(Array(3 * ROWS).fill(Number.NEGATIVE_INFINITY), [ROWS, 3]);
  write('infinite.npz', npz({ mu: ofLatents, logvar, factors: ofFactors }));
  const { code, out } = await run('score', 'infinite.npz', '--json');
  assert.is(code, 0);
  const report: Report = JSON.parse(out);
  assert.equal(valuesOf(report), truth);
  const { value, notes } = report.metrics['mig-posterior'];
  assert.is(value, null);
  assert.match(notes[0], /^undefined: the posterior cannot be used: logvar, row 0, column 0: expected a finite number/);
  assert.match(await refused('score', 'infinite.npz', '-m', 'mig-posterior'), /^65 .*member 'logvar', row 0, column 0/);
});

test('never writes over what it reads, by whatever name', async () => {
  symlinkSync(at('z.npy'), at('link.npy'));
  write('p.npz', npz({ mu: ofLatents, logvar: npy(Array(3 * ROWS).fill(-3), [ROWS, 3]) }));
  write('r.json', '{}');
  const before = readFileSync(at('z.npy'));
  for (const argv of [
    ['score', 'z.npy', 'f.npy', '-o', at('z.npy')],
    ['score', 'link.npy', 'f.npy', '-o', at('z.npy')],
    ['score', 'z.npy', 'f.npy', '-o', at('f.npy')],
    ['decompose', 'p.npz', '-o', at('p.npz')],
    ['decompose', 'p.npz', '--per-sample', at('p.npz')],
  ]) {
    assert.match(await refused(...argv), /^(2|73) .*(it is what is read|expected a name that ends in)/);
  }
  // Names that a report may have.
  write('z.txt', csv(null, latents, ' '));
  assert.match(await refused('score', 'z.txt', 'f.npy', '-o', at('z.txt')), /^73 .*it is what is read/);
  assert.match(await refused('agreement', at('r.json'), '-o', at('r.json')), /^73 .*it is what is read/);
  assert.equal(readFileSync(at('z.npy')), before);
});

test('refuses names that promise another format than the one that is written', async () => {
  for (const name of ['t.tex', 't.html', 't.svg', 't.csv']) {
    for (const argv of [
      ['score', 'z.npy', 'f.npy'],
      ['decompose', 'p.npz'],
    ]) {
      assert.match(
        await refused(...argv, '-o', at(name)),
        /^2 .*--out: expected a name that ends in \.txt or \.json, got/,
      );
    }
  }
});

test('notes whole factors of very many values, and fractional ones of few', async () => {
  const ids = npy(
    latents.map((_, i) => i % 200),
    [ROWS],
    '<i8',
  );
  write('ids.npy', ids);
  assert.match(
    (await scored('z.npy', 'ids.npy')).notes.join(),
    /factor 0 has more than 100 whole values and is taken as discrete/,
  );
  write('halves.npy', halves);
  const { notes } = await scored('z.npy', 'halves.npy');
  assert.match(notes[0], /^factor 0 has only 3 values and is taken as continuous, unless factorTypes says discrete$/);
  assert.match(await refused('score', 'z.npy', 'halves.npy', '--strict'), /^65 .*unless --factor-types says discrete/);
  assert.equal((await scored('z.npy', 'halves.npy', '--factor-types', 'd,d', '--strict')).notes, []);
});

test('takes an ordinary archive strictly', async () => {
  write('ordinary.npz', npz({ latents: ofLatents, factors: ofFactors }));
  const report = await scored('ordinary.npz', '--strict');
  assert.equal([valuesOf(report), report.notes], [truth, []]);
  assert.equal(report.input.latents, {
    rows: ROWS,
    columns: 3,
    dtype: 'float64',
    file: at('ordinary.npz'),
    member: 'latents',
  });
});

for (const [what, argv, note] of SAME) {
  if (
    note === null ||
    ['words are numbered', 'has ellipse', 'factors are numbered'].some((text) => note.source.includes(text))
  )
    continue;
  test(`refuses, strictly: ${what}`, async () => {
    assert.match(await refused('score', ...argv, '--strict'), note);
  });
}

test.run();
