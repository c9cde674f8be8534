import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openNpy, writeNpy } from '../../src/io/npy.js';
import { memorySource } from '../../src/io/source.js';
import { Matrix } from '../../src/matrix.js';
import { concatenate, floats, littleEndian, npyBytes } from './builders.js';
import { assertSame, collect, gather } from './matrices.js';

async function readNpy(bytes: Uint8Array): Promise<Matrix> {
  const { arrays } = await openNpy(memorySource(bytes, 'a.npy'));
  const matrix = await arrays[0].read();
  assertSame(await gather(arrays[0].chunks(), matrix), matrix);
  return matrix;
}

const CASES = [
  { descr: '|b1', item: [[1], [0], [1], [1], [0], [0]], values: [1, 0, 1, 1, 0, 0], dtype: 'bool', held: Uint8Array },
  {
    descr: '|i1',
    item: [[1], [0xff], [0x80], [0x7f], [0], [2]],
    values: [1, -1, -128, 127, 0, 2],
    dtype: 'int8',
    held: Int8Array,
  },
  {
    descr: '|u1',
    item: [[1], [0xff], [0x80], [0x7f], [0], [2]],
    values: [1, 255, 128, 127, 0, 2],
    dtype: 'uint8',
    held: Uint8Array,
  },
  {
    descr: '<i2',
    item: [
      [1, 0],
      [0xff, 0xff],
      [0, 0x80],
      [0xff, 0x7f],
      [0, 1],
      [2, 0],
    ],
    values: [1, -1, -32768, 32767, 256, 2],
    dtype: 'int16',
    held: Int16Array,
  },
  {
    descr: '<u2',
    item: [
      [1, 0],
      [0xff, 0xff],
      [0, 0x80],
      [0xff, 0x7f],
      [0, 1],
      [2, 0],
    ],
    values: [1, 65535, 32768, 32767, 256, 2],
    dtype: 'uint16',
    held: Uint16Array,
  },
  {
    descr: '<i4',
    item: [
      [1, 0, 0, 0],
      [0xff, 0xff, 0xff, 0xff],
      [0, 0, 0, 0x80],
      [0, 0, 1, 0],
      [4, 3, 2, 1],
      [0, 0, 0, 0],
    ],
    values: [1, -1, -2147483648, 65536, 0x01020304, 0],
    dtype: 'int32',
    held: Int32Array,
  },
  {
    descr: '<u4',
    item: [
      [1, 0, 0, 0],
      [0xff, 0xff, 0xff, 0xff],
      [0, 0, 0, 0x80],
      [0, 0, 1, 0],
      [4, 3, 2, 1],
      [0, 0, 0, 0],
    ],
    values: [1, 4294967295, 2147483648, 65536, 0x01020304, 0],
    dtype: 'uint32',
    held: Uint32Array,
  },
  {
    descr: '<i8',
    item: [
      [1, 0, 0, 0, 0, 0, 0, 0],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0],
      [1, 0, 0, 0, 0, 0, 0xe0, 0xff],
      [0, 0, 0, 0, 1, 0, 0, 0],
      [0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
    ],
    values: [1, -1, 2 ** 53 - 1, -(2 ** 53 - 1), 2 ** 32, -(2 ** 32)],
    dtype: 'int64',
    held: Float64Array,
  },
  {
    descr: '<u8',
    item: [
      [1, 0, 0, 0, 0, 0, 0, 0],
      [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0],
      [0, 0, 0, 0, 1, 0, 0, 0],
      [2, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 0],
    ],
    values: [1, 2 ** 32 - 1, 2 ** 53 - 1, 2 ** 32, 2, 0],
    dtype: 'uint64',
    held: Float64Array,
  },
  {
    descr: '<f2',
    item: [
      [0, 0x3c],
      [0, 0xc0],
      [1, 0],
      [0, 0x7c],
      [0xff, 0x7b],
      [0, 0x80],
    ],
    values: [1, -2, 2 ** -24, Number.POSITIVE_INFINITY, 65504, -0],
    dtype: 'float16',
    held: Float32Array,
  },
  {
    descr: '<f4',
    item: [
      [0, 0, 0x80, 0x3f],
      [0, 0, 0, 0xc0],
      [1, 0, 0, 0],
      [0, 0, 0x80, 0x7f],
      [0, 0, 0xc0, 0x7f],
      [0, 0, 0, 0x80],
    ],
    values: [1, -2, 2 ** -149, Number.POSITIVE_INFINITY, Number.NaN, -0],
    dtype: 'float32',
    held: Float32Array,
  },
  {
    descr: '<f8',
    item: [
      [0, 0, 0, 0, 0, 0, 0xf0, 0x3f],
      [0, 0, 0, 0, 0, 0, 0, 0xc0],
      [1, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0xf0, 0xff],
      [0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f],
      [0, 0, 0, 0, 0, 0, 0, 0x80],
    ],
    values: [1, -2, 5e-324, Number.NEGATIVE_INFINITY, 0.1, -0],
    dtype: 'float64',
    held: Float64Array,
  },
] as const;

for (const { descr, item, values, dtype, held } of CASES) {
  const expected = new Matrix(held.from(values), 2, 3, dtype);
  // Element (row, column) of two rows and three columns, column after column.
  const byColumns = [0, 3, 1, 4, 2, 5];
  for (const version of [1, 2, 3]) {
    for (const fortranOrder of [false, true]) {
      for (const isBig of item[0].length > 1 ? [false, true] : [false]) {
        const order = fortranOrder ? 'column order' : 'row order';
        test(`reads ${dtype}, version ${version}, ${order}, ${isBig ? 'big' : 'little'}-endian`, async () => {
          const stored = fortranOrder ? byColumns.map((i) => item[i]) : [...item];
          const data = Uint8Array.from(stored.flatMap((bytes) => (isBig ? [...bytes].reverse() : [...bytes])));
          const bytes = npyBytes({
            version,
            descr: isBig ? descr.replace('<', '>') : descr,
            fortranOrder,
            shape: [2, 3],
            data,
          });
          assertSame(await readNpy(bytes), expected);
        });
      }
    }
  }
}

test('takes one dimension for one column', async () => {
  assertSame(
    await readNpy(npyBytes({ shape: [3], data: floats(1, 2, 3) })),
    new Matrix(Float32Array.of(1, 2, 3), 3, 1),
  );
});

test('drops trailing dimensions of 1', async () => {
  const bytes = npyBytes({ shape: [2, 2, 1, 1], data: floats(1, 2, 3, 4) });
  assertSame(await readNpy(bytes), new Matrix(Float32Array.of(1, 2, 3, 4), 2, 2));
});

test('reads an array without rows', async () => {
  assertSame(
    await readNpy(npyBytes({ shape: [0, 4], data: new Uint8Array(0) })),
    new Matrix(new Float32Array(0), 0, 4),
  );
});

test('knows dtype, shape and size before reading', async () => {
  const bytes = npyBytes({ descr: '<f2', shape: [3, 2], data: new Uint8Array(12) });
  const [entry] = (await openNpy(memorySource(bytes, 'a.npy'))).arrays;
  const { path, name, dtype, shape, bytes: size, refusal } = entry;
  assert.equal(
    { path, name, dtype, shape, size, refusal },
    { path: 'a.npy', name: null, dtype: 'float16', shape: [3, 2], size: 24, refusal: null },
  );
});

test('reads the headers that old and odd writers make', async () => {
  const headers = [
    `{"descr": "<f4", "fortran_order": False, "shape": (2, 2)}`,
    `{'shape': (2L, 2L), 'descr': '<f4', 'fortran_order': False, }`,
    `{ 'descr' : '<f4' ,'fortran_order':False,'shape':(2,2,) }           `,
  ];
  for (const header of headers) {
    assertSame(
      await readNpy(npyBytes({ header, data: floats(1, 2, 3, 4) })),
      new Matrix(Float32Array.of(1, 2, 3, 4), 2, 2),
    );
  }
});

test('reads rows in column order in chunks that join to the whole', async () => {
  // 700,000 x 3 float64 is several chunks.
  const rows = 700_000;
  const stored = Float64Array.from({ length: rows * 3 }, (_, i) => i);
  const bytes = npyBytes({ descr: '<f8', fortranOrder: true, shape: [rows, 3], data: new Uint8Array(stored.buffer) });
  const [entry] = (await openNpy(memorySource(bytes))).arrays;
  let chunks = 0;
  let next = 0;
  for await (const { firstRow, matrix } of entry.chunks()) {
    assert.is(firstRow, next);
    chunks++;
    for (let row = 0; row < matrix.rows; row += 997) {
      for (let column = 0; column < 3; column++) {
        if (matrix.get(row, column) !== column * rows + firstRow + row)
          assert.unreachable(`${firstRow + row}, ${column}`);
      }
    }
    next += matrix.rows;
  }
  assert.is(next, rows);
  assert.ok(chunks > 2);
  const whole = await entry.read();
  assert.is(whole.get(rows - 1, 0), rows - 1);
  assert.is(whole.get(0, 2), 2 * rows);
});

test('does not change the bytes it reads from', async () => {
  const bytes = npyBytes({ descr: '>f4', data: floats(1, 2, 3, 4) });
  const before = bytes.slice();
  await readNpy(bytes);
  assert.equal(bytes, before);
  const matrix = await readNpy(npyBytes({ data: floats(1, 2, 3, 4) }));
  matrix.data[0] = 7;
  assert.equal(bytes, before);
});

test('writes what numpy writes', async () => {
  const matrix = new Matrix(Float32Array.of(1, -2, 3, 0.5, 0, 6), 3, 2);
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }`;
  const expected = concatenate(
    '\x93NUMPY\x01\x00',
    littleEndian(2, 118),
    header.padEnd(117),
    '\n',
    floats(1, -2, 3, 0.5, 0, 6),
  );
  assert.equal(await collect(writeNpy(matrix)), expected);
});

test('refuses to write a value that the declared dtype cannot hold', () => {
  const matrix = new Matrix(Float64Array.of(1, 2, 0.5, 4), 2, 2, 'int64');
  assert.throws(
    () => [...writeNpy(matrix)],
    /^row 1, column 0: expected a whole number from -9007199254740991 to 9007199254740991 for int64, got 0.5$/,
  );
  assert.throws(() => [...writeNpy(new Matrix(Uint8Array.of(2), 1, 1, 'bool'))], /from 0 to 1 for bool, got 2$/);
});

test.run();
