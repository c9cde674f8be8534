/** Tables of other programs that hold latents and factors. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mig, scoreFiles } from '../../../src/files.js';

const ROWS = 60;
const z = Array.from({ length: ROWS }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const v = Array.from({ length: ROWS }, (_, i) => [i % 3, i % 2]);

test('one Parquet table serves for both, by the names of columns; its index and its dates do not hinder', async () => {
  const table = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'when', data: z.map((_, i) => new Date(i)) },
        { name: 'digit', data: v.map(([digit]) => digit) },
        { name: 'z0', data: z.map(([first]) => first) },
        { name: 'colour', data: v.map((row) => ['blue', 'red'][row[1]]) },
        { name: 'z1', data: z.map((row) => row[1]) },
        { name: '__index_level_0__', data: z.map((_, i) => ROWS - i) },
      ],
      kvMetadata: [{ key: 'pandas', value: JSON.stringify({ index_columns: ['__index_level_0__'] }) }],
    }),
  );
  const report = await scoreFiles(table, {
    metrics: ['mig'],
    latentColumns: 'z*',
    factorColumns: 'digit,colour',
  });
  assert.is(report.metrics.mig?.value, (await mig(z, v)).value);
  assert.ok(
    report.notes.some((note) => note.includes(`'colour' has blue, red`)),
    report.notes.join('\n'),
  );
});

test('the index of a Parquet table is left out of latents, and the report says how to keep it', async () => {
  const write = (names: string[], columns: number[][], index: string[]) =>
    new Uint8Array(
      parquetWriteBuffer({
        columnData: names.map((name, k) => ({ name, data: columns.map((row) => row[k]) })),
        kvMetadata: [{ key: 'pandas', value: JSON.stringify({ index_columns: index }) }],
      }),
    );
  const latents = write(
    ['z0', 'z1', 'row'],
    z.map((row, i) => [...row, i]),
    ['row'],
  );
  const factors = write(['digit', 'colour'], v, []);
  const report = await scoreFiles({ latents, factors }, { metrics: ['mig'] });
  assert.is(report.metrics.mig?.value, (await mig(z, v)).value);
  assert.ok(report.notes.includes(`memory: 'row' names the rows and is left out, latentColumns = 0:3 keeps it`));
});

test.run();
