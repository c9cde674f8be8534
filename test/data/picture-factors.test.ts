/** Factors of pictures out of a table that names them. */
import { encode } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDataset } from '../../src/data/index.js';
import { concatenate } from '../io/builders.js';
import { factorsOf, inFolder, ramp, refusalOf } from './rows.js';

const png = encode({ width: 2, height: 2, channels: 1, depth: 8, data: ramp(4) });
const PICTURES = { '000001.png': png, '000002.png': png, '000003.png': png };

/** Opens three pictures with a table of their factors. */
async function open(table: string, name = 'table.csv', pictures: Readonly<Record<string, Uint8Array>> = PICTURES) {
  return inFolder({ [name]: concatenate(table), ...pictures }, async (folder) => {
    const dataset = await openDataset(folder, { factorsFile: `${folder}/${name}` });
    return { factors: dataset.factors, values: await factorsOf(dataset, [0, 1, 2]) };
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
  assert.match(await refusal(...lines, lines[0]), "row 3: expected every picture once, got '000001.png' again");
  assert.match(
    await refusalOf(open('a,b\n1,2\n3,4\n5,6\n')),
    "expected a column of names of pictures, such as '000001.png', got none",
  );
});

test.run();
