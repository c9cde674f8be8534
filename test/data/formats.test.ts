import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { areaAverage } from '../../src/data/files/area-average.js';
import * as inBrowsers from '../../src/data/files/disk.browser.js';
import { fileDataset, NO_FACTORS } from '../../src/data/files/file-dataset.js';
import type { FileOptions } from '../../src/data/files/file-options.js';
import { openHdf5, unpackedPerImage } from '../../src/data/files/hdf5.js';
import { readIdx } from '../../src/data/files/idx.js';
import { readNorbHeader } from '../../src/data/files/small-norb.js';
import { isNothingThere, openDataset } from '../../src/data/index.js';
import { openFileSource } from '../../src/io/file-source.js';
import { memorySource } from '../../src/io/index.js';
import { concatenate, littleEndian } from '../io/builders.js';
import { factorsOf, fixture, imagesOf, inFolder, ramp, refusalOf, rowsOf } from './rows.js';

/** An IDX file of unsigned bytes: the header is big-endian. */
function idxBytes(shape: readonly number[], values: Uint8Array): Uint8Array {
  const lengths = littleEndian(4, ...[...shape].reverse()).reverse();
  return concatenate(Uint8Array.of(0, 0, 8, shape.length), lengths, values);
}

/** A "binary matrix" of smallNORB: never fewer than three lengths. */
function norbBytes(magic: number, shape: readonly number[], values: Uint8Array): Uint8Array {
  const lengths = [...shape, 1, 1].slice(0, Math.max(3, shape.length));
  return concatenate(littleEndian(4, magic, shape.length, ...lengths), values);
}

const BYTES = 0x1e3d4c55;
const INTEGERS = 0x1e3d4c54;

test('MNIST is read with its labels, bare and in gzip, training before test', async () => {
  const part = (rows: number, from: number) => ({
    images: idxBytes([rows, 3, 2], ramp(rows * 6, from)),
    labels: idxBytes(
      [rows],
      Uint8Array.from({ length: rows }, (_, i) => i % 3),
    ),
  });
  const [train, validation] = [part(4, 0), part(3, 4)];
  for (const pack of [(bytes: Uint8Array) => bytes, (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes))]) {
    const files = {
      'train-images-idx3-ubyte': pack(train.images),
      'train-labels-idx1-ubyte': pack(train.labels),
      't10k-images-idx3-ubyte': pack(validation.images),
      't10k-labels-idx1-ubyte': pack(validation.labels),
    };
    await inFolder(files, async (folder) => {
      const all = await openDataset(folder);
      assert.is(all.size, 7);
      assert.equal(all.image, { height: 3, width: 2, channels: 1 });
      assert.equal(all.factors, [{ name: 'label', size: 3 }]);
      assert.equal(await imagesOf(all, rowsOf(all)), concatenate(ramp(24), ramp(18, 4)));
      assert.equal(await factorsOf(all, rowsOf(all)), [0, 1, 2, 0, 0, 1, 2]);
      const one = await openDataset(join(folder, 't10k-images-idx3-ubyte'));
      assert.is(one.size, 3);
      assert.equal(await factorsOf(one, [2]), [2]);
      assert.not.equal(one.identity, all.identity);
    });
  }
});

test('an IDX file without labels has no factors, and a Blob will do', async () => {
  const bytes = idxBytes([2, 2, 2], ramp(8)) as Uint8Array<ArrayBuffer>;
  const dataset = await openDataset(new Blob([bytes]));
  assert.equal(dataset.factors, []);
  assert.equal(await imagesOf(dataset, [1]), ramp(8).subarray(4));
});

test('every IDX file of bytes is read back, and refused with a byte less or more', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }), async (shape) => {
      const values = ramp(shape.reduce((product, length) => product * length, 1));
      const bytes = idxBytes(shape, values);
      assert.equal(await readIdx(memorySource(bytes)), { shape, values });
      await refusalOf(readIdx(memorySource(bytes.subarray(0, -1))));
      await refusalOf(readIdx(memorySource(concatenate(bytes, '!'))));
      const packed = new Uint8Array(gzipSync(bytes));
      assert.is(
        await refusalOf(readIdx(memorySource(packed.subarray(0, -3)))),
        'memory: the compressed data is damaged',
      );
    }),
    { numRuns: 30 },
  );
});

test('IDX files of other types, dimensions and lengths are refused in words', async () => {
  const good = idxBytes([2, 1, 1], ramp(2));
  const changed = (at: number, value: number) => {
    const bytes = good.slice();
    bytes[at] = value;
    return refusalOf(readIdx(memorySource(bytes, 'a')));
  };
  assert.is(await changed(0, 1), 'a, byte 0: expected an IDX file, which begins with two zeros');
  assert.is(await changed(2, 13), 'a, byte 2: expected an IDX file of unsigned bytes (type 0x08), got type 0x0d');
  assert.is(await changed(3, 5), 'a, byte 3: expected 1 to 4 dimensions, got 5');
  assert.is(await changed(7, 3), 'a: expected 19 bytes (a header of 16 and (3, 1, 1) bytes), got 18');
  await inFolder({ 'x-images-idx3-ubyte': good, 'x-labels-idx1-ubyte': idxBytes([3], ramp(3)) }, async (folder) => {
    const message = await refusalOf(openDataset(join(folder, 'x-images-idx3-ubyte')));
    assert.ok(message.endsWith('expected 2 labels, one for each image, got shape (3,)'), message);
  });
});

function norbPart(rows: number, edge: number, instances: readonly number[]) {
  const info = Array.from({ length: rows }, (_, i) => [instances[i % instances.length], i % 9, (i % 18) * 2, i % 6]);
  return {
    dat: norbBytes(BYTES, [rows, 2, edge, edge], ramp(rows * 2 * edge * edge)),
    cat: norbBytes(INTEGERS, [rows], littleEndian(4, ...Array.from({ length: rows }, (_, i) => i % 5))),
    info: norbBytes(INTEGERS, [rows, 4], littleEndian(4, ...info.flat())),
  };
}

test('smallNORB: left images, training before testing, azimuths and instances numbered', async () => {
  const training = norbPart(36, 6, [4, 6]);
  const testing = norbPart(18, 6, [0, 1]);
  const files = Object.fromEntries(
    Object.entries({ '5x46789-training': training, '5x01235-testing': testing }).flatMap(([stem, part]) =>
      Object.entries(part).map(([role, bytes]) => [`smallnorb-${stem}-${role}.mat`, bytes] as const),
    ),
  );
  await inFolder(files, async (folder) => {
    for (const path of [folder, join(folder, 'smallnorb-5x46789-training-dat.mat')]) {
      const dataset = await openDataset(path, { size: 6 });
      assert.is(dataset.size, 54);
      assert.equal(
        dataset.factors.map(({ name, size }) => [name, size]),
        [
          ['category', 5],
          ['instance', 4],
          ['elevation', 9],
          ['azimuth', 18],
          ['lighting', 6],
        ],
      );
      const [start, middle] = [training.dat.length - 36 * 72, 35 * 72];
      assert.equal(await imagesOf(dataset, [35]), training.dat.subarray(start + middle, start + middle + 36));
      assert.equal(await imagesOf(dataset, [36]), testing.dat.subarray(24, 24 + 36));
      assert.equal(await factorsOf(dataset, [17, 36]), [2, 3, 8, 17, 5, 0, 0, 0, 0, 0]);
      await dataset.close?.();
    }
    const halved = await openDataset(folder, { size: 3 });
    const [a, b, c, d] = [0, 7, 42, 49];
    assert.is((await imagesOf(halved, [0]))[0], Math.floor((a + b + c + d) / 4 + 0.5));
    await halved.close?.();
  });
});

test('smallNORB with a file missing, cut, of another type or shape is refused', async () => {
  const part = norbPart(4, 4, [1]);
  const refusal = (files: Readonly<Record<string, Uint8Array>>) =>
    inFolder(files, (folder) => refusalOf(openDataset(folder)));
  const named = (changes: Partial<typeof part>) =>
    Object.fromEntries(Object.entries({ ...part, ...changes }).map(([role, bytes]) => [`s-${role}.mat`, bytes]));
  assert.ok((await refusal({ 's-dat.mat': part.dat, 's-cat.mat': part.cat })).includes('expected the file s-info.mat'));
  assert.ok((await refusal(named({ cat: norbPart(5, 4, [1]).cat }))).includes('of shape (4,), got (5,) int32'));
  assert.ok((await refusal(named({ dat: part.dat.subarray(0, -1) }))).includes('got 151'));
  assert.ok((await refusal(named({ info: norbBytes(0x1e3d4c53, [4, 4], ramp(128)) }))).includes('got float64'));
  const header = (bytes: Uint8Array) => refusalOf(readNorbHeader(memorySource(bytes, 'a')));
  assert.is(await header(part.dat.subarray(0, 12)), 'a: expected a header of 20 bytes, got 12');
  assert.is(
    await header(concatenate('RIFF', part.dat.subarray(4))),
    'a, byte 0: expected a magic number of smallNORB, got 0x46464952',
  );
  assert.is(
    await header(norbBytes(BYTES, [1, 1, 1, 1, 1, 1, 1, 1, 1], ramp(1))),
    'a, byte 4: expected 1 to 8 dimensions, got 9',
  );
  assert.ok((await header(norbBytes(BYTES, [-1, 1, 1], ramp(0)))).includes('got 20'));
});

test('area averaging keeps what is as large, the mean, and agrees with the sum over covered parts', () => {
  const lengths = fc.integer({ min: 1, max: 8 });
  fc.assert(
    fc.property(
      lengths,
      lengths,
      lengths,
      lengths,
      fc.constantFrom(1, 3),
      fc.nat(250),
      (h, w, H, W, channels, seed) => {
        const from = Uint8Array.from(
          { length: h * w * channels },
          (_, i) => (i * 89 + seed * 31 + ((i * i) % 57)) % 256,
        );
        const out = new Uint8Array(H * W * channels);
        areaAverage({ height: h, width: w, channels }, { height: H, width: W })(from, 0, out, 0);
        if (h === H && w === W) assert.equal(out, from);
        const cover = (i: number, j: number, a: number, b: number) =>
          Math.max(0, Math.min(((i + 1) * a) / b, j + 1) - Math.max((i * a) / b, j));
        for (let y = 0; y < H; y++) {
          for (let x = 0; x < W; x++) {
            for (let c = 0; c < channels; c++) {
              let [sum, area] = [0, 0];
              for (let j = 0; j < h; j++) {
                for (let i = 0; i < w; i++) {
                  const part = cover(y, j, h, H) * cover(x, i, w, W);
                  sum += part * from[(j * w + i) * channels + c];
                  area += part;
                }
              }
              // Half a level of rounding, and what floating point makes of a tie.
              assert.ok(Math.abs(out[(y * W + x) * channels + c] - sum / area) <= 0.5 + 1e-9);
            }
          }
        }
      },
    ),
  );
});

test('area averaging rounds halves up', () => {
  const out = new Uint8Array(1);
  areaAverage({ height: 1, width: 2, channels: 1 }, { height: 1, width: 1 })(Uint8Array.of(2, 3), 0, out, 0);
  assert.is(out[0], 3);
});

test('3dshapes in HDF5 as h5py writes it: images whole, labels numbered in the order of their values', async () => {
  const dataset = await openDataset(fixture('3dshapes.h5'));
  assert.equal(dataset.image, { height: 8, width: 8, channels: 3 });
  assert.equal(await imagesOf(dataset, rowsOf(dataset)), ramp(24 * 192));
  assert.equal(
    dataset.factors.map(({ size }) => size),
    [2, 2, 2, 3],
  );
  assert.equal(await factorsOf(dataset, [23, 7]), [1, 1, 1, 2, 0, 1, 0, 1]);
  assert.is(dataset.notes?.filter((note) => note.includes('left out')).length, 2);
  await dataset.close?.();
});

test('HDF5 that is cut short is refused in words, and whole as a Blob is read', async () => {
  const bytes = new Uint8Array(await readFile(fixture('3dshapes.h5')));
  await inFolder({ 'cut.h5': bytes.subarray(0, 9000) }, async (folder) => {
    const message = await refusalOf(openDataset(join(folder, 'cut.h5')));
    assert.match(message, /it is cut short, or damaged: expected \d+ bytes of HDF5, got 9000$/);
  });
  const dataset = await openDataset(new Blob([bytes]));
  assert.equal(await imagesOf(dataset, [0]), ramp(192));
});

test('images in wide chunks are refused without a place to unpack them, and read from there with one', async () => {
  const path = fixture('3dshapes.h5');
  const limits = { whole: 0, unpacked: 0 };
  const open = async (options: FileOptions) => {
    const source = await openFileSource(path);
    return openHdf5(source, 'a', options, limits).finally(() => source.close?.());
  };
  assert.match(
    await refusalOf(open({})),
    "member 'images': its chunks are so wide that reading one image unpacks 768 bytes",
  );
  await inFolder({}, async (folder) => {
    const dataset = await open({ unpackTo: join(folder, 'images.npy') });
    assert.equal(await imagesOf(dataset, [23, 0]), concatenate(ramp(24 * 192).subarray(23 * 192), ramp(192)));
    await dataset.close?.();
  });
  const slabs = await openFileSource(path);
  const dataset = await openHdf5(slabs, 'a', {}, { whole: 0, unpacked: 1e9 });
  assert.equal(await imagesOf(dataset, [3, 4, 5, 1]), concatenate(ramp(1152).subarray(576), ramp(384).subarray(192)));
  await dataset.close?.();
  await slabs.close?.();
});

test('what an image costs to unpack is counted from the chunks that it touches', () => {
  const shape = [480_000, 64, 64, 3];
  assert.is(unpackedPerImage({ shape, chunks: [15_000, 4, 4, 1] }), 184_320_000);
  assert.is(unpackedPerImage({ shape, chunks: [1, 64, 64, 3] }), 12_288);
  assert.is(unpackedPerImage({ shape, chunks: [2, 33, 64, 2] }), 2 * 2 * 33 * 64 * 2 * 2);
  assert.is(unpackedPerImage({ shape, chunks: null }), 0);
});

test('images of no height or width are refused, and what has no whole number of images', async () => {
  for (const [height, width] of [
    [0, 28],
    [28, 0],
  ]) {
    const blob = new Blob([idxBytes([5, height, width], ramp(0)) as Uint8Array<ArrayBuffer>]);
    assert.ok(
      (await refusalOf(openDataset(blob))).endsWith(`expected images of at least 1 x 1, got ${height} x ${width}`),
    );
    const { cat, info } = norbPart(5, 1, [1]);
    const files = {
      's-dat.mat': norbBytes(BYTES, [5, 2, height, width], ramp(0)),
      's-cat.mat': cat,
      's-info.mat': info,
    };
    const refusal = await inFolder(files, (folder) => refusalOf(openDataset(folder)));
    assert.ok(refusal.endsWith(`expected bytes of shape (N, 2, H, W), got (5, 2, ${height}, ${width}) uint8`), refusal);
  }
  const image = { height: 1, width: 1, channels: 1 };
  for (const [size, got] of [
    [0, 'none'],
    [Number.NaN, 'NaN'],
    [1.5, '1.5'],
    [-1, '-1'],
  ] as const) {
    const images = { size, image, isBinary: false, read: () => undefined };
    assert.throws(
      () => fileDataset({ name: 'a', path: 'a', identity: {}, images, table: NO_FACTORS }),
      `a: expected at least one image, got ${got}`,
    );
  }
});

test('a path that leads to nothing is no misspelt name, nor is one that may not be followed', async () => {
  const errorOf = async (given: string) => {
    let found: { code?: string; message?: string } = {};
    await openDataset(given).catch((error) => {
      found = error;
    });
    return [`${found.code} ${found.message}`, isNothingThere(found)];
  };
  for (const path of ['nothere.npz', './nothere', 'no/where', '/no/where', 'no\\where', 'shapes-3.h5', 'shapes-3/x']) {
    assert.equal(await errorOf(path), [`ERR_NO_INPUT ${path}: no such file or folder`, true]);
  }
  const [message, isNothing] = await errorOf('shapes-33');
  assert.match(String(message), /^ERR_OPTION data: expected one of .* got 'shapes-33'; did you mean 'shapes-3'\?$/);
  assert.ok(isNothing);
  // The system refuses to look: no name may be that long.
  const long = `${'a'.repeat(5000)}.npz`;
  assert.match(String(await errorOf(long)), /^ERR_NO_INPUT a+\.npz: ENAMETOOLONG.*,false$/);
});

test('in a browser the name of a file that is not handed in leads to nothing', () => {
  try {
    inBrowsers.refuseMissing('digits.npz');
  } catch (error) {
    assert.ok(isNothingThere(error), String(error));
    assert.match((error as Error).message, "or a Blob or File, got 'digits.npz'");
    return;
  }
  assert.unreachable();
});

test('unknown names get the nearest, unknown files the list of what is read', async () => {
  let error: unknown;
  await openDataset('no-such-thing').catch((thrown) => {
    error = thrown;
  });
  assert.is((error as { code?: string }).code, 'ERR_OPTION');
  assert.match((error as Error).message, "the path of a file or folder, got 'no-such-thing'");
  assert.match(await refusalOf(openDataset(new Blob(['hello, world']))), 'begins like no file of images');
  await inFolder({ 'notes.txt': ramp(9) }, async (folder) => {
    assert.match(await refusalOf(openDataset(folder)), 'holds no file of images');
    await mkdir(join(folder, 'empty'));
    assert.match(await refusalOf(openDataset(join(folder, 'empty'))), 'holds no file of images');
    const tarball = new Uint8Array(gzipSync(new Uint8Array(600)));
    await writeFile(join(folder, 'a.gz'), tarball);
    assert.match(await refusalOf(openDataset(join(folder, 'a.gz'))), 'a gzip file of no known images');
  });
});

test.run();
