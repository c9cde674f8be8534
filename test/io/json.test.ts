import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findColumns, memorySource, openArrays } from '../../src/io/index.js';
import { fixture, open, rowsOf, survivesDamage } from './fixtures.js';
import { errorOf } from './matrices.js';

const refusal = async (text: string, path = 'a.json'): Promise<string> =>
  (await errorOf(async () => (await open(text, path)).arrays[0].read())).message;

// What fixtures/make.py has of them: row 5 has no z, and colours are numbered in their order.
const FRAME = Array.from({ length: 12 }, (_, i) => [
  i === 5 ? Number.NaN : i / 8 - 1,
  i % 10,
  [2, 1, 0][i % 3],
  1 - (i % 2),
]);

for (const name of ['records.json', 'split.json', 'columns.json', 'index.json', 'list.json', 'lines.jsonl']) {
  test(`reads ${name}, which pandas wrote`, async () => {
    const { arrays, format } = await open(fixture(name), name);
    assert.is(format, name.endsWith('l') ? 'jsonl' : 'json');
    assert.is(arrays.length, 1);
    const [table] = arrays;
    assert.equal([table.name, table.dtype, table.shape], [null, 'float64', [12, 4]]);
    assert.equal(table.columnNames, ['z', 'digit', 'colour', 'isBold']);
    assert.equal(table.words, [null, null, ['blau', 'grün', 'rot'], null]);
    assert.equal(await rowsOf(table), FRAME);
  });

  test(`survives damage of ${name}`, () => survivesDamage(fixture(name), name));
}

test('reads rows, and values as one column', async () => {
  const rows = await open('[[1, 2.5], [-3e2, 4]]', 'a.json');
  assert.equal([rows.arrays[0].dtype, rows.arrays[0].shape], ['float64', [2, 2]]);
  assert.equal(await rowsOf(rows.arrays[0]), [
    [1, 2.5],
    [-300, 4],
  ]);
  const [list] = (await open('\ufeff [3, 1, 2]\n', 'a.json')).arrays;
  assert.equal([list.dtype, list.shape, await rowsOf(list)], ['int32', [3], [[3], [1], [2]]]);
  const [lines] = (await open('[1, 2]\n[3, 4]\r\n\n', 'a.jsonl')).arrays;
  assert.equal(await rowsOf(lines), [
    [1, 2],
    [3, 4],
  ]);
  const [values] = (await open('1\n2', 'a.ndjson')).arrays;
  assert.equal([values.shape, await rowsOf(values)], [[2], [[1], [2]]]);
  assert.equal((await open('[]', 'a.json')).arrays[0].shape, [0]);
});

test('reads an object of arrays as an archive, and lists what is none', async () => {
  const { arrays } = await open(fixture('archive.json'), 'archive.json');
  assert.equal(
    arrays.map(({ name, dtype, shape, refusal }) => [name, dtype, shape, refusal]),
    [
      ['latents', 'float64', [3, 2], null],
      ['factors', 'int32', [3], null],
      ['epoch', 'value', [], 'expected a list of numbers, got a single value'],
      ['options', 'object', [], 'expected a list of numbers, got an object'],
    ],
  );
  assert.equal(
    await rowsOf(arrays[0]),
    [0, 1, 2].map((i) => [(2 * i) / 3, (2 * i + 1) / 3]),
  );
  const mixed = await open('{"latents": [[1, 2]], "log": [[1], [2, 3]], "deep": [[[1, 2], [3, 4]]]}', 'a.json');
  assert.equal(
    mixed.arrays.map(({ name, refusal }) => [name, refusal]),
    [
      ['latents', null],
      ['log', 'row 1, byte 40: expected 1 values in a row, got 2'],
      ['deep', null],
    ],
  );
});

test('drops axes of length 1, and lists what has more than two others', async () => {
  const cases: ReadonlyArray<readonly [string, readonly number[], string]> = [
    ['[[[1, 2]], [[3, 4]], [[5, 6]]]', [3, 2], 'a.json is (3, 1, 2) and taken as (3, 2)'],
    ['[[[1, 2], [3, 4], [5, 6]]]', [3, 2], 'a.json is (1, 3, 2) and taken as (3, 2)'],
    ['[[[1], [2]], [[3], [4]], [[5], [6]]]', [3, 2], 'a.json is (3, 2, 1) and taken as (3, 2)'],
    ['[[[1]], [[2]]]', [2, 1], 'a.json is (2, 1, 1) and taken as (2, 1)'],
  ];
  for (const [text, shape, note] of cases) {
    const [entry] = (await open(text, 'a.json')).arrays;
    assert.equal([entry.shape, entry.notes?.map((one) => one.text)], [shape, [note]]);
    assert.equal(
      (await rowsOf(entry)).flat(),
      Array.from({ length: shape[0] * shape[1] }, (_, i) => i + 1),
    );
  }
  assert.is(
    await refusal('[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]'),
    'a.json: expected rows and columns, got 3 dimensions of shape (2, 2, 2); x.reshape(2, -1) makes a row of each, x.reshape(-1, 2) joins batches of rows',
  );
  const words = await open('[[["a"]], [["b"]], [["a"]]]', 'a.json');
  assert.equal([words.arrays[0].words, await rowsOf(words.arrays[0])], [[['a', 'b']], [[0], [1], [0]]]);
  assert.match(await refusal('[[["a", "b"], ["c", "d"]]]'), 'lists of lists, got texts');
});

test('takes lists within records for columns, in JSON and in lines of it', async () => {
  const records = ['{"mu": [0.5, -1], "y": "b", "v": [3]}', '{"y": "a", "mu": [2, 4], "v": [5]}'];
  for (const [text, name] of [
    [`[${records.join()}]`, 'a.json'],
    [records.join('\n'), 'a.jsonl'],
  ]) {
    const [entry] = (await open(text, name)).arrays;
    assert.equal(entry.columnNames, ['mu[0]', 'mu[1]', 'y', 'v[0]']);
    assert.equal(await rowsOf(entry), [
      [0.5, -1, 1, 3],
      [2, 4, 0, 5],
    ]);
    assert.equal(
      findColumns(entry, 'v,mu', 'latents').map(({ column }) => column),
      [3, 0, 1],
    );
    const error = await errorOf(async () => findColumns(entry, 'm', 'latents'));
    assert.match(error.message, "found no column 'm'");
  }
});

test('takes lists of one length for columns, unless two are called as arrays of an archive', async () => {
  const [table] = (await open('{"a": [1, 2], "b": ["x", "y"]}', 'a.json')).arrays;
  assert.equal([table.name, table.columnNames, table.words], [null, ['a', 'b'], [null, ['x', 'y']]]);
  const { arrays } = await open('{"latents": [1, 2], "factors": [0, 1], "names": ["b", "a"]}', 'a.json');
  assert.equal(
    arrays.map(({ name }) => name),
    ['latents', 'factors', 'names'],
  );
  assert.equal(await arrays[2].readStrings?.(), ['b', 'a']);
});

test('leaves an index out that pandas wrote as a column', async () => {
  const [table] = (await open('[{"Unnamed: 0": 0, "z": 2}, {"Unnamed: 0": 1, "z": 2}]', 'a.json')).arrays;
  assert.equal(table.rowNameColumns, [0]);
  const [data] = (await open('[{"Unnamed: 0": 5, "z": 2}, {"Unnamed: 0": 1, "z": 2}]', 'a.json')).arrays;
  assert.is(data.rowNameColumns, undefined);
});

test('reads what any list of rows is written as, whatever the blocks', async () => {
  // Whole numbers beyond 2^53 are refused where not all their digits count.
  const number = fc.oneof(fc.double({ min: -(2 ** 53), max: 2 ** 53 }), fc.integer()).filter((n) => !Number.isNaN(n));
  await fc.assert(
    fc.asyncProperty(
      fc
        .integer({ min: 1, max: 4 })
        .chain((columns) => fc.array(fc.array(number, { minLength: columns, maxLength: columns }), { minLength: 1 })),
      fc.constantFrom(undefined, 1, '\t'),
      async (rows, indent) => {
        const [table] = (await open(JSON.stringify(rows, null, indent), 'a.json')).arrays;
        // JSON has no minus zero by this writer.
        assert.equal(
          await rowsOf(table),
          rows.map((row) => row.map((value) => value + 0)),
        );
      },
    ),
  );
  const many = Array.from({ length: 150_000 }, (_, i) => [i, `wört ${i % 7}`, i / 7]);
  const [table] = (await open(JSON.stringify(many), 'a.json')).arrays;
  const { data } = await table.read();
  assert.ok(many.every(([index, , share], i) => data[i * 3] === index && data[i * 3 + 2] === share));
  assert.ok(many.every((_, i) => table.words?.[1]?.[data[i * 3 + 1]] === `wört ${i % 7}`));
});

test('is told by content where the name says nothing, and is text under the name of a text', async () => {
  assert.is((await open(' [[1, 2]]', '-')).format, 'json');
  assert.is((await open('{"latents": [[1]]}', 'latents')).format, 'json');
  assert.is((await open('[a],b\n1,2\n', 'a.csv')).format, 'csv');
  assert.is((await openArrays(memorySource(gzipSync('[[1, 2]]'), 'a.json.gz'))).format, 'json');
});

test('refuses what is no JSON, at its byte', async () => {
  const cases: Array<[string, string]> = [
    ['[1, 2', "a.json, byte 5: expected ',' or the end of the list or object, got the end of the file"],
    [
      '[1, 2]]',
      `a.json, byte 6: expected the end of the file, got "]"; lines of JSON are read from a file called .jsonl`,
    ],
    ['[1,, 2]', 'a.json, byte 3: expected a value, got ","'],
    ['[1, ]', 'a.json, byte 4: expected a value, got "]"'],
    ['[1 2]', `a.json, byte 3: expected ',' or the end of the list or object, got "2"`],
    ['[01]', `a.json, byte 1: expected a value or ']', got "01"`],
    ['[1.]', `a.json, byte 1: expected a value or ']', got "1."`],
    ['[+1]', `a.json, byte 1: expected a value or ']', got "+1"`],
    ['[nan]', `a.json, byte 1: expected a value or ']', got "nan"`],
    ['[1}', `a.json, byte 2: expected ',' or the end of the list or object, got "}"`],
    ['{"a" 1}', `a.json, byte 5: expected ':', got "1"`],
    ['{a: 1}', `a.json, byte 1: expected a key in quotes or '}', got "a"`],
    ['["a]', 'a.json, byte 1: expected a closing quote, got the end of the file'],
    ['["a\\q"]', 'a.json, byte 1: expected a text of JSON in UTF-8'],
    ['5', 'a.json, byte 0: expected a list or an object, got a single value'],
    [' ', 'a.json, byte 1: expected a value, got the end of the file'],
    ['{}', 'a.json: expected lists of numbers, got an object of nothing'],
    ['{"a": {"b": [1]}, "c": 1}', 'a.json: expected lists of numbers, got an object of "a", "c"'],
  ];
  for (const [text, message] of cases) assert.is(await refusal(text), message);
  assert.is(
    await refusal('[1]\n[2', 'a.jsonl'),
    `a.jsonl, byte 6: expected ',' or the end of the list or object, got the end of the file`,
  );
  assert.is(await refusal('[1] [2]', 'a.jsonl'), 'a.jsonl, byte 4: expected a value on a line of its own, got "["');
});

test('refuses what does not fit, with row, column and byte', async () => {
  const cases: Array<[string, string]> = [
    ['[[1, 2], [3]]', 'a.json, row 1, byte 11: expected 2 values in a row, got 1'],
    ['[[]]', 'a.json, row 0, byte 2: expected at least one value in a row, got none'],
    ['[[1], 2]', 'a.json, row 1, byte 6: expected a list as above, got a value'],
    ['[1, [2]]', 'a.json, row 1, byte 4: expected a value as above, got a list'],
    ['[[1, "a"], ["b", "a"]]', 'a.json, row 1, column 0, byte 12: expected a number as above, got "b"'],
    ['[["a"], [1]]', 'a.json, row 1, column 0, byte 9: expected a text as above, got 1'],
    ['[[true], [1]]', 'a.json, row 1, column 0, byte 10: expected true or false as above, got 1'],
    ['[["a"], [null]]', 'a.json, row 1, column 0, byte 9: expected a text, got null'],
    ['[[1, [2]]]', 'a.json, row 0, byte 5: expected a value as above, got a list'],
    ['[[[1], 2]]', 'a.json, row 0, byte 7: expected a list as above, got 2'],
    ['[[[1], [1, 2]]]', 'a.json, row 0, byte 12: expected 1 values in a list, got 2'],
    ['[[[1], []]]', 'a.json, row 0, byte 8: expected 1 values in a list, got 0'],
    ['[[[], 1]]', 'a.json, row 0, byte 7: expected lists of one length within a row, got others'],
    ['[[[1]], [[1], [1]]]', 'a.json, row 1, byte 17: expected 1 values in a list, got 2'],
    ['[[[1]], [1]]', 'a.json, row 1, byte 9: expected a list as above, got 1'],
    ['[[{}]]', 'a.json, row 0, byte 2: expected rows and columns, got an object within a row'],
    ['[{"a": [1, 2]}, {"a": [1]}]', "a.json, row 1, byte 24: expected a list of 2 values for 'a', got 1"],
    ['[{"a": [1, 2]}, {"a": [1, 2, 3]}]', "a.json, row 1, byte 30: expected a list of 2 values for 'a', got 3"],
    ['[{"a": []}]', "a.json, row 0, byte 8: expected a list of at least one value for 'a', got 0"],
    ['[{"a": [1]}, {"a": 1}]', "a.json, byte 19: expected the keys of the first record, got 'a'"],
    ['[{"a": [1]}, {"a": null}]', "a.json, byte 19: expected the keys of the first record, got 'a'"],
    ['[{"a": 1}, {"a": [1]}]', "a.json, byte 18: expected the keys of the first record, got 'a[0]'"],
    ['[{"a": [1], "a[0]": 1}]', "a.json, byte 20: expected every key once, got 'a[0]' twice"],
    ['[{"a": [[1]]}]', 'a.json, row 0, byte 8: expected rows and columns, got a list within a list of a record'],
    ['[{"a": {}}]', 'a.json, row 0, byte 7: expected rows and columns, got an object within a record'],
    ['[{"a": 1}, {"b": 1}]', "a.json, byte 17: expected the keys of the first record, got 'b'"],
    ['[{"a": 1, "b": 1}, {"a": 1}]', 'a.json, row 1, byte 26: expected 2 values in a row, got 1'],
    ['[{"a": 1, "a": 1}]', "a.json, byte 15: expected every key once, got 'a' twice"],
    ['{"a": [1], "a": [1]}', 'a.json, byte 11: expected every key once, got "a" twice'],
    ['[12345678901234567]', 'a.json, byte 1: expected a whole number that float64 holds, got 12345678901234567'],
    ['{"columns": ["a"], "data": [[1, 2]]}', "a.json, member 'columns': expected 2 names of columns, got 1"],
  ];
  for (const [text, message] of cases) assert.is(await refusal(text), message);
});

test('is not led into depths', async () => {
  for (const level of ['[', '{"a":']) {
    const text = level.repeat(1_000_000);
    assert.match(await refusal(text), /^a\.json, byte \d+: expected at most 100 levels$/);
  }
});

test('refuses a report, a table with a schema, and objects that may be either way round', async () => {
  const report = '{"schema": "vaemetrics/report@1", "metrics": [{"a": 1}, {"b": []}]}';
  assert.is(
    await refusal(report),
    'a.json: a result of vaemetrics (vaemetrics/report@1), which holds no samples; give the files it was made of',
  );
  const table = await errorOf(() => open(fixture('table.json'), 'a.json'));
  assert.is(table.message, "a.json: a table of pandas with orient='table'; write it with orient='split'");
  for (const text of ['{"a": {"b": 1}}', '{"0": {"0": 1}}']) assert.match(await refusal(text), "orient='split'");
  assert.match(await refusal('{"a": {"0": 1}, "b": {"1": 1}}'), "expected a value for '0' in every object, got none");
});

test('reads infinities as Python writes them', async () => {
  const [table] = (await open('[NaN, Infinity, -Infinity, null]', 'a.json')).arrays;
  assert.equal(await rowsOf(table), [
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY],
    [Number.NaN],
  ]);
});

test.run();
