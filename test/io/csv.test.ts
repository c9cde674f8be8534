import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCsv } from '../../src/io/csv.js';
import type { CsvOptions } from '../../src/io/csv-dialect.js';
import { type ByteSource, memorySource, openArrays } from '../../src/io/index.js';
import { Matrix } from '../../src/matrix.js';
import { assertSame, errorOf, gather } from './matrices.js';

async function read(text: string, options: CsvOptions = {}): Promise<Matrix> {
  const { arrays } = await openCsv(memorySource(new TextEncoder().encode(text), 'a.csv'), options);
  const matrix = await arrays[0].read();
  assertSame(await gather(arrays[0].chunks(), matrix), matrix);
  return matrix;
}

const integers = new Matrix(Int32Array.of(1, 2, 3, 4), 2, 2);

test('reads integers as int32, whatever ends the lines', async () => {
  for (const text of [
    '1,2\n3,4\n',
    '1,2\n3,4',
    '1,2\r\n3,4\r\n',
    '1,2\r\n3,4',
    '\ufeff1,2\n3,4\n',
    '1,2\n3,4\n\n \r\n\n',
  ]) {
    assertSame(await read(text), integers);
  }
});

test('reads commas, semicolons and tabs, spaces and quotes', async () => {
  for (const text of [
    '1;2\n3;4\n',
    '1\t2\n3\t4\n',
    ' 1 , 2 \n\t3,4\t\n',
    '"1","2"\n" 3 ", "4" \r\n',
    '+1,02\n003,"+4"\n',
  ]) {
    assertSame(await read(text), integers);
  }
});

test('reads one point, one exponent or one large integer as float64 for all', async () => {
  assertSame(await read('1,2.0\n3,4\n'), new Matrix(Float64Array.of(1, 2, 3, 4), 2, 2));
  assertSame(await read('1,2e0\n3,4\n'), new Matrix(Float64Array.of(1, 2, 3, 4), 2, 2));
  assertSame(await read('1,2147483648\n'), new Matrix(Float64Array.of(1, 2147483648), 1, 2));
  assertSame(await read('-2147483648,2147483647\n'), new Matrix(Int32Array.of(-2147483648, 2147483647), 1, 2));
  assertSame(await read('-0,1\n'), new Matrix(Float64Array.of(-0, 1), 1, 2));
  assertSame(await read('"-0",1\n'), new Matrix(Float64Array.of(-0, 1), 1, 2));
});

test('keeps every row, however many of its cells are empty', async () => {
  const cellsOf = (row: number) => {
    const word = row % 5 === 0 ? '' : 'ab'[row % 2];
    return [String(row % 3), row % 7 === 0 ? '' : String(row % 4), '', '', '', word];
  };
  const valuesOf = ([a, b, , , , word]: string[]) => {
    const missing = [Number.NaN, Number.NaN, Number.NaN];
    return [Number(a), b === '' ? Number.NaN : Number(b), ...missing, word === '' ? Number.NaN : 'ab'.indexOf(word)];
  };
  // The last spans blocks of a mebibyte.
  for (const rows of [2, 3, 7, 50, 1000, 120_000]) {
    const cells = Array.from({ length: rows }, (_, row) => cellsOf(row + 1));
    for (const delimiter of [',', ';', '\t']) {
      const text = cells.map((row) => row.join(delimiter)).join('\n');
      const { data } = await read(text, { header: false, takesMissing: true });
      const isWrong = (row: string[], i: number) => !valuesOf(row).every((x, k) => Object.is(data[i * 6 + k], x));
      assert.is(cells.findIndex(isWrong), -1, `of ${rows} rows with '${delimiter}'`);
      assert.is(data.length, rows * 6);
    }
  }
});

test('reads NaN and infinities, for others to refuse with their place', async () => {
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
  assertSame(
    await read('nan,NaN,inf,-inf,+Infinity,-infinity\n'),
    new Matrix(Float64Array.of(nan, nan, inf, -inf, inf, -inf), 1, 6),
  );
});

test('rounds every number as JavaScript does', async () => {
  const digits = fc.stringMatching(/^\d{1,25}$/);
  const sign = fc.constantFrom('', '-', '+');
  const exponent = fc.oneof(
    fc.constant(''),
    fc.integer({ min: -340, max: 330 }).map((power) => `e${power}`),
    fc.integer({ min: -25, max: 25 }).map((power) => `E${power < 0 ? power : `+${power}`}`),
  );
  const point = fc.oneof(
    fc.constant(''),
    fc.constant('.'),
    digits.map((fraction) => `.${fraction}`),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(sign, digits, point, exponent), { minLength: 1, maxLength: 20 }),
      async (parts) => {
        const cells = parts.map((part) => part.join(''));
        const { data } = await read(`${cells.join(',')}\n`);
        for (const [i, cell] of cells.entries()) {
          if (!Object.is(data[i], Number(cell))) assert.is(data[i], Number(cell), cell);
        }
      },
    ),
    { numRuns: 400 },
  );
  // 2^53 + 1 is rounded while its digits are added up, and must not be rounded again by the
  // division.
  for (const cell of ['900719925474099.3', '9007199254740993e-22', '.5', '5.', '1e400', '1e-400', '0e999']) {
    const { data } = await read(`${cell},0.0\n`);
    assert.ok(Object.is(data[0], Number(cell)), cell);
  }
});

test('takes a first row without any number for names', async () => {
  const source = memorySource(new TextEncoder().encode('"size, cm";größe\n1;2\n3;4\n'), 'a.csv');
  const [entry] = (await openCsv(source)).arrays;
  assert.equal(entry.columnNames, ['size, cm', 'größe']);
  assert.equal(entry.shape, [2, 2]);
  assertSame(await entry.read(), integers);
});

test('takes the first row for names or not, as told', async () => {
  assertSame(await read('1,2\n1,2\n3,4\n', { header: true }), integers);
  assertSame(await read('1,2\n3,4\n', { header: false }), integers);
  const error = await errorOf(() => read('a,b\n1,2\n', { header: false }));
  assert.is(
    error.message,
    'a.csv, row 0, column 0: expected numbers or words in a column, got "a" here and "1" in line 2',
  );
});

test('reads a header without rows as no rows', async () => {
  for (const text of ['a,b\n', 'a,b']) {
    const [entry] = (await openCsv(memorySource(new TextEncoder().encode(text)))).arrays;
    assert.equal(entry.shape, [0, 2]);
    assert.is((await entry.read()).rows, 0);
  }
});

test('takes text without a name that tells for a table', async () => {
  for (const path of ['-', 'numbers', 'a.csv', 'a.txt']) {
    const file = await openArrays(memorySource(new TextEncoder().encode('1,2\n3,4\n'), path));
    assert.is(file.format, 'csv');
    assertSame(await file.arrays[0].read(), integers);
  }
  assert.is((await openArrays(memorySource(new TextEncoder().encode('1\n'), 'a.tsv'))).format, 'tsv');
});

test('reads lines that lie across blocks, and lines longer than a block', async () => {
  const columns = 70_000;
  const row = (start: number) => Array.from({ length: columns }, (_, i) => String((start + i) * 1e6 + 0.5)).join(',');
  const text = [1, 2, 3, 4].map(row).join('\n');
  assert.ok(text.length > 3e6);
  const matrix = await read(text);
  assert.equal([matrix.rows, matrix.columns], [4, columns]);
  for (let i = 0; i < columns; i += 777) assert.is(matrix.get(3, i), (4 + i) * 1e6 + 0.5);
});

/** A table of text that is made while it is read. */
function generatedSource(rows: number, rowText: string): { source: ByteSource; mostAtOnce: () => number } {
  let most = 0;
  const source: ByteSource = {
    path: 'generated.csv',
    size: rows * rowText.length,
    async read(offset, length) {
      most = Math.max(most, length);
      const shift = offset % rowText.length;
      const text = rowText.repeat(Math.ceil((length + shift) / rowText.length)).slice(shift, shift + length);
      return new TextEncoder().encode(text);
    },
  };
  return { source, mostAtOnce: () => most };
}

test('reads a table too large to keep twice, in ranges', async () => {
  const rows = 1_100_000;
  const { source, mostAtOnce } = generatedSource(rows, '2,1,3,4,5,6,7,8\n');
  const [entry] = (await openCsv(source)).arrays;
  assert.equal(entry.shape, [rows, 8]);
  assert.is(entry.dtype, 'int32');
  let seen = 0;
  for await (const { firstRow, matrix } of entry.chunks()) {
    assert.is(firstRow, seen);
    assert.equal([matrix.get(0, 0), matrix.get(matrix.rows - 1, 7)], [2, 8]);
    seen += matrix.rows;
  }
  assert.is(seen, rows);
  assert.ok(mostAtOnce() <= 1 << 20);
});

test('notices that a table changed between opening and reading', async () => {
  const rowText = '2,1,3,4,5,6,7,8\n';
  const { source } = generatedSource(1_100_000, rowText);
  let isLater = false;
  const changing: ByteSource = {
    ...source,
    async read(offset, length) {
      const bytes = await source.read(offset, length);
      // The last row goes blank, which is allowed at the end.
      if (isLater && offset + length === source.size) bytes.fill(0x20, bytes.length - rowText.length);
      return bytes;
    },
  };
  const [entry] = (await openCsv(changing)).arrays;
  isLater = true;
  assert.is(
    (await errorOf(() => entry.read())).message,
    'generated.csv: the file changed while it was read: it had 1100000 rows before',
  );
});

test('names the row, column and line of a cell far into a table', async () => {
  const lines = Array.from({ length: 200_000 }, (_, i) => `${i},${i}.5`);
  lines[150_000] = '7,7..5';
  const error = await errorOf(() => read(`a,b\r\n${lines.join('\r\n')}\r\n`));
  assert.is(error.message, 'a.csv, row 150000, column 1: expected a number, got "7..5" (line 150002)');
});

test.run();
