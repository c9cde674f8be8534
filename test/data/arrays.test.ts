import { writeFile } from 'node:fs/promises';
import { deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openArrayImages } from '../../src/data/files/array-images.js';
import { packBits, packedImages } from '../../src/data/files/packed-images.js';
import { type Dataset, openDataset } from '../../src/data/index.js';
import { memorySource } from '../../src/io/index.js';
import { openTensors, type Tensor } from '../../src/io/open-tensors.js';
import { concatenate, crcOf, npyBytes, zipBytes } from '../io/builders.js';
import { factorsOf, fixture, imagesOf, inFolder, ramp, refusalOf, rowsOf } from './rows.js';

function blobOf(...parts: Array<Uint8Array | string>): Blob {
  return new Blob([concatenate(...parts) as Uint8Array<ArrayBuffer>]);
}

function archive(members: Readonly<Record<string, Uint8Array>>, deflated = true): Blob {
  return blobOf(
    zipBytes(Object.entries(members).map(([name, content]) => ({ name: `${name}.npy`, content, deflated }))),
  );
}

function pixels(shape: readonly number[], data: Uint8Array, descr = '|u1'): Uint8Array {
  return npyBytes({ descr, shape, data });
}

function doubles(...values: number[]): Uint8Array {
  return new Uint8Array(Float64Array.from(values).buffer);
}

test('reads the layout of dSprites as numpy writes it, without its pickle and its one colour', async () => {
  const dataset = await openDataset(fixture('dsprites.npz'));
  assert.is(dataset.size, 48);
  assert.equal(dataset.image, { height: 8, width: 8, channels: 1 });
  assert.ok(dataset.isBinary);
  assert.equal(
    dataset.factors.map(({ name, size }) => [name, size]),
    [
      ['shape', 3],
      ['scale', 2],
      ['orientation', 2],
      ['posX', 2],
      ['posY', 2],
    ],
  );
  const stored = ramp(48 * 64).map((value) => (value % 2) * 255);
  assert.equal(await imagesOf(dataset, rowsOf(dataset)), stored);
  assert.equal(await factorsOf(dataset, [47, 0, 18]), [2, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0]);
  assert.ok(dataset.notes?.some((note) => note.includes('color')));
  await dataset.close?.();
});

test('reads floats, factors along a line and their names as numpy writes them', async () => {
  const dataset = await openDataset(fixture('images.npz'));
  assert.equal(
    dataset.factors.map(({ name, size, range }) => [name, size, range]),
    [
      ['shape', 3, undefined],
      ['größe', null, [-1, 1]],
    ],
  );
  assert.equal(await imagesOf(dataset, rowsOf(dataset)), ramp(6 * 60));
  assert.equal(await factorsOf(dataset, [5, 0]), [2, 1, 0, -1]);
  assert.not(dataset.isBinary);
  await dataset.close?.();
});

/** A list of texts of at most ten letters, as numpy writes it. */
function words(...texts: string[]): Uint8Array {
  const data = Buffer.concat(texts.map((text) => Buffer.from(text.padEnd(10, '\0'), 'utf-16le')));
  const wide = Uint8Array.from({ length: data.length * 2 }, (_, i) =>
    i % 4 < 2 ? data[Math.floor(i / 4) * 2 + (i % 4)] : 0,
  );
  return npyBytes({ descr: '<U10', shape: [texts.length], data: wide });
}

test('words as labels are numbered in their order, which a note says, as for score', async () => {
  const dataset = await openDataset(
    archive({ images: pixels([3, 1, 1], Uint8Array.of(0, 90, 255)), labels: words('dog', 'cat', 'dog') }),
    { strict: true },
  );
  assert.equal(dataset.factors, [{ name: 'label', size: 2, values: ['cat', 'dog'] }]);
  assert.equal(await factorsOf(dataset, [0, 1, 2]), [1, 0, 1]);
  assert.equal(dataset.notes?.slice(-1), ['blob: words are numbered in their order: column 0 has cat, dog']);
});

test('names of factors that cannot be read are a note, as for score', async () => {
  const factor_names = pixels([1], ramp(1));
  const images = pixels([2, 1, 1], ramp(2));
  const { factors, notes } = await openDataset(archive({ images, factors: pixels([2, 1], ramp(2)), factor_names }));
  assert.equal(
    factors.map(({ name }) => name),
    ['label'],
  );
  assert.match(
    notes?.at(-1) ?? '',
    /^factors are numbered: .*'factor_names': expected a list of strings .*, got \(1,\) uint8$/,
  );
});

test('factors with an axis of length 1 are no images, and the axis is dropped with a note', async () => {
  const members = {
    images: pixels([4, 2, 2], ramp(16)),
    factors: pixels([4, 2, 1], Uint8Array.of(0, 1, 1, 0, 0, 0, 1, 1)),
  };
  const { factors, notes } = await openDataset(archive(members));
  assert.equal(
    factors.map(({ size }) => size),
    [2, 2],
  );
  const told = "blob: 'factors' is (4, 2, 1) and taken as (4, 2)";
  assert.equal(notes, [told]);
  assert.ok((await refusalOf(openDataset(archive(members), { strict: true }))).endsWith(told));
});

test('factors that may be of the other kind are noted, as for score, and factorTypes says which', async () => {
  const rows = 240;
  const images = pixels(
    [rows, 1, 1],
    new Uint8Array(rows).map((_, i) => i),
  );
  const values = Array.from({ length: rows }, (_, i) => [i, (i % 3) / 2]).flat();
  const factors = npyBytes({ descr: '<f8', shape: [rows, 2], data: doubles(...values) });
  const open = (options = {}) => openDataset(archive({ images, factors }), options);
  assert.equal(
    (await open()).notes,
    [
      "factor 'factor0' has more than 100 whole values and is taken as discrete, unless factorTypes = continuous",
      "factor 'factor1' has only 3 values and is taken as continuous, unless factorTypes = discrete",
    ].map((text) => text.replace('factorTypes = ', 'factorTypes says ')),
  );
  assert.match(await refusalOf(open({ strict: true })), /unless factorTypes says continuous$/);
  const told = await open({ strict: true, factorTypes: ['continuous', 'discrete'] });
  assert.equal(told.notes, []);
  assert.equal(told.factors, [
    { name: 'factor0', size: null, range: [0, 239] },
    { name: 'factor1', size: 3, values: [0, 0.5, 1] },
  ]);
  assert.match(
    String(await open({ factorTypes: ['discrete'] }).catch((error) => error.message)),
    /^factorTypes: expected 2, one for each factor, got 1$/,
  );
});

test('one-hot columns are noted', async () => {
  const hot = Uint8Array.from({ length: 12 }, (_, i) => Number(i % 3 === Math.floor(i / 3) % 3));
  const members = { images: pixels([4, 2, 2], ramp(16)), factors: pixels([4, 3], hot) };
  const told =
    "factors 'factor0' to 'factor2' are one, one-hot: each row has one 1 in them, numpy.argmax of them joins them";
  assert.equal((await openDataset(archive(members))).notes, [told]);
  assert.ok((await refusalOf(openDataset(archive(members), { strict: true }))).endsWith(told));
});

test('kinds of factors are taken from where the file says them', async () => {
  const images = pixels([3, 1, 1], ramp(3));
  const factors = npyBytes({ descr: '<f8', shape: [3, 2], data: doubles(5, 0, 9, 1, 7, 2) });
  const open = (...kinds: string[]) => openDataset(archive({ images, factors, factor_types: words(...kinds) }));
  const dataset = await open('discrete', 'continuous');
  assert.equal(dataset.factors, [
    { name: 'factor0', size: 3, values: [5, 7, 9] },
    { name: 'factor1', size: null, range: [0, 2] },
  ]);
  assert.equal(await factorsOf(dataset, [0, 1, 2]), [0, 0, 2, 1, 1, 2]);
  assert.equal(
    (await openDataset(archive({ images, factors }))).factors.map(({ size }) => size),
    [3, 3],
  );
  assert.match(
    await refusalOf(open('discrete')),
    "member 'factor_types': expected 2 kinds, one for each factor, got 1",
  );
  assert.match(await refusalOf(open('discrete', 'both')), `row 1: expected discrete or continuous, got "both"`);
});

test('whole numbers of every type are discrete, wherever they begin and whatever they leave out', async () => {
  const images = pixels([4, 1, 1], ramp(4));
  const columns = [
    [0, 1, 2, 0],
    [1, 2, 3, 1],
    [-3, 8, 100, -3],
  ];
  const arrays: ReadonlyArray<readonly [string, (values: number[]) => ArrayBufferView]> = [
    ['|i1', (values) => Int8Array.from(values)],
    ['<i2', (values) => Int16Array.from(values)],
    ['<i4', (values) => Int32Array.from(values)],
    ['<i8', (values) => BigInt64Array.from(values, BigInt)],
    ['<f4', (values) => Float32Array.from(values)],
    ['<f8', (values) => Float64Array.from(values)],
  ];
  const order = [0, 1, 2, 0];
  for (const [descr, make] of arrays) {
    const { buffer } = make(order.flatMap((_, row) => columns.map((column) => column[row])));
    const factors = npyBytes({ descr, shape: [4, 3], data: new Uint8Array(buffer as ArrayBuffer) });
    const dataset = await openDataset(archive({ images, factors }));
    assert.equal(dataset.factors, [
      { name: 'factor0', size: 3 },
      { name: 'factor1', size: 3, values: [1, 2, 3] },
      { name: 'factor2', size: 3, values: [-3, 8, 100] },
    ]);
    assert.equal(
      await factorsOf(
        dataset,
        order.map((_, row) => row),
      ),
      order.flatMap((number) => [number, number, number]),
      descr,
    );
  }
  const halves = npyBytes({ descr: '<f8', shape: [4], data: doubles(0, 0.5, 1, 0) });
  const [factor] = (await openDataset(archive({ images, label: halves }))).factors;
  assert.equal(factor, { name: 'label', size: null, range: [0, 1] });
});

test('the largest of small whole numbers is white, and the maximum given goes before', async () => {
  const bytes = pixels([2, 1, 2], Uint8Array.of(0, 4, 8, 16));
  const found = await openDataset(archive({ images: bytes, label: pixels([2], Uint8Array.of(0, 1)) }));
  assert.equal(await imagesOf(found, [0, 1]), Uint8Array.of(0, 64, 128, 255));
  assert.equal(found.factors, [{ name: 'label', size: 2 }]);
  const given = await openDataset(archive({ images: bytes }), { maximum: 32 });
  assert.equal(await imagesOf(given, [1]), Uint8Array.of(64, 128));
  const brighter = await openDataset(archive({ images: pixels([1, 1, 2], Uint8Array.of(0, 17)) }));
  assert.equal(await imagesOf(brighter, [0]), Uint8Array.of(0, 17));
  assert.match(
    await refusalOf(openDataset(archive({ images: bytes }), { maximum: 15 })),
    /member 'images', row 1: expected pixels from 0 to 15, got 16$/,
  );
});

const NUMBERS: ReadonlyArray<readonly [descr: string, bytesOf: (...values: number[]) => Uint8Array]> = [
  ['<f8', doubles],
  ['<f4', (...values) => new Uint8Array(Float32Array.from(values).buffer)],
  ['|i1', (...values) => new Uint8Array(Int8Array.from(values).buffer)],
  ['<i2', (...values) => new Uint8Array(Int16Array.from(values).buffer)],
  ['<u2', (...values) => new Uint8Array(Uint16Array.from(values).buffer)],
  ['<i4', (...values) => new Uint8Array(Int32Array.from(values).buffer)],
  ['>i4', (...values) => new Uint8Array(Int32Array.from(values).buffer).reverse()],
  ['<u4', (...values) => new Uint8Array(Uint32Array.from(values).buffer)],
  ['<i8', (...values) => new Uint8Array(BigInt64Array.from(values, BigInt).buffer)],
  ['<u8', (...values) => new Uint8Array(BigUint64Array.from(values, BigInt).buffer)],
];

for (const [descr, bytesOf] of NUMBERS) {
  // Reversed bytes are the same numbers in the other order.
  const given = (...values: number[]) => bytesOf(...(descr.startsWith('>') ? values.reverse() : values));
  const open = (values: readonly number[], maximum?: number) =>
    openDataset(archive({ images: pixels([values.length, 1, 1], given(...values), descr) }), { maximum });

  test(`whole numbers of ${descr} are taken as bytes are`, async () => {
    const digits = await open([0, 1, 4, 8, 16]);
    assert.equal(await imagesOf(digits, rowsOf(digits)), Uint8Array.of(0, 16, 64, 128, 255));
    assert.ok(digits.notes?.includes('the largest pixel is 16, which is taken as white, unless maximum says another'));
    const bytes = await open([0, 100, 17, 127]);
    assert.equal(await imagesOf(bytes, rowsOf(bytes)), Uint8Array.of(0, 100, 17, 127));
    const given = await open([0, 50, 100], 100);
    assert.equal(await imagesOf(given, rowsOf(given)), Uint8Array.of(0, 128, 255));
    assert.match(await refusalOf(open([0, 101], 100)), /row 1: expected pixels from 0 to 100, got 101$/);
    const binary = await open([0, 1, 1]);
    assert.equal(await imagesOf(binary, rowsOf(binary)), Uint8Array.of(0, 255, 255));
    assert.ok(binary.isBinary);
    const floats = descr.includes('f') ? '1, or whole numbers from 0 to ' : '';
    for (const wrong of [-1, 256, 70_000, 2 ** 31 - 1]) {
      // What the type cannot hold would be another number.
      if ((wrong < 0 && descr.includes('u')) || wrong >= 2 ** (8 * Number(descr.at(-1)) - 1)) continue;
      const [got] = descr === '<f4' ? Float32Array.of(wrong) : [wrong];
      const message = `member 'images', row 2: expected pixels from 0 to ${floats}255, got ${got}`;
      const help = wrong > 255 ? '; say what is white: maximum' : '';
      assert.ok((await refusalOf(open([16, 3, wrong]))).endsWith(message + help), message);
    }
  });
}

test('floats are from 0 to 1 or whole, and never both', async () => {
  const open = (values: readonly number[], maximum?: number) =>
    openDataset(archive({ images: pixels([values.length, 1, 1], doubles(...values), '<f8') }), { maximum });
  for (const [values, row] of [
    [[0.5, 1.5], 1],
    [[0, 1, 0.5, 16], 3],
    [[0, 1, 16, 0.5], 3],
    [[16, 1.5], 1],
    [[1.5], 0],
    [[1, Number.NaN], 1],
    [[16, Number.NaN], 1],
    [[Number.POSITIVE_INFINITY], 0],
    [[-0.5], 0],
  ] as const) {
    assert.ok(
      (await refusalOf(open(values))).endsWith(
        `row ${row}: expected pixels from 0 to 1, or whole numbers from 0 to 255, got ${values[row]}`,
      ),
      values.join(),
    );
  }
  const code = await open([0, 0.5, 1], 9).catch((error) => `${error.code} ${error.message}`);
  assert.is(code, 'ERR_OPTION maximum: expected none for images of float64 from 0 to 1, got 9');
});

test('what floats stand for may show late, after blocks of zeros and ones', async () => {
  // 131,072 numbers make a block of a mebibyte.
  const zerosAndOnes = Array.from({ length: 300_000 }, (_, i) => i % 2);
  for (const [last, white, expected] of [
    [16, 16, Math.round(255 / 16)],
    [200, 200, 1],
    [0.2, 51, 255],
    [1, 255, 255],
  ]) {
    const images = pixels([1, 1, 300_001], new Uint8Array(Float64Array.from([...zerosAndOnes, last]).buffer), '<f8');
    const dataset = await openDataset(archive({ images }, false));
    const found = await imagesOf(dataset, [0]);
    const all = [...zerosAndOnes.map((value) => value * expected), white === 16 ? 255 : white];
    assert.is(
      found.findIndex((value, i) => value !== all[i]),
      -1,
    );
  }
});

test('whole numbers in large bare arrays are told by rows of the beginning, the middle and the end', async () => {
  const values = ramp(200 * 32 * 32).map((value) => value % 17);
  for (const [descr, bytes] of [
    ['<i4', new Uint8Array(Int32Array.from(values).buffer)],
    ['<f4', new Uint8Array(Float32Array.from(values).buffer)],
  ] as const) {
    const [tensor] = await openTensors(memorySource(pixels([200, 32, 32], bytes, descr)));
    const { images, notes } = await openArrayImages(asLarge(tensor, 400_000), {});
    assert.ok(notes.some(({ text }) => text === 'the largest pixel is 16, which is taken as white'));
    const out = new Uint8Array(1024);
    await images.read([399_999], out);
    assert.equal(
      out,
      values.slice(199 * 1024).map((value) => Math.round((value * 255) / 16)),
    );
  }
  const brighter = values.slice();
  brighter[100 * 1024 + 7] = 20;
  const [bytes] = await openTensors(memorySource(pixels([200, 32, 32], brighter)));
  const dark = (await openArrayImages(asLarge(bytes, 400_000), {})).images;
  assert.match(
    await refusalOf(Promise.resolve(dark.read([100], new Uint8Array(1024)))),
    /row 100: expected pixels from 0 to 16, got 20; say what is white: maximum$/,
  );
  const late = Float32Array.from(values, (value) => value / 16);
  late[100 * 1024] = 16;
  const [tensor] = await openTensors(memorySource(pixels([200, 32, 32], new Uint8Array(late.buffer), '<f4')));
  const { images } = await openArrayImages(asLarge(tensor, 400_000), {});
  assert.match(
    await refusalOf(Promise.resolve(images.read([100], new Uint8Array(1024)))),
    'row 100: expected pixels from 0 to 1, or whole numbers from 0 to 255, got 16',
  );
});

test('channels may come before height and width, and where both could be they come last', async () => {
  const planes = await openDataset(archive({ images: pixels([1, 3, 2, 2], ramp(12)) }));
  assert.equal(planes.image, { height: 2, width: 2, channels: 3 });
  assert.equal(await imagesOf(planes, [0]), Uint8Array.of(0, 28, 56, 7, 35, 63, 14, 42, 70, 21, 49, 77));
  assert.ok(planes.notes?.includes('the shape (1, 3, 2, 2) is taken as (N, C, H, W)'));
  const both = await openDataset(archive({ images: pixels([1, 3, 2, 3], ramp(18)) }));
  assert.equal(both.image, { height: 3, width: 2, channels: 3 });
  assert.ok(
    both.notes?.includes(
      'the shape (1, 3, 2, 3) is taken as (N, H, W, C), unless order = nchw; order = nhwc confirms it',
    ),
  );
  const said = await openDataset(archive({ images: pixels([1, 3, 2, 3], ramp(18)) }), { order: 'nchw' });
  assert.equal(said.image, { height: 2, width: 3, channels: 3 });
  assert.equal((await imagesOf(said, [0])).slice(0, 3), Uint8Array.of(0, 42, 84));
  assert.equal(
    said.notes?.filter((note) => note.includes('shape')),
    [],
  );
  const strict = openDataset(archive({ images: pixels([1, 3, 2, 3], ramp(18)) }), { strict: true });
  assert.match(await refusalOf(strict), 'is taken as (N, H, W, C), unless order: nchw; order: nhwc confirms it');
  const dropped = await openDataset(archive({ images: pixels([1, 1, 2, 2, 3], ramp(12)) }));
  assert.equal(dropped.image, { height: 2, width: 2, channels: 3 });
  assert.ok(dropped.notes?.includes('the shape (1, 1, 2, 2, 3) is taken as (1, 2, 2, 3), as numpy.squeeze makes it'));
});

test('images and factors are taken by the usual names or by those given, and a choice among several is told', async () => {
  const members = {
    x_train: pixels([2, 1, 2], ramp(4)),
    x_test: pixels([1, 1, 2], ramp(2)),
    y_train: pixels([2], Uint8Array.of(3, 8)),
    labels: pixels([2], Uint8Array.of(5, 4)),
  };
  const usual = await openDataset(archive(members));
  assert.equal(await imagesOf(usual, [1]), Uint8Array.of(14, 21));
  assert.equal(usual.factors, [{ name: 'label', size: 2, values: [4, 5] }]);
  assert.equal(usual.notes?.slice(0, 2), [
    "'x_train' is taken for the images, not 'x_test', unless imagesMember says another",
    "'labels' is taken for the factors, not 'y_train', unless factorsMember says another",
  ]);
  const named = await openDataset(archive(members), {
    imagesMember: 'x_train',
    factorsMember: 'y_train',
    strict: true,
  });
  assert.equal(named.factors, [{ name: 'label', size: 2, values: [3, 8] }]);
  assert.match(
    await refusalOf(openDataset(archive(members), { imagesMember: 'x' })),
    "found no 'x' for imagesMember, got x_train (2, 1, 2), x_test (1, 1, 2), y_train (2,), labels (2,)",
  );
  const only = await openDataset(archive({ pictures: GOOD, t: pixels([2], ramp(2)) }));
  assert.ok(only.notes?.includes("'pictures' is taken for the images, unless imagesMember says another"));
  assert.match(await refusalOf(openDataset(archive(members), { strict: true })), "'x_train' is taken for the images");
});

test('white beyond 255 is spread over bytes, and data are read as those before them', async () => {
  const deep = (...values: number[]) =>
    pixels([values.length, 1, 1], new Uint8Array(Uint16Array.from(values).buffer), '<u2');
  const of = async (dataset: Promise<Dataset>) => [...(await imagesOf(await dataset, rowsOf(await dataset)))];
  const white = { maximum: 4095 };
  assert.equal(await of(openDataset(archive({ images: deep(0, 2048, 4095) }), white)), [0, 128, 255]);
  assert.match(
    await refusalOf(openDataset(archive({ images: deep(0, 4096) }), white)),
    /row 1: expected pixels from 0 to 4095, got 4096$/,
  );
  const bytes = (...values: number[]) => archive({ images: pixels([values.length, 1, 1], Uint8Array.from(values)) });
  const dark = await openDataset(bytes(0, 8, 16));
  assert.equal(dark.reading, { white: 16 });
  const like = dark.reading;
  // Alone its white would be 8.
  const darker = await openDataset(bytes(0, 8), { like });
  assert.equal([...(await imagesOf(darker, [0, 1]))], [0, 128]);
  assert.equal(
    darker.notes?.[0],
    'the largest pixel is 8; white is 16, as for the data that the run was trained on, unless maximum says another',
  );
  assert.equal(await of(openDataset(bytes(0, 8), { like: { white: 255 } })), [0, 8]);
  const problem = 'expected pixels from 0 to 16, which is white in the data that the run was trained on, got';
  assert.match(await refusalOf(openDataset(bytes(0, 255), { like })), `${problem} 255; say what is white: maximum`);
  assert.match(await refusalOf(openDataset(archive({ images: deep(0, 300) }), { like })), `${problem} 300`);
  assert.equal(await of(openDataset(bytes(0, 255), { like, maximum: 255 })), [0, 255]);
  assert.match(
    await refusalOf(openDataset(bytes(0, 8), { strict: true })),
    'the largest pixel is 8, which is taken as white, unless maximum says another',
  );
});

test('labels are numbered as those before them, and new ones behind', async () => {
  const labelled = (...values: number[]) =>
    archive({
      images: pixels([values.length, 1, 1], ramp(values.length).fill(200)),
      labels: pixels([values.length], Uint8Array.from(values)),
    });
  const { reading } = await openDataset(labelled(8, 3));
  assert.equal(reading?.labels, { label: [3, 8] });
  const later = await openDataset(labelled(8, 5, 3), { like: reading });
  assert.equal(later.factors, [{ name: 'label', size: 3, values: [3, 8, 5] }]);
  assert.equal(await factorsOf(later, [0, 1, 2]), [1, 2, 0]);
});

test('rows of numbers are images of one line', async () => {
  const dataset = await openDataset(archive({ X: pixels([2, 3], ramp(6)), y: pixels([2], ramp(2)) }));
  assert.equal(dataset.image, { height: 1, width: 3, channels: 1 });
  assert.equal(await imagesOf(dataset, [1]), Uint8Array.of(21, 28, 35));
});

test('an .npy file has images and no factors', async () => {
  const dataset = await openDataset(blobOf(pixels([3, 2, 2], ramp(12))));
  assert.equal(await imagesOf(dataset, [2, 0]), Uint8Array.of(56, 63, 70, 77, 0, 7, 14, 21));
  assert.equal(dataset.factors, []);
  assert.equal(await factorsOf(dataset, [1]), []);
});

/** Says that it has more rows than it has, so that it is read as a large one is. */
function asLarge(tensor: Tensor, rows: number): Tensor {
  const read = tensor.read as NonNullable<Tensor['read']>;
  const bytes = tensor.shape.slice(1).reduce((product, length) => product * length, tensor.itemBytes as number);
  const real = tensor.shape[0];
  const shape = [rows, ...tensor.shape.slice(1)];
  return {
    ...tensor,
    shape,
    layout: { ...(tensor.layout as NonNullable<Tensor['layout']>), shape },
    // Beyond its end it begins anew.
    async read(offset, length) {
      const whole = await read(0, real * bytes);
      return Uint8Array.from({ length }, (_, i) => whole[(offset + i) % whole.length]);
    },
  };
}

test('large bare arrays are read by ranges of rows, in any order, and give what whole ones give', async () => {
  const planar = new Uint8Array(ramp(200 * 3 * 32 * 32).map((value) => value));
  const floats = new Uint8Array(Float32Array.from(ramp(200 * 32 * 32), (value) => value / 255).buffer);
  for (const file of [
    pixels([200, 3, 32, 32], planar),
    npyBytes({ descr: '<f4', shape: [200, 32, 32], data: floats }),
  ]) {
    const [tensor] = await openTensors(memorySource(file));
    const whole = (await openArrayImages(tensor, {})).images;
    const ranged = (await openArrayImages(asLarge(tensor, 400_000), {})).images;
    assert.is(ranged.size, 400_000);
    const { height, width, channels } = whole.image;
    const room = height * width * channels;
    const rows = [7, 8, 9, 199, 3, 3, 100, 101, 0];
    const expected = new Uint8Array(rows.length * room);
    const got = new Uint8Array(rows.length * room);
    await whole.read(rows, expected);
    await ranged.read(rows, got);
    assert.equal(got, expected);
  }
});

test('zeros and ones that look binary and later are not are refused', async () => {
  const data = new Uint8Array(200 * 32 * 32);
  data[77 * 1024 + 5] = 1;
  data[150 * 1024] = 200;
  const [tensor] = await openTensors(memorySource(pixels([200, 32, 32], data)));
  const { images } = await openArrayImages(asLarge(tensor, 300_000), { maximum: 1 });
  const out = new Uint8Array(1024);
  await images.read([77], out);
  assert.is(out[5], 255);
  assert.ok(images.isBinary);
  assert.match(
    await refusalOf(Promise.resolve(images.read([150], out))),
    'row 150: expected pixels from 0 to 1, got 200',
  );
});

test('images packed into bits are the images, at any size and alignment', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 3 }),
      fc.infiniteStream(fc.nat(1)),
      async (size, height, width, shift, bits) => {
        const each = height * width;
        const bytes = Uint8Array.from({ length: size * each }, () => bits.next().value);
        const stream = async function* () {
          yield bytes.subarray(0, size);
          yield bytes.subarray(size);
        };
        const images = packedImages(size, { height, width, channels: 1 }, stream, {});
        const rows = [size - 1, 0, size >> 1];
        const out = new Uint8Array(new ArrayBuffer(3 * each + shift), shift);
        await images.read(rows, out);
        const expected = rows.flatMap((row) =>
          Array.from(bytes.subarray(row * each, (row + 1) * each), (v) => v * 255),
        );
        assert.equal(Array.from(out), expected);
      },
    ),
  );
});

test('packing tells the first pixel that is neither 0 nor 1', () => {
  for (const at of [0, 5, 8, 17]) {
    const bytes = new Uint8Array(18).fill(1);
    bytes[at] = 2;
    let found = -1;
    assert.throws(() =>
      packBits(bytes, new Uint8Array(3), 0, (index) => {
        found = index;
        return new RangeError('here');
      }),
    );
    assert.is(found, at);
  }
});

const GOOD = pixels([2, 2, 2], ramp(8));

test('archives that are no data set are refused with what was expected', async () => {
  const refused: ReadonlyArray<readonly [Readonly<Record<string, Uint8Array>>, string]> = [
    [{ pictures: GOOD, photos: GOOD }, 'got pictures (2, 2, 2), photos (2, 2, 2); say imagesMember'],
    [{ images: pixels([2], ramp(2)) }, "member 'images': expected images of shape (N, H, W), (N, H, W, C)"],
    [{ images: pixels([2, 2, 2, 2], ramp(16)) }, 'got (2, 2, 2, 2)'],
    [{ images: pixels([0, 2, 2], ramp(0)) }, 'got (0, 2, 2)'],
    [
      { images: pixels([1, 1, 1], ramp(16), '<c16') },
      'expected images of whole numbers from 0 to 255, bool, or floats from 0 to 1, got complex128',
    ],
    [{ images: npyBytes({ descr: '|u1', fortranOrder: true, shape: [1, 1, 2], data: ramp(2) }) }, 'got Fortran order'],
    [{ images: pixels([1, 1, 2], Uint8Array.of(1, 2), '|b1') }, 'expected pixels from 0 to 1, got 2'],
    [{ images: GOOD, labels: pixels([3], ramp(3)) }, "member 'labels': expected a row for each of 2 images, got 3"],
    [
      { images: GOOD, factors: pixels([2, 1], doubles(1, Number.NaN), '<f8') },
      'row 1, column 0: expected a number, got NaN',
    ],
    [
      { images: GOOD, factors: pixels([2, 2], ramp(4)), factor_names: pixels([1], concatenate('ab'), '|S2') },
      'expected 2 different names, got "ab"',
    ],
    [
      { images: GOOD, factors: pixels([2, 1], ramp(2)), factor_names: pixels([1], Uint8Array.of(0xff), '|S1') },
      'expected text in UTF-8',
    ],
  ];
  for (const [members, message] of refused) {
    assert.ok((await refusalOf(openDataset(archive(members)))).includes(message), message);
  }
});

test('one column of classes is a factor, as one of labels is', async () => {
  for (const shape of [[2], [2, 1]]) {
    const dataset = await openDataset(archive({ imgs: GOOD, latents_classes: pixels(shape, Uint8Array.of(1, 0)) }));
    assert.equal(dataset.factors, [{ name: 'label', size: 2 }]);
    assert.equal(await factorsOf(dataset, [0, 1]), [1, 0]);
  }
});

test('a damaged image is told by its checksum, and a cut archive by its directory', async () => {
  const content = GOOD.slice();
  content[content.length - 1] ^= 1;
  const packed = new Uint8Array(deflateRawSync(content));
  const damaged = zipBytes([{ name: 'images.npy', content: GOOD, deflated: true, packed, crc: crcOf(GOOD) }]);
  assert.match(
    await refusalOf(openDataset(blobOf(damaged))),
    /member 'images': expected the checksum .*: the data is damaged/,
  );
  const whole = zipBytes([{ name: 'images.npy', content: GOOD }]);
  for (let length = 1; length < whole.length; length += 7)
    await refusalOf(openDataset(blobOf(whole.subarray(0, length))));
});

test('another image, another label and another order of dimensions give another identity; the same file the same', async () => {
  const identity = async (members: Readonly<Record<string, Uint8Array>>) =>
    JSON.stringify((await openDataset(archive(members))).identity);
  const other = pixels([2, 2, 2], ramp(8, 1));
  const labels = pixels([2], Uint8Array.of(0, 1));
  const seen = [
    await identity({ images: GOOD }),
    await identity({ images: other }),
    await identity({ images: GOOD, labels }),
    await identity({ images: GOOD, labels: pixels([2], Uint8Array.of(1, 0)) }),
  ];
  assert.is(new Set(seen).size, 4);
  assert.is(await identity({ images: GOOD }), seen[0]);
});

test('deflated images are unpacked to an .npy file once, which is then read in pieces', async () => {
  await inFolder({}, async (folder) => {
    const unpackTo = `${folder}/images.npy`;
    const file = archive({ images: pixels([5, 4, 4], ramp(80)), labels: pixels([5], ramp(5)) });
    for (let time = 0; time < 2; time++) {
      const dataset = await openDataset(file, { unpackTo });
      assert.equal(
        await imagesOf(dataset, [4, 1]),
        Uint8Array.of(...ramp(80).subarray(64), ...ramp(80).subarray(16, 32)),
      );
      await dataset.close?.();
    }
    const other = archive({ images: pixels([6, 4, 4], ramp(96)) });
    assert.ok((await refusalOf(openDataset(other, { unpackTo }))).includes('expected the images unpacked before'));
    const another = `${folder}/another.npz`;
    await writeFile(another, new Uint8Array(await file.arrayBuffer()));
    assert.is(
      await refusalOf(openDataset(file, { unpackTo: another })),
      `${another}: expected the images unpacked before, (5, 4, 4) uint8 in an .npy file, got an .npz archive; name another file`,
    );
    const alike = archive({ images: pixels([5, 4, 4], ramp(80).reverse()), labels: pixels([5], ramp(5)) });
    assert.is(
      await refusalOf(openDataset(alike, { unpackTo })),
      `${unpackTo}: expected the images unpacked before, got those of another file; name another one`,
    );
  });
});

test('rows and room are checked', async () => {
  const dataset = await openDataset(archive({ images: GOOD }));
  assert.throws(() => dataset.readImages([2], new Uint8Array(4)), 'expected rows from 0 to 1, got 2 at 0');
  assert.throws(() => dataset.readImages([0.5], new Uint8Array(4)), 'got 0.5 at 0');
  assert.throws(() => dataset.readImages([0], new Uint8Array(3)), 'expected room for 4 values, got 3');
});

test.run();
