/** What the first lines of a text table are taken for, and what its cells are. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCsv } from '../../src/io/csv.js';
import type { CsvOptions } from '../../src/io/csv-dialect.js';
import { memorySource, withColumns } from '../../src/io/index.js';
import { assertSame, errorOf, gather } from './matrices.js';

async function open(text: string, options: CsvOptions = {}) {
  const file = await openCsv(memorySource(new TextEncoder().encode(text), 'a.csv'), options);
  const [entry] = file.arrays;
  const matrix = await entry.read();
  assertSame(await gather(entry.chunks(), matrix), matrix);
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
    const isCounting = /^(?:0,1|0)\n/.test(text);
    assert.equal(
      [rows, names, codes],
      [text.trim().split('\n').length, null, isCounting ? ['counting-line'] : []],
      text,
    );
  }
});

test('of one or two columns only if the other file has such a line, and as many', async () => {
  const text = '0,1\n5,6\n7,8\n';
  const beside = { besideNumbered: 'names' } as const;
  assert.equal((await open(text, { ...beside, expectedRows: 2 })).values, [5, 6, 7, 8]);
  assert.equal((await open(text, { ...beside, expectedRows: 2 })).codes, ['numbered-header']);
  for (const options of [{ expectedRows: 2 }, beside]) {
    const { rows, codes } = await open(text, options);
    assert.equal([rows, codes], [3, ['counting-line']]);
  }
  // Rows that agree say that it is one.
  for (const options of [{ expectedRows: 3 }, { ...beside, expectedRows: 3 }]) {
    const { rows, codes } = await open(text, options);
    assert.equal([rows, codes], [3, []]);
  }
  // The other was taken for a row as well.
  const besideRow = await open(text, { besideNumbered: 'row', expectedRows: 3 });
  assert.equal([besideRow.values, besideRow.codes], [[5, 6, 7, 8], ['numbered-header']]);
});

test('a header of numbers and names is one if the numbers count', async () => {
  for (const text of ['0,1,label\n.5,.25,1\n', ',0,1,label\n0,.5,.25,1\n', 'label,1,2\n1,.5,.25\n']) {
    const { rows, codes } = await open(text);
    assert.equal([rows, codes], [1, ['numbered-header']], text);
  }
  // A word above a number is no value; one above a word may be.
  assert.match(await refusal('id,2020,2021\n1,.5,.25\n'), 'header: true takes it for names');
  assert.match(await refusal('red,7,9\nblue,.5,.25\n'), 'header: false takes it for a row');
});

test('whole numbers above fractions are noted, as names that pandas writes in levels', async () => {
  const rows = Array.from({ length: 12 }, (_, i) => `${i}.5,${i}.25\n`).join('');
  assert.equal((await open(`0,0\n0,1\n${rows}`)).codes, ['whole-lines']);
  assert.equal((await open(`3,7\n${rows}`)).codes, ['whole-lines']);
  assert.equal((await open(rows)).codes, []);
  assert.equal((await open(`3,7\n${rows}1,2.5\n`)).codes, []);
});

test('names in several lines are told from words', async () => {
  const told = 'got "a" here and "1" in line 3; of several lines of names keep one';
  assert.match(await refusal('a,a,b\nx,y,x\n1,2,3\n4,5,6\n'), told);
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

test('commas and points between thousands are not taken for those before fractions', async () => {
  for (const [delimiter, mark] of [
    ['\t', ','],
    [';', ','],
    [';', '.'],
  ]) {
    const table = (...cells: string[]) => `a${delimiter}b\n${cells.map((cell) => `${cell}${delimiter}5\n`).join('')}`;
    const told = new RegExp(`got "3${mark === '.' ? '\\.' : ','}302" beside "37"; write 3302`);
    assert.match(await refusal(table(`3${mark}302`, '37')), told);
    assert.match(await refusal(table('37', `1${mark}234${mark}567`)), 'without separators between thousands');
    // What shows that these are fractions: no digit before, or others than three behind it.
    for (const other of [`0${mark}5`, `12${mark}3021`, '3302']) {
      const { values, codes } = await open(table(`3${mark}302`, '37', other));
      assert.equal([values[0], codes], [3.302, []], other);
    }
  }
  const { values, codes } = await open('a;b\n3,302;1\n2,201;2\n');
  assert.equal([values, codes], [[3.302, 1, 2.201, 2], ['decimal-commas']]);
  // Points before fractions are what is usual.
  assert.equal((await open('a;b\n3.302;1\n2.201;2\n')).codes, []);
});

test('a column with decimal commas alone is noted, because it is read as two', async () => {
  const ofOneWidth = Array.from({ length: 12 }, (_, i) => `${i % 2},${25 * ((i % 3) + 1)}\n`).join('');
  for (const text of ['0,50\n1,00\n', '4,000\n2,500\n', '-0,05\n1,25\n', ofOneWidth]) {
    assert.equal((await open(text, { header: false })).codes, ['decimal-commas'], text);
  }
  for (const text of ['0,5\n1,10\n', '0,50,1\n1,00,1\n', 'a,b\n0,50\n1,00\n', '10,20\n30,40\n']) {
    assert.equal((await open(text)).codes, [], text);
  }
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

test('a column that cannot be read hinders only who asks for it', async () => {
  const text = 'z,loss,mixed,id,note,k\n.5,,x,12345678901234567,,1\n.25,1,7,1,"a, b",2\n';
  const [entry] = (await openCsv(memorySource(new TextEncoder().encode(text), 'a.csv'), { role: 'latents' })).arrays;
  assert.equal([...(await withColumns(entry, [0, 5]).read()).data], [0.5, 1, 0.25, 2]);
  const refused = {
    1: 'row 0, column 1: expected a number, got an empty cell (line 2)',
    2: 'row 0, column 2: expected numbers or words in a column, got "x" here and "7" in line 3',
    3: 'row 0, column 3: expected a whole number that float64 holds, got 12345678901234567 (line 2)',
    4: 'row 0, column 4: expected a number, got an empty cell (line 2)',
  };
  for (const [column, message] of Object.entries(refused)) {
    assert.is((await errorOf(async () => withColumns(entry, [Number(column)]))).message, `a.csv, ${message}`);
  }
  const whole = await errorOf(() => entry.read());
  assert.is(whole.message, `a.csv, ${refused[1]}; columns names the columns to take`);
  // A row of other length leaves no column whole.
  assert.is(await refusal('a,b\n1,\n2,3,4\n'), 'row 1: expected 2 cells, got 3 (line 3)');
});

test('a column is of words or numbers by its first cell that is not missing', async () => {
  const { NaN: nan } = Number;
  const told = { takesMissing: true };
  const table = await open('a,b,c,d\n,NA,,\n,x,1,\nred,,2.5,\nblue,y,,\n', told);
  const expected = [nan, nan, nan, nan, nan, 0, 1, nan, 1, nan, 2.5, nan, 0, 1, nan, nan];
  assert.is(table.values.join(), expected.join());
  assert.equal(table.words, [['blue', 'red'], ['x', 'y'], null, null]);
  assert.match(await refusal('a,b\n,1\nx,2\n7,3\n', told), 'got "x" here and "7" in line 4');
  assert.match(await refusal('a,b\n,1\n7,2\nx,3\n', told), 'expected a number, got "x" (line 4)');
});

test('what leaves out rows that lack a number is said if it can be asked for', async () => {
  for (const text of ['a,b\n1,\n', 'a,b\n1,NA\n1,2\n', 'a\nx\n""\ny\n']) {
    assert.match(await refusal(text, { takesMissing: false, header: true }), '; dropNan leaves such rows out');
    assert.not.match(await refusal(text, { header: true }), 'dropNan');
  }
});

test('names of rows that R writes need not count, and pandas may write several', async () => {
  for (const text of ['"a" "b"\n"7" 5 6\n"3" 7 8\n"19" 9 9\n', 'a\tb\n7\t5\t6\n3\t7\t8\n19\t9\t9\n']) {
    const { rows, hasRowNames, values } = await open(text);
    assert.equal([rows, hasRowNames, values[1]], [3, true, 5], text);
  }
  // Names are different, and one name may as well stand above decimals.
  assert.match(await refusal('a,b\n7,5,6\n7,7,8\n'), 'expected 2 cells, got 3 (line 2)');
  assert.match(await refusal('a\n7,5\n3,7\n'), 'expected 1 cells, got 2 (line 2)');
  const text = ',Unnamed: 0,Unnamed: 0.1,a\n0,0,0,5\n1,1,1,7\n';
  const [entry] = (await openCsv(memorySource(new TextEncoder().encode(text)))).arrays;
  assert.equal(entry.rowNameColumns, [0, 1, 2]);
});

test('a word with blanks around it in some rows alone is noted', async () => {
  for (const text of ['a,b\nsquare,1\nsquare ,2\n', 'a,b\n"square",1\n"square ",2\n', 'b,a\n1,square\n2, square\n']) {
    const { words, codes } = await open(text);
    assert.equal([words?.flat().filter((word) => word !== null), codes], [['square'], ['spaced-words']], text);
  }
  for (const text of ['b,a\n1, square\n2, square\n', 'a,b\nsquare ,1\nheart,2\n', 'a b\nsquare  1\nsquare 2\n']) {
    assert.equal((await open(text)).codes, [], text);
  }
});

test('other separators are read, or named with the way out', async () => {
  for (const text of ['1|2\n3|4\n', 'sep=;\n1;2\n3;4\n', '"sep=|"\r\n1|2\r\n3|4\r\n', '% x y\n1 2\n% z\n3 4\n']) {
    assert.equal((await open(text)).values, [1, 2, 3, 4], text);
  }
  for (const [text, told] of [
    ['a:b\n1:2\n3:4\n', "with a comma, semicolon, tab, blank or | between, got ':'"],
    ['1 1:0.5 3:2\n0 2:1\n', 'load_svmlight_file'],
    ['1,2\r3,4\r', "tr '\\r' '\\n'"],
    ['a,b\n"2,20",1\n', "decimal=','"],
    ['a,b\n"3,302",1\n', 'without separators between thousands'],
    ['a,b\n1,2,\n3,4,\n', 'of which the last is empty: the line ends in a separator'],
  ]) {
    assert.match(await refusal(text), told);
  }
  const latin1 = Uint8Array.from('a,b\n1,2\n3,c\u0153ur\n', (letter) => Math.min(letter.charCodeAt(0), 0xe9));
  const problem = await errorOf(() => openCsv(memorySource(latin1, 'a.csv')).then(({ arrays }) => arrays[0].read()));
  assert.match(problem.message, 'expected text in UTF-8, got "c\ufffdur" (line 3); iconv');
});

test('many comments are passed over in no time', async () => {
  const start = performance.now();
  for (const comment of ['#\n', '# x\n']) {
    assert.equal((await open(`${comment.repeat(200_000)}a,b\n1,2\n`)).values, [1, 2]);
  }
  // It took half a minute to read a step again for each.
  assert.ok(performance.now() - start < 5000);
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
