import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openFileSource } from '../../src/io/file-source.js';
import { openArrays } from '../../src/io/index.js';
import { npyHeader } from '../../src/io/npy.js';
import { vmatHeader } from '../../src/io/vmat.js';
import { errorOf } from './matrices.js';

const test = suite<{ folder: string }>('large files');

test.before(async (context) => {
  // Where there is a file system in memory, holes are read at the speed of memory.
  const name = 'vaemetrics-large-';
  context.folder = await mkdtemp(join('/dev/shm', name)).catch(() => mkdtemp(join(tmpdir(), name)));
});

test.after(async ({ folder }) => {
  await rm(folder, { recursive: true });
});

/** A file that is a hole but for its first bytes and its last. */
async function makeSparse(path: string, header: Uint8Array, dataBytes: number, last: Uint8Array): Promise<void> {
  const handle = await open(path, 'w');
  await handle.write(header);
  await handle.write(last, 0, last.length, header.length + dataBytes - last.length);
  await handle.close();
}

test('more than 2 GiB are read in chunks, in little memory', async ({ folder }) => {
  const path = join(folder, 'large.bin');
  const rows = 640 * 2 ** 10;
  const columns = 2 ** 12;
  await makeSparse(path, vmatHeader('uint8', rows, columns), rows * columns, Uint8Array.of(7));
  const source = await openFileSource(path);
  assert.ok(source.size > 2.5 * 2 ** 30);
  const [entry] = (await openArrays(source)).arrays;
  assert.equal([entry.shape, entry.bytes], [[rows, columns], rows * columns]);
  const before = process.memoryUsage().rss;
  let most = 0;
  let seen = 0;
  let last = 0;
  for await (const { firstRow, matrix } of entry.chunks()) {
    assert.is(firstRow, seen);
    seen += matrix.rows;
    last = matrix.get(matrix.rows - 1, columns - 1);
    most = Math.max(most, process.memoryUsage().rss - before);
  }
  assert.equal([seen, last], [rows, 7]);
  assert.ok(most < 256 * 2 ** 20, `grew by ${most} bytes`);
  await source.close?.();
});

test('a range beyond 4 GiB is read where it is', async ({ folder }) => {
  const path = join(folder, 'larger.npy');
  const rows = 2 ** 29;
  const header = npyHeader('float64', rows, 2);
  const dataBytes = rows * 16;
  await makeSparse(path, header, dataBytes, new Uint8Array(Float64Array.of(1.5, -2.5).buffer));
  const source = await openFileSource(path);
  assert.equal(await source.read(header.length + dataBytes - 8, 8), new Uint8Array(Float64Array.of(-2.5).buffer));
  const [entry] = (await openArrays(source)).arrays;
  assert.is(entry.bytes, dataBytes);
  for await (const { matrix } of entry.chunks()) {
    assert.is(matrix.get(matrix.rows - 1, 1), 0);
    break;
  }
  await source.close?.();
});

test('an array that no memory holds is refused by its name', async ({ folder }) => {
  const path = join(folder, 'largest.npy');
  const rows = 2 ** 40;
  const header = npyHeader('float64', rows, 1);
  const handle = await open(path, 'w');
  await handle.write(header);
  // Not every file system takes a hole of this size.
  const isLarge = await handle.truncate(header.length + rows * 8).then(
    () => true,
    () => false,
  );
  await handle.close();
  if (!isLarge) return;
  const source = await openFileSource(path);
  const [entry] = (await openArrays(source)).arrays;
  assert.is(
    (await errorOf(() => entry.read())).message,
    `${path}: 1099511627776 elements of float64 do not fit one array in memory (8796093022208 bytes)`,
  );
  await source.close?.();
});

test.run();
