/**
 * MPI3D at its full sizes, without its images: files that say how large they are, and have bytes
 * only where somebody looks.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openArrayDataset } from '../../src/data/files/array-file.js';
import type { ByteSource } from '../../src/io/source.js';
import { codes } from '../assembly/samples.js';
import { npyBytes } from '../io/builders.js';
import { factorsOf, imagesOf } from './read.js';

const IMAGE_BYTES = 64 * 64 * 3;
/** What one read may ask for: a small part of the 5.7 and 12.7 GB. */
const MOST_BYTES = 4 << 20;

/** An .npy file of images, each of which has the last byte of its row in all of its pixels. */
function imagesSource(shape: readonly number[]): ByteSource {
  const header = npyBytes({ descr: '|u1', shape, data: new Uint8Array() });
  const rowBytes = shape.slice(1).reduce((product, side) => product * side, 1);
  const byteAt = (i: number) => (i < header.length ? header[i] : Math.floor((i - header.length) / rowBytes) % 256);
  return {
    path: 'images.npy',
    size: header.length + shape[0] * rowBytes,
    async read(offset, length) {
      assert.ok(length <= MOST_BYTES, `a read of ${length} bytes`);
      return Uint8Array.from({ length }, (_, i) => byteAt(offset + i));
    },
  };
}

const NAMES = [
  'object_color',
  'object_shape',
  'object_size',
  'camera_height',
  'background_color',
  'horizontal_axis',
  'vertical_axis',
];

/**
 * The sizes of the factors, and how many images lie between two of their values. Those of 460,800
 * are the numbers that the authors give for the row of an image
 * (https://github.com/rr-learning/disentanglement_dataset); with six shapes in place of four only
 * the steps of the colour are longer.
 */
const GRIDS = [
  { rows: 460_800, sizes: [4, 4, 2, 3, 3, 40, 40], steps: [115_200, 28_800, 14_400, 4800, 1600, 40, 1] },
  { rows: 1_036_800, sizes: [6, 6, 2, 3, 3, 40, 40], steps: [172_800, 28_800, 14_400, 4800, 1600, 40, 1] },
] as const;

for (const { rows, sizes, steps } of GRIDS) {
  test(`${rows} images of MPI3D have the factors that their authors give for a row`, async () => {
    const dataset = await openArrayDataset(imagesSource([rows, 64, 64, 3]), 'mpi3d', {});
    assert.is(dataset.size, rows);
    assert.equal(dataset.image, { height: 64, width: 64, channels: 3 });
    assert.equal(
      dataset.factors.map(({ name, size }) => [name, size]),
      NAMES.map((name, k) => [name, sizes[k]]),
    );
    assert.ok(dataset.notes?.includes('the factors are those of the grid of MPI3D, in the order of its authors'));

    // The first, the last, one step along every factor, and some that are drawn.
    const drawn = sizes.map((size, k) => codes(500, size, k));
    const values = [
      sizes.map(() => 0),
      sizes.map((size) => size - 1),
      ...sizes.map((_, k) => sizes.map((_, other) => (other === k ? 1 : 0))),
      ...Array.from({ length: 500 }, (_, i) => drawn.map((column) => column[i])),
    ];
    const rowOf = (factors: readonly number[]) => factors.reduce((row, value, k) => row + value * steps[k], 0);
    const wanted = values.map(rowOf);
    assert.is(wanted[1], rows - 1);
    assert.equal(await factorsOf(dataset, wanted), values);

    const some = wanted.slice(0, 12);
    const images = await imagesOf(dataset, some);
    assert.equal(
      images,
      Uint8Array.from(images, (_, i) => some[Math.floor(i / IMAGE_BYTES)] % 256),
    );
  });
}

test('images of another number or size are not taken for MPI3D', async () => {
  for (const shape of [
    [460_801, 64, 64, 3],
    [1_036_799, 64, 64, 3],
    [460_800, 64, 64],
    [460_800, 32, 32, 3],
  ]) {
    const dataset = await openArrayDataset(imagesSource(shape), 'images', {});
    assert.is(dataset.size, shape[0]);
    assert.equal(dataset.factors, [], shape.join());
    assert.ok(dataset.notes?.includes('it holds no factors'));
  }
});

test.run();
