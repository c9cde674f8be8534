import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCodedError } from '../../src/errors.js';
import { gunzip, mostUnpacked } from '../../src/io/gzip.js';
import { memorySource, openArrays, writeNpy } from '../../src/io/index.js';
import { Matrix } from '../../src/matrix.js';
import { concatenate, floats, littleEndian } from './builders.js';
import { assertSame, collect, errorOf, gather } from './matrices.js';

const text = (written: string) => new TextEncoder().encode(written);
const open = (bytes: Uint8Array, path: string, options = {}) => openArrays(memorySource(bytes, path), options);

const matrix = new Matrix(Float32Array.from({ length: 600 }, Math.sin), 200, 3);

test('reads what a gzip file holds, told by content and by the name before .gz', async () => {
  const npy = await open(gzipSync(await collect(writeNpy(matrix))), 'z.npy.gz');
  assert.is(npy.format, 'npy');
  assertSame(await npy.arrays[0].read(), matrix);
  assertSame(await gather(npy.arrays[0].chunks(), matrix), matrix);
  const csv = await open(gzipSync(text('a,b\n1,2\n3,4\n')), 'z.csv.gz');
  assert.equal([csv.path, csv.format, csv.arrays[0].columnNames], ['z.csv.gz', 'csv', ['a', 'b']]);
  assert.equal([...(await csv.arrays[0].read()).data], [1, 2, 3, 4]);
  assert.is((await open(gzipSync(text('1\n2\n')), 'z.tsv.gz')).format, 'tsv');
  assert.is((await open(gzipSync(text('1\t2\n')), 'z.txt.gz')).format, 'tsv');
  // Unpacked on the way by a browser, or packed under another name.
  assert.is((await open(text('1\t2\n'), 'z.tsv.gz')).format, 'tsv');
  assert.is((await open(gzipSync(text('1,2\n')), 'z.csv')).format, 'csv');
  const raw = await open(gzipSync(floats(1, 2)), 'z.bin.gz', { raw: { columns: 2 } });
  assert.equal([raw.format, raw.arrays[0].shape], ['raw', [1, 2]]);
});

test('reads several members, as cat, pigz and bgzip leave them', async () => {
  const parts = ['1,2\n3', ',4\n', '', '5,6\n'].map((part) => gzipSync(text(part)));
  const { arrays } = await open(concatenate(...parts), 'z.csv.gz');
  assert.equal([...(await arrays[0].read()).data], [1, 2, 3, 4, 5, 6]);
});

test('unpacks no more than a table of that size comes to', async () => {
  assert.equal([1, 2 ** 20, 2 ** 30].map(mostUnpacked), [2 ** 26, 100 * 2 ** 20, 2 ** 31]);
  const row = '0,'.repeat(499).concat('0\n');
  const bomb = gzipSync(text(row.repeat(70_000)));
  const error = await errorOf(() => open(bomb, 'z.csv.gz'));
  assert.is(error.message, 'z.csv.gz: expected at most 67108864 bytes when unpacked, got more; unpack it first');
});

test('is not led astray by data that look like the start of a member', async () => {
  // Stored blocks hold their bytes as they are.
  const held = concatenate('1,2 \x1f\x8b\x08\x00 and \x1f\x8b\x08\x00'.repeat(2), new Uint8Array(40));
  for (const level of [0, 9]) {
    const unpacked = await gunzip(memorySource(concatenate(gzipSync(held, { level }), gzipSync(held, { level }))));
    assert.equal(await unpacked.read(0, unpacked.size), concatenate(held, held));
  }
});

test('finds members across the blocks that are read', async () => {
  const held = new Uint8Array(1 << 20).fill(7);
  const overhead = gzipSync(held.subarray(200), { level: 0 }).length - (held.length - 200);
  for (let more = -5; more <= 2; more++) {
    const first = gzipSync(held.subarray(overhead - more), { level: 0 });
    assert.is(first.length, (1 << 20) + more);
    const unpacked = await gunzip(memorySource(concatenate(first, gzipSync(text('end')))));
    assert.equal(await unpacked.read(unpacked.size - 3, 3), text('end'));
  }
});

test('refuses a file that is cut anywhere, or has more bytes', async () => {
  const whole = gzipSync(text('1,2\n3,4\n'));
  for (let length = 4; length < whole.length; length++) {
    const error = await errorOf(() => open(whole.subarray(0, length), 'z.csv.gz'));
    assert.ok(isCodedError(error), `cut to ${length}: ${error}`);
    assert.match(error.message, /^z\.csv\.gz, byte 0: /);
  }
  for (const more of ['\0', '\0'.repeat(512), 'garbage', '\x1f\x8b', '\x1f\x8b\x08\0'.repeat(30)]) {
    const error = await errorOf(() => open(concatenate(whole, more), 'z.csv.gz'));
    assert.ok(isCodedError(error), error.message);
  }
});

test('refuses a wrong checksum and a wrong length', async () => {
  for (const back of [8, 4]) {
    const bytes = new Uint8Array(gzipSync(text('1,2\n')));
    bytes[bytes.length - back] ^= 1;
    const error = await errorOf(() => open(bytes, 'z.csv.gz'));
    assert.ok(isCodedError(error));
  }
});

test('stops at the limit', async () => {
  const bomb = gzipSync(new Uint8Array(10 << 20));
  const error = await errorOf(() => gunzip(memorySource(bomb, 'z.csv.gz'), 1 << 20));
  assert.is(error.message, 'z.csv.gz: expected at most 1048576 bytes when unpacked, got more; unpack it first');
  const several = concatenate(gzipSync(new Uint8Array(600_000)), gzipSync(new Uint8Array(600_000)));
  await errorOf(() => gunzip(memorySource(several), 1 << 20));
  assert.is((await gunzip(memorySource(several), 1_200_000)).size, 1_200_000);
});

test('says what a gzip file holds if that is not read, and where in it an error is', async () => {
  const error = async (held: Uint8Array, path: string) => (await errorOf(() => open(gzipSync(held), path))).message;
  assert.match(await error(concatenate('X\n\0\0\0\x03', new Uint8Array(20)), 'a.rds'), /^a\.rds, byte 0: an R file/);
  assert.match(await error(concatenate(new Uint8Array(257), 'ustar\0'), 'a.tar.gz'), /a tar archive; unpack it first/);
  assert.match(await error(gzipSync(text('1\n')), 'a.csv.gz'), /a gzip file; unpack it first/);
  assert.match(await error(text('1,2\n3\n'), 'a.csv.gz'), /^a\.csv\.gz, row 1: expected 2 cells, got 1 \(line 2\)/);
  assert.match(await error(littleEndian(4, 1, 2, 3), 'a.gz'), /^a\.gz, byte 0: expected a format that is read here/);
});

test.run();
