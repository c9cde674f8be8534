import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RandomStream } from '../../src/random.js';
import { COLUMN_COUNTS, LENGTHS, uploadTable, withWatchedCore } from './watched-core.js';

/** Two of three numbers are 0, some of them -0. */
function sparseNumbers(count: number, seed = 1): Float64Array {
  const words = new RandomStream(seed, 0, 0);
  return Float64Array.from({ length: count }, () => {
    const kind = words.below(6);
    return kind < 3 ? 0 : kind === 3 ? -0 : Math.fround(words.below(1000) - 400);
  });
}

test('finds the extremes of what is not 0, and none in a column of zeros', async () => {
  await withWatchedCore((core) => {
    for (const type of ['f32', 'f64'] as const) {
      for (const columns of COLUMN_COUNTS) {
        for (const rows of LENGTHS) {
          const x = sparseNumbers(rows * columns);
          const got = core.zeros.nonzeroExtremes(uploadTable(core, type, x), rows, columns);
          for (let column = 0; column < columns; column++) {
            const values = [...x].filter((value, i) => i % columns === column && value !== 0);
            assert.is(got.minima[column], Math.min(...values));
            assert.is(got.maxima[column], Math.max(...values));
          }
        }
      }
    }
  });
});

test('marks the rows that are 0, and no other', async () => {
  await withWatchedCore((core) => {
    for (const type of ['f32', 'f64'] as const) {
      for (const columns of COLUMN_COUNTS) {
        for (const rows of LENGTHS) {
          const x = sparseNumbers(rows * columns);
          const out = core.arena.upload('u16', new Uint16Array(rows * columns).fill(7));
          const [first, last] = [rows >> 2, rows - (rows >> 3)];
          core.zeros.markZeros(out, uploadTable(core, type, x), rows, columns, 65535, first, last);
          const expected = Uint16Array.from({ length: rows * columns }, (_, i) => {
            const [column, row] = [Math.floor(i / rows), i % rows];
            return x[row * columns + column] === 0 && row >= first && row < last ? 65535 : 7;
          });
          assert.equal([...out.array], [...expected]);
        }
      }
    }
  });
});

test('gathers the codes of rows, and counts the rows that are missing', async () => {
  await withWatchedCore((core) => {
    for (const rows of LENGTHS) {
      for (const [bins, values, copies] of [
        [1, 1, 1],
        [3, 5, 4],
        [7, 2, 1],
      ]) {
        const words = new RandomStream(2, 0, rows);
        const codes = Uint16Array.from({ length: rows }, () => words.below(values));
        const stored = Int32Array.from({ length: rows }, (_, row) => row).filter(() => words.below(3) === 0);
        const gathered = core.arena.alloc('u16', stored.length);
        core.zeros.gatherCodes(gathered, core.arena.upload('u16', codes), core.arena.upload('i32', stored));
        assert.equal(
          [...gathered.array],
          [...stored].map((row) => codes[row]),
        );
        const counts = new Uint32Array(copies * bins * values);
        const all = new Uint32Array(bins * values);
        const bin = bins - 1;
        codes.forEach((code, row) => {
          const isStored = stored.includes(row);
          const own = isStored ? row % bins : bin;
          all[own * values + code]++;
          if (isStored) counts[(row % copies) * bins * values + own * values + code]++;
        });
        const totals = new Uint32Array(values);
        for (const code of codes) totals[code]++;
        const block = core.arena.upload('u32', counts);
        core.zeros.countMissing(block, core.arena.upload('u32', totals), copies, bins, values, bin);
        const summed = new Uint32Array(bins * values);
        block.array.forEach((count, i) => {
          summed[i % (bins * values)] += count;
        });
        assert.equal([...summed], [...all]);
      }
    }
  });
});

test.run();
