import { readFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDataset } from '../../src/data/index.js';
import { memorySource } from '../../src/io/index.js';
import { readMatArray } from '../../src/io/mat5.js';
import { memberSource, readTarDirectory } from '../../src/io/tar.js';
import { concatenate, type MatParts, matBytes } from '../io/builders.js';
import { factorsOf, fixture, imagesOf, inFolder, refusalOf } from './rows.js';

/**
 * The picture of a car by fixtures/make.py: element (y, x, c, azimuth, elevation) of an array in
 * row order.
 */
function pixel(y: number, x: number, c: number, azimuth: number, elevation: number): number {
  return (((((y * 16 + x) * 3 + c) * 3 + azimuth) * 2 + elevation) * 7) % 251;
}

test('cars as scipy writes them, compressed or not: elevation, azimuth, object, in row order', async () => {
  const refused = await openDataset(fixture('cars'), { crop: 16 }).catch((error: Error) => error.message);
  assert.is(refused, 'crop: expected none for MAT files of cars, got 16');
  const dataset = await openDataset(fixture('cars'), { size: 16 });
  assert.is(dataset.size, 12);
  assert.equal(
    dataset.factors.map(({ name, size }) => [name, size]),
    [
      ['elevation', 2],
      ['azimuth', 3],
      ['object', 2],
    ],
  );
  assert.equal(await factorsOf(dataset, [11, 2]), [1, 2, 1, 0, 1, 0]);
  const images = await imagesOf(dataset, [11, 2]);
  for (const [y, x, c] of [
    [0, 0, 0],
    [3, 5, 2],
    [15, 15, 1],
    [9, 0, 0],
  ]) {
    const at = (y * 16 + x) * 3 + c;
    assert.is(images[at], pixel(y, x, c, 2, 1) + 1);
    assert.is(images[768 + at], pixel(y, x, c, 1, 0));
  }
  const halved = await openDataset(fixture('cars'), { size: 8 });
  const mean = [0, 1].flatMap((y) => [0, 1].map((x) => pixel(y, x, 0, 0, 0))).reduce((a, b) => a + b) / 4;
  assert.is((await imagesOf(halved, [0]))[0], Math.floor(mean + 0.5));
});

/** A tar archive of one block of header for each file (POSIX.1-1988). */
function tarBytes(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const header = new Uint8Array(512);
    const write = (text: string, at: number) => header.set(Buffer.from(text, 'latin1'), at);
    write(name, 0);
    write('0000644\0', 100);
    write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
    write(' '.repeat(8), 148);
    write('0', 156);
    write('ustar\x0000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, content, new Uint8Array((512 - (content.length % 512)) % 512)];
  });
  return concatenate(...blocks, new Uint8Array(1024));
}

test('cars in a tar archive are the cars of the folder, out of a Blob as well', async () => {
  const names = ['car_000_mesh.mat', 'car_001_mesh.mat'];
  const files: Record<string, Uint8Array> = {};
  for (const name of [...names].reverse())
    files[`data/cars/${name}`] = new Uint8Array(await readFile(fixture(`cars/${name}`)));
  const blob = new Blob([tarBytes(files) as Uint8Array<ArrayBuffer>]);
  const packed = await openDataset(blob, { size: 16 });
  const folder = await openDataset(fixture('cars'), { size: 16 });
  assert.is(packed.size, 12);
  assert.equal(await imagesOf(packed, [0, 5, 9]), await imagesOf(folder, [0, 5, 9]));
});

test('a tar archive is read back, and refused where it is cut or a header is damaged', async () => {
  const bytes = tarBytes({ 'a/b.txt': concatenate('hello'), c: new Uint8Array(513).fill(7), empty: new Uint8Array(0) });
  const source = memorySource(bytes, 'a.tar');
  const members = await readTarDirectory(source);
  assert.equal(
    members.map(({ name, size }) => [name, size]),
    [
      ['a/b.txt', 5],
      ['c', 513],
      ['empty', 0],
    ],
  );
  const inner = memberSource(source, members[0]);
  assert.equal(await inner.read(1, 4), concatenate('ello'));
  assert.match(await refusalOf((async () => inner.read(1, 5))()), 'a.tar/a/b.txt, byte 1: the member ends too soon');
  for (const length of [512, 600, 1024, bytes.length - 1024]) {
    await refusalOf(readTarDirectory(memorySource(bytes.subarray(0, length))));
  }
  const damaged = bytes.slice();
  damaged[3] ^= 1;
  assert.match(await refusalOf(readTarDirectory(memorySource(damaged))), 'byte 0: expected the header of a member');
});

test('every numeric array is read back, in both byte orders, compressed or not, and refused when cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.boolean(),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 5 }),
      fc.constantFrom<readonly [number, number]>([2, 1], [3, 2], [5, 4], [9, 8]),
      async (isBig, isCompressed, shape, [type, itemBytes]) => {
        const count = shape.reduce((product, length) => product * length, 1);
        const view = new DataView(new ArrayBuffer(count * itemBytes));
        for (let i = 0; i < count; i++) {
          if (type === 2) view.setUint8(i, i);
          if (type === 3) view.setInt16(i * 2, -i, !isBig);
          if (type === 5) view.setInt32(i * 4, -i * 1000, !isBig);
          if (type === 9) view.setFloat64(i * 8, i / 7, !isBig);
        }
        const bytes = matBytes({ isBig, isCompressed, shape, type, values: new Uint8Array(view.buffer) });
        const found = await readMatArray(memorySource(bytes), 'im');
        assert.equal(found.shape, shape);
        const factor = { 2: 1, 3: -1, 5: -1000, 9: 1 / 7 }[type] as number;
        // Bytes begin again after 255.
        const expected = (i: number) => (type === 2 ? i % 256 : i * factor);
        for (let i = 0; i < count; i++) assert.ok(Math.abs(found.values[i] - expected(i)) < 1e-12);
        for (const length of [100, 130, 136, 150, bytes.length - 9, bytes.length - 1]) {
          await refusalOf(readMatArray(memorySource(bytes.subarray(0, length)), 'im'));
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('MAT files of another version, class, shape or type are refused in words', async () => {
  const refusal = (parts: MatParts, name = 'im') => refusalOf(readMatArray(memorySource(matBytes(parts), 'a'), name));
  assert.is(await refusal({}, 'images'), "a: expected a variable called 'images', got im");
  assert.is(await refusal({ version: 0x0200 }), 'a, byte 124: expected a MAT file of version 0x0100, got 0x0200');
  assert.is(await refusal({ classCode: 2 }), "a, member 'im': expected an array of real numbers, got structure");
  assert.is(
    await refusal({ isComplex: true }),
    "a, member 'im': expected an array of real numbers, got complex numbers",
  );
  assert.is(await refusal({ type: 16 }), "a, member 'im': expected values of a numeric type, got type 16");
  assert.is(await refusal({ shape: [2, 3] }), "a, member 'im': expected 6 bytes of values for (2, 3), got 4");
  assert.is(await refusal({ shape: [-2, -2] }), "a, member 'im': expected a shape, got (-2, -2)");
  assert.is(await refusal({ shape: [4] }), 'a: expected two dimensions or more, as 32-bit integers');
  const bytes = matBytes({ isCompressed: true });
  bytes[bytes.length - 1] ^= 1;
  assert.is(
    await refusalOf(readMatArray(memorySource(bytes, 'a'), 'im')),
    'a, byte 128: the compressed data is damaged',
  );
});

test('cars of another shape are refused', async () => {
  const blob = (parts: MatParts) => new Blob([matBytes(parts) as Uint8Array<ArrayBuffer>]);
  assert.match(
    await refusalOf(openDataset(blob({}))),
    'expected images of shape (height, width, 3, azimuths, elevations)',
  );
  await inFolder({ 'bad.mat': matBytes({}) }, async (folder) => {
    for (const path of [folder, `${folder}/bad.mat`]) {
      const refusal = await refusalOf(openDataset(path));
      assert.ok(refusal.startsWith(`${folder}/bad.mat, member 'im': expected images of shape `), refusal);
    }
  });
  const wide = { shape: [1, 1, 3, 1, 1], type: 3, classCode: 10, values: new Uint8Array(6) };
  assert.match(await refusalOf(openDataset(blob(wide))), 'expected images of uint8, got other numbers');
});

test.run();
