/**
 * Densities of a mixture of diagonal Gaussians, its components' equally weighted mean, at many
 * points:
 *
 *   log q(z_i) = logsumexp_j l_ij - log N,   l_ij = w_j - sum_d ((z_id - mu_jd) r_jd)^2,
 *
 * with w, r and the tree of component-tree.ts and its boxes. For a node whose means lie in a box,
 * whose largest w is W and whose least r in dimension d is R_d, no l_ij is larger than
 *
 *   B = W - sum_d (dist(z_id, box_d) R_d)^2.
 *
 * What is left out. Let S be what a point has summed, and s the sum over the leaf it began with,
 * taken beforehand (its own component's, else the one that looks best): S* = max(S, s). Components
 * are passed in one fixed order. A node of n components that ends the first e of them is left out
 * where what was left out before, O, and n exp(B) together are at most t S* e / N. In a leaf that
 * is visited the rest of that allowance, t S* e / N - O, is shared by its components: four of them
 * together are left out where each is at most a share; their sums need not be finished, as no
 * further term raises them. Either way O <= t S* e / N afterwards, because S* never falls, and O <=
 * t S* at the end. The leaf s was taken of is passed too, and what of it was left out is in O: S >=
 * s - O, so that O <= t S / (1 - t), which is the tolerance for t = tolerance / (1 + tolerance).
 * Each O / S is returned: it, and no tolerance, is the bound.
 *
 * It speaks of what is left out of the sum over all pairs as float64 has it: l as rounded is
 * compared, B is widened by more than its rounding, exponents and logarithms of bounds are rounded
 * outwards. The rounding of l itself, which the plain sum has as well, is below (D + 16) 2^-53
 * times the sum of the sizes of its terms: of that r has 4 in each factor of a square.
 *
 * Everything that decides about a point hangs on that point alone, so its digits do not hang on
 * what is computed beside it.
 *
 * Cost: O(M N D) where nothing can be left out, times the share of the pairs that are not
 * elsewhere.
 * Precision: float64.
 */
import { expByTable_f64x2, fold_f64x2, logarithmBelow, powerAbove } from './lanes';

/** Bytes of what is kept of a point: f64[8], by their places. */
const STATE_BYTES: usize = 64;
/** The exponent that sums are relative to. */
const REFERENCE: usize = 0;
/** S, s and O of the header, over the exponential of the reference. */
const SUM: usize = 8;
const BEGINNING: usize = 16;
const LEFT_OUT: usize = 24;
/** B of the node that was looked at last, infinity before. */
const BOUND: usize = 32;
/** What four components together must exceed, and what one that does not is worth at most. */
const CUTOFF: usize = 40;
const SHARE: usize = 48;
/** Components of the leaves visited, i32, and those whose exponential was taken, i32. */
const VISITED: usize = 56;
const SUMMED: usize = 60;

/** Exponents above the reference that sums may have without leaving the range of float64. */
const HEADROOM = 300.0;
/** Dimensions between two looks at whether four components can still matter. */
const STRIDE = 4;
/** Groups at whose partial sums one looks, though to no avail, before one leaves it. */
const PATIENCE = 3;

/**
 * Copies points [from, to) of f64[columns][count] into rows, f64[to - from][stride], with the
 * dimensions in the order of dims; stride is columns rounded up to an even number.
 */
export function gatherPoints(rows: usize, points: usize, dims: usize, count: i32, columns: i32, from: i32, to: i32): void {
  const stride = (columns + 1) & ~1;
  for (let d = 0; d < stride; d++) {
    const column = d < columns ? points + ((<usize>load<i32>(dims + (<usize>d << 2)) * <usize>count) << 3) : 0;
    for (let i = from; i < to; i++) {
      const value = d < columns ? load<f64>(column + (<usize>i << 3)) : 0.0;
      store<f64>(rows + ((<usize>(i - from) * <usize>stride + <usize>d) << 3), value);
    }
  }
}

/** B of the header for one point and the box of one node; span: bytes of a row of either. */
// @ts-ignore: decorator
@inline
function boundOf(z: usize, box: usize, span: usize): f64 {
  let sum_f64x2 = f64x2.splat(0);
  for (let d: usize = 0; d < span; d += 16) {
    const z_f64x2 = v128.load(z + d);
    const below_f64x2 = f64x2.sub(v128.load(box + d), z_f64x2);
    const above_f64x2 = f64x2.sub(z_f64x2, v128.load(box + span + d));
    const gap_f64x2 = f64x2.pmax(f64x2.pmax(below_f64x2, above_f64x2), f64x2.splat(0));
    const t_f64x2 = f64x2.mul(gap_f64x2, v128.load(box + 2 * span + d));
    sum_f64x2 = f64x2.add(sum_f64x2, f64x2.mul(t_f64x2, t_f64x2));
  }
  return load<f64>(box + 3 * span) - fold_f64x2(sum_f64x2);
}

/**
 * Writes the leaf that looks best to each of `count` points, by going down the better side, into
 * begin, f64[count].
 */
export function chooseLeaves(
  begin: usize,
  rows: usize,
  boxes: usize,
  firsts: usize,
  counts: usize,
  columns: i32,
  count: i32,
): void {
  const span = <usize>((columns + 1) & ~1) << 3;
  const size = span * 3 + 16;
  for (let i = 0; i < count; i++) {
    const z = rows + <usize>i * span;
    let node = 0;
    for (let leaves = load<i32>(counts); leaves > 1; leaves = load<i32>(counts + (<usize>node << 2))) {
      const right = node + ((leaves + 1) & ~1);
      node++;
      if (boundOf(z, boxes + <usize>right * size, span) > boundOf(z, boxes + <usize>node * size, span)) node = right;
    }
    store<f64>(begin + (<usize>i << 3), <f64>load<i32>(firsts + (<usize>node << 2)));
  }
}

/**
 * Adds up exp(l - reference) over a list, f64[count], count a multiple of 4, none of them far above
 * the reference.
 */
function sumExponentials(list: usize, count: i32, reference: f64): f64 {
  const reference_f64x2 = f64x2.splat(reference);
  let a_f64x2 = f64x2.splat(0);
  let b_f64x2 = f64x2.splat(0);
  for (let p = list, end = list + (<usize>count << 3); p < end; p += 32) {
    a_f64x2 = f64x2.add(a_f64x2, expByTable_f64x2(f64x2.sub(v128.load(p), reference_f64x2)));
    b_f64x2 = f64x2.add(b_f64x2, expByTable_f64x2(f64x2.sub(v128.load(p, 16), reference_f64x2)));
  }
  return fold_f64x2(f64x2.add(a_f64x2, b_f64x2));
}

/** The largest of a list, f64[count], count a multiple of 4. */
function largestOf(list: usize, count: i32): f64 {
  let a_f64x2 = f64x2.splat(-Infinity);
  let b_f64x2 = f64x2.splat(-Infinity);
  for (let p = list, end = list + (<usize>count << 3); p < end; p += 32) {
    a_f64x2 = f64x2.pmax(a_f64x2, v128.load(p));
    b_f64x2 = f64x2.pmax(b_f64x2, v128.load(p, 16));
  }
  const most_f64x2 = f64x2.pmax(a_f64x2, b_f64x2);
  return max(f64x2.extract_lane(most_f64x2, 0), f64x2.extract_lane(most_f64x2, 1));
}

/** Makes `reference` the exponent that the sums of a point are relative to. */
function rescale(state: usize, reference: f64): void {
  const factor = Math.exp(load<f64>(state, REFERENCE) - reference);
  store<f64>(state, reference, REFERENCE);
  store<f64>(state, load<f64>(state, SUM) * factor, SUM);
  store<f64>(state, load<f64>(state, BEGINNING) * factor, BEGINNING);
  store<f64>(state, load<f64>(state, LEFT_OUT) * factor, LEFT_OUT);
}

/** Adds the components of a list to the sum of a point. */
function addList(state: usize, list: usize, count: i32): void {
  if (count == 0) return;
  if (load<f64>(state, BOUND) - load<f64>(state, REFERENCE) > HEADROOM) {
    const most = largestOf(list, count);
    if (most - load<f64>(state, REFERENCE) > HEADROOM) rescale(state, most);
  }
  const sum = sumExponentials(list, count, load<f64>(state, REFERENCE));
  store<f64>(state, load<f64>(state, SUM) + sum, SUM);
}

/**
 * Computes l of the components of a leaf at two points, and keeps of each, in listA and listB,
 * f64[width], those of the groups of four that are not all at or below its cutoff. Returns the
 * lengths, that of the second 2^16 times.
 */
function sumLeaf(
  leaf: usize,
  za: usize,
  zb: usize,
  cutoffA: f64,
  cutoffB: f64,
  listA: usize,
  listB: usize,
  columns: i32,
  width: i32,
): i32 {
  const line = <usize>width << 3;
  const cutoffA_f64x2 = f64x2.splat(cutoffA);
  const cutoffB_f64x2 = f64x2.splat(cutoffB);
  const last = <usize>columns << 3;
  let stride = <usize>(STRIDE << 3);
  let patience = PATIENCE;
  let countA: usize = 0;
  let countB: usize = 0;
  for (let j: usize = 0; j < line; j += 32) {
    const w0_f64x2 = v128.load(leaf + j);
    const w1_f64x2 = v128.load(leaf + j, 16);
    let a0_f64x2 = w0_f64x2;
    let a1_f64x2 = w1_f64x2;
    let b0_f64x2 = w0_f64x2;
    let b1_f64x2 = w1_f64x2;
    let p = leaf + line + j;
    let d: usize = 0;
    while (true) {
      const end = min(last, d + stride);
      for (; d < end; d += 8) {
        const mu0_f64x2 = v128.load(p);
        const mu1_f64x2 = v128.load(p, 16);
        const r0_f64x2 = v128.load(p + line);
        const r1_f64x2 = v128.load(p + line, 16);
        const za_f64x2 = v128.load64_splat(za + d);
        const zb_f64x2 = v128.load64_splat(zb + d);
        const ta0_f64x2 = f64x2.mul(f64x2.sub(za_f64x2, mu0_f64x2), r0_f64x2);
        const ta1_f64x2 = f64x2.mul(f64x2.sub(za_f64x2, mu1_f64x2), r1_f64x2);
        const tb0_f64x2 = f64x2.mul(f64x2.sub(zb_f64x2, mu0_f64x2), r0_f64x2);
        const tb1_f64x2 = f64x2.mul(f64x2.sub(zb_f64x2, mu1_f64x2), r1_f64x2);
        a0_f64x2 = f64x2.sub(a0_f64x2, f64x2.mul(ta0_f64x2, ta0_f64x2));
        a1_f64x2 = f64x2.sub(a1_f64x2, f64x2.mul(ta1_f64x2, ta1_f64x2));
        b0_f64x2 = f64x2.sub(b0_f64x2, f64x2.mul(tb0_f64x2, tb0_f64x2));
        b1_f64x2 = f64x2.sub(b1_f64x2, f64x2.mul(tb1_f64x2, tb1_f64x2));
        p += 2 * line;
      }
      if (d >= last) break;
      const isAbove_f64x2 = v128.or(
        f64x2.gt(f64x2.pmax(a0_f64x2, a1_f64x2), cutoffA_f64x2),
        f64x2.gt(f64x2.pmax(b0_f64x2, b1_f64x2), cutoffB_f64x2),
      );
      if (!v128.any_true(isAbove_f64x2)) break;
      // No digit hangs on when one looks: what is below the cutoff by then is so at the end.
      if (--patience == 0) stride = last;
    }
    if (d < last) {
      patience = PATIENCE;
      continue;
    }
    v128.store(listA + countA, a0_f64x2);
    v128.store(listA + countA, a1_f64x2, 16);
    v128.store(listB + countB, b0_f64x2);
    v128.store(listB + countB, b1_f64x2, 16);
    countA += <usize>v128.any_true(f64x2.gt(f64x2.pmax(a0_f64x2, a1_f64x2), cutoffA_f64x2)) << 5;
    countB += <usize>v128.any_true(f64x2.gt(f64x2.pmax(b0_f64x2, b1_f64x2), cutoffB_f64x2)) << 5;
  }
  return <i32>((countA >> 3) | ((countB >> 3) << 16));
}

/**
 * Begins with points order[first .. last) of rows: sums the leaf each begins with (begin,
 * f64[last - first], in that order) into its state. states: f64[points][8]; list: f64[2 width],
 * scratch.
 */
export function beginPoints(
  states: usize,
  rows: usize,
  order: usize,
  begin: usize,
  leaves: usize,
  list: usize,
  columns: i32,
  width: i32,
  first: i32,
  last: i32,
): void {
  const span = <usize>((columns + 1) & ~1) << 3;
  const leafBytes = (<usize>(1 + 2 * columns) * <usize>width) << 3;
  const other = list + (<usize>width << 3);
  for (let i = first; i < last; i++) {
    const point = <usize>load<i32>(order + (<usize>i << 2));
    const state = states + point * STATE_BYTES;
    const z = rows + point * span;
    const leaf = leaves + <usize>load<f64>(begin + (<usize>i << 3)) * leafBytes;
    const count = sumLeaf(leaf, z, z, -Infinity, -Infinity, list, other, columns, width) & 0xffff;
    memory.fill(state, 0, STATE_BYTES);
    const reference = max(largestOf(list, count), -f64.MAX_VALUE);
    store<f64>(state, reference, REFERENCE);
    store<f64>(state, sumExponentials(list, count, reference), BEGINNING);
    store<f64>(state, Infinity, BOUND);
  }
}

/**
 * Whether a node may be left out at a point; if not, its bound is kept. `allowed` is t e / N of the
 * header.
 */
// @ts-ignore: decorator
@inline
function leaveOut(state: usize, z: usize, box: usize, span: usize, components: f64, allowed: f64): bool {
  const bound = boundOf(z, box, span);
  store<f64>(state, bound, BOUND);
  const most = allowed * max(load<f64>(state, SUM), load<f64>(state, BEGINNING));
  const leftOut = load<f64>(state, LEFT_OUT) + components * powerAbove(bound - load<f64>(state, REFERENCE));
  if (!(leftOut <= most)) return false;
  store<f64>(state, leftOut, LEFT_OUT);
  return true;
}

/** Shares what a point may still leave out among the components of a leaf. */
// @ts-ignore: decorator
@inline
function setCutoff(state: usize, components: f64, allowed: f64): void {
  const most = allowed * max(load<f64>(state, SUM), load<f64>(state, BEGINNING));
  const share = (most - load<f64>(state, LEFT_OUT)) / components;
  const isNone = !(share > 1e-300);
  const reference = load<f64>(state, REFERENCE);
  // The sum is rounded: by less than what is taken off.
  const cutoff = reference + logarithmBelow(share) - Math.abs(reference) * 4.44e-16 - 1e-12;
  store<f64>(state, isNone ? -Infinity : cutoff, CUTOFF);
  store<f64>(state, isNone ? 0 : share, SHARE);
}

/** Notes what became of a leaf's components at a point. */
// @ts-ignore: decorator
@inline
function noteLeaf(state: usize, list: usize, kept: i32, components: i32): void {
  const summed = min(kept, components);
  store<f64>(state, load<f64>(state, LEFT_OUT) + <f64>(components - summed) * load<f64>(state, SHARE), LEFT_OUT);
  addList(state, list, kept);
  store<i32>(state, load<i32>(state, VISITED) + components, VISITED);
  store<i32>(state, load<i32>(state, SUMMED) + summed, SUMMED);
}

/**
 * Passes the tree for points that are neighbours. stack: i32[depth + 2][2 + tile], scratch that
 * keeps the place between calls: the number of points, the node, the points; `level` is where to go
 * on, 0 at first, when the caller has filled the first line for node 0. Stops once about `most`
 * pairs and boxes were looked at, and returns the level to go on with, -1 at the end. tolerance: t
 * of the header; 0 leaves out nothing. lists: f64[2][width], scratch.
 */
export function passTree(
  states: usize,
  rows: usize,
  stack: usize,
  boxes: usize,
  firsts: usize,
  counts: usize,
  leaves: usize,
  lists: usize,
  components: i32,
  columns: i32,
  width: i32,
  tile: i32,
  tolerance: f64,
  level: i32,
  most: i32,
): i32 {
  const span = <usize>((columns + 1) & ~1) << 3;
  const boxBytes = span * 3 + 16;
  const leafBytes = (<usize>(1 + 2 * columns) * <usize>width) << 3;
  const lineBytes = <usize>(2 + tile) << 2;
  const otherList = lists + (<usize>width << 3);
  let done = 0;
  while (level >= 0 && done < most) {
    const line = stack + <usize>level * lineBytes;
    const count = load<i32>(line);
    const node = load<i32>(line, 4);
    const leafCount = load<i32>(counts + (<usize>node << 2));
    const firstLeaf = load<i32>(firsts + (<usize>node << 2));
    const end = min(components, (firstLeaf + leafCount) * width);
    const size = end - firstLeaf * width;
    const allowed = (tolerance * <f64>end) / <f64>components;
    // Those for whom the node matters, over the line: its children see them alone, and no one else
    // comes after.
    let kept = 0;
    if (tolerance == 0) kept = count;
    else {
      const box = boxes + <usize>node * boxBytes;
      for (let i = 0; i < count; i++) {
        const point = load<i32>(line + (<usize>i << 2), 8);
        const state = states + <usize>point * STATE_BYTES;
        if (leaveOut(state, rows + <usize>point * span, box, span, <f64>size, allowed)) continue;
        store<i32>(line + (<usize>kept << 2), point, 8);
        kept++;
      }
    }
    done += count;
    level--;
    if (kept == 0) continue;
    if (leafCount > 1) {
      // The right child's line takes the place of the node's own; the left child is on top of it.
      const right = node + ((leafCount + 1) & ~1);
      store<i32>(line, kept);
      store<i32>(line, right, 4);
      const above = line + lineBytes;
      store<i32>(above, kept);
      store<i32>(above, node + 1, 4);
      memory.copy(above + 8, line + 8, <usize>kept << 2);
      level += 2;
      continue;
    }
    const leaf = leaves + <usize>firstLeaf * leafBytes;
    for (let i = 0; i < kept; i += 2) {
      const a = <usize>load<i32>(line + (<usize>i << 2), 8);
      const hasOther = i + 1 < kept;
      const b = hasOther ? <usize>load<i32>(line + (<usize>i << 2), 12) : a;
      const stateA = states + a * STATE_BYTES;
      const stateB = states + b * STATE_BYTES;
      setCutoff(stateA, <f64>size, allowed);
      if (hasOther) setCutoff(stateB, <f64>size, allowed);
      const lengths = sumLeaf(
        leaf,
        rows + a * span,
        rows + b * span,
        load<f64>(stateA, CUTOFF),
        load<f64>(stateB, CUTOFF),
        lists,
        otherList,
        columns,
        width,
      );
      noteLeaf(stateA, lists, lengths & 0xffff, size);
      if (hasOther) noteLeaf(stateB, otherList, lengths >>> 16, size);
    }
    done += kept * size;
  }
  return level;
}

/**
 * Writes log densities, f64[count], and into totals, f64[3], the pairs of leaves visited, those
 * whose exponential was taken, and the largest O / S.
 */
export function finishPoints(out: usize, totals: usize, states: usize, components: i32, count: i32): void {
  const logCount = Math.log(<f64>components);
  let visited = 0.0;
  let summed = 0.0;
  let worst = 0.0;
  for (let i = 0; i < count; i++) {
    const state = states + <usize>i * STATE_BYTES;
    const sum = load<f64>(state, SUM);
    store<f64>(out + (<usize>i << 3), load<f64>(state, REFERENCE) + (Math.log(sum) - logCount));
    visited += <f64>load<i32>(state, VISITED);
    summed += <f64>load<i32>(state, SUMMED);
    const leftOut = load<f64>(state, LEFT_OUT);
    if (leftOut > 0) worst = max(worst, leftOut / sum);
  }
  store<f64>(totals, visited);
  store<f64>(totals, summed, 8);
  store<f64>(totals, worst, 16);
}
