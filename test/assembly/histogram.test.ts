import { test } from 'uvu';
import { assertSame, normals, rounded, uniforms } from './samples.js';
import { COLUMN_COUNTS, LENGTHS, uploadTable, withWatchedCore } from './watched-core.js';

type Real = 'f32' | 'f64';

const BIN_COUNTS = [1, 2, 3, 10, 20, 255, 256, 1000, 65535];

/** The edges 0 .. bins - 1, by their definition. */
function edgesOf(low: number, high: number, bins: number): Float64Array {
  const step = (high - low) / bins;
  const edges = new Float64Array(bins);
  // Where a step is too small for a number, the range is multiplied instead.
  for (let i = 0; i < bins; i++) edges[i] = step === 0 ? (i / bins) * (high - low) + low : i * step + low;
  return edges;
}

/**
 * How many edges are <= x, less 1. Edges never decrease, so that half of them can be passed over at
 * a time.
 */
function binOf(x: number, edges: Float64Array): number {
  let count = 0;
  for (let size = 2 ** Math.ceil(Math.log2(edges.length + 1)); size >= 1; size /= 2) {
    if (edges[count + size - 1] <= x) count += size;
  }
  return count - 1;
}

const f64 = new Float64Array(1);
const f64Bits = new BigInt64Array(f64.buffer);
const f32 = new Float32Array(1);
const f32Bits = new Int32Array(f32.buffer);

/** The number of this type next to x, above it (towards = 1) or below (-1). */
function neighbour(x: number, towards: 1 | -1, type: Real): number {
  if (x === 0) return towards * (type === 'f64' ? 2 ** -1074 : 2 ** -149);
  const away = x > 0 ? towards : -towards;
  if (type === 'f64') {
    f64[0] = x;
    f64Bits[0] += BigInt(away);
    return f64[0];
  }
  f32[0] = x;
  f32Bits[0] += away;
  return f32[0];
}

/**
 * Every edge (of many bins: some) with its neighbours on both sides, numbers that are a few
 * millionths of the range from an edge, and numbers in between, these by the hundred: a kernel may
 * take a shorter way where no edge is near.
 */
function probesOf(low: number, high: number, edges: Float64Array, type: Real): Float64Array {
  const next = uniforms(edges.length);
  const probes = [low, high, neighbour(low, 1, type), neighbour(high, -1, type)];
  const every = edges.length > 2000 ? 31 : 1;
  for (let i = 0; i < edges.length; i += i < 40 || i > edges.length - 40 ? 1 : every) {
    const edge = type === 'f32' ? Math.fround(edges[i]) : edges[i];
    probes.push(neighbour(edge, -1, type), edge, neighbour(edge, 1, type));
  }
  for (let i = 0; i < edges.length; i += Math.ceil(edges.length / 300)) {
    for (const away of [1e-7, 3e-7, 1e-6, 1.2e-6])
      probes.push(edges[i] - away * (high - low), edges[i] + away * (high - low));
  }
  for (let i = 0; i < 400; i++) probes.push(low + next() * (high - low));
  return rounded(probes, type).map((x) => Math.min(high, Math.max(low, x)));
}

/** That probes of a range fall into the bins that the edges say. */
async function assertBins(type: Real, low: number, high: number, bins: number): Promise<void> {
  const edges = edgesOf(low, high, bins);
  const probes = probesOf(low, high, edges, type);
  const rows = probes.length;
  const expected = probes.map((x) => binOf(x, edges));
  await withWatchedCore((core) => {
    const x = uploadTable(core, type, probes);
    const out = core.arena.alloc('u16', rows);
    const [minima, maxima] = [core.arena.upload('f64', [low]), core.arena.upload('f64', [high])];
    core.histogram.binColumns(out, x, minima, maxima, rows, 1, bins, 0, rows);
    const actual = out.array;
    const bad = expected.findIndex((bin, i) => bin !== actual[i]);
    if (bad >= 0) assertSame([actual[bad]], [expected[bad]], `bin of ${probes[bad]} of ${bins} in ${low} .. ${high}`);
  });
}

const RANGES: Record<string, Record<Real, Array<[number, number]>>> = {
  'common ranges': {
    f64: [
      [0, 1],
      [-1, 1],
      [-3.7, 12.9],
      [0.1, 0.3],
      [-1e30, 3e29],
      [1e-300, 1e-299],
      [-1e-3, 1e5],
      [-5, -4],
    ],
    f32: [
      [0, 1],
      [-1, 1],
      [-3.75, 12.875],
      [0.5, 0.625],
      [-(2 ** 100), 2 ** 90],
      [-(2 ** 127), 2 ** 127],
      [-(2 ** 127), 1.5 * 2 ** 127],
      [2 ** 126, 2 ** 127],
      [0, 2 ** -110],
      [0, 2 ** -120],
      [2 ** -126, 2 ** -120],
      [-5, -4],
    ],
  },
  // In float64 the bins are then so narrow that rounding moves an edge by a good part of one, or
  // past the next.
  'a huge offset with a tiny range': {
    f64: [
      [1e8, 1e8 + 1e-3],
      [1e15, 1e15 + 8],
      [-1e15 - 3, -1e15],
      [1, 1 + 2 ** -50],
      [1, 1 + 2 ** -52],
      [1, 1 + 1000 * 2.1e-15],
      [1, 1 + 65535 * 2.1e-15],
      [1 - 255 * 1.9e-15, 1],
      [2 ** 53, 2 ** 53 + 2],
    ],
    f32: [
      [2 ** 24, 2 ** 24 + 2],
      [1, 1 + 2 ** -23],
      [16777000, 16777216],
      [-1e9, -999999936],
    ],
  },
  'a range near or below the smallest normal number': {
    f64: [
      [0, 5e-324],
      [0, 10 * 5e-324],
      [-5e-324, 5e-324],
      [3 * 5e-324, 1000 * 5e-324],
      [-1e-310, 2e-310],
      [0, 1e-318],
      [1e-308, 3e-308],
      [0, 1e-303],
      [0, 2 ** -1022],
    ],
    f32: [
      [0, 2 ** -149],
      [0, 10 * 2 ** -149],
      [-(2 ** -149), 100 * 2 ** -149],
      [2 ** -140, 2 ** -130],
    ],
  },
};

for (const [name, ranges] of Object.entries(RANGES)) {
  for (const type of ['f64', 'f32'] as const) {
    test(`puts ${type} on an edge, and next to it on both sides, into the bin that the edges say: ${name}`, async () => {
      for (const [low, high] of ranges[type]) for (const bins of BIN_COUNTS) await assertBins(type, low, high, bins);
    });
  }
}

for (const type of ['f32', 'f64'] as const) {
  test(`puts ${type} beyond the range into the outermost bins, and those within where the edges say`, async () => {
    for (const limit of [4, 0.1, 3.3, 1e-30, 1e30]) {
      for (const bins of [2, 7, 100, 65535]) {
        const edges = edgesOf(-limit, limit, bins);
        const inside = Array.from(probesOf(-limit, limit, edges, type)).flatMap((x) => [x, -x]);
        const beyond = [1, 1.01, 2, 70_000, 1e7].flatMap((times) => [times * limit, -times * limit]);
        const probes = rounded([...inside, ...beyond, ...inside.map((x) => 3 * x)], type);
        await withWatchedCore((core) => {
          const out = core.arena.alloc('u16', probes.length);
          const [low, high] = [core.arena.upload('f64', [-limit]), core.arena.upload('f64', [limit])];
          core.histogram.binColumns(
            out,
            uploadTable(core, type, probes),
            low,
            high,
            probes.length,
            1,
            bins,
            0,
            probes.length,
          );
          const expected = probes.map((x) => Math.max(0, binOf(x, edges)));
          assertSame(out.array, expected, `${bins} bins between -${limit} and ${limit}`);
        });
      }
    }
  });
}

test('puts values of seeded random ranges into the bins that the edges say', async () => {
  const next = uniforms(11);
  for (let trial = 0; trial < 150; trial++) {
    const scale = 10 ** (20 * next() - 10);
    const low = (next() - 0.5) * scale * 10 ** (12 * next());
    const high = low + scale;
    const bins = 1 + Math.floor(next() * 400);
    if (high > low) await assertBins('f64', low, high, bins);
    if (Math.fround(high) > Math.fround(low)) await assertBins('f32', Math.fround(low), Math.fround(high), bins);
  }
});

for (const type of ['f32', 'f64'] as const) {
  test(`bins every column of ${type} by its own extremes, rows of a range only`, () =>
    withWatchedCore((core) => {
      for (const rows of LENGTHS) {
        for (const columns of COLUMN_COUNTS) {
          const numbers = rounded(
            normals(rows * columns, rows + columns).map((x, i) => x * (1 + (i % columns))),
            type,
          );
          const column = (d: number) => numbers.filter((_, i) => i % columns === d);
          const lows = Float64Array.from({ length: columns }, (_, d) => Math.min(-1, ...column(d)));
          const highs = Float64Array.from({ length: columns }, (_, d) => Math.max(1, ...column(d)));
          const x = uploadTable(core, type, numbers);
          const minima = core.arena.upload('f64', lows);
          const maxima = core.arena.upload('f64', highs);
          const bins = 20;
          const expected = Array.from(lows, (low, d) => {
            const edges = edgesOf(low, highs[d], bins);
            return Array.from(column(d), (value) => binOf(value, edges));
          }).flat();
          const out = core.arena.alloc('u16', rows * columns);
          core.histogram.binColumns(out, x, minima, maxima, rows, columns, bins, 0, rows);
          assertSame(out.array, expected, `${rows} x ${columns}`);

          for (const [first, last] of [
            [rows >> 2, rows >> 1],
            [Math.min(1, rows), rows],
            [rows, rows],
          ]) {
            const part = core.arena.alloc('u16', rows * columns);
            const before = part.array.slice();
            core.histogram.binColumns(part, x, minima, maxima, rows, columns, bins, first, last);
            const isInside = (i: number) => i % rows >= first && i % rows < last;
            assertSame(
              part.array,
              before.map((kept, i) => (isInside(i) ? expected[i] : kept)),
              `rows ${first} .. ${last} of ${rows} x ${columns}`,
            );
          }
        }
      }
    }));
}

test.run();
