import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core } from '../../bindings/core.js';
import { type Drawing, SHAPES } from '../../src/data/generated.js';
import { crc32 } from '../../src/io/crc32.js';
import { castDrawing } from './plain-raster.js';
import { assertSame } from './samples.js';
import { withWatchedCore } from './watched-core.js';

const UPRIGHT: Drawing = { shape: 0, x: 32, y: 32, size: 1, turn: 0, secondTurn: 0, colour: [1, 1, 1] };
const BODIES = [SHAPES.cube, SHAPES.ellipsoid, SHAPES.pyramid] as const;

/** Areas at full size, in pixels. */
const AREAS = {
  square: 441,
  ellipse: 112.5 * Math.PI,
  heart: (4 + Math.PI) * (15 / 1.7836116248912244) ** 2,
  triangle: (3 / 4) * Math.sqrt(3) * 15.5 ** 2,
};

function draw(core: Core, drawings: readonly Drawing[], channels: 1 | 3, isSharp: boolean): Uint8Array {
  return core.arena.borrow(() => {
    const numbers = drawings.flatMap(({ shape, x, y, size, turn, secondTurn, colour }) => {
      return [shape, x, y, size, turn, secondTurn, ...colour];
    });
    const images = core.arena.upload('f64', numbers);
    const out = core.arena.alloc('u8', drawings.length * 4096 * channels);
    core.raster.drawShapes(out, images, drawings.length, channels, isSharp);
    return out.array.slice();
  });
}

/**
 * Drawings of a shape anywhere they may be, from the corners of what is allowed to places between
 * pixels.
 */
function places(shape: number): Drawing[] {
  return [
    { ...UPRIGHT, shape },
    { ...UPRIGHT, shape, x: 16, y: 48, turn: 0.125, secondTurn: 0.3 },
    { ...UPRIGHT, shape, x: 48, y: 16, turn: 0.9, secondTurn: 0.77 },
    { ...UPRIGHT, shape, x: 29.37, y: 33.71, size: 0.5, turn: 0.061, secondTurn: 0.5 },
    { ...UPRIGHT, shape, x: 40.03, y: 20.98, size: 0.83, turn: 0.611, secondTurn: 0.19 },
  ];
}

for (const [name, shape] of Object.entries(SHAPES)) {
  test(`draws a ${name} as rays see it, pixel by pixel`, () =>
    withWatchedCore((core) => {
      for (const drawing of places(shape)) {
        const drawn = draw(core, [drawing], 3, false);
        const expected = castDrawing(drawing, 12);
        // An edge along a line of rays is missed by half their distance, 1/24, in each of the
        // pixels it crosses, a sixth of those lit or fewer; a corner by more. An ellipsoid has one
        // shade in a pixel, and rays have many.
        const bound = (shape === SHAPES.ellipsoid ? 0.14 : 0.07) * 255;
        const mean = (shape === SHAPES.ellipsoid ? 0.02 : 0.006) * 255;
        let sum = 0;
        let lit = 0;
        expected.forEach((value, pixel) => {
          const gap = Math.abs(drawn[3 * pixel] - 255 * value);
          assert.ok(
            gap <= bound,
            `pixel ${pixel} of ${JSON.stringify(drawing)}: ${drawn[3 * pixel]} for ${255 * value}`,
          );
          sum += gap;
          if (value > 0) lit++;
        });
        assert.ok(lit > 50 && sum / lit <= mean, `mean difference ${sum / lit} over ${lit} pixels`);
      }
    }));
}

for (const [name, area] of Object.entries(AREAS)) {
  test(`a ${name} covers its area at any size and angle`, () =>
    withWatchedCore((core) => {
      for (const drawing of places(SHAPES[name as keyof typeof AREAS])) {
        const bytes = draw(core, [drawing], 1, false);
        const covered = bytes.reduce((sum, byte) => sum + byte, 0) / 255;
        const expected = area * drawing.size ** 2;
        // Each pixel of the edge is rounded to a byte, by half of one at most; curves are polygons
        // of their area.
        const rounding = bytes.filter((byte) => byte > 0 && byte < 255).length / 510;
        assert.ok(Math.abs(covered - expected) <= rounding + 1e-4 * expected, `${covered} for ${expected}`);
        const sharp = draw(core, [drawing], 1, true);
        assert.ok(sharp.every((byte) => byte === 0 || byte === 255));
        sharp.forEach((byte, pixel) => {
          if (Math.abs(bytes[pixel] - 127.5) > 1) assert.is(byte, bytes[pixel] > 127.5 ? 255 : 0);
        });
      }
    }));
}

test('draws in the colour given, one channel after the other', () =>
  withWatchedCore((core) => {
    for (const shape of Object.values(SHAPES)) {
      const [white, coloured] = [
        { ...UPRIGHT, shape },
        { ...UPRIGHT, shape, colour: [1, 0.5, 0] as const },
      ].map((drawing) => draw(core, [drawing], 3, false));
      for (let pixel = 0; pixel < 4096; pixel++) {
        const value = white[3 * pixel];
        assert.is(coloured[3 * pixel], value);
        assert.ok(Math.abs(coloured[3 * pixel + 1] - value / 2) <= 0.75);
        assert.is(coloured[3 * pixel + 2], 0);
      }
    }
  }));

test('a square is the same after a quarter of a turn, an ellipse after half of one, a heart only after a whole one', () =>
  withWatchedCore((core) => {
    for (let k = 0; k < 40; k++) {
      const at = (shape: number, step: number) =>
        draw(core, [{ ...UPRIGHT, x: 30.5, y: 31.5, size: 0.9, shape, turn: step / 40 }], 1, true);
      assertSame(at(SHAPES.square, k + 10), at(SHAPES.square, k), `square ${k}`);
      assertSame(at(SHAPES.ellipse, k + 20), at(SHAPES.ellipse, k), `ellipse ${k}`);
      assertSame(at(SHAPES.heart, k + 40), at(SHAPES.heart, k), `heart ${k}`);
      assert.not.equal(at(SHAPES.ellipse, k + 10), at(SHAPES.ellipse, k));
      assert.not.equal(at(SHAPES.heart, k + 20), at(SHAPES.heart, k));
    }
  }));

test('a body looks the same where turning it about its vertical axis brings it back', () =>
  withWatchedCore((core) => {
    for (const [shape, parts] of [
      [SHAPES.cube, 4],
      [SHAPES.ellipsoid, 2],
      [SHAPES.pyramid, 4],
    ]) {
      const at = (secondTurn: number) => draw(core, [{ ...UPRIGHT, shape, turn: 0.1, secondTurn }], 3, false);
      const [here, there, between] = [at(0.03), at(0.03 + 1 / parts), at(0.03 + 0.5 / parts)];
      assert.ok(here.every((byte, i) => Math.abs(byte - there[i]) <= 1));
      assert.ok(here.some((byte, i) => Math.abs(byte - between[i]) > 30));
    }
  }));

test('a step of one pixel moves a sharp image by one pixel', () =>
  withWatchedCore((core) => {
    for (const shape of [0, 1, 2, 3]) {
      const at = (x: number, y: number) => draw(core, [{ ...UPRIGHT, shape, x, y, turn: 0.13 }], 1, true);
      const [here, right, below] = [at(20.5, 30.5), at(21.5, 30.5), at(20.5, 31.5)];
      assertSame(right.subarray(1), here.subarray(0, -1), 'right');
      assertSame(below.subarray(64), here.subarray(0, -64), 'below');
    }
  }));

test('nothing touches the border, wherever it is and however it is turned', () =>
  withWatchedCore((core) => {
    for (const shape of Object.values(SHAPES)) {
      for (let k = 0; k < 48; k++) {
        const [x, y] = [
          [16, 16],
          [48, 16],
          [16, 48],
          [48, 48],
        ][k % 4];
        const image = draw(core, [{ ...UPRIGHT, shape, x, y, turn: k / 48, secondTurn: k / 31 }], 3, false);
        for (let i = 0; i < 64; i++) {
          for (const pixel of [i, 64 * 63 + i, 64 * i, 64 * i + 63])
            assert.is(image[3 * pixel] <= 128, true, `${pixel}`);
        }
      }
    }
  }));

test('an image is the same alone and among others', () =>
  withWatchedCore((core) => {
    const all = [...Object.values(SHAPES), 5, 0, 6].flatMap(places);
    const together = draw(core, all, 3, false);
    all.forEach((drawing, i) => {
      assertSame(draw(core, [drawing], 3, false), together.subarray(i * 12288, (i + 1) * 12288), `image ${i}`);
    });
    assert.is(draw(core, [], 3, false).length, 0);
  }));

test('draws the bytes that are written here', () =>
  withWatchedCore((core) => {
    const plane = [0, 1, 2, 3].flatMap(places);
    const sums = [
      crc32(draw(core, plane, 1, true)),
      crc32(draw(core, plane, 1, false)),
      crc32(draw(core, BODIES.flatMap(places), 3, false)),
    ];
    assert.equal(sums, [975144246, 1678867339, 3678455710]);
  }));

test('noise is uniform, a function of the row, and gives way to the shape', () =>
  withWatchedCore((core) => {
    const drawings = [{ ...UPRIGHT, shape: SHAPES.heart, turn: 0.2 }, UPRIGHT, UPRIGHT];
    const numbers = drawings.flatMap(({ shape, x, y, size, turn, colour }) => [shape, x, y, size, turn, 0, ...colour]);
    const noisy = (rows: readonly number[]) => {
      const images = core.arena.upload('f64', numbers.slice(0, 9 * rows.length));
      const out = core.arena.alloc('u8', 12288 * rows.length);
      core.raster.drawShapesOnNoise(out, images, core.arena.upload('u32', rows), { seed: 5, stream: 24 });
      return out.array.slice();
    };
    const images = noisy([7, 8, 7]);
    const masks = draw(core, drawings, 1, true);
    const counts = new Float64Array(256);
    masks.forEach((byte, pixel) => {
      const bytes = images.subarray(3 * pixel, 3 * pixel + 3);
      if (byte === 255) assert.equal([...bytes], [255, 255, 255]);
      else for (const value of bytes) counts[value]++;
    });
    const total = counts.reduce((sum, count) => sum + count);
    const statistic = counts.reduce((sum, count) => sum + (count - total / 256) ** 2 / (total / 256), 0);
    // The third image repeats the first one's noise, which doubles its part of the statistic.
    assert.ok(statistic < 2 * 255 + 2 * 5 * Math.sqrt(2 * 255), `chi-square ${statistic}`);
    assertSame(noisy([7]), images.subarray(0, 12288), 'alone');
    const corner = (i: number) => images.subarray(i * 12288, i * 12288 + 192);
    assertSame(corner(2), corner(0), 'rows alike');
    assert.not.equal(corner(1), corner(0));
  }));

test.run();
