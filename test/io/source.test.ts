import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NoInputError, openFileSource } from '../../src/io/file-source.js';
import { type ByteSource, blobSource, inBlocksOf, memorySource, streamRange } from '../../src/io/source.js';
import { writeFileAtomically } from '../../src/io/write-file.js';
import { errorOf } from './matrices.js';

const test = suite<{ folder: string }>('sources and files');

test.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'vaemetrics-io-'));
});

test.after(async ({ folder }) => {
  await rm(folder, { recursive: true });
});

const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);

async function assertReadsRanges(source: ByteSource): Promise<void> {
  assert.is(source.size, 100);
  assert.equal(await source.read(0, 100), bytes);
  assert.equal(await source.read(37, 5), Uint8Array.of(37, 38, 39, 40, 41));
  assert.is((await source.read(100, 0)).length, 0);
  const own = await source.read(0, 10);
  own.fill(255);
  assert.is((await source.read(0, 1))[0], 0);
  for (const [offset, length, got] of [
    [95, 6, 5],
    [200, 1, 0],
  ]) {
    assert.is(
      (await errorOf(() => source.read(offset, length))).message,
      `a.bin, byte ${offset}: the file ends too soon: expected ${length} bytes, got ${got}`,
    );
  }
}

test('memory is read in ranges that belong to the reader', () => assertReadsRanges(memorySource(bytes, 'a.bin')));

test('a Blob is read in ranges', () => assertReadsRanges(blobSource(new Blob([bytes as BlobPart]), 'a.bin')));

test('a File is called by its name', () => {
  const file = Object.assign(new Blob([bytes as BlobPart]), { name: 'dropped.npy' });
  assert.is(blobSource(file).path, 'dropped.npy');
  assert.is(blobSource(new Blob([])).path, 'blob');
});

test('a file is read in ranges', async ({ folder }) => {
  const path = join(folder, 'a.bin');
  await writeFile(path, bytes);
  const source = await openFileSource(path);
  assert.is(source.path, path);
  await assertReadsRanges({
    ...source,
    path,
    read: async (offset, length) => {
      try {
        return await source.read(offset, length);
      } catch (error) {
        throw new Error((error as Error).message.replace(path, 'a.bin'));
      }
    },
  });
  await source.close?.();
});

test('a file that shrinks while it is read is refused', async ({ folder }) => {
  const path = join(folder, 'shrinks.bin');
  await writeFile(path, bytes);
  const source = await openFileSource(path);
  await truncate(path, 60);
  const error = await errorOf(() => source.read(50, 50));
  assert.is(error.message, `${path}, byte 50: the file ends too soon: expected 50 bytes, got 10`);
  await source.close?.();
});

test('a file that cannot be opened is told apart from one that is wrong', async ({ folder }) => {
  const secret = join(folder, 'secret.npy');
  await writeFile(secret, bytes);
  await chmod(secret, 0);
  const cases = [
    [join(folder, 'missing.npy'), 'no such file'],
    [join(secret, 'inside.npy'), 'no such file'],
    [folder, 'expected a file, got a directory'],
    // Root may read everything.
    ...(process.getuid?.() === 0 ? [] : [[secret, 'no permission to read it']]),
  ];
  for (const [path, reason] of cases) {
    const error = await errorOf(() => openFileSource(path));
    assert.instance(error, NoInputError);
    assert.is(error.message, `${path}: ${reason}`);
    assert.equal([(error as NoInputError).code, (error as NoInputError).path], ['ERR_NO_INPUT', path]);
  }
});

test('standard input is read to its end, however it comes', async ({ folder }) => {
  const script = join(folder, 'count.mts');
  const module = fileURLToPath(new URL('../../src/io/file-source.ts', import.meta.url));
  await writeFile(
    script,
    `import { openFileSource } from ${JSON.stringify(module)};
    const source = await openFileSource(process.argv[2]);
    const all = await source.read(0, source.size);
    process.stdout.write(\`\${source.size} \${all.reduce((sum, byte) => (sum * 31 + byte) % 65521, 0)}\`);`,
  );
  const whole = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) & 0xff);
  const expected = `300000 ${whole.reduce((sum, byte) => (sum * 31 + byte) % 65521, 0)}`;
  const node = `"${process.execPath}" --import tsx "${script}"`;
  const commands = [
    `${node} -`,
    ...(process.platform === 'win32' ? [] : [`cat | ${node} -`, `cat | ${node} /dev/stdin`]),
  ];
  for (const command of commands) {
    const child = spawn(command, { shell: true, stdio: ['pipe', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
    const closed = once(child, 'close');
    // In pieces and with a pause, as a slow writer does.
    child.stdin.write(whole.subarray(0, 1000));
    await new Promise((resolve) => setTimeout(resolve, 30));
    child.stdin.end(whole.subarray(1000));
    await closed;
    assert.is(printed, expected, command);
  }
});

test('a range is streamed in blocks of a mebibyte', async () => {
  const source = memorySource(new Uint8Array(2_500_000));
  const lengths: number[] = [];
  for await (const block of streamRange(source, 100_000, 2_300_000)) lengths.push(block.length);
  assert.equal(lengths, [1_048_576, 1_048_576, 202_848]);
});

test('a stream is cut anew into equal blocks', async () => {
  async function* pieces() {
    for (const [start, end] of [
      [0, 10],
      [10, 13],
      [13, 13],
      [13, 43],
      [43, 53],
      [53, 55],
    ])
      yield bytes.slice(start, end);
  }
  const blocks: Uint8Array[] = [];
  for await (const block of inBlocksOf(pieces(), 10)) blocks.push(block);
  assert.equal(
    blocks.map((block) => block.length),
    [10, 10, 10, 10, 10, 5],
  );
  assert.equal(new Uint8Array(Buffer.concat(blocks)), bytes.slice(0, 55));
});

test('writing replaces a file whole', async ({ folder }) => {
  const path = join(folder, 'out', 'result.npy');
  await mkdir(join(folder, 'out'));
  await writeFileAtomically(path, [bytes.subarray(0, 40), bytes.subarray(40)]);
  assert.equal(new Uint8Array(await readFile(path)), bytes);
  async function* later() {
    yield bytes.subarray(0, 3);
    assert.equal(new Uint8Array(await readFile(path)), bytes);
    yield bytes.subarray(3, 5);
  }
  await writeFileAtomically(path, later());
  assert.equal(new Uint8Array(await readFile(path)), bytes.subarray(0, 5));
  assert.equal(await readdir(join(folder, 'out')), ['result.npy']);
});

test('writing that fails leaves what was there, and nothing beside it', async ({ folder }) => {
  const inside = join(folder, 'failing');
  await mkdir(inside);
  const path = join(inside, 'result.npy');
  await writeFile(path, 'before');
  async function* failing() {
    yield bytes;
    throw new Error('the data is damaged');
  }
  assert.is((await errorOf(() => writeFileAtomically(path, failing()))).message, 'the data is damaged');
  assert.is(await readFile(path, 'utf8'), 'before');
  await errorOf(() => writeFileAtomically(join(inside, 'new.npy'), failing()));
  assert.equal(await readdir(inside), ['result.npy']);
  assert.is(
    ((await errorOf(() => writeFileAtomically(join(inside, 'no', 'a.npy'), []))) as NodeJS.ErrnoException).code,
    'ERR_NO_OUTPUT',
  );
});

test('writing through a link keeps the link', async ({ folder }) => {
  const target = join(folder, 'target.npy');
  const link = join(folder, 'link.npy');
  await writeFile(target, 'before');
  await symlink(target, link);
  await writeFileAtomically(link, [bytes]);
  assert.equal(new Uint8Array(await readFile(target)), bytes);
  const handle = await open(link, 'r');
  await handle.close();
  assert.ok((await readdir(folder, { withFileTypes: true })).find(({ name }) => name === 'link.npy')?.isSymbolicLink());
});

test('writing to a device writes to it', async () => {
  if (process.platform === 'win32') return;
  await writeFileAtomically('/dev/null', [bytes]);
  assert.ok((await readdir('/dev', { withFileTypes: true })).find(({ name }) => name === 'null')?.isCharacterDevice());
});

test.run();
