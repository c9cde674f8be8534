/** Parquet as pyarrow and pandas write it, against what they had (fixtures/make_parquet.py). */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ArrayEntry,
  dropRowNames,
  findColumns,
  memorySource,
  openArrays,
  type TakenColumn,
  withColumns,
} from '../../src/io/index.js';
import { errorOf } from './matrices.js';

const read = (name: string) => new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));

async function open(name: string): Promise<ArrayEntry> {
  const { arrays } = await openArrays(memorySource(read(`${name}.parquet`), 'a.parquet'));
  return arrays[0];
}

const [header, ...lines] = new TextDecoder().decode(read('mixed.csv')).trim().split('\n');
const names = header.split(',');
const rows = lines.map((line) => line.split(',').map(Number));

for (const name of ['plain', 'dictionaries', 'pages', 'encodings']) {
  test(`reads columns of every kind as pyarrow writes them: ${name}`, async () => {
    const entry = await open(name);
    const columnNames = entry.columnNames ?? [];
    assert.ok(columnNames.length >= 4);
    const { data } = await entry.read();
    const wanted = rows.flatMap((row) => columnNames.map((column) => row[names.indexOf(column)]));
    assert.equal([...data], wanted);
    const words = entry.words?.[columnNames.indexOf('word')];
    assert.equal(words, ['bläu', 'green', 'red']);
    for (const column of [0, columnNames.indexOf('word'), columnNames.length - 1]) {
      const { data: alone } = await withColumns(entry, [column]).read();
      assert.equal(
        [...alone],
        rows.map((row) => row[names.indexOf(columnNames[column])]),
      );
    }
  });
}

for (const name of ['snappy', 'gzip', 'brotli', 'zstd', 'zstd-19', 'lz4']) {
  test(`unpacks ${name}`, async () => {
    const { data } = await (await open(name)).read();
    const wanted = Array.from({ length: 1000 }, (_, i) => [Math.floor(i / 25) / 8, i % 7]);
    assert.equal([...data], wanted.flat());
  });
}

const placesOf = (taken: readonly TakenColumn[]) => taken.map(({ column }) => column);

test('leaves the index of a pandas table out, and says so', async () => {
  const leftOut = async (name: string) => {
    const table = await open(name);
    const { kept, notes } = dropRowNames(table, 'latents');
    const entry = kept === null ? table : withColumns(table, placesOf(kept));
    assert.equal(entry.columnNames, ['a', 'b']);
    assert.equal([...(await entry.read()).data], [0.5, 3, 1.5, 4, 2.5, 5]);
    return notes.map(({ code, text }) => `${code} ${text}`);
  };
  assert.equal(await leftOut('index-range'), []);
  assert.equal(await leftOut('index'), [`row-names a.parquet: '__index_level_0__' names the rows and is left out`]);
  assert.equal(await leftOut('index-two'), [`row-names a.parquet: 'id', 'at' name the rows and are left out`]);
  const { data } = await withColumns(await open('index'), [2]).read();
  assert.equal([...data], [7, 9, 8], 'who asks for it gets it');
});

test('refuses columns that are neither numbers nor words only if they are read', async () => {
  const entry = await open('odd');
  assert.is(entry.refusal, null);
  const usable = withColumns(entry, placesOf(findColumns(entry, 'b,a', 'latents')));
  assert.equal([...(await usable.read()).data], [3, 0.5, 4, 1.5, 5, 2.5]);
  const refusal = async (column: string) => {
    const alone = withColumns(entry, placesOf(findColumns(entry, column, 'latents')));
    return (await errorOf(() => alone.read())).message;
  };
  const got = async (column: string) => /, got (.*) in column '\w+'; /.exec(await refusal(column))?.[1];
  assert.is(await got('raw'), 'bytes');
  assert.is(await got('none'), 'nulls');
  assert.is(await got('texts'), 'lists of text');
  assert.is(await got('group'), 'a group of columns');
  assert.is(await got('day'), 'dates');
  assert.is(
    await refusal('at'),
    `a.parquet, column 2: expected columns of numbers or words, got times in column 'at'; make numbers of it, in pandas to_datetime(frame['at']).astype('int64'), or leave it out`,
  );
  assert.is(await refusal('hole'), `a.parquet, row 1, column 8: expected a number in column 'hole', got null`);
  assert.is(await refusal('word'), `a.parquet, row 1, column 9: expected a word in column 'word', got null`);
  assert.ok((await errorOf(() => entry.read())).message.includes(`got times in column 'at'`));
});

test.run();
