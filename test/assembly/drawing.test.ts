import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core } from '../../bindings/core.js';
import type { Draws, RowGroups } from '../../bindings/kernels/drawing.js';
import type { Stream } from '../../bindings/kernels/random.js';
import { RandomStream } from '../../src/random.js';
import { assertSame, chiSquare, chiSquareLimit, codes, uniforms } from './samples.js';
import { LENGTHS, withWatchedCore } from './watched-core.js';

/** The rows of each value that at least two rows have, in order of value, each in order of row. */
function groupsOf(coded: ArrayLike<number>, values: number): number[][] {
  const groups = Array.from({ length: values }, () => [] as number[]);
  Array.from(coded).forEach((code, row) => {
    groups[code].push(row);
  });
  return groups.filter((rows) => rows.length >= 2);
}

/** Codes that are common (0) or rare, with values that no row or only one has. */
function skewedCodes(rows: number, values: number, seed: number): Int32Array {
  const next = uniforms(seed);
  return Int32Array.from({ length: rows }, () => Math.floor(values * next() ** 4));
}

const upload = (core: Core, coded: ArrayLike<number>, values: number): RowGroups =>
  core.drawing.groupRowsByCode(core.arena.upload('i32', coded), values);

test('puts the rows that share a value side by side, values with fewer than two rows left out', () =>
  withWatchedCore((core) => {
    for (const rows of LENGTHS) {
      for (const values of [1, 2, 3, 10, 257, 2000]) {
        for (const coded of [codes(rows, values, rows), skewedCodes(rows, values, rows)]) {
          const groups = groupsOf(coded, values);
          const { order, bounds, drawable } = upload(core, coded, values);
          const what = `${rows} rows, ${values} values`;
          assert.is(drawable, groups.flat().length, what);
          assertSame(order.array.slice(0, drawable), groups.flat(), what);
          let start = 0;
          const starts = [0, ...groups.map((group) => (start += group.length))];
          assertSame(bounds.array.slice(0, groups.length + 1), starts, what);
        }
      }
    }
  }));

test('leaves out, too, values whose rows all have the same of another code', () =>
  withWatchedCore((core) => {
    for (const rows of LENGTHS) {
      for (const values of [1, 2, 10, 257]) {
        for (const others of [1, 2, 5]) {
          const [coded, other] = [skewedCodes(rows, values, rows), codes(rows, others, rows + values)];
          const groups = groupsOf(coded, values).filter((group) => group.some((row) => other[row] !== other[group[0]]));
          const block = core.arena.upload('i32', coded);
          const { order, bounds, drawable } = core.drawing.groupRowsByCode(
            block,
            values,
            core.arena.upload('i32', other),
          );
          const what = `${rows} rows, ${values} values, ${others} others`;
          assert.is(drawable, groups.flat().length, what);
          assertSame(order.array.slice(0, drawable), groups.flat(), what);
          let start = 0;
          const starts = [0, ...groups.map((group) => (start += group.length))];
          assertSame(bounds.array.slice(0, groups.length + 1), starts, what);
        }
      }
    }
  }));

test('the bucket of a place names the value at the bucket’s first place, and the next values lead to that of the place', () =>
  withWatchedCore((core) => {
    const shifts = new Set<number>();
    for (const rows of [...LENGTHS.filter((n) => n >= 2), 20000]) {
      for (const values of [1, 2, 3, 10, 257]) {
        for (const coded of [codes(rows, values, rows), skewedCodes(rows, values, rows)]) {
          const valueAt = groupsOf(coded, values).flatMap((group, value) => group.map(() => value));
          if (valueAt.length === 0) continue;
          const { bounds, buckets, shift, drawable } = upload(core, coded, values);
          assert.is(buckets.length, Math.ceil(drawable / 2 ** shift));
          assertSame(
            buckets.array,
            Array.from(buckets.array, (_, i) => valueAt[i << shift]),
            'buckets',
          );
          for (let place = 0; place < drawable; place++) {
            let value = buckets.array[place >> shift];
            while (bounds.array[value + 1] <= place) value++;
            if (value !== valueAt[place]) assert.is(value, valueAt[place], `place ${place} of ${rows} rows`);
          }
          shifts.add(shift);
        }
      }
    }
    assert.ok(shifts.has(0) && Math.max(...shifts) >= 8, `shifts ${[...shifts]}`);
  }));

test('groups of a factor of which no two rows share a value are empty', () =>
  withWatchedCore((core) => {
    for (const rows of [0, 1, 2, 31]) {
      const groups = upload(
        core,
        Array.from({ length: rows }, (_, row) => row),
        Math.max(1, rows),
      );
      assert.is(groups.drawable, 0);
      assert.is(groups.buckets.length, 0);
      assert.is(groups.shift, 0);
    }
  }));

/**
 * Batches by their definition: a factor, a row whose value is held (or any of the values), then
 * rows that have it.
 */
function batchesOf(factors: number[][][], count: number, size: number, at: Stream, { isUniform }: Draws) {
  const rows: number[] = [];
  const fixed: number[] = [];
  for (let i = 0; i < count; i++) {
    const random = new RandomStream(at.seed, at.stream, at.index + i);
    const factor = random.below(factors.length);
    const groups = factors[factor];
    let place = isUniform ? -1 : random.below(groups.reduce((sum, group) => sum + group.length, 0));
    const group = isUniform
      ? groups[random.below(groups.length)]
      : (groups.find((rows) => {
          place -= rows.length;
          return place < 0;
        }) as number[]);
    fixed.push(factor);
    for (let j = 0; j < size; j++) rows.push(group[random.below(group.length)]);
  }
  return { rows, fixed };
}

/**
 * Pairs by their definition: a factor; first rows (or for each a value, then a row); one word for
 * each partner, and only then further words for those that must be drawn again because 2^32 is no
 * multiple of the number of partners.
 */
function pairsOf(factors: number[][][], count: number, size: number, at: Stream, { isUniform, withItself }: Draws) {
  const rows: number[] = [];
  const fixed: number[] = [];
  for (let i = 0; i < count; i++) {
    const random = new RandomStream(at.seed, at.stream, at.index + i);
    const factor = random.below(factors.length);
    fixed.push(factor);
    const all = factors[factor].flatMap((group) => group.map((row, at) => ({ group, row, at })));
    const firsts = Array.from({ length: size }, () => {
      if (!isUniform) return all[random.below(all.length)];
      const group = factors[factor][random.below(factors[factor].length)];
      const at = random.below(group.length);
      return { group, row: group[at], at };
    });
    const words = firsts.map(() => random.word());
    const partners = firsts.map(({ group, at }, j) => {
      const others = group.filter((_, other) => withItself || other !== at);
      const product = BigInt(words[j]) * BigInt(others.length);
      const isFair = product % 2n ** 32n >= 2n ** 32n % BigInt(others.length);
      return others[isFair ? Number(product >> 32n) : random.below(others.length)];
    });
    rows.push(...firsts.map(({ row }) => row), ...partners);
  }
  return { rows, fixed };
}

const SEEDS = [0, 7, 2 ** 45 + 3];
const DRAWS: readonly Draws[] = [{}, { isUniform: true }, { withItself: true }, { isUniform: true, withItself: true }];

test('draws the batches of the definition, whatever their number and size', () =>
  withWatchedCore((core) => {
    const coded = [codes(1000, 5, 1), skewedCodes(1000, 300, 2), codes(1000, 1, 3)];
    const groups = coded.map((column) => upload(core, column, 300));
    const factors = coded.map((column) => groupsOf(column, 300));
    for (const seed of SEEDS) {
      for (const [count, size] of [
        ...LENGTHS.map((size) => [5, size]),
        ...LENGTHS.filter((n) => n < 1000).map((count) => [count, 64]),
      ]) {
        const rows = core.arena.alloc('i32', count * size);
        const fixed = core.arena.alloc('i32', count);
        const at = { seed, stream: 2, index: 1000 };
        for (const draws of DRAWS.slice(0, 2)) {
          core.drawing.drawBatchRows(rows, fixed, groups, count, size, at, draws);
          const expected = batchesOf(factors, count, size, at, draws);
          assertSame(fixed.array, expected.fixed, `factors of ${count} batches`);
          assertSame(rows.array, expected.rows, `${count} batches of ${size}, ${JSON.stringify(draws)}`);
        }
      }
    }
  }));

test('draws the pairs of the definition, whatever their number and size', () =>
  withWatchedCore((core) => {
    const coded = [codes(200, 5, 1), skewedCodes(200, 40, 2), codes(200, 1, 3)];
    const groups = coded.map((column) => upload(core, column, 40));
    const factors = coded.map((column) => groupsOf(column, 40));
    for (const seed of SEEDS) {
      for (const [count, size] of [
        ...LENGTHS.map((size) => [4, size]),
        ...[0, 1, 3, 9, 31].map((count) => [count, 8]),
      ]) {
        const rows = core.arena.alloc('i32', 2 * count * size);
        const fixed = core.arena.alloc('i32', count);
        const at = { seed, stream: 1, index: 5 };
        for (const draws of DRAWS) {
          core.drawing.drawPairRows(rows, fixed, groups, count, size, at, draws);
          const expected = pairsOf(factors, count, size, at, draws);
          assertSame(fixed.array, expected.fixed, `factors of ${count} batches`);
          assertSame(rows.array, expected.rows, `${count} batches of ${size} pairs, ${JSON.stringify(draws)}`);
        }
      }
    }
  }));

test('a partner whose word is rejected is drawn again, after the words of all partners', () =>
  withWatchedCore((core) => {
    // One value that all of 2.5 million rows share: of the words for a partner about 1 in 2000 is
    // rejected.
    const total = 2_500_000;
    const partners = total - 1;
    const groups = [core.drawing.groupRowsByCode(core.arena.zeros('i32', total), 1)];
    const [count, size] = [40, 1000];
    const rows = core.arena.alloc('i32', 2 * count * size);
    core.drawing.drawPairRows(rows, core.arena.alloc('i32', count), groups, count, size, {
      seed: 3,
      stream: 1,
      index: 0,
    });
    let rejected = 0;
    for (let i = 0; i < count; i++) {
      const random = new RandomStream(3, 1, i);
      random.below(1);
      const firsts = Array.from({ length: size }, () => random.below(total));
      const words = firsts.map(() => random.word());
      const seconds = words.map((word, j) => {
        const product = BigInt(word) * BigInt(partners);
        const isFair = product % 2n ** 32n >= 2n ** 32n % BigInt(partners);
        if (!isFair) rejected++;
        const other = isFair ? Number(product >> 32n) : random.below(partners);
        return other < firsts[j] ? other : other + 1;
      });
      assertSame(rows.array.slice(2 * i * size, 2 * (i + 1) * size), [...firsts, ...seconds], `batch ${i}`);
    }
    assert.ok(rejected >= 5, `${rejected} rejected`);
  }));

test('batches drawn in chunks are those drawn at once', () =>
  withWatchedCore((core) => {
    const groups = [upload(core, codes(500, 4, 1), 4), upload(core, skewedCodes(500, 90, 2), 90)];
    const [count, size] = [23, 10];
    for (const [draw, perItem] of [
      ['drawBatchRows', 1],
      ['drawPairRows', 2],
    ] as const) {
      const whole = core.arena.alloc('i32', count * size * perItem);
      const fixed = core.arena.alloc('i32', count);
      core.drawing[draw](whole, fixed, groups, count, size, { seed: 1, stream: 2, index: 100 });
      for (const step of [1, 3, 8, 22]) {
        for (let first = 0; first < count; first += step) {
          const some = Math.min(step, count - first);
          const rows = core.arena.alloc('i32', some * size * perItem);
          const factors = core.arena.alloc('i32', some);
          core.drawing[draw](rows, factors, groups, some, size, { seed: 1, stream: 2, index: 100 + first });
          assertSame(rows.array, whole.slice(first * size * perItem, rows.length).array, `${draw} from ${first}`);
          assertSame(factors.array, fixed.slice(first, some).array, `${draw} from ${first}`);
        }
      }
    }
  }));

test('all rows of a batch share the value of its factor, and no value that one row alone has is drawn', () =>
  withWatchedCore((core) => {
    const coded = [codes(300, 7, 1), skewedCodes(300, 250, 2)];
    const groups = coded.map((column) => upload(core, column, 250));
    const alone = coded.map((column) => {
      const often = new Int32Array(250);
      for (const code of column) often[code]++;
      return new Set(Array.from(often).flatMap((times, code) => (times === 1 ? [code] : [])));
    });
    assert.ok(alone[1].size > 10);
    const [count, size] = [2000, 8];
    const fixed = core.arena.alloc('i32', count);
    const batches = core.arena.alloc('i32', count * size);
    core.drawing.drawBatchRows(batches, fixed, groups, count, size, { seed: 6, stream: 2, index: 0 });
    const pairs = core.arena.alloc('i32', 2 * count * size);
    const fixedPairs = core.arena.alloc('i32', count);
    core.drawing.drawPairRows(pairs, fixedPairs, groups, count, size, { seed: 6, stream: 1, index: 0 });
    for (let i = 0; i < count; i++) {
      const codeOf = (row: number) => coded[fixed.array[i]][row];
      const values = new Set(batches.array.slice(i * size, (i + 1) * size).map(codeOf));
      assert.is(values.size, 1);
      assert.is(alone[fixed.array[i]].has([...values][0]), false);
      const factor = fixedPairs.array[i];
      for (let j = 0; j < size; j++) {
        const first = pairs.array[2 * i * size + j];
        const second = pairs.array[(2 * i + 1) * size + j];
        assert.is.not(first, second);
        assert.is(coded[factor][first], coded[factor][second]);
        assert.is(alone[factor].has(coded[factor][first]), false);
      }
    }
  }));

test('factors are drawn equally often, values as often as they have rows, and rows of a value equally often', () =>
  withWatchedCore((core) => {
    // Values with 1, 2, 3, 4 and 10 rows: the first is never drawn.
    const coded = [0, 1, 1, 2, 2, 2, 3, 3, 3, 3, ...new Array<number>(10).fill(4)];
    const groups = [upload(core, coded, 5), upload(core, codes(20, 2, 1), 2), upload(core, codes(20, 1, 1), 1)];
    const count = 30000;
    const fixed = core.arena.alloc('i32', count);
    const rows = core.arena.alloc('i32', 2 * count);
    core.drawing.drawBatchRows(rows, fixed, groups, count, 2, { seed: 8, stream: 2, index: 0 });
    const factorCounts = new Int32Array(3);
    const rowCounts = [new Int32Array(20), new Int32Array(20)];
    for (let i = 0; i < count; i++) {
      factorCounts[fixed.array[i]]++;
      if (fixed.array[i] === 0) for (const j of [0, 1]) rowCounts[j][rows.array[2 * i + j]]++;
    }
    assert.ok(chiSquare(factorCounts, count / 3) < chiSquareLimit(2), `factors ${factorCounts}`);
    for (const counts of rowCounts) {
      assert.is(counts[0], 0);
      assert.ok(chiSquare(counts.slice(1), factorCounts[0] / 19) < chiSquareLimit(18), `rows ${counts}`);
    }
  }));

test('first rows of pairs are drawn equally often, and so are the partners of each', () =>
  withWatchedCore((core) => {
    const coded = [0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 2, 1];
    const [count, size] = [100, 600];
    const rows = core.arena.alloc('i32', 2 * count * size);
    const groups = [upload(core, coded, 4)];
    core.drawing.drawPairRows(rows, core.arena.alloc('i32', count), groups, count, size, {
      seed: 9,
      stream: 1,
      index: 0,
    });
    const pairs = new Map<string, number>();
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < size; j++) {
        const pair = `${rows.array[2 * i * size + j]} ${rows.array[(2 * i + 1) * size + j]}`;
        pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
      }
    }
    const expected = new Map<string, number>();
    coded.forEach((code, first) => {
      const partners = coded.flatMap((other, second) => (other === code && second !== first ? [second] : []));
      for (const second of partners) expected.set(`${first} ${second}`, (count * size) / 11 / partners.length);
    });
    assert.equal([...pairs.keys()].sort(), [...expected.keys()].sort());
    const keys = [...expected.keys()];
    const statistic = chiSquare(
      keys.map((key) => pairs.get(key) as number),
      keys.map((key) => expected.get(key) as number),
    );
    assert.ok(statistic < chiSquareLimit(keys.length - 1), `chi-square ${statistic}`);
  }));

test.run();
