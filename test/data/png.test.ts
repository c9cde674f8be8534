/** PNG of every kind that there is, and what is not what its header says. */
import { deflateSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodePng } from '../../src/data/files/decode-png.js';
import { concatenate, crcOf } from '../io/builders.js';
import { refusalOf } from './rows.js';

const bytes32 = (value: number) => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);

function chunk(kind: string, body: Uint8Array): Uint8Array {
  const named = concatenate(kind, body);
  return concatenate(bytes32(body.length), named, bytes32(crcOf(named)));
}

interface Kind {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
  readonly isInterlaced?: boolean;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

function png({ width, height, depth, colour, isInterlaced = false }: Kind, data: Uint8Array, ...more: Uint8Array[]) {
  const header = concatenate(bytes32(width), bytes32(height), Uint8Array.of(depth, colour, 0, 0, isInterlaced ? 1 : 0));
  // In two chunks, as writers cut it anywhere.
  const half = data.length >> 1;
  const cut = [chunk('IDAT', data.subarray(0, half)), chunk('IDAT', data.subarray(half))];
  return concatenate(SIGNATURE, chunk('IHDR', header), ...more, ...cut, chunk('IEND', new Uint8Array(0)));
}

const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Which pass of Adam7 a pixel is in, by the standard's 8 x 8 pattern. */
const PATTERN = ['16462646', '77777777', '56565656', '77777777', '36463646', '77777777', '56565656', '77777777'];

/** Lines of samples, filtered by each of the five filters in turn. */
function filtered(lines: readonly (readonly number[])[], depth: number, samples: number): Uint8Array {
  const stride = Math.max(1, (depth * samples) >> 3);
  let before: number[] = [];
  const out = lines.flatMap((line, y) => {
    const bits = line.map((sample) => sample.toString(2).padStart(depth, '0')).join('');
    const packed = (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
    const filter = y % 5;
    const coded = packed.map((value, i) => {
      const [a, b, c] = [packed[i - stride] ?? 0, before[i] ?? 0, i < stride ? 0 : (before[i - stride] ?? 0)];
      const nearest = [a, b, c].sort((p, q) => Math.abs(a + b - c - p) - Math.abs(a + b - c - q))[0];
      return (value - [0, a, b, (a + b) >> 1, nearest][filter]) & 255;
    });
    before = packed;
    return [filter, ...coded];
  });
  return Uint8Array.from(out);
}

/** Samples of pixels that differ, an alpha being opaque. */
function sampleAt(y: number, x: number, s: number, { depth, colour }: Kind): number {
  const most = 2 ** depth - 1;
  if ((colour === 4 && s === 1) || (colour === 6 && s === 3)) return most;
  return (y * 7919 + x * 104_729 + s * 31_337 + ((y * x) % 13) * 977) % (most + 1);
}

function encoded(kind: Kind): Uint8Array {
  const { width, height, depth, colour, isInterlaced } = kind;
  const samples = SAMPLES[colour];
  const lineOf = (y: number, columns: readonly number[]) =>
    columns.flatMap((x) => Array.from({ length: samples }, (_, s) => sampleAt(y, x, s, kind)));
  const all = Array.from({ length: width }, (_, x) => x);
  const rows = Array.from({ length: height }, (_, y) => y);
  const passes = isInterlaced ? [1, 2, 3, 4, 5, 6, 7] : [0];
  const data = passes.map((pass) => {
    const lines = rows
      .map((y) => lineOf(y, pass === 0 ? all : all.filter((x) => PATTERN[y % 8][x % 8] === String(pass))))
      .filter((line) => line.length > 0);
    return filtered(lines, depth, samples);
  });
  const palette = Uint8Array.from({ length: 2 ** Math.min(depth, 8) * 3 }, (_, i) => (i * 37) % 256);
  return png(kind, deflateSync(concatenate(...data)), ...(colour === 3 ? [chunk('PLTE', palette)] : []));
}

function expected(kind: Kind): number[] {
  const { width, height, depth, colour } = kind;
  const most = 2 ** depth - 1;
  const channels = colour === 0 || colour === 4 ? 1 : 3;
  return Array.from({ length: height * width * channels }, (_, i) => {
    const [y, x, c] = [Math.floor(i / (width * channels)), Math.floor(i / channels) % width, i % channels];
    if (colour === 3) return ((sampleAt(y, x, 0, kind) * 3 + c) * 37) % 256;
    return Math.round((sampleAt(y, x, c, kind) * 255) / most);
  });
}

for (const [colour, depths] of [
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
] as const) {
  test(`colours of type ${colour}, of every depth, every filter, interlaced and not, of any size`, async () => {
    for (const depth of depths) {
      for (const isInterlaced of [false, true]) {
        for (const [width, height] of [
          [1, 1],
          [3, 2],
          [13, 11],
        ]) {
          const kind = { width, height, depth, colour, isInterlaced };
          const { pixels } = await decodePng(encoded(kind), 'a.png');
          assert.equal([...pixels], expected(kind), JSON.stringify(kind));
        }
      }
    }
  });
}

test('more or less data than the header promises, and damaged data, are refused', async () => {
  const kind = { width: 3, height: 2, depth: 8, colour: 0 };
  const refusal = (data: Uint8Array, ...more: Uint8Array[]) => refusalOf(decodePng(png(kind, data, ...more), 'a.png'));
  assert.match(
    await refusal(deflateSync(new Uint8Array(9))),
    'a.png: the PNG holds more than the 3 x 2 pixels that its header promises',
  );
  const cut = 'a.png: the PNG is damaged or cut short';
  assert.is(await refusal(deflateSync(new Uint8Array(7))), cut);
  assert.is(await refusal(deflateSync(Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0))), cut);
  assert.is(await refusal(deflateSync(new Uint8Array(8)).subarray(0, -3)), cut);
  assert.is(await refusal(new Uint8Array(0)), cut);
  assert.match(
    await refusal(deflateSync(new Uint8Array(8)), chunk('tRNS', Uint8Array.of(0, 1))),
    'without transparent',
  );
  const whole = png(kind, deflateSync(new Uint8Array(8)));
  assert.is(await refusalOf(decodePng(whole.subarray(0, -12), 'a.png')), cut);
  const palette = { ...kind, colour: 3 };
  const colours = deflateSync(Uint8Array.of(0, 0, 1, 2, 0, 0, 1, 2));
  const short = png(palette, colours, chunk('PLTE', new Uint8Array(6)));
  assert.is(await refusalOf(decodePng(short, 'a.png')), 'a.png: the PNG is damaged: its palette has no colour 2');
});

test('a header of too many pixels, or of no kind that there is, is refused before anything is inflated', async () => {
  const of = (kind: Partial<Kind>) =>
    refusalOf(decodePng(png({ width: 1, height: 1, depth: 8, colour: 0, ...kind }, new Uint8Array(9)), 'a.png'));
  assert.is(
    await of({ width: 8193, height: 8192 }),
    'a.png: expected a picture of 1 to 67108864 pixels, got 8193 x 8192',
  );
  assert.is(await of({ width: 0 }), 'a.png: expected a picture of 1 to 67108864 pixels, got 0 x 1');
  assert.match(await of({ depth: 3 }), 'expected a PNG as the standard has them, got colours of type 0, 3 bits');
  assert.match(await of({ colour: 5 }), 'got colours of type 5');
  const damaged = png({ width: 1, height: 1, depth: 8, colour: 0 }, deflateSync(new Uint8Array(2)));
  damaged[17] ^= 1;
  assert.is(await refusalOf(decodePng(damaged, 'a.png')), 'a.png, byte 8: the header of the PNG is damaged');
});

test('what inflates to a thousand times what is promised is refused while it inflates', async () => {
  const bomb = png({ width: 8, height: 8, depth: 8, colour: 0 }, deflateSync(new Uint8Array(2 ** 28)));
  const before = process.memoryUsage().arrayBuffers;
  assert.match(await refusalOf(decodePng(bomb, 'a.png')), 'holds more than the 8 x 8 pixels');
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 25);
});

test.run();
