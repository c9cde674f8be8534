import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadJpegDecoder } from '../../src/data/files/decode-jpeg.js';
import { decodePng } from '../../src/data/files/decode-png.js';
import { listFolder } from '../../src/data/files/disk.js';
import { openDataset } from '../../src/data/index.js';
import { concatenate } from '../io/builders.js';
import { factorsOf, fixture, imagesOf, inFolder, ramp, refusalOf, rowsOf } from './rows.js';

const read = async (name: string) => new Uint8Array(await readFile(fixture(`pictures/${name}`)));

/** The pixels of colour.png: see fixtures/make.py. */
const colour = Uint8Array.from({ length: 12 * 10 * 3 }, (_, i) => {
  const [y, x, c] = [Math.floor(i / 30), Math.floor(i / 3) % 10, i % 3];
  return c === 0 ? y * 20 : c === 1 ? x * 25 : y * 10;
});
const grey = Uint8Array.from({ length: 120 }, (_, i) => Math.floor(i / 10) * 20);

test('PNG of 1, 8 and 16 bits, with a palette and with an opaque alpha, gives the pixels that were written', async () => {
  const decoded = async (name: string) => decodePng(await read(name), name);
  assert.equal(await decoded('colour.png'), { height: 12, width: 10, channels: 3, pixels: colour });
  assert.equal(await decoded('opaque.png'), { height: 12, width: 10, channels: 3, pixels: colour });
  assert.equal(await decoded('palette.png'), { height: 12, width: 10, channels: 3, pixels: colour });
  assert.equal((await decoded('grey.png')).pixels, grey);
  assert.equal((await decoded('grey16.png')).pixels, grey);
  assert.equal(
    (await decoded('one-bit.png')).pixels,
    grey.map((value) => (value > 100 ? 255 : 0)),
  );
});

test('PNG that is transparent, cut short or damaged is refused', async () => {
  const bytes = await read('colour.png');
  const decode = (changed: Uint8Array) => refusalOf(decodePng(changed, 'a.png'));
  assert.match(await decode(await read('transparent.png')), 'a.png: expected a picture without transparent pixels');
  for (let length = 1; length < bytes.length; length += 5) await decode(bytes.subarray(0, length));
  for (const at of [16, 24, 45, 60, bytes.length - 14]) {
    const changed = bytes.slice();
    changed[at] ^= 0x40;
    await decode(changed);
  }
});

test('JPEG, baseline, progressive and grey, is near what was written', async () => {
  const decode = await loadJpegDecoder();
  const smooth = await decodePng(await read('smooth.png'), 'smooth.png');
  for (const name of ['baseline.jpg', 'progressive.jpg', 'grey.jpg']) {
    const { height, width, channels, pixels } = decode(await read(name), name);
    assert.equal([height, width, channels], [64, 48, name === 'grey.jpg' ? 1 : 3]);
    const step = 3 / channels;
    const worst = pixels.reduce((most, value, i) => Math.max(most, Math.abs(value - smooth.pixels[i * step])), 0);
    const mean = pixels.reduce((sum, value, i) => sum + Math.abs(value - smooth.pixels[i * step]), 0) / pixels.length;
    assert.ok(worst <= 16 && mean < 2, `${name}: ${worst}, ${mean} on average`);
  }
});

test('JPEG of four components, cut short or of another kind is refused', async () => {
  const decode = await loadJpegDecoder();
  const refusal = (bytes: Uint8Array) => refusalOf((async () => decode(bytes, 'a.jpg'))());
  assert.match(await refusal(await read('cmyk.jpg')), 'a.jpg: expected a JPEG of 1 or 3 components, got 4');
  const bytes = await read('baseline.jpg');
  for (let length = 3; length < bytes.length - 1; length += 61) await refusal(bytes.subarray(0, length));
  const arithmetic = bytes.slice();
  for (let i = 0; i < bytes.length - 1; i++) if (bytes[i] === 0xff && bytes[i + 1] === 0xc0) arithmetic[i + 1] = 0xc9;
  assert.match(await refusal(arithmetic), 'expected a baseline or progressive JPEG of 8 bits');
});

/**
 * A coloured JPEG, baseline and without subsampling, that is grey throughout: every block is two
 * bits, both 0.
 */
function plainJpeg(height: number, width: number): Uint8Array {
  const bytes16 = (value: number) => [value >> 8, value & 255];
  const segment = (marker: number, ...body: number[]) => [0xff, marker, ...bytes16(body.length + 2), ...body];
  // One code of one bit, 0: no difference to the block before for DC, the end of the block for AC.
  const table = (spec: number) => [spec, 1, ...Array<number>(15).fill(0), 0];
  const components = [1, 2, 3];
  const head = [
    ...[0xff, 0xd8],
    ...segment(0xdb, 0, ...Array<number>(64).fill(1)),
    ...segment(0xc0, 8, ...bytes16(height), ...bytes16(width), 3, ...components.flatMap((id) => [id, 0x11, 0])),
    ...segment(0xc4, ...table(0x00), ...table(0x10)),
    ...segment(0xda, 3, ...components.flatMap((id) => [id, 0]), 0, 63, 0),
  ];
  const bits = Math.ceil(height / 8) * Math.ceil(width / 8) * components.length * 2;
  return concatenate(Uint8Array.from(head), new Uint8Array(Math.ceil(bits / 8)), Uint8Array.of(0xff, 0xd9));
}

test('a JPEG may be as large as is said, and what is too large for memory is not called damaged', async () => {
  // 27 megapixels: at 21 bytes each (5 for each of three samples, 6 for the pixel) more than the
  // 512 MiB that the decoder takes by itself.
  const [height, width] = [5200, 5200];
  assert.ok(height * width * 21 > 2 ** 29);
  const picture = (await loadJpegDecoder())(plainJpeg(height, width), 'large.jpg');
  assert.equal([picture.height, picture.width, picture.pixels.length], [height, width, height * width * 3]);
  assert.ok(picture.pixels.every((value) => value === 128));
  const decode = await loadJpegDecoder(1);
  assert.is(decode(plainJpeg(32, 32), 'a.jpg').width, 32);
  assert.is(
    await refusalOf((async () => decode(plainJpeg(512, 256), 'a.jpg'))()),
    'a.jpg: the JPEG is too large to be decoded in memory: 256 x 512 pixels',
  );
});

test('bytes after the end of a JPEG are passed over, and the end of a thumbnail is not its end', async () => {
  const decode = await loadJpegDecoder();
  const bytes = await read('baseline.jpg');
  const { pixels } = decode(bytes, 'a.jpg');
  for (const after of [Uint8Array.of(0, 0xd9), Uint8Array.of(0xd9, 7, 0xd9, 0xd9), ramp(300)]) {
    assert.equal(decode(concatenate(bytes, after), 'a.jpg').pixels, pixels);
  }
  // An APP1 segment right after the first marker, as cameras put it.
  const thumbnail = Uint8Array.of(0xff, 0xe1, 0, 8, 0xff, 0xd8, 1, 2, 0xff, 0xd9);
  const taken = concatenate(bytes.subarray(0, 2), thumbnail, bytes.subarray(2));
  assert.equal(decode(taken, 'a.jpg').pixels, pixels);
  const cut = taken.subarray(0, -2);
  assert.is(await refusalOf((async () => decode(cut, 'a.jpg'))()), 'a.jpg: the JPEG is cut short');
});

test('a folder: order of names, sub-folders as labels, the largest centred square, grey among colours', async () => {
  await inFolder({}, async (folder) => {
    for (const label of ['cats', 'dogs']) await mkdir(join(folder, label));
    await writeFile(join(folder, 'dogs', '1.png'), await read('grey.png'));
    await writeFile(join(folder, 'cats', '2.png'), await read('colour.png'));
    await writeFile(join(folder, 'cats', '10.png'), await read('colour.png'));
    await writeFile(join(folder, 'cats', '.hidden.png'), 'nothing');
    const dataset = await openDataset(folder, { size: 10 });
    assert.is(dataset.size, 3);
    assert.equal(dataset.image, { height: 10, width: 10, channels: 3 });
    assert.equal(dataset.factors, [{ name: 'label', size: 2, values: ['cats', 'dogs'] }]);
    assert.equal(await factorsOf(dataset, rowsOf(dataset)), [0, 0, 1]);
    const square = colour.subarray(30, 330);
    // Twice, as the second time they have been kept.
    for (let time = 0; time < 2; time++) {
      assert.equal(await imagesOf(dataset, [1]), square);
      assert.equal((await imagesOf(dataset, [2])).slice(0, 3), Uint8Array.of(20, 20, 20));
    }
    const cropped = await openDataset(folder, { size: 2, crop: 4, channels: 3 });
    const [first] = await imagesOf(cropped, [0]);
    assert.is(first, (4 * 20 + 5 * 20) / 2);
    assert.not.equal(cropped.identity, dataset.identity);
    const tooLarge = await openDataset(folder, { crop: 11 });
    assert.match(await refusalOf(imagesOf(tooLarge, [0])), 'expected at least 11 x 11 pixels, got 10 x 12');
  });
});

test('links are followed, to files and to folders, and every folder is read once', async () => {
  const picture = await read('grey.png');
  await inFolder({}, async (folder) => {
    const at = (path: string) => join(folder, path);
    for (const path of ['pics/real', 'outside/deep', 'beside']) await mkdir(at(path), { recursive: true });
    for (const path of ['pics/real/1.png', 'outside/2.png', 'outside/deep/3.png', 'beside/4.png']) {
      await writeFile(at(path), picture);
    }
    await symlink(at('outside'), at('pics/linked'));
    await symlink(at('beside/4.png'), at('pics/real/5.png'));
    // Circles, a second way to a folder, and links that lead nowhere.
    await symlink(at('pics'), at('pics/real/again'));
    await symlink(at('pics'), at('outside/back'));
    await symlink(at('pics/real'), at('pics/alias'));
    await symlink(at('outside/deep'), at('pics/z'));
    await symlink(at('nothing'), at('pics/broken'));
    await symlink(at('pics/itself'), at('pics/itself'));
    const files = await listFolder(at('pics'));
    assert.equal(
      files.map(({ name }) => name),
      ['linked/2.png', 'linked/deep/3.png', 'real/1.png', 'real/5.png'],
    );
    const dataset = await openDataset(at('pics'), { size: 10 });
    assert.equal(dataset.factors, [{ name: 'label', size: 2, values: ['linked', 'real'] }]);
    assert.equal(await factorsOf(dataset, rowsOf(dataset)), [0, 0, 1, 1]);
    assert.equal((await imagesOf(dataset, [1])).slice(0, 1), Uint8Array.of(20));
  });
});

test('one picture in colours makes all coloured, wherever it is, and channels says otherwise', async () => {
  const files = { 'a.png': await read('grey.png'), 'b.png': await read('colour.png'), 'c.png': await read('grey.png') };
  await inFolder(files, async (folder) => {
    const dataset = await openDataset(folder, { size: 10 });
    assert.is(dataset.image.channels, 3);
    assert.ok(
      dataset.notes?.includes(
        '2 of 3 pictures are grey, and are taken as coloured as the others, channels = 1 makes all grey',
      ),
    );
    const made = await openDataset(folder, { size: 10, channels: 1 });
    // The first line of the square is line 1 of the picture.
    const luminance = Array.from({ length: 10 }, (_, x) => Math.round(0.299 * 20 + 0.587 * x * 25 + 0.114 * 10));
    assert.equal([...(await imagesOf(made, [1])).slice(0, 10)], luminance);
    assert.equal((await imagesOf(made, [0])).slice(0, 1), Uint8Array.of(20));
  });
});

test('what is no picture, a pipe and a single picture are refused by name', async () => {
  const files = { 'a.png': await read('grey.png'), 'c.jpg': ramp(50) };
  await inFolder(files, async (folder) => {
    assert.match(await refusalOf(openDataset(folder)), 'c.jpg, byte 0: expected a PNG or JPEG picture');
    assert.match(await refusalOf(openDataset(join(folder, 'a.png'))), 'a single picture; give the folder it is in');
  });
});

test('an orientation in the EXIF is told, and not applied', async () => {
  const bytes = await read('baseline.jpg');
  // APP1: Exif, little-endian, one entry at byte 8: the orientation, a short, 6.
  const tiff = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];
  const body = concatenate('Exif\0\0', Uint8Array.from(tiff));
  const exif = concatenate(Uint8Array.of(0xff, 0xe1, 0, body.length + 2), body);
  const turned = concatenate(bytes.subarray(0, 2), exif, bytes.subarray(2));
  await inFolder({ 'a.jpg': turned, 'b.jpg': bytes }, async (folder) => {
    const dataset = await openDataset(folder, { size: 8 });
    assert.ok(dataset.notes?.includes('1 of 2 pictures are turned by their EXIF, which is not applied'));
    assert.equal(await imagesOf(dataset, [0]), await imagesOf(dataset, [1]));
  });
});

test('bytes after the end of a JPEG are said, and not read', async () => {
  const bytes = await read('baseline.jpg');
  const longer = concatenate(bytes, Uint8Array.of(1, 2, 3));
  await inFolder({ 'a.jpg': longer, 'b.jpg': bytes }, async (folder) => {
    const dataset = await openDataset(folder, { size: 8 });
    assert.ok(dataset.notes?.includes('1 of 2 pictures have bytes after the end marker of JPEG, or lack it'));
    assert.equal(await imagesOf(dataset, [0]), await imagesOf(dataset, [1]));
  });
});

test('white of 16 bits may be less than all bits can hold', async () => {
  const data = Uint16Array.of(0, 2048, 4095, 1024);
  const deep = encode({ width: 2, height: 2, channels: 1, depth: 16, data });
  await inFolder({ 'a.png': deep }, async (folder) => {
    const given = { size: 2 };
    const seen = async (maximum?: number) => [
      ...(await imagesOf(await openDataset(folder, { ...given, maximum }), [0])),
    ];
    assert.equal(await seen(), [0, 8, 16, 4]);
    assert.equal(await seen(4095), [0, 128, 255, 64]);
    assert.match(
      await refusalOf(seen(4094)),
      'a.png: expected pixels from 0 to 4094, got 4095; say what is white: maximum',
    );
  });
});

test('another first picture, or another name, is another data set', async () => {
  const one = encode({ width: 2, height: 2, data: Uint8Array.of(1, 2, 3, 4), channels: 1 });
  const two = encode({ width: 2, height: 2, data: Uint8Array.of(1, 2, 3, 5), channels: 1 });
  const identity = (files: Readonly<Record<string, Uint8Array>>) =>
    inFolder(files, async (folder) => JSON.stringify((await openDataset(folder)).identity));
  const seen = [await identity({ 'a.png': one }), await identity({ 'a.png': two }), await identity({ 'b.png': one })];
  assert.is(new Set(seen).size, 3);
  assert.is(await identity({ 'a.png': one }), seen[0]);
});

test('options out of range are refused', async () => {
  for (const options of [{ size: 0 }, { size: 1.5 }, { crop: -1 }, { maximum: 65_536 }, { channels: 2 as never }]) {
    let code: string | undefined;
    await openDataset(fixture('pictures'), options).catch((error) => {
      code = error.code;
    });
    assert.is(code, 'ERR_OPTION', JSON.stringify(options));
  }
});

/** The bytes of a text. */
const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

test('pictures of kinds that are not read are noted, which strict refuses', async () => {
  const png = encode({ width: 2, height: 2, channels: 1, depth: 8, data: ramp(4) });
  const others = { 'b.webp': png, 'c.BMP': png, 'd.tif': png, 'e.gif': png, 'read.txt': png };
  await inFolder({ 'a.png': png, 'f.jfif': await read('grey.jpg'), ...others }, async (folder) => {
    const dataset = await openDataset(folder, { size: 2 });
    assert.is(dataset.size, 2, 'JPEG has other endings, too');
    const told =
      "4 pictures are left out: WebP, BMP, TIFF, GIF is not read: b.webp, c.BMP, d.tif and 1 more; PIL.Image.open('b.webp').save('b.png') converts one";
    assert.is(dataset.notes?.[0], told);
    assert.ok((await refusalOf(openDataset(folder, { size: 2, strict: true }))).endsWith(told));
  });
});

test('pictures of kinds that are not read, alone, are named with what converts them', async () => {
  await inFolder({ 'a.webp': ramp(9), 'b.webp': ramp(9) }, async (folder) => {
    assert.match(
      await refusalOf(openDataset(folder)),
      /holds no file of images .*; WebP is not read: a.webp, b.webp; PIL.Image.open\('a.webp'\).save\('a.png'\) converts one$/,
    );
  });
  const starts = {
    BMP: 'BM6\0\0\0\0\0\0',
    GIF: 'GIF89a',
    TIFF: 'II*\0',
    WebP: 'RIFF\x01\0\0\0WEBPVP8 ',
    AVIF: '\0\0\0\x1cftypavif',
    HEIC: '\0\0\0\x1cftypheic',
    'JPEG 2000': '\0\0\0\x0cjP  ',
    PNM: 'P5\n2 2\n',
  };
  for (const [kind, start] of Object.entries(starts)) {
    await inFolder({ 'a.png': latin1(`${start}more than a header`), 'b.x': latin1(start) }, async (folder) => {
      const told = `, got ${kind}; PIL.Image.open('`;
      assert.ok((await refusalOf(openDataset(folder))).includes(`expected a PNG or JPEG picture${told}a.png`), kind);
      assert.ok((await refusalOf(openDataset(`${folder}/b.x`))).includes(`${told}b.x').save('b.png') converts one`));
    });
  }
});

test.run();
