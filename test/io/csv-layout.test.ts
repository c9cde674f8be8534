/** What the first lines of a text table are taken for, and what its cells are. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCsv } from '../../src/io/csv.js';
import type { CsvOptions } from '../../src/io/csv-dialect.js';
import { memorySource } from '../../src/io/index.js';
import { errorOf, gather } from './matrices.js';

async function open(text: string, options: CsvOptions = {}) {
  const file = await openCsv(memorySource(new TextEncoder().encode(text), 'a.csv'), options);
  const [entry] = file.arrays;
  const matrix = await entry.read();
  assert.equal(await gather(entry.chunks(), matrix), matrix);
  return {
    rows: matrix.rows,
    values: [...matrix.data],
    names: entry.columnNames ?? null,
    words: entry.words ?? null,
    hasRowNames: entry.rowNameColumns?.join() === '0',
    codes: (file.notes ?? []).map(({ code }) => code),
  };
}

const refusal = async (text: string, options: CsvOptions = {}) =>
  (await errorOf(() => open(text, options))).message.replace(/^a\.csv, /, '');

test('an index as pandas and R write it is known by its place, its missing name and its counting', async () => {
  for (const text of [
    ',a,b\n0,5,6\n1,7,8\n2,9,9\n',
    ',a,b\n1,5,6\n2,7,8\n3,9,9\n',
    '"","a","b"\n"1",5,6\n"2",7,8\n"3",9,9\n',
    'Unnamed: 0,a,b\n0,5,6\n1,7,8\n2,9,9\n',
    // A frame without names of columns.
    ',0,1\n0,5,6\n1,7,8\n2,9,9\n',
    // write.table of R: the line of names is a cell shorter.
    '"a" "b"\n"1" 5 6\n"2" 7 8\n"3" 9 9\n',
    '"a" "b"\n"x" 5 6\n"y" 7 8\n"z" 9 9\n',
    'a,b\n1,5,6\n2,7,8\n3,9,9\n',
    'a\tb\nx\t5\t6\ny\t7\t8\nz\t9\t9\n',
  ]) {
    const { rows, hasRowNames, names } = await open(text);
    assert.equal([rows, hasRowNames, names?.length], [3, true, 3], text);
  }
  for (const text of [
    // It does not count.
    ',a\n0,5\n1,7\n3,9\n',
    ',a\n2,5\n3,7\n4,9\n',
    // It has a name.
    'id,a\n0,5\n1,7\n2,9\n',
    // Words that come twice name no rows.
    ',a\nx,5\nx,7\ny,9\n',
  ]) {
    assert.is((await open(text)).hasRowNames, false, text);
  }
});

test('a first line that counts the columns of three or more is their names', async () => {
  for (const text of ['0,1,2\n5,6,7\n', '1,2,3\n5,6,7\n', '0 1 2\n5 6 7\n', '0;1;2\n5;6;7\n']) {
    const { values, codes } = await open(text);
    assert.equal([values, codes], [[5, 6, 7], ['numbered-header']], text);
    assert.equal((await open(text, { header: false })).values.length, 6);
  }
  for (const text of ['0,1,3\n5,6,7\n', '2,3,4\n5,6,7\n', '0.0,1.0,2.0\n5,6,7\n', '0,1\n5,6\n', '0\n1\n2\n']) {
    const { rows, names, codes } = await open(text);
    assert.equal([rows, names, codes], [text.trim().split('\n').length, null, []], text);
  }
});

test('of one or two columns only if the other file has such a line, and as many', async () => {
  const text = '0,1\n5,6\n7,8\n';
  const beside = { isBesideNumbered: true };
  assert.equal((await open(text, { ...beside, expectedRows: 2 })).values, [5, 6, 7, 8]);
  assert.equal((await open(text, { ...beside, expectedRows: 2 })).codes, ['numbered-header']);
  for (const options of [{ expectedRows: 2 }, { ...beside, expectedRows: 3 }, beside]) {
    assert.is((await open(text, options)).rows, 3);
  }
});

test('of words alone the first line is a row, unless that makes the rows disagree', async () => {
  const text = 'shape\nsquare\nheart\nsquare\n';
  assert.equal(await open(text, { expectedRows: 4 }), {
    rows: 4,
    values: [1, 2, 0, 2],
    names: null,
    words: [['heart', 'shape', 'square']],
    hasRowNames: false,
    codes: ['no-header'],
  });
  const named = await open(text, { expectedRows: 3 });
  assert.equal([named.values, named.names, named.codes], [[1, 0, 1], ['shape'], ['found-header']]);
  assert.equal((await open(text, { header: true })).values, [1, 0, 1]);
  assert.equal((await open(text, { header: true })).codes, []);
});

test('words are numbered in their order, whichever comes first', async () => {
  const table = await open('a,colour\n1.5,red\n2.5,blue\n3.5,red\n4.5,green\n');
  assert.equal(table.values, [1.5, 2, 2.5, 0, 3.5, 2, 4.5, 1]);
  assert.equal(table.words, [null, ['blue', 'green', 'red']]);
  assert.equal((await open('x,y\nTrue,1\nFalse,2\n')).values, [1, 1, 0, 2]);
  assert.equal((await open('x;y\n"a; b";1\ngrün;2\n')).words, [['a; b', 'grün'], null]);
});

test('a column that mixes words and numbers is refused at its first word', async () => {
  assert.is(await refusal('a,b\n1,2\n3,x\n'), 'row 1, column 1: expected a number, got "x" (line 3)');
  assert.is(
    await refusal('a,b\n1,x\n3,4\n'),
    'row 0, column 1: expected numbers or words in a column, got "x" here and "4" in line 3',
  );
  assert.is(await refusal('a,b\n1,x\n3,\n'), 'row 1, column 1: expected a word, got an empty cell (line 3)');
  assert.is(await refusal('a,b\n1,x\n3,y,z\n'), 'row 1: expected 2 cells, got 3 (line 3)');
  const many = Array.from({ length: 65_537 }, (_, i) => `w${i}`).join('\n');
  assert.match(await refusal(`word\n${many}`, { header: true }), 'expected at most 65536 different words (line 65538)');
});

test('blanks separate cells as numpy.savetxt writes them, and comments are left out', async () => {
  for (const text of [
    '1.0e+00 2.0e+00\n3 4\n',
    '# x y\n# z\n1 2\n3 4\n',
    '  1   2  \n\t3\t 4\r\n',
    '1 2\n# between\n3 4\n# after\n',
    '#\n1 2\n3 4',
  ]) {
    assert.equal((await open(text, text.includes('\t') ? { header: false } : {})).values, [1, 2, 3, 4], text);
  }
  assert.equal((await open('# a,b\n1,2\n3,4\n')).values, [1, 2, 3, 4]);
  assert.equal((await open('x y\n1 2\n3 4\n')).names, ['x', 'y']);
  // A name of two words is one cell.
  assert.equal((await open('my column\n1\n2\n')).names, ['my column']);
  // A colour is no comment.
  assert.equal((await open('colour,x\n#ff0000,1\n#00ff00,2\n')).values, [1, 1, 0, 2]);
  assert.is(await refusal('1 2\n# note\n3 x\n'), 'row 1, column 1: expected a number, got "x" (line 3)');
  assert.is(await refusal('a,b\n1,2,3\n1,2,3\n'), 'row 0: expected 2 cells, got 3 (line 2)');
  assert.is(await refusal('1 2\n3 4 5\n'), 'row 1: expected 2 cells, got 3 (line 2)');
});

test('decimal commas are read beside semicolons, tabs and blanks', async () => {
  for (const text of [
    'a;b\n1,5;2\n-3,25e1;4\n',
    'a\tb\n1,5\t2\n-3,25e1\t4\n',
    '1,5;2\n-3,25e1;4\n',
    '"1,5";2\n"-3,25e1";4\n',
  ]) {
    assert.equal((await open(text)).values, [1.5, 2, -32.5, 4], text);
  }
  // With points they are what separates.
  assert.equal((await open('1.5;2\n-32.5;4\n')).values, [1.5, 2, -32.5, 4]);
  assert.match(await refusal('1,5;2\n1.5;4\n'), 'expected a number, got "1.5" (line 2)');
});

test('a whole number that float64 does not hold is refused, not rounded', async () => {
  assert.equal((await open('9007199254740992,1\n')).values, [2 ** 53, 1]);
  assert.equal((await open('9007199254740994\n')).values, [2 ** 53 + 2]);
  for (const cell of ['9007199254740993', '-9007199254740993', '"9007199254740993"', '123456789012345678901']) {
    assert.match(await refusal(`${cell},1\n`), /expected a whole number that float64 holds, got -?\d+ \(line 1\)/);
  }
  // One with a point is a measurement.
  assert.equal((await open('9007199254740993.0\n')).values, [2 ** 53]);
});

test('a first line of names and numbers says how to have it as a row', async () => {
  assert.is(
    await refusal('red,1\nblue,2\n'),
    'row 0, column 0: expected names only or numbers only in the first line, got "red" and "1"; header: false takes it for a row',
  );
  assert.equal((await open('red,1\nblue,2\n', { header: false })).values, [1, 1, 0, 2]);
});

test.run();
