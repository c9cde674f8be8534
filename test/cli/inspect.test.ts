import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runInProcess } from './in-process.js';
import { makeFolder, npyBytes, writeSamples } from './sample-files.js';

const { at, remove } = makeFolder();

test.before(() => {
  writeSamples(at);
  const rows = [
    [1, 5, 0.5],
    [2, 5, Number.NaN],
    [3, 5, Number.POSITIVE_INFINITY],
  ];
  writeFileSync(at('odd.npy'), npyBytes(Float64Array.from(rows.flat()), [3, 3]));
  writeFileSync(at('cube.npy'), npyBytes(new Float64Array(8), [2, 2, 2]));
  writeFileSync(at('wide.npy'), npyBytes(new Float64Array(100), [1, 100]));
});
test.after(remove);

test('shows shape, type, ranges, constant columns and values that are not finite', async () => {
  const { code, out } = await runInProcess(['inspect', at('odd.npy')]);
  assert.is(code, 0);
  assert.equal(out.split('\n').slice(1), [
    '',
    '(3, 3) float64  72 bytes',
    '  column  minimum  maximum',
    '  0             1        3     whole',
    '  1             5        5  constant',
    '  2        0.5000   0.5000',
    '  constant column: 1',
    '  2 values are NaN or infinite, the first in row 1, column 2',
    '',
  ]);
});

test('shows the names of the columns where the file has them', async () => {
  const { out } = await runInProcess(['inspect', at('latents.csv')]);
  assert.match(out, /\n {2}column {2}name {2}minimum/);
  assert.match(out, /\n {2}2 +c +0 +3\.7500\n/);
});

test('shows all arrays of an archive, or the one named', async () => {
  const all = await runInProcess(['inspect', at('posterior.safetensors')]);
  assert.match(all.out, /\nmu {2}\(240, 4\) float32/);
  assert.match(all.out, /\nfactors {2}\(240, 3\) int32/);
  const one = await runInProcess(['inspect', at('posterior.safetensors'), '--member', 'mu']);
  assert.not.match(one.out, /factors/);
  const none = await runInProcess(['inspect', at('posterior.safetensors'), '--member', 'nu']);
  assert.is(none.code, 65);
  assert.match(none.err, /found no 'nu'; it holds 'mu' float32 \(240, 4\), 'factors'/);
});

test('says why an array is no table instead of failing', async () => {
  const { code, out } = await runInProcess(['inspect', at('cube.npy')]);
  assert.is(code, 0);
  assert.match(out, /not a table of numbers: expected rows and columns, got 3 dimensions/);
});

test('shows what can be read of a table in which a column of times, and one with nulls, cannot', async () => {
  const path = fileURLToPath(new URL('../io/fixtures/odd.parquet', import.meta.url));
  const { code, out } = await runInProcess(['inspect', path]);
  assert.is(code, 0);
  assert.match(out, /\n {2}0 +a +0\.5000 +2\.5000\s*\n {2}1 +b +3 +5 +whole\n {2}2 +at +- +-/);
  assert.match(out, /\n {2}8 +hole +1 +3\s*\n {2}9 +word +0 +1/);
  assert.match(out, '2 values are NaN or infinite, the first in row 1, column 8');
  assert.match(
    out.replace(/\s+/g, ' '),
    "column 2 is not read: expected columns of numbers or words, got times in column 'at'; make numbers",
  );
  const { arrays } = JSON.parse((await runInProcess(['inspect', path, '--json'])).out);
  assert.equal(
    arrays[0].unread.map(({ column }: { column: number }) => column),
    [2, 3, 4, 5, 6, 7],
  );
  assert.equal(arrays[0].nonFinite, { count: 2, first: { row: 1, column: 8 } });
});

test('stops a table of columns at 40, and has all of them as JSON', async () => {
  assert.match(
    (await runInProcess(['inspect', at('wide.npy')])).out,
    /\n {2}and 60 more columns; --json has them all\n/,
  );
  const { arrays } = JSON.parse((await runInProcess(['inspect', at('wide.npy'), '--json'])).out);
  assert.is(arrays[0].minimum.length, 100);
});

test('prints JSON with places and without NaN', async () => {
  const { out } = await runInProcess(['inspect', at('odd.npy'), '--json']);
  const { schema, format, arrays } = JSON.parse(out);
  assert.equal([schema, format], ['vaemetrics/inspection@1', 'npy']);
  assert.equal(arrays[0].maximum, [3, 5, 0.5]);
  assert.equal(arrays[0].constantColumns, [1]);
  assert.equal(arrays[0].nonFinite, { count: 2, first: { row: 1, column: 2 } });
});

test('reads bare values by the columns and the type given, and names its own option where they lack', async () => {
  const { out } = await runInProcess(['inspect', at('factors.bin'), '--columns', '3', '--dtype', 'i4']);
  assert.match(out, /\(240, 3\) int32/);
  const { code, err } = await runInProcess(['inspect', at('factors.bin')]);
  assert.is(code, 65);
  assert.match(err, /say --columns N\n$/);
  const useless = await runInProcess(['inspect', at('latents.npy'), '--columns', '4']);
  assert.is(useless.code, 2);
});

test.run();
