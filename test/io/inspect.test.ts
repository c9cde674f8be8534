import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inspectArray, memorySource, openArrays, writeNpy } from '../../src/io/index.js';
import { Matrix } from '../../src/matrix.js';
import { npyBytes } from './builders.js';
import { collect } from './matrices.js';

async function inspect(matrix: Matrix) {
  const { arrays } = await openArrays(memorySource(await collect(writeNpy(matrix)), 'a.npy'));
  return inspectArray(arrays[0]);
}

test('finds extremes, constants, whole numbers and what is not finite', async () => {
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
  const data = Float64Array.of(1, 0.5, 7, nan, -2, 0.5, 7, 3, 4, 0.5, 7, inf);
  assert.equal(await inspect(new Matrix(data, 3, 4)), {
    name: null,
    dtype: 'float64',
    shape: [3, 4],
    minimum: [-2, 0.5, 7, 3],
    maximum: [4, 0.5, 7, 3],
    constantColumns: [1, 2],
    integralColumns: [0, 2],
    nonFinite: { count: 2, first: { row: 0, column: 3 } },
  });
});

test('says null where a column has no finite value', async () => {
  const found = await inspect(new Matrix(Float32Array.of(Number.NaN, 1, Number.NEGATIVE_INFINITY, 1), 2, 2));
  assert.equal([found.minimum, found.maximum, found.constantColumns], [[null, 1], [null, 1], [1]]);
  const empty = await inspect(new Matrix(new Float32Array(0), 0, 2));
  assert.equal([empty.minimum, empty.constantColumns, empty.integralColumns], [[null, null], [], []]);
  assert.is(empty.nonFinite, null);
});

test('counts rows across chunks', async () => {
  const rows = 1_500_000;
  const data = new Float32Array(rows * 2).fill(1);
  data[2 * 1_400_001 + 1] = Number.NaN;
  data[2 * 1_400_002] = -3;
  const found = await inspect(new Matrix(data, rows, 2));
  assert.equal(found.nonFinite, { count: 1, first: { row: 1_400_001, column: 1 } });
  assert.equal([found.minimum, found.maximum, found.constantColumns], [[-3, 1], [1, 1], []]);
});

test('treats one dimension as one column, and gives the names of columns', async () => {
  const { arrays } = await openArrays(memorySource(npyBytes({ descr: '|u1', shape: [2], data: Uint8Array.of(3, 4) })));
  assert.equal((await inspectArray(arrays[0])).maximum, [4]);
  const table = await openArrays(memorySource(new TextEncoder().encode('a,b\n1,2\n'), 'a.csv'));
  assert.equal((await inspectArray(table.arrays[0])).columnNames, ['a', 'b']);
});

test.run();
