import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertNear, exactSum, ROUNDING, uniforms } from './samples.js';
import { LENGTHS, withWatchedCore } from './watched-core.js';

/** H = -sum p ln p. */
function entropy(counts: ArrayLike<number>): number {
  const total = exactSum(Array.from(counts));
  return -exactSum(Array.from(counts, (c) => (c === 0 ? 0 : (c / total) * Math.log(c / total))));
}

/** I = sum p(b, v) ln(p(b, v) / (p(b) p(v))). */
function mutualInformation(joint: Uint32Array, bins: number, values: number): number {
  const total = exactSum(joint);
  const ofBin = new Float64Array(bins);
  const ofValue = new Float64Array(values);
  joint.forEach((count, i) => {
    ofBin[Math.floor(i / values)] += count;
    ofValue[i % values] += count;
  });
  return exactSum(
    Array.from(joint, (count, i) => {
      if (count === 0) return 0;
      return (count / total) * Math.log((count * total) / (ofBin[Math.floor(i / values)] * ofValue[i % values]));
    }),
  );
}

/**
 * A kernel adds up c ln c of all terms one after the other and divides by N: each addition rounds a
 * sum of at most N ln N. A few more roundings are the logarithms' own and the oracle's.
 */
const boundOf = (terms: number, total: number) => (terms + 8) * ROUNDING * Math.max(1, Math.log(total));
const boundOfJoint = (bins: number, values: number, total: number) => boundOf(bins * values + bins + values, total);

const SHAPES = LENGTHS.filter((length) => length >= 1).flatMap((bins) => [1, 2, 3, 7].map((values) => [bins, values]));

/**
 * Counts that sum to about a million: even ones, very uneven ones, and ones with many empty cells.
 */
function countsOf(cells: number, kind: number, seed: number): Uint32Array {
  const next = uniforms(seed);
  const counts = Uint32Array.from({ length: cells }, () => {
    if (kind === 0) return 1 + (next() * 1e6) / cells;
    if (kind === 1) return Math.exp(Math.log(1e6 / cells) * 2 * next() - 1);
    return next() < 0.7 ? 0 : (next() * 3e6) / cells;
  });
  counts[cells - 1]++;
  return counts;
}

test('the entropy of counts is -sum p ln p', () =>
  withWatchedCore((core) => {
    for (const length of LENGTHS.filter((n) => n >= 1)) {
      for (const kind of [0, 1, 2]) {
        const counts = countsOf(length, kind, length);
        const total = exactSum(counts);
        const actual = core.information.entropyOfCounts(core.arena.upload('u32', counts), total);
        assertNear([actual], [entropy(counts)], boundOf(length, total), `${length} counts of kind ${kind}`);
      }
    }
  }));

test('the entropy of n equal counts is ln n, and that of a single value is 0', () =>
  withWatchedCore((core) => {
    for (const n of [2, 3, 10, 1000]) {
      const counts = core.arena.upload('u32', new Uint32Array(n).fill(977));
      assertNear([core.information.entropyOfCounts(counts, 977 * n)], [Math.log(n)], boundOf(n, 977 * n), `n = ${n}`);
    }
    for (const count of [1, 2, 7, 1000, 10 ** 6, 2 ** 31 + 5]) {
      const counts = core.arena.upload('u32', [0, count, 0]);
      assertNear([core.information.entropyOfCounts(counts, count)], [0], boundOf(1, count), `${count} samples`);
    }
  }));

test('mutual information is sum p(b, v) ln(p(b, v) / (p(b) p(v)))', () =>
  withWatchedCore((core) => {
    for (const [bins, values] of SHAPES) {
      for (const kind of [0, 1, 2]) {
        const joint = countsOf(bins * values, kind, bins + values);
        const total = exactSum(joint);
        const actual = core.information.mutualInformationOfCounts(core.arena.upload('u32', joint), bins, values, total);
        const bound = boundOfJoint(bins, values, total);
        assertNear([actual], [mutualInformation(joint, bins, values)], bound, `${bins} x ${values}, kind ${kind}`);
      }
    }
  }));

test('mutual information of independent counts is 0, never less', () =>
  withWatchedCore((core) => {
    for (const [bins, values] of SHAPES) {
      const [rows, columns] = [countsOf(bins, 0, bins), countsOf(values, 0, values)].map((counts) =>
        counts.map((count) => (count % 31) + 1),
      );
      const joint = rows.length * columns.length;
      const counts = Uint32Array.from({ length: joint }, (_, i) => rows[Math.floor(i / values)] * columns[i % values]);
      const total = exactSum(counts);
      const actual = core.information.mutualInformationOfCounts(core.arena.upload('u32', counts), bins, values, total);
      assert.ok(actual >= 0 && actual <= boundOfJoint(bins, values, total), `${bins} x ${values}: ${actual}`);
    }
  }));

test('mutual information of identical codes is their entropy', () =>
  withWatchedCore((core) => {
    for (const n of [1, 2, 3, 5, 9, 31]) {
      const counts = countsOf(n, 0, n);
      const total = exactSum(counts);
      const joint = new Uint32Array(n * n);
      counts.forEach((count, i) => {
        joint[i * n + i] = count;
      });
      const bound = boundOfJoint(n, n, total);
      const information = core.information.mutualInformationOfCounts(core.arena.upload('u32', joint), n, n, total);
      assertNear([information], [entropy(counts)], bound, `${n} values`);
      assertNear(
        [information],
        [core.information.entropyOfCounts(core.arena.upload('u32', counts), total)],
        bound,
        `${n} values`,
      );
    }
  }));

test('up to twenty bins and twenty values, mutual information is right to 1e-13', () =>
  withWatchedCore((core) => {
    for (let seed = 0; seed < 60; seed++) {
      const joint = countsOf(400, seed % 3, seed);
      const actual = core.information.mutualInformationOfCounts(
        core.arena.upload('u32', joint),
        20,
        20,
        exactSum(joint),
      );
      assertNear([actual], [mutualInformation(joint, 20, 20)], 1e-13, `seed ${seed}`);
    }
  }));

test('mutual information is the same from both sides', () =>
  withWatchedCore((core) => {
    const joint = countsOf(9 * 5, 2, 77);
    const turned = joint.map((_, i) => joint[(i % 9) * 5 + Math.floor(i / 9)]);
    const total = exactSum(joint);
    const one = core.information.mutualInformationOfCounts(core.arena.upload('u32', joint), 9, 5, total);
    const other = core.information.mutualInformationOfCounts(core.arena.upload('u32', turned), 5, 9, total);
    assertNear([one], [other], boundOfJoint(9, 5, total), 'turned');
    assert.ok(one > 0.1);
  }));

test('occupied cells, bins and values are counted, for the correction of entropies', () =>
  withWatchedCore((core) => {
    for (const [bins, values] of SHAPES) {
      const joint = countsOf(bins * values, 2, bins * 10 + values);
      const occupied = (cells: readonly number[]) => cells.filter((count) => count > 0).length;
      const ofBin = Array.from({ length: bins }, (_, b) => Math.max(...joint.subarray(b * values, (b + 1) * values)));
      const ofValue = Array.from({ length: values }, (_, v) => Math.max(...joint.filter((_, i) => i % values === v)));
      const cells = occupied(Array.from(joint));
      // The cell that follows is full: none but its own are looked at.
      const block = core.arena.upload('u32', [...joint, 7]).slice(0, joint.length);
      assert.is(core.information.countOccupied(block), cells);
      const margins = occupied(ofBin) + occupied(ofValue) - cells - 1;
      assert.is(core.information.countOccupiedMargins(block, bins, values), margins, `${bins} x ${values}`);
    }
  }));

test.run();
