/** Options of files: each has a use for some formats, and is refused by the others. */
import { encode } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { absoluteOptionsOf, type FileOptions, openDataset } from '../../src/data/index.js';
import { isCodedError } from '../../src/errors.js';
import { concatenate, littleEndian, npyBytes, zipBytes } from '../io/builders.js';
import { fixture, inFolder, ramp } from './rows.js';

async function optionErrorOf(promise: Promise<{ close?(): unknown }>): Promise<string> {
  try {
    const { close } = await promise;
    await close?.();
  } catch (error) {
    assert.ok(isCodedError(error) && error.code === 'ERR_OPTION', String((error as Error).stack));
    return (error as Error).message;
  }
  return 'nothing was refused';
}

// Those that name a part of the data have tests with such data.
const ALL: Omit<
  Required<FileOptions>,
  'imagesMember' | 'factorsMember' | 'factorsFile' | 'factorColumns' | 'factorTypes' | 'header' | 'strict'
> = {
  size: 8,
  crop: 4,
  channels: 3,
  maximum: 9,
  order: 'nchw',
  unpackTo: 'unpacked.npy',
};

const pixels = (descr: string, data: Uint8Array) => npyBytes({ descr, shape: [2, 2, 2], data });
const archive = (content: Uint8Array, deflated: boolean) => zipBytes([{ name: 'images.npy', content, deflated }]);
const idx = concatenate(Uint8Array.of(0, 0, 8, 3), Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1), ramp(2));
const norb = (magic: number, shape: readonly number[], values: Uint8Array) =>
  concatenate(littleEndian(4, magic, shape.length, ...[...shape, 1, 1].slice(0, Math.max(3, shape.length))), values);
const png = encode({ width: 6, height: 6, channels: 1, depth: 16, data: Uint16Array.from(ramp(36)) });

/** What holds each kind, the options that it has a use for, and what the others are told. */
const KINDS: ReadonlyArray<
  readonly [
    what: string,
    files: Readonly<Record<string, Uint8Array>> | null,
    path: string,
    uses: ReadonlyArray<keyof typeof ALL>,
  ]
> = [
  ['shapes-3, which is drawn', null, 'shapes-3', []],
  ['HDF5', null, fixture('3dshapes.h5'), []],
  ['IDX files', { 'x.idx': idx }, 'x.idx', []],
  ['IDX files', { 'a-images-idx3-ubyte': idx }, '', []],
  ['images of an array', { 'a.npz': archive(pixels('|u1', ramp(8)), true) }, 'a.npz', ['maximum', 'unpackTo']],
  ['images of an array', { 'a.npz': archive(pixels('|u1', ramp(8)), false) }, 'a.npz', ['maximum']],
  ['images of an array', { 'a.npz': archive(pixels('|b1', new Uint8Array(8)), true) }, 'a.npz', []],
  ['images of an array', { 'a.npy': pixels('<f4', new Uint8Array(32)) }, 'a.npy', []],
  [
    'files of smallNORB',
    {
      's-dat.mat': norb(0x1e3d4c55, [2, 2, 4, 4], ramp(64)),
      's-cat.mat': norb(0x1e3d4c54, [2], littleEndian(4, 0, 1)),
      's-info.mat': norb(0x1e3d4c54, [2, 4], littleEndian(4, 4, 0, 0, 0, 4, 1, 2, 1)),
    },
    '',
    ['size'],
  ],
  ['pictures', { 'a.png': png, 'b.png': png }, '', ['size', 'crop', 'channels', 'maximum']],
];

for (const [what, files, path, uses] of KINDS) {
  for (const name of Object.keys(ALL) as Array<keyof typeof ALL>) {
    const isUseful = uses.includes(name);
    test(`${path === '' ? 'a folder' : path.replace(/.*\//, '')} of ${what} ${isUseful ? 'takes' : 'refuses'} ${name}`, async () => {
      await inFolder(files ?? {}, async (folder) => {
        const value = name === 'unpackTo' ? `${folder}/${ALL.unpackTo}` : name === 'maximum' ? 255 : ALL[name];
        const given = files === null ? path : path === '' ? folder : `${folder}/${path}`;
        const message = await optionErrorOf(openDataset(given, { [name]: value }));
        if (isUseful) assert.is(message, 'nothing was refused');
        else assert.ok(message.startsWith(`${name}: expected none for `) && message.endsWith(`got ${value}`), message);
        if (!isUseful && !/of an array|HDF5/.test(what)) assert.ok(message.includes(` for ${what}, `), message);
      });
    });
  }
}

test('an unpackTo that nothing asks for says why', async () => {
  await inFolder({ 'bare.npy': pixels('|u1', ramp(8)), 'f.npy': pixels('<f4', new Uint8Array(32)) }, async (folder) => {
    const unpackTo = `${folder}/u.npy`;
    const messageOf = (path: string) => optionErrorOf(openDataset(path, { unpackTo }));
    assert.is(
      await messageOf(`${folder}/bare.npy`),
      `unpackTo: expected none for images that are not deflated, got ${unpackTo}`,
    );
    assert.is(await messageOf(`${folder}/f.npy`), `unpackTo: expected none for images of float32, got ${unpackTo}`);
    assert.is(
      await messageOf(fixture('3dshapes.h5')),
      `unpackTo: expected none for HDF5 that is read as it is, got ${unpackTo}`,
    );
  });
});

test('options out of range, of another kind or another name are refused, for drawn data sets too', async () => {
  for (const [given, message] of [
    [{ size: 0 }, 'size: expected a whole number from 1 to 4096, got 0'],
    [{ channels: 2 }, 'channels: expected 1 or 3, got 2'],
    [{ unpackTo: '' }, "unpackTo: expected a path, got ''"],
    [{ unpackTo: 3 }, 'unpackTo: expected a path, got number'],
    [{ sise: 3 }, 'sise: not an option of openDataset; did you mean size?'],
    [null, 'openDataset: expected an object of options, got null'],
  ] as const) {
    assert.is(await optionErrorOf(openDataset('shapes-3', given as never)), message);
  }
});

test('an option that is undefined was not given', async () => {
  assert.is(await optionErrorOf(openDataset('shapes-3', { size: undefined, seed: 2 })), 'nothing was refused');
  assert.equal(await absoluteOptionsOf({ size: 3, crop: undefined }), { size: 3 });
});

test('a path among the options is made fit for any folder', async () => {
  assert.equal(await absoluteOptionsOf({ unpackTo: 'a.npy' }), { unpackTo: `${process.cwd()}/a.npy` });
  assert.equal(await absoluteOptionsOf({ unpackTo: '/b/../c.npy', maximum: 3 }), { maximum: 3, unpackTo: '/c.npy' });
});

test.run();
