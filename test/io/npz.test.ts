import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ByteSource, memorySource } from '../../src/io/index.js';
import { openNpz, writeNpz } from '../../src/io/npz.js';
import { readZipDirectory } from '../../src/io/zip.js';
import { writeZip } from '../../src/io/zip-writer.js';
import { Matrix } from '../../src/matrix.js';
import { concatenate, crcOf, floats, littleEndian, npyBytes, zipBytes } from './builders.js';
import { assertSame, collect, errorOf, gather } from './matrices.js';

const array = npyBytes({ data: floats(1, 2, 3, 4) });
const matrix = new Matrix(Float32Array.of(1, 2, 3, 4), 2, 2);

test('keeps the order of very many members, can read each again, and tells of the first that is damaged', async () => {
  const members = (damaged: readonly number[]) =>
    Array.from({ length: 100 }, (_, i) => ({
      name: `m${i}.npy`,
      content: npyBytes({ descr: '>i2', shape: [2], data: Uint8Array.of(0, i, 1, 0) }),
      deflated: true,
      ...(damaged.includes(i) && { crc: 1 }),
    }));
  const { arrays } = await openNpz(memorySource(zipBytes(members([]))));
  assert.equal(
    arrays.map(({ name }) => name),
    members([]).map(({ name }) => name.replace('.npy', '')),
  );
  for (const _ of [1, 2]) assert.equal([...(await arrays[77].read()).data], [77, 256]);
  const error = await errorOf(() => openNpz(memorySource(zipBytes(members([90, 70, 71])), 'a.npz')));
  assert.match(error.message, /^a\.npz, member 'm70': expected the checksum 00000001/);
});

test('reads stored and deflated members, ZIP64 or not, with a comment or without', async () => {
  for (const deflated of [false, true]) {
    for (const zip64 of [false, true]) {
      for (const comment of ['', 'PK\x05\x06 is how the end begins, and here it does not']) {
        const bytes = zipBytes(
          [
            { name: 'z.npy', content: array, deflated },
            {
              name: 'labels.npy',
              content: npyBytes({ descr: '<i8', shape: [2], data: littleEndian(8, 5, -6) }),
              deflated,
            },
          ],
          { zip64, comment },
        );
        const { format, arrays } = await openNpz(memorySource(bytes));
        assert.is(format, 'npz');
        assert.equal(
          arrays.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
          [
            { name: 'z', dtype: 'float32', shape: [2, 2] },
            { name: 'labels', dtype: 'int64', shape: [2] },
          ],
        );
        assertSame(await arrays[0].read(), matrix);
        assertSame(await arrays[1].read(), new Matrix(Float64Array.of(5, -6), 2, 1, 'int64'));
      }
    }
  }
});

test('reads an archive without members', async () => {
  assert.equal((await openNpz(memorySource(zipBytes([])))).arrays, []);
});

test('reads members whose sizes follow them, as on a pipe', async () => {
  const descriptor = concatenate('PK\x07\x08', littleEndian(4, crcOf(array), array.length, array.length));
  const name = 'z.npy';
  const fields = littleEndian(2, 20, 8, 0, 0, 0x21);
  const local = concatenate('PK\x03\x04', fields, littleEndian(4, 0, 0, 0), littleEndian(2, name.length, 0), name);
  const central = concatenate(
    'PK\x01\x02',
    littleEndian(2, 20),
    fields,
    littleEndian(4, crcOf(array), array.length, array.length),
    littleEndian(2, name.length, 0, 0, 0, 0),
    littleEndian(4, 0, 0),
    name,
  );
  const start = local.length + array.length + descriptor.length;
  const end = concatenate(
    'PK\x05\x06',
    littleEndian(2, 0, 0, 1, 1),
    littleEndian(4, central.length, start),
    littleEndian(2, 0),
  );
  const { arrays } = await openNpz(memorySource(concatenate(local, array, descriptor, central, end)));
  assertSame(await arrays[0].read(), matrix);
});

test('leaves folders out and lists other files', async () => {
  const bytes = zipBytes([
    { name: 'run/', content: new Uint8Array(0) },
    { name: 'run/z.npy', content: array },
    { name: 'notes.txt', content: concatenate('hello') },
  ]);
  const { arrays } = await openNpz(memorySource(bytes));
  assert.equal(
    arrays.map(({ name, refusal }) => [name, refusal]),
    [
      ['run/z', null],
      ['notes.txt', 'expected an .npy member, got another file'],
    ],
  );
});

test('reads column order and big-endian out of a deflated member', async () => {
  const rows = 200_000;
  // More than one block of a mebibyte, so that columns begin within blocks.
  const stored = Float64Array.from({ length: rows * 3 }, (_, i) => i);
  const data = new Uint8Array(stored.buffer).reverse();
  const reversed = npyBytes({ descr: '>f8', fortranOrder: true, shape: [rows, 3], data });
  const { arrays } = await openNpz(memorySource(zipBytes([{ name: 'z.npy', content: reversed, deflated: true }])));
  const read = await arrays[0].read();
  const last = rows * 3 - 1;
  for (const [row, column] of [
    [0, 0],
    [1, 0],
    [rows - 1, 0],
    [0, 1],
    [rows - 1, 1],
    [rows - 1, 2],
    [131_071, 1],
  ]) {
    assert.is(read.get(row, column), last - (column * rows + row));
  }
  assertSame(await gather(arrays[0].chunks(), read), read);
});

test('reads only the headers on opening', async () => {
  const big = new Matrix(new Float32Array(2_000_000), 200_000, 10);
  const bytes = await collect(
    writeNpz([
      { name: 'mu', matrix: big },
      { name: 'z', matrix: big },
    ]),
  );
  const memory = memorySource(bytes);
  let read = 0;
  const source: ByteSource = {
    ...memory,
    read(offset, length) {
      read += length;
      return memory.read(offset, length);
    },
  };
  const { arrays } = await openNpz(source);
  assert.is(arrays.length, 2);
  assert.ok(read < 120_000, `read ${read} bytes`);
  assertSame(await arrays[1].read(), big);
});

test('finds a wrong checksum after the last chunk', async () => {
  const content = npyBytes({ shape: [600_000, 4], data: new Uint8Array(9_600_000) });
  const { arrays } = await openNpz(memorySource(zipBytes([{ name: 'z.npy', content, crc: 1 }]), 'a.npz'));
  let rows = 0;
  const error = await errorOf(async () => {
    for await (const chunk of arrays[0].chunks()) rows += chunk.matrix.rows;
  });
  assert.match(error.message, /^a.npz, member 'z': expected the checksum 00000001, got /);
  assert.ok(rows > 0);
});

test('refuses deflated data that ends without its end', async () => {
  const whole = zipBytes([{ name: 'z.npy', content: array, deflated: true }]);
  const packedLength = Buffer.from(whole).indexOf('PK\x01\x02', 0, 'latin1') - 35;
  for (let cut = 1; cut < packedLength; cut += 7) {
    const packed = whole.subarray(35, 35 + packedLength - cut);
    const bytes = zipBytes([{ name: 'z.npy', content: array, deflated: true, packed }]);
    const error = await errorOf(async () => (await openNpz(memorySource(bytes))).arrays[0].read());
    assert.match(error.message, /the compressed data is damaged|bytes when inflated/);
  }
});

test('can be left in the middle of a member', async () => {
  const content = npyBytes({ shape: [600_000, 4], data: new Uint8Array(9_600_000) });
  const { arrays } = await openNpz(memorySource(zipBytes([{ name: 'z.npy', content, deflated: true }])));
  for await (const { matrix } of arrays[0].chunks()) {
    assert.ok(matrix.rows < 600_000);
    break;
  }
});

test('passes on what the source says is wrong', async () => {
  const bytes = zipBytes([
    { name: 'z.npy', content: npyBytes({ shape: [3000], data: new Uint8Array(12000) }), deflated: true },
  ]);
  const memory = memorySource(bytes, 'a.npz');
  const { arrays } = await openNpz(memory);
  let isBroken = false;
  const source = {
    ...memory,
    read: async (offset: number, length: number) => {
      if (isBroken) throw new RangeError('the disk is gone');
      return memory.read(offset, length);
    },
  };
  const again = (await openNpz(source)).arrays;
  isBroken = true;
  assert.is((await errorOf(() => again[0].read())).message, 'the disk is gone');
  assert.is((await arrays[0].read()).rows, 3000);
});

test('writes the same bytes for the same matrices', async () => {
  const entries = [
    { name: 'mu', matrix },
    { name: 'größe', matrix },
  ];
  assert.equal(await collect(writeNpz(entries)), await collect(writeNpz(entries)));
  const { arrays } = await openNpz(memorySource(await collect(writeNpz(entries))));
  assert.equal(
    arrays.map(({ name }) => name),
    ['mu', 'größe'],
  );
});

test('writes more members than fit without ZIP64', async () => {
  const pieces = () => [Uint8Array.of(1)];
  const inputs = Array.from({ length: 65_536 }, (_, i) => ({ name: `m${i}`, pieces }));
  const members = await readZipDirectory(memorySource(await collect(writeZip(inputs, false))));
  assert.is(members.length, 65_536);
  assert.equal([members[65_535].name, members[65_535].size], ['m65535', 1]);
});

test('refuses to write names that cannot be read', async () => {
  const twice = [
    { name: 'z', matrix },
    { name: 'z', matrix },
  ];
  assert.is((await errorOf(() => collect(writeNpz(twice)))).message, `member 'z.npy': expected a name of its own`);
  for (const name of ['', '../z', 'a//b', 'a\\b', 'a/']) {
    const error = await errorOf(() => collect(writeNpz([{ name, matrix }])));
    assert.is(error.message, `expected a plain member name, got ${JSON.stringify(name)}`);
  }
});

test.run();
