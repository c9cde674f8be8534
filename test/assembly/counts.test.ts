import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertSame, codes, uniforms } from './samples.js';
import { COLUMN_COUNTS, LENGTHS, uploadTable, withWatchedCore } from './watched-core.js';

/** Counting and coding go through 1024 rows at a time. */
const BLOCK_LENGTHS = [...LENGTHS, 1023, 1024, 1025, 2049, 3001];

for (const type of ['i32', 'f32', 'f64'] as const) {
  test(`gives the different whole numbers of a column of ${type} codes in increasing order`, () =>
    withWatchedCore((core) => {
      for (const rows of LENGTHS) {
        for (const columns of COLUMN_COUNTS) {
          for (const [minimum, range] of [
            [0, 1],
            [-7, 15],
            [3, 1000],
            // Exact in float32 as well: whole numbers up to 2^24.
            [-(2 ** 24), 4],
            [2 ** 24 - 5, 5],
          ]) {
            const numbers = codes(rows * columns, range, rows + columns).map((x) => x + minimum);
            const column = columns - 1;
            const values = numbers.filter((_, i) => i % columns === column);
            const sorted = [...new Set(values)].sort((a, b) => a - b);
            const out = core.arena.alloc('i32', rows);
            const count = core.histogram.denseCodes(
              out,
              uploadTable(core, type, numbers),
              rows,
              columns,
              column,
              sorted.length > 0 ? minimum : 0,
              range,
            );
            assert.is(count, sorted.length);
            assertSame(
              out.array,
              Array.from(values, (x) => sorted.indexOf(x)),
              `${rows} x ${columns} from ${minimum}`,
            );
          }
        }
      }
    }));
}

test('codes whole numbers at both ends of what i32 and f64 hold', () =>
  withWatchedCore((core) => {
    const out = core.arena.alloc('i32', 4);
    const low = core.arena.upload('i32', [-(2 ** 31) + 2, -(2 ** 31), -(2 ** 31) + 2, -(2 ** 31) + 1]);
    assert.is(core.histogram.denseCodes(out, low, 4, 1, 0, -(2 ** 31), 3), 3);
    assertSame(out.array, [2, 0, 2, 1], 'lowest i32');
    const high = core.arena.upload('f64', [2 ** 53 - 1, 2 ** 53 - 3, 2 ** 53 - 1, 2 ** 53 - 3]);
    assert.is(core.histogram.denseCodes(out, high, 4, 1, 0, 2 ** 53 - 3, 3), 2);
    assertSame(out.array, [1, 0, 1, 0], 'highest f64');
    const zeros = core.arena.upload('f64', [0, -0, 1, -1]);
    assert.is(core.histogram.denseCodes(out, zeros, 4, 1, 0, -1, 3), 3);
    assertSame(out.array, [1, 1, 2, 0], 'zeros of both signs');
  }));

test('groups codes: the old times the size, plus the new', () =>
  withWatchedCore((core) => {
    for (const rows of LENGTHS) {
      // The widest that a factor of one value can be grouped with.
      const [zeros, wide] = [core.arena.zeros('u16', rows), codes(rows, 65535, rows)];
      core.histogram.groupCodes(zeros, core.arena.upload('i32', wide), 65535);
      assertSame(zeros.array, wide, `${rows} rows, 65535 values`);
      // 250 x 262 = 65,500: the largest codes need all 16 bits.
      const [first, second] = [codes(rows, 250, rows), codes(rows, 262, rows + 1)];
      const out = core.arena.upload('u16', first);
      core.histogram.groupCodes(out, core.arena.upload('i32', second), 262);
      assertSame(
        out.array,
        first.map((code, i) => code * 262 + second[i]),
        `${rows} rows`,
      );
    }
  }));

test('codes of two factors become one code for each pair', () =>
  withWatchedCore((core) => {
    for (const rows of LENGTHS) {
      // 40,000 x 50,000 = 2e9: the largest codes need all 31 bits.
      const [first, second] = [codes(rows, 40_000, rows), codes(rows, 50_000, rows + 1)];
      const out = core.arena.upload('i32', first);
      core.histogram.combineCodes(out, core.arena.upload('i32', second), 50_000);
      assertSame(
        out.array,
        first.map((code, i) => code * 50_000 + second[i]),
        `${rows} rows`,
      );
    }
  }));

for (const copies of [1, 4] as const) {
  test(`adds the joint counts of a range of rows to ${copies === 1 ? 'one table' : 'four tables, which add up'}`, () =>
    withWatchedCore((core) => {
      for (const rows of BLOCK_LENGTHS) {
        for (const [bins, values] of [
          [1, 1],
          [2, 3],
          [20, 7],
          [300, 5],
          [255, 257],
        ]) {
          const cells = bins * values;
          if (cells > 2 ** 15 && rows !== 1025) continue;
          const binned = codes(rows, bins, rows);
          // Runs of equal codes: rows next to each other count into the same cell.
          const coded = codes(rows, values, 1).map((code, i) => (i % 8 < 5 ? 0 : code));
          for (const [first, last] of [
            [0, rows],
            [Math.min(8, rows - (rows % 8)), rows - (rows >> 3)],
            [rows - (rows % 8), rows],
            [0, 0],
            [Math.min(1016, rows - (rows % 8)), rows],
          ]) {
            const counts = core.arena.upload('u32', new Uint32Array(copies * cells).fill(10));
            core.histogram.countJoint(
              counts,
              core.arena.upload('u16', binned),
              core.arena.upload('u16', coded),
              values,
              cells,
              copies,
              first,
              last,
            );
            const expected = new Uint32Array(cells).fill(10 * copies);
            for (let row = first; row < last; row++) expected[binned[row] * values + coded[row]]++;
            const sums = expected.map((_, cell) => {
              let sum = 0;
              for (let copy = 0; copy < copies; copy++) sum += counts.array[copy * cells + cell];
              return sum;
            });
            assertSame(sums, expected, `rows ${first} .. ${last} of ${rows}, ${bins} x ${values}`);
          }
        }
      }
    }));
}

test('counts in bins up to 65534', () =>
  withWatchedCore((core) => {
    const binned = [65534, 0, 65534, 32768, 65534, 65534, 1];
    const counts = core.arena.zeros('u32', 65535);
    const [bins, values] = [core.arena.upload('u16', binned), core.arena.zeros('u16', 7)];
    core.histogram.countJoint(counts, bins, values, 1, 65535, 1, 0, 7);
    assert.equal([counts.array[65534], counts.array[32768], counts.array[1], counts.array[0]], [4, 1, 1, 1]);
    const one = core.arena.zeros('u32', 65535);
    core.histogram.countJoint(one, core.arena.zeros('u16', 7), bins, 65535, 65535, 1, 0, 7);
    assertSame(one.array, counts.array, 'one bin of 65535 values');
  }));

test('counts cells beyond 16 bits one row at a time', () =>
  withWatchedCore((core) => {
    for (const rows of BLOCK_LENGTHS) {
      const [binned, coded] = [codes(rows, 3, 1), codes(rows, 70_000, 2)];
      const counts = core.arena.zeros('u32', 3 * 70_000);
      const bins = core.arena.upload('u16', binned);
      core.histogram.countJointWide(counts, bins, core.arena.upload('i32', coded), 70_000, rows >> 2, rows);
      const expected = new Map<number, number>();
      for (let row = rows >> 2; row < rows; row++) {
        const cell = binned[row] * 70_000 + coded[row];
        expected.set(cell, (expected.get(cell) ?? 0) + 1);
      }
      const found = new Map<number, number>();
      counts.array.forEach((count, cell) => {
        if (count > 0) found.set(cell, count);
      });
      assert.equal(
        [...found],
        [...expected].sort(([a], [b]) => a - b),
        `${rows} rows`,
      );
    }
  }));

test('finds offsets and which of them occur, of the columns asked for', () =>
  withWatchedCore((core) => {
    for (const rows of BLOCK_LENGTHS) {
      const columns = [codes(rows, 5, 3), codes(rows, 900, 4), codes(rows, 7, 5)];
      const minima = [-2, 40, 7];
      const x = Int32Array.from({ length: rows * 3 }, (_, i) => columns[i % 3][Math.floor(i / 3)] + minima[i % 3]);
      const out = core.arena.upload('i32', new Int32Array(rows * 3).fill(-1));
      const seen = core.histogram.offsetCodes(out, core.arena.upload('i32', x), rows, 3, minima, [5, 900, 0]);
      assertSame(out.array.subarray(0, rows), columns[0], `column 0 of ${rows}`);
      assertSame(out.array.subarray(rows, 2 * rows), columns[1], `column 1 of ${rows}`);
      assert.ok(
        out.array.subarray(2 * rows).every((code) => code === -1),
        'a column left out is untouched',
      );
      assert.is(seen[2], null);
      [5, 900].forEach((range, k) => {
        const expected = Array.from({ length: range }, (_, code) => (columns[k].includes(code) ? 1 : 0));
        assertSame(seen[k] as Uint8Array, expected, `seen of column ${k}`);
      });
    }
  }));

test('finds offsets from the lowest number that i32 holds', () =>
  withWatchedCore((core) => {
    const x = core.arena.upload('i32', [-(2 ** 31) + 2, 2 ** 31 - 1, -(2 ** 31), 2 ** 31 - 3]);
    const out = core.arena.alloc('i32', 4);
    const [low, high] = core.histogram.offsetCodes(out, x, 2, 2, [-(2 ** 31), 2 ** 31 - 3], [3, 3]);
    assertSame(out.array, [2, 0, 2, 0], 'offsets');
    assertSame(low as Uint8Array, [1, 0, 1], 'lowest');
    assertSame(high as Uint8Array, [1, 0, 1], 'highest');
  }));

test('sums grouped counts over copies and over the other factors', () =>
  withWatchedCore((core) => {
    const next = uniforms(5);
    for (const copies of [1, 4]) {
      for (const [bins, outer, values, inner] of [
        [1, 1, 1, 1],
        [3, 1, 5, 1],
        [3, 4, 5, 1],
        [3, 1, 5, 7],
        [20, 3, 2, 6],
        [2, 31, 9, 8],
      ]) {
        const counts = Uint32Array.from({ length: copies * bins * outer * values * inner }, () => next() * 1e6);
        const out = core.arena.alloc('u32', bins * values);
        core.histogram.marginaliseCounts(out, core.arena.upload('u32', counts), copies, bins, outer, values, inner);
        const expected = new Uint32Array(bins * values);
        counts.forEach((count, i) => {
          const value = Math.floor(i / inner) % values;
          const bin = Math.floor(i / (inner * values * outer)) % bins;
          expected[bin * values + value] += count;
        });
        assertSame(out.array, expected, `${copies} x ${bins} x ${outer} x ${values} x ${inner}`);
      }
    }
  }));

test('grouped codes that are counted together and summed apart give the counts of each factor', () =>
  withWatchedCore((core) => {
    const rows = 1000;
    const sizes = [4, 3, 5];
    const factors = sizes.map((size) => codes(rows, size, size));
    const binned = codes(rows, 10, 9);
    const group = core.arena.upload('u16', factors[0]);
    core.histogram.groupCodes(group, core.arena.upload('i32', factors[1]), sizes[1]);
    core.histogram.groupCodes(group, core.arena.upload('i32', factors[2]), sizes[2]);
    const counts = core.arena.zeros('u32', 4 * 10 * 60);
    core.histogram.countJoint(counts, core.arena.upload('u16', binned), group, 60, 600, 4, 0, rows);
    sizes.forEach((size, k) => {
      const out = core.arena.alloc('u32', 10 * size);
      const outer = sizes.slice(0, k).reduce((a, b) => a * b, 1);
      core.histogram.marginaliseCounts(out, counts, 4, 10, outer, size, 60 / outer / size);
      const expected = new Uint32Array(10 * size);
      for (let row = 0; row < rows; row++) expected[binned[row] * size + factors[k][row]]++;
      assertSame(out.array, expected, `factor ${k}`);
    });
  }));

test.run();
