/** Factors of pictures out of a table that names them. */
import { encode } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type DatasetOptions, openDataset } from '../../src/data/index.js';
import { concatenate } from '../io/builders.js';
import { factorsOf, inFolder, ramp, refusalOf } from './rows.js';

const png = encode({ width: 2, height: 2, channels: 1, depth: 8, data: ramp(4) });
const PICTURES = { '000001.png': png, '000002.png': png, '000003.png': png };

/** Opens three pictures with a table of their factors. */
async function open(table: string, name = 'table.csv', options: DatasetOptions = {}) {
  return inFolder({ [name]: concatenate(table), ...PICTURES }, async (folder) => {
    const dataset = await openDataset(folder, { factorsFile: `${folder}/${name}`, ...options });
    return { factors: dataset.factors, values: await factorsOf(dataset, [0, 1, 2]) };
  });
}

/** What was decided about a table, without the pictures and where it is. */
async function notesOf(table: string, options: DatasetOptions = {}): Promise<string[]> {
  return inFolder({ 'table.csv': concatenate(table), ...PICTURES }, async (folder) => {
    const { notes = [] } = await openDataset(folder, { factorsFile: `${folder}/table.csv`, ...options });
    return notes.slice(1).map((text) => text.replace(`${folder}/`, ''));
  });
}

test('the table of CelebA: a count, names without one for the pictures, and blanks between', async () => {
  const table = '3\nSmiling Young\n000002.png -1  1\n000001.png  1 -1\n000003.png  1  1\n';
  assert.equal(await open(table, 'list_attr_celeba.txt'), {
    factors: [
      { name: 'Smiling', size: 2, values: [-1, 1] },
      { name: 'Young', size: 2, values: [-1, 1] },
    ],
    values: [1, 0, 0, 1, 1, 1],
  });
});

test('commas, names in any column, words and numbers along a line', async () => {
  const table = 'kind,file,angle\ncat,000003.png,0.5\ndog,000001.png,0.25\ncat,000002.png,1\n';
  assert.equal(await open(table), {
    factors: [
      { name: 'kind', size: 2, values: ['cat', 'dog'] },
      { name: 'angle', size: null, range: [0.25, 1] },
    ],
    values: [1, 0.25, 0, 1, 0, 0.5],
  });
});

test('pictures without a row, rows without a picture, and names twice are refused with the first of them', async () => {
  const lines = ['000001.png,1', '000002.png,2', '000003.png,1'];
  const refusal = (...rows: string[]) => refusalOf(open(`file,a\n${rows.join('\n')}\n`));
  assert.match(
    await refusal(...lines.slice(1)),
    'table.csv: expected a row for every picture, got no row for 000001.png',
  );
  const more = [4, 5, 6, 7].map((number) => `00000${number}.png,1`);
  assert.match(
    await refusal(...lines, ...more),
    'got rows without a picture, 000004.png, 000005.png, 000006.png and 1 more',
  );
  assert.match(
    await refusal(...lines, 'x.bmp,1'),
    "got rows without a picture, x.bmp; BMP is not read: x.bmp; PIL.Image.open('x.bmp').save('x.png') converts one",
  );
  assert.match(await refusal(...lines, lines[0]), "row 3: expected every picture once, got '000001.png' again");
  assert.match(
    await refusalOf(open('a,b\n1,2\n3,4\n5,6\n')),
    "expected a column of names of pictures, such as '000001.png', got none",
  );
});

const INDEXED = ',file,shape\n0,000001.png,5\n1,000002.png,5\n2,000003.png,7\n';
const SHAPE = { factors: [{ name: 'shape', size: 2, values: [5, 7] }], values: [0, 0, 1] };

test('an index of pandas is no factor, as for score, and keeping it is asked for by its number', async () => {
  assert.equal(await open(INDEXED), SHAPE);
  const note = 'table.csv: the first column names the rows and is left out, factorColumns = 0:3 keeps it';
  assert.equal(await notesOf(INDEXED), [note]);
  const kept = await open(INDEXED, 'table.csv', { factorColumns: '0:3' });
  assert.equal(
    kept.factors.map(({ size }) => size),
    [3, 2],
  );
  assert.match(await refusalOf(open(INDEXED, 'table.csv', { strict: true })), /names the rows and is left out/);
  assert.equal(await open(INDEXED, 'table.csv', { factorColumns: 'shape', strict: true }), SHAPE);
  assert.match(
    await refusalOf(open(INDEXED, 'table.csv', { factorColumns: 'shap' })),
    /factorColumns: shap: found no column 'shap'; did you mean shape\?$/,
  );
});

test('an index of the names of pictures is known, and no guess', async () => {
  const table = ',shape\n000001.png,5\n000002.png,5\n000003.png,7\n';
  assert.equal(await notesOf(table), []);
  assert.equal(await open(table, 'table.csv', { strict: true }), SHAPE);
});

test('a table without names of columns is read as header says', async () => {
  const table = '000001.png,5\n000002.png,5\n000003.png,7\n';
  const { factors } = await open(table, 'table.csv', { header: false });
  assert.equal(factors, [{ name: 'factor0', size: 2, values: [5, 7] }]);
});

test('columns that hardly repeat, such as ids, dates and other names, are noted', async () => {
  const names = Array.from({ length: 24 }, (_, i) => `${i}.png`);
  const pictures = Object.fromEntries(names.map((name) => [name, png]));
  const lines = names.map((name, i) => `${name},${1000 - 7 * i},day ${i},${i % 2}`);
  const table = `file,id,date,shape\n${lines.join('\n')}\n`;
  await inFolder({ 'table.csv': concatenate(table), ...pictures }, async (folder) => {
    const open = (options: DatasetOptions) => openDataset(folder, { factorsFile: `${folder}/table.csv`, ...options });
    const { notes = [] } = await open({});
    assert.equal(notes.slice(-2), [
      "factor 'id' has 24 whole values and is taken as discrete, unless factorTypes says continuous",
      "factor 'date' has 24 different words in 24 rows and is taken as discrete, factorColumns names the columns that are factors",
    ]);
    assert.match(await refusalOf(open({ strict: true })), /factor 'id' has 24 whole values/);
    assert.equal((await open({ strict: true, factorColumns: 'shape' })).factors, [{ name: 'shape', size: 2 }]);
    const { factors } = await open({ factorColumns: 'id,shape', factorTypes: ['continuous', null] });
    assert.equal(
      factors.map(({ size }) => size),
      [null, 2],
    );
  });
});

test.run();
