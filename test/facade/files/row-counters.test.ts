/** Columns that number the rows, in files of every kind and under whatever name. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decomposeFiles, mig, scoreFiles } from '../../../src/files.js';
import { csv, npy, npz, ROWS, factors as v, latents as z } from '../../cases/table.js';
import { errorOf } from '../../io/matrices.js';

const counted = z.map((row, i) => [i, ...row]);
const ofFactors = new TextEncoder().encode(csv(null, v));
const text = (...table: Parameters<typeof csv>) => new TextEncoder().encode(csv(...table));
const metrics = ['mig'] as const;

const files: Readonly<Record<string, Uint8Array>> = {
  'text with a name': text(['id', 'a', 'b', 'c'], counted),
  'text without names': text(null, counted),
  'text from another number on': text(
    ['id', 'a', 'b', 'c'],
    counted.map(([i, ...row]) => [i + 600, ...row]),
  ),
  npy: npy(counted.flat(), [ROWS, 4]),
  'an archive': npz({ mu: npy(counted.flat(), [ROWS, 4]) }),
  JSON: new TextEncoder().encode(JSON.stringify(counted.map(([id, a, b, c]) => ({ id, a, b, c })))),
  Parquet: new Uint8Array(
    parquetWriteBuffer({
      columnData: ['id', 'a', 'b', 'c'].map((name, k) => ({ name, data: counted.map((row) => row[k]) })),
    }),
  ),
};

for (const [what, latents] of Object.entries(files)) {
  test(`a latent that numbers the rows is noted: ${what}`, async () => {
    const input = { latents, factors: ofFactors };
    const { notes } = await scoreFiles(input, { metrics });
    const told = /(?:'id'|column 0) numbers the rows and is taken as a latent, latentColumns = 1:4 leaves it out/;
    assert.match(notes.find((note) => note.includes('numbers the rows')) ?? '', told);
    const error = await errorOf(() => scoreFiles(input, { metrics, strict: true }));
    assert.match(error.message, 'numbers the rows and is taken as a latent, latentColumns: 1:4 leaves it out');
    const without = await scoreFiles(input, { metrics, latentColumns: '1:4', strict: true });
    assert.is(without.metrics.mig?.value, (await mig(z, v)).value);
  });
}

test('a factor that numbers the rows is noted, in whatever order', async () => {
  const latents = npy(z.flat(), [ROWS, 3]);
  const shuffled = v.map((row, i) => [(i * 7) % ROWS, ...row]);
  for (const rows of [v.map((row, i) => [i, ...row]), shuffled]) {
    const factors = text(['id', 'shape', 'scale'], rows);
    const { notes } = await scoreFiles({ latents, factors }, { metrics, factorTypes: ['continuous', null, null] });
    assert.ok(
      notes.some((note) =>
        note.endsWith(`'id' numbers the rows and is taken as a factor, factorColumns = 1:3 leaves it out`),
      ),
    );
    const error = await errorOf(() => scoreFiles({ latents, factors }, { metrics }));
    assert.match(
      error.message,
      `got ${ROWS} different ones in ${ROWS} rows in 'id'; if they are ids, factorColumns: 1:3`,
    );
  }
});

test('names of files are no continuous factor', async () => {
  const input = {
    latents: npy(z.flat(), [ROWS, 3]),
    factors: text(
      ['file', 'scale'],
      v.map(([a], i) => [`${i}.png`, a]),
    ),
  };
  const refusal = (factorTypes?: Array<'continuous' | null>) =>
    errorOf(() => scoreFiles(input, { metrics, ...(factorTypes && { factorTypes }) })).then(({ message }) => message);
  const told = await refusal();
  assert.match(told, `rows in 'file'; if they are ids, factorColumns: 1:2 leaves them out`);
  assert.not.match(told, 'continuous');
  assert.match(await refusal(['continuous', null]), "expected words to be discrete, got continuous for 'file'");
});

test('an index in a range or a pattern is noted, and not one that is asked for by name or place', async () => {
  const one = text(
    ['', 'a', 'b', 'c', 'k'],
    counted.map((row, i) => [...row, v[i][0]]),
  );
  const notesOf = async (latentColumns: string, table = one) =>
    (await scoreFiles(table, { metrics, latentColumns, factorColumns: 'k' })).notes.filter((note) =>
      note.includes('the rows'),
    );
  for (const range of ['0:4', ':4', '0:1,a,b,c']) {
    const expected =
      range === '0:1,a,b,c'
        ? []
        : ['memory: the first column names the rows and is taken as data, latentColumns = 1:4 leaves it out'];
    assert.equal(await notesOf(range), expected, range);
  }
  const named = text(
    ['id', 'a', 'b', 'c', 'k'],
    counted.map((row, i) => [...row, v[i][0]]),
  );
  assert.is((await notesOf('id,a,b', named)).length, 0);
  assert.is((await notesOf('i*,a,b', named)).length, 1);
});

test('data that count in part, or in few rows, are no numbers of rows', async () => {
  const few = text(
    null,
    [0, 1, 2, 3].map((i) => [i, i % 2]),
  );
  const { notes } = await scoreFiles({ latents: few, factors: text(null, [[0], [1], [0], [1]]) }, { metrics });
  assert.not.match(notes.join(), 'numbers the rows');
  const almost = counted.map((row, i) => (i === ROWS - 1 ? [0, ...row.slice(1)] : row));
  const input = { latents: npy(almost.flat(), [ROWS, 4]), factors: ofFactors };
  assert.not.match((await scoreFiles(input, { metrics })).notes.join(), 'numbers the rows');
});

test('a mean that numbers the rows is noted when it is decomposed', async () => {
  const logvar = npy(
    counted.flatMap((row) => row.map(() => -1)),
    [ROWS, 4],
  );
  const { notes } = await decomposeFiles(npz({ mu: npy(counted.flat(), [ROWS, 4]), logvar }));
  assert.match(notes.join('\n'), 'column 0 numbers the rows and is taken as a latent');
});

test('a column without any number is named when rows are dropped', async () => {
  const factors = text(
    ['k', 'empty'],
    v.map(([a]) => [a, '']),
  );
  const input = { latents: npy(z.flat(), [ROWS, 3]), factors };
  const error = await errorOf(() => scoreFiles(input, { metrics, dropNan: true }));
  assert.match(
    error.message,
    'column 1: expected numbers, got NaN in all rows; factorColumns names the columns to take',
  );
  const { metrics: scores } = await scoreFiles(input, { metrics, dropNan: true, factorColumns: 'k' });
  assert.is(
    scores.mig?.value,
    (
      await mig(
        z,
        v.map(([a]) => [a]),
      )
    ).value,
  );
});

test.run();
