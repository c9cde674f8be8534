/** Damaged and hostile Parquet ends soon, in an error that has a code. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError } from '../../src/errors.js';
import { memorySource, openArrays } from '../../src/io/index.js';
import { Budget, refuseHuge } from '../../src/io/parquet/budget.js';
import { unpackPage } from '../../src/io/parquet/codecs.js';
import { readThrift } from '../../src/io/parquet/thrift.js';
import { errorOf } from './matrices.js';

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`fixtures/${name}.parquet`, import.meta.url)));

/** Reads a table; null if it is refused. */
async function readOrRefuse(bytes: Uint8Array): Promise<string | null> {
  try {
    const [entry] = (await openArrays(memorySource(bytes, 'a.parquet'))).arrays;
    const { rows, columns, data } = await entry.read();
    assert.equal([rows, columns], entry.shape);
    assert.is(data.byteLength, entry.bytes);
    return null;
  } catch (error) {
    if (error instanceof DataError) return error.message;
    throw error;
  }
}

test('whichever byte of a file has a flipped bit, it gives the size it declared or a DataError, at once', async () => {
  const whole = fixture('zstd');
  let refused = 0;
  let slowest = 0;
  for (let at = 0; at < whole.length; at++) {
    const bytes = whole.slice();
    bytes[at] ^= 1 << ((at * 5) & 7);
    const start = performance.now();
    if ((await readOrRefuse(bytes)) !== null) refused++;
    slowest = Math.max(slowest, performance.now() - start);
  }
  assert.ok(refused > whole.length / 4, `${refused} refused`);
  assert.ok(slowest < 2000, `${slowest} ms`);
});

test('whichever byte of a page becomes 255 or 128, likewise, by any compression and encoding', async () => {
  for (const name of ['snappy', 'gzip', 'brotli', 'lz4', 'encodings']) {
    const whole = fixture(name);
    for (let at = 0; at < whole.length; at += 11) {
      for (const byte of [0xff, 0x80]) {
        const bytes = whole.slice();
        bytes[at] = byte;
        await readOrRefuse(bytes);
      }
    }
  }
});

test('tells a page whose checksum is wrong', async () => {
  const bytes = fixture('dictionaries');
  // The first page begins behind the signature; its end is data.
  bytes[120] ^= 1;
  const message = await readOrRefuse(bytes);
  assert.match(message ?? '', /checksum of a page is wrong/);
});

test('refuses pages that come to more or less than they say', async () => {
  const write = (compressed: (bytes: Uint8Array) => Uint8Array) =>
    new Uint8Array(
      parquetWriteBuffer({
        columnData: [{ name: 'a', data: Float64Array.from({ length: 100 }, (_, i) => i), type: 'DOUBLE' }],
        codec: 'GZIP',
        compressors: { GZIP: compressed },
      }),
    );
  assert.is(await readOrRefuse(write((bytes) => gzipSync(bytes))), null);
  for (const length of [799, 1 << 20]) {
    const message = await readOrRefuse(
      write((bytes) => gzipSync(Buffer.concat([bytes, Buffer.alloc(length)]).subarray(0, length))),
    );
    assert.match(message ?? '', /^a\.parquet, byte \d+: column 'a': expected compressed data \(GZIP\) of \d+ bytes/);
  }
});

test('refuses what a codec cannot have written', async () => {
  const refuses = async (codec: 'SNAPPY' | 'LZ4_RAW' | 'LZ4' | 'ZSTD' | 'BROTLI' | 'GZIP', bytes: number[]) => {
    let message = '';
    await unpackPage(Uint8Array.from(bytes), codec, 100).catch((error: Error) => {
      message = error.message;
    });
    assert.match(message, /damaged|too soon/, `${codec} ${bytes}`);
  };
  // A literal of 2^31 bytes, a copy from before the start, a copy of nothing.
  await refuses('SNAPPY', [100, 0xfc, 0xff, 0xff, 0xff, 0x7f, 1]);
  await refuses('SNAPPY', [100, 0, 65, 1, 9]);
  await refuses('SNAPPY', [100, 0, 65, 2, 0, 0]);
  await refuses('SNAPPY', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
  await refuses('LZ4_RAW', [0xf0, ...Array(50).fill(255)]);
  await refuses('LZ4_RAW', [0x1f, 65, 9, 0, 255, 255]);
  // A frame of Hadoop that goes back by its own length.
  await refuses('LZ4', [0, 0, 0, 0, 0xff, 0xff, 0xff, 0xf8, 0, 0]);
  const zstd = [0x28, 0xb5, 0x2f, 0xfd];
  await refuses('ZSTD', [...zstd, 0x20, 100, 0x03, 0xff, 0x7f, 0]);
  // A Huffman code with weights from a table of one symbol, which takes no bits: it never ends.
  await refuses('ZSTD', [...zstd, 0x20, 100, 0x65, 0, 0, 0x06, 0x10, 0, 4, 0x10, 0xfc, 0x07, 0x80, 1, 1, 1, 1]);
  await refuses('ZSTD', zstd);
  for (const codec of ['SNAPPY', 'LZ4_RAW', 'LZ4', 'ZSTD', 'BROTLI', 'GZIP'] as const) await refuses(codec, []);
});

test('reads thrift in proportion to its bytes', async () => {
  const refuses = async (bytes: number[], problem: RegExp) =>
    assert.match((await errorOf(async () => readThrift(Uint8Array.from(bytes), 'a', 0))).message, problem);
  await refuses([0x19, 0xf5, 0xff, 0xff, 0xff, 0x7f, 0], /a list of \d+ elements goes beyond the end/);
  await refuses([0x18, 0xff, 0xff, 0x03], /a value goes beyond the end/);
  await refuses(Array(100_000).fill(0x1c), /nested deeper/);
  await refuses(Array(100_000).fill(0x19), /nested deeper|goes beyond/);
  await refuses([0x16, ...Array(1000).fill(0x80)], /longer than 10 bytes/);
  await refuses([0x1b, 0], /expected a type of thrift, got 11/);
  await refuses([], /a value goes beyond the end/);
});

test('makes no more of a file than is likely', () => {
  refuseHuge(2 ** 24, 100, 'a.parquet');
  assert.throws(
    () => refuseHuge(1e9, 1700, 'a.parquet'),
    /^a\.parquet: expected at most 16790816 values in a file of 1700 bytes/,
  );
  const budget = new Budget(0, 0, 'a.parquet');
  budget.spend(64 << 20);
  assert.throws(() => budget.spend(1), /unpack to more than is likely/);
});

test('refuses pandas metadata that it cannot read', async () => {
  const open = (value: string) =>
    openArrays(
      memorySource(
        new Uint8Array(
          parquetWriteBuffer({
            columnData: [
              { name: 'a', data: [1, 2] },
              { name: 'b', data: [3, 4] },
            ],
            kvMetadata: [{ key: 'pandas', value }],
          }),
        ),
        'a.parquet',
      ),
    );
  for (const value of [
    '',
    '{',
    'null',
    '7',
    '{}',
    '{"index_columns": "a"}',
    '{"index_columns": [1]}',
    '['.repeat(1e5),
  ]) {
    const { message } = await errorOf(() => open(value));
    assert.match(
      message,
      /^a\.parquet: the pandas metadata do not say which columns are the index; /,
      value.slice(0, 9),
    );
  }
  const names = async (value: object) => (await open(JSON.stringify(value))).arrays[0].rowNameColumns;
  assert.equal(await names({ index_columns: ['b'] }), [1]);
  assert.is(await names({ index_columns: ['gone'] }), undefined, 'metadata of another table');
  assert.is(await names({ index_columns: [{ kind: 'range' }] }), undefined);
});

test.run();
