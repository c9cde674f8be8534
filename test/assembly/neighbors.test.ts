import { test } from 'uvu';
import type { Core } from '../../bindings/core.js';
import { plainClassTerms, plainPlaneTerms, psi } from '../stats/plain-neighbours.js';
import { assertNear, assertSame, codes, normals } from './samples.js';
import { LENGTHS, withWatchedCore } from './watched-core.js';

/**
 * Numbers without and with repetitions, of very different spread, and some that repeat beside some
 * that do not.
 */
const samples = (rows: number, seed: number) =>
  [
    ['normal', normals(rows, seed)],
    ['float32', Float64Array.from(Float32Array.from(normals(rows, seed)))],
    ['whole', Float64Array.from(codes(rows, 7, seed))],
    ['two', Float64Array.from(codes(rows, 2, seed))],
    ['far apart', normals(rows, seed).map((x) => Math.exp(8 * x))],
    ['half repeated', normals(rows, seed).map((x, i) => (i % 2 ? Math.round(x) : x))],
  ] as const;

function sort(core: Core, numbers: Float64Array) {
  const x = core.arena.upload('f64', numbers);
  const order = core.arena.upload('i32', Int32Array.from(numbers.keys()));
  core.rows.sortRows(x, order);
  return { x, order };
}

function psiTable(core: Core, rows: number) {
  const block = core.arena.alloc('f64', rows + 1);
  core.neighbors.digammas(block);
  return block;
}

test('psi is the harmonic sum less the constant of Euler', () =>
  withWatchedCore((core) => {
    for (const length of LENGTHS) {
      const block = core.arena.alloc('f64', length);
      core.neighbors.digammas(block);
      const expected = Float64Array.from({ length }, (_, n) => (n === 0 ? 0 : psi(n)));
      assertNear(block.array, expected, 1e-14, `${length}`);
    }
    const many = core.arena.alloc('f64', 1_000_001);
    core.neighbors.digammas(many);
    const n = 1e6;
    assertNear([many.array[n]], [Math.log(n) - 1 / (2 * n) - 1 / (12 * n * n)], 1e-14, 'a million');
  }));

test('places the rows of each class among those that are kept', () =>
  withWatchedCore((core) => {
    for (const rows of LENGTHS) {
      const numbers = normals(rows, rows);
      // Class 3 has no row, and rows of code -1 are left out.
      const ofRow = codes(rows, 4, rows).map((code) => code - 1);
      const kept = Array.from(numbers.keys())
        .filter((row) => ofRow[row] >= 0)
        .sort((a, b) => numbers[a] - numbers[b]);
      const classes = [0, 1, 2, 3].map((c) => [...kept.keys()].filter((place) => ofRow[kept[place]] === c));
      const bounds = [0];
      for (const own of classes) bounds.push(bounds[bounds.length - 1] + own.length);
      const placed = {
        values: core.arena.alloc('f64', kept.length),
        places: core.arena.alloc('i32', kept.length),
        bounds: core.arena.upload('i32', bounds),
      };
      const { x, order } = sort(core, numbers);
      core.neighbors.placeClasses(placed, x, order, core.arena.upload('i32', ofRow));
      assertSame(
        placed.values.array,
        kept.map((row) => numbers[row]),
        `${rows} rows: values`,
      );
      assertSame(placed.places.array, classes.flat(), `${rows} rows: places`);
      assertSame(placed.bounds.array, bounds, `${rows} rows: bounds are left as they were`);
    }
  }));

test('the terms of classes are those of every distance by itself', () =>
  withWatchedCore((core) => {
    for (const rows of [2, 3, 4, 9, 31, 300]) {
      for (const [what, numbers] of samples(rows, rows)) {
        for (const [classes, neighbours] of [
          [1, 10],
          [2, 1],
          [3, 3],
          [6, 10],
        ]) {
          const ofRow = codes(rows, classes, rows + classes);
          const { terms, kept } = plainClassTerms(numbers, ofRow, neighbours);
          const own = [...new Set(kept.map((row) => ofRow[row]))].sort((a, b) => a - b);
          const keptCodes = ofRow.map((code, row) => (kept.includes(row) ? own.indexOf(code) : -1));
          const bounds = [0];
          for (const c of own.keys()) bounds.push(bounds[c] + keptCodes.filter((code) => code === c).length);
          const placed = {
            values: core.arena.alloc('f64', kept.length),
            places: core.arena.alloc('i32', kept.length),
            bounds: core.arena.upload('i32', bounds),
          };
          const { x, order } = sort(core, numbers);
          core.neighbors.placeClasses(placed, x, order, core.arena.upload('i32', keptCodes));
          const table = psiTable(core, rows);
          const all = core.neighbors.classTerms(placed, table, neighbours, 0, own.length);
          const context = `${rows} rows, ${what}, ${classes} classes, ${neighbours} neighbours`;
          assertNear([all], [terms], 1e-11, context);
          const half = own.length >> 1;
          const parts =
            core.neighbors.classTerms(placed, table, neighbours, 0, half) +
            core.neighbors.classTerms(placed, table, neighbours, half, own.length);
          assertNear([parts], [all], 1e-11, `${context}, in two calls`);
        }
      }
    }
  }));

test('the terms of the plane are those of every distance by itself, whatever the strips', () =>
  withWatchedCore((core) => {
    for (const rows of [2, 3, 4, 9, 31, 200]) {
      for (const [whatX, numbersX] of samples(rows, rows)) {
        for (const [whatY, independent] of samples(rows, rows + 1)) {
          const numbersY = whatX === whatY ? numbersX.map((x, i) => x + 0.1 * independent[i]) : independent;
          for (const [neighbours, width] of [
            [1, 1],
            [3, 7],
            [10, 32],
            [10, 1000],
          ]) {
            if (neighbours >= rows) continue;
            const { x, order } = sort(core, numbersX);
            const { x: y, order: places } = sort(
              core,
              order.array.slice().reduce((to, row, i) => {
                to[i] = numbersY[row];
                return to;
              }, new Float64Array(rows)),
            );
            const stripX = core.arena.alloc('f64', rows);
            const stripY = core.arena.alloc('f64', rows);
            const strips = { stripX, stripY, x, y, perScaleX: 0.7, perScaleY: 1.3, width };
            core.neighbors.fillStrips(strips, places);
            const count = Math.ceil(rows / width);
            const table = psiTable(core, rows);
            const half = count >> 1;
            const found =
              core.neighbors.planeTerms(strips, table, neighbours, 0, half) +
              core.neighbors.planeTerms(strips, table, neighbours, half, count);
            const expected = plainPlaneTerms(numbersX, numbersY, [0.7, 1.3], neighbours);
            const context = `${rows} rows, ${whatX} and ${whatY}, ${neighbours} neighbours, strips of ${width}`;
            assertNear([found], [expected], 1e-11, context);
          }
        }
      }
    }
  }));

test.run();
