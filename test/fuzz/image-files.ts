/** Readers of images: files, and folders of pictures with a damaged one among them. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataset } from '../../src/data/index.js';
import type { NamedBytes, Target } from './targets.js';

const fixtures = (folder: string, ...names: string[]): NamedBytes[] =>
  names.map((name) => ({
    name,
    bytes: new Uint8Array(readFileSync(new URL(`../data/fixtures/${folder}${name}`, import.meta.url))),
  }));

const folder = mkdtempSync(join(tmpdir(), 'vaemetrics-fuzz-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Opens data, and reads some images and factors. */
async function readData(path: string): Promise<void> {
  const dataset = await openDataset(path);
  try {
    const { size, image, factors } = dataset;
    const rows = Array.from({ length: Math.min(size, 8) }, (_, i) => Math.floor((i * size) / 8));
    await dataset.readImages(rows, new Uint8Array(rows.length * image.height * image.width * image.channels));
    await dataset.readFactors(rows, new Float64Array(rows.length * factors.length));
  } finally {
    await dataset.close?.();
  }
}

/** A file by itself. */
const alone: Target['read'] = async (bytes, name) => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  await readData(path);
};

/** A picture in a folder of its own, as the only one of it. */
const pictured: Target['read'] = async (bytes, name) => {
  const path = join(folder, 'pictures');
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path);
  writeFileSync(join(path, name), bytes);
  await readData(path);
};

/** Images and labels of IDX files, by what stands before their numbers. */
function idx(): NamedBytes[] {
  const header = (kind: number, ...shape: number[]) => [
    0,
    0,
    kind,
    shape.length,
    ...shape.flatMap((n) => [0, 0, 0, n]),
  ];
  const noise = (count: number) => Array.from({ length: count }, (_, i) => (i * 37) % 251);
  return [
    { name: 'train-images-idx3-ubyte', bytes: Uint8Array.from([...header(8, 12, 8, 8), ...noise(768)]) },
    { name: 'train-images-idx4-ubyte', bytes: Uint8Array.from([...header(8, 4, 8, 8, 3), ...noise(768)]) },
  ];
}

export const imageTargets: readonly Target[] = [
  { name: 'images of npz', files: async () => fixtures('', 'images.npz', 'dsprites.npz'), read: alone },
  { name: 'images of hdf5', files: async () => fixtures('', '3dshapes.h5'), read: alone },
  { name: 'idx', files: async () => idx(), read: alone },
  {
    name: 'png',
    files: async () =>
      fixtures('pictures/', 'colour.png', 'grey16.png', 'palette.png', 'one-bit.png', 'transparent.png'),
    read: pictured,
  },
  {
    name: 'jpeg',
    files: async () => fixtures('pictures/', 'baseline.jpg', 'progressive.jpg', 'grey.jpg', 'cmyk.jpg'),
    read: pictured,
  },
  {
    name: 'mat of cars',
    files: async () => fixtures('cars/', 'car_000_mesh.mat'),
    read: async (bytes) => {
      const path = join(folder, 'cars');
      mkdirSync(path, { recursive: true });
      for (const { name, bytes: whole } of fixtures('cars/', 'car_001_mesh.mat'))
        writeFileSync(join(path, name), whole);
      writeFileSync(join(path, 'car_000_mesh.mat'), bytes);
      await readData(path);
    },
  },
];
