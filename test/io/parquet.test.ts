import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ArrayEntry, memorySource, openArrays } from '../../src/io/index.js';
import { type Dtype, Matrix } from '../../src/matrix.js';
import { assertSame, errorOf, gather } from './matrices.js';

type WriteOptions = Parameters<typeof parquetWriteBuffer>[0];

async function open(options: WriteOptions): Promise<ArrayEntry> {
  const bytes = new Uint8Array(parquetWriteBuffer(options));
  const { format, arrays } = await openArrays(memorySource(bytes, 'a.parquet'));
  assert.is(format, 'parquet');
  assert.is(arrays.length, 1);
  return arrays[0];
}

const numbers = Array.from({ length: 3000 }, (_, i) => Math.fround(Math.sin(i)));

test('reads columns of numbers, compressed in any way', async () => {
  const compressors = {
    GZIP: (bytes: Uint8Array) => gzipSync(bytes),
    BROTLI: (bytes: Uint8Array) => brotliCompressSync(bytes),
  };
  for (const codec of ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI'] as const) {
    const entry = await open({
      columnData: [
        { name: 'a', data: Float32Array.from(numbers), type: 'FLOAT', nullable: false },
        { name: 'b', data: Float32Array.from(numbers, (value) => -value), type: 'FLOAT', nullable: false },
      ],
      codec,
      compressors,
      rowGroupSize: 700,
    });
    assert.equal([entry.dtype, entry.shape, entry.bytes], ['float32', [3000, 2], 24000]);
    assert.equal(entry.columnNames, ['a', 'b']);
    const expected = new Matrix(
      Float32Array.from({ length: 6000 }, (_, i) => (i % 2 ? -1 : 1) * numbers[i >> 1]),
      3000,
      2,
    );
    assertSame(await entry.read(), expected);
    assertSame(await gather(entry.chunks(), expected), expected);
  }
});

test('gives every type of column its dtype', async () => {
  const integer = (bitWidth: 8 | 16 | 32 | 64, isSigned: boolean) => ({
    type: bitWidth === 64 ? ('INT64' as const) : ('INT32' as const),
    converted_type: `${isSigned ? '' : 'U'}INT_${bitWidth}` as SchemaElement['converted_type'],
    logical_type: { type: 'INTEGER' as const, bitWidth, isSigned },
  });
  const cases: Array<[Dtype, Partial<SchemaElement>, ArrayLike<unknown>, number[]]> = [
    ['bool', { type: 'BOOLEAN' }, [true, false], [1, 0]],
    ['int32', { type: 'INT32' }, Int32Array.of(-5, 6), [-5, 6]],
    ['int64', { type: 'INT64' }, BigInt64Array.of(-5n, 2n ** 53n - 1n), [-5, 2 ** 53 - 1]],
    ['float32', { type: 'FLOAT' }, Float32Array.of(0.5, Number.NaN), [0.5, Number.NaN]],
    ['float64', { type: 'DOUBLE' }, Float64Array.of(0.1, -0), [0.1, -0]],
    ['int8', integer(8, true), Int32Array.of(-128, 127), [-128, 127]],
    ['uint8', integer(8, false), Int32Array.of(0, 255), [0, 255]],
    ['int16', integer(16, true), Int32Array.of(-32768, 1), [-32768, 1]],
    ['uint16', integer(16, false), Int32Array.of(0, 65535), [0, 65535]],
    ['uint32', integer(32, false), Int32Array.of(1, 2 ** 31 - 1), [1, 2 ** 31 - 1]],
    ['uint64', integer(64, false), BigInt64Array.of(1n, 2n ** 40n), [1, 2 ** 40]],
    [
      'float16',
      { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 2, logical_type: { type: 'FLOAT16' } },
      [0.5, -65504],
      [0.5, -65504],
    ],
  ];
  for (const [dtype, element, data, expected] of cases) {
    const schema = [
      { name: 'root', num_children: 1 },
      { name: 'x', repetition_type: 'REQUIRED', ...element },
    ] as SchemaElement[];
    const entry = await open({ columnData: [{ name: 'x', data: data as number[] }], schema });
    assert.is(entry.dtype, dtype);
    const matrix = await entry.read();
    assert.is(matrix.dtype, dtype);
    for (const [i, value] of expected.entries())
      assert.ok(Object.is(matrix.data[i], value), `${dtype}: ${matrix.data[i]}`);
  }
});

test('reads columns of several types as float64', async () => {
  const entry = await open({
    columnData: [
      { name: 'a', data: Int32Array.of(1, 2), type: 'INT32' },
      { name: 'b', data: Float64Array.of(0.1, 0.2), type: 'DOUBLE' },
    ],
  });
  assertSame(await entry.read(), new Matrix(Float64Array.of(1, 0.1, 2, 0.2), 2, 2));
});

test('refuses a value that the narrow integer of its column cannot be', async () => {
  const element = {
    type: 'INT32',
    converted_type: 'UINT_8',
    logical_type: { type: 'INTEGER', bitWidth: 8, isSigned: false },
  };
  const schema = [
    { name: 'root', num_children: 1 },
    { name: 'x', repetition_type: 'REQUIRED', ...element },
  ] as SchemaElement[];
  const entry = await open({ columnData: [{ name: 'x', data: Int32Array.of(255, 256) }], schema });
  assert.is(
    (await errorOf(() => entry.read())).message,
    `a.parquet, row 1, column 0: expected a value of uint8 in column 'x', got 256`,
  );
});

/** A column of lists, as all writers of today store it. */
function listSchema(name: string): SchemaElement[] {
  return [
    { name: 'root', num_children: 1 },
    { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'OPTIONAL', type: 'FLOAT' },
  ];
}

test('reads lists of one length as that many columns', async () => {
  const lists = Array.from({ length: 500 }, (_, i) => [i, i + 0.5, -i]);
  const entry = await open({ columnData: [{ name: 'mu', data: lists }], schema: listSchema('mu'), rowGroupSize: 200 });
  assert.equal(
    [entry.shape, entry.columnNames],
    [
      [500, 3],
      ['mu[0]', 'mu[1]', 'mu[2]'],
    ],
  );
  assertSame(await entry.read(), new Matrix(Float32Array.from(lists.flat()), 500, 3));
});

test('refuses lists of several lengths', async () => {
  const refusals: Array<[unknown[], string]> = [
    [[[1, 2], [3]], `a.parquet, column 0: expected lists of one length above 0, got others in column 'mu'`],
    [[[1, 2, 3], [4]], `a.parquet, row 0, column 0: expected a list of 2 numbers in column 'mu', got 3`],
    [
      [
        [1, 2],
        [3, null],
      ],
      `a.parquet, row 1, column 1: expected a number in column 'mu', got null`,
    ],
    [[[1, 2], null, [3, 4, 5]], `a.parquet, row 1, column 0: expected a list of 2 numbers in column 'mu', got null`],
  ];
  for (const [lists, message] of refusals) {
    const entry = await open({ columnData: [{ name: 'mu', data: lists as number[] }], schema: listSchema('mu') });
    assert.is((await errorOf(() => entry.read())).message, message);
  }
});

test('refuses nulls, large integers and columns that are no numbers, with their place', async () => {
  const nulls = await open({
    columnData: [
      { name: 'a', data: [1, 2] },
      { name: 'b', data: [0.5, null] as number[] },
    ],
  });
  assert.is(
    (await errorOf(() => nulls.read())).message,
    `a.parquet, row 1, column 1: expected a number in column 'b', got null`,
  );

  const large = await open({ columnData: [{ name: 'a', data: [1n, 2n, 2n ** 60n] }] });
  assert.is(
    (await errorOf(() => large.read())).message,
    'a.parquet, row 2, column 0: expected an integer within 2^53, got 1152921504606846976',
  );

  const nested: SchemaElement[] = [
    { name: 'root', num_children: 1 },
    { name: 'pair', repetition_type: 'REQUIRED', num_children: 2 },
    { name: 'a', repetition_type: 'REQUIRED', type: 'INT32' },
    { name: 'b', repetition_type: 'REQUIRED', type: 'INT32' },
  ];
  const struct = await open({
    columnData: [{ name: 'pair', data: [{ a: 1, b: 2 }] as unknown as number[] }],
    schema: nested,
  });
  assert.is(
    struct.refusal,
    `expected columns of numbers or words, got a group of columns in column 'pair'; leave it out`,
  );
});

test('takes text for words, numbered in their order, of those that occur', async () => {
  const entry = await open({
    columnData: [
      { name: 'a', data: [1, 2, 3, 4] },
      { name: 'label', data: ['y', 'x', 'y', '10'] },
    ],
  });
  assert.equal(entry.words, [null, ['10', 'x', 'y']]);
  assertSame(await entry.read(), new Matrix(Int32Array.of(1, 2, 2, 1, 3, 2, 4, 0), 4, 2));
  const empty = await open({ columnData: [{ name: 'label', data: ['y', ''] }] });
  assert.is(
    (await errorOf(() => empty.read())).message,
    'a.parquet, row 1, column 0: expected a word, got an empty text',
  );
  const many = await open({ columnData: [{ name: 'id', data: Array.from({ length: 65_537 }, (_, i) => `${i}`) }] });
  assert.is(
    (await errorOf(() => many.read())).message,
    'a.parquet, row 65536, column 0: expected at most 65536 different words',
  );
});

test.run();
