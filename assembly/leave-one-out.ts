/**
 * Densities of a mixture of diagonal Gaussians, its components' equally weighted mean, at many
 * points: jointly, and without each one of its D dimensions. One pass over the tree of
 * component-tree.ts makes all D + 1 sums.
 *
 *   log q(z_i without d) = logsumexp_j l_ijd - log N,   l_ijd = w_j + h_jd - sum over e != d of t_ije,
 *   t_ije = ((z_ie - mu_je) r_je)^2,   h_jd = (ln 2 pi + logvar_jd) / 2,
 *
 * with w and r of component-tree.ts. The sum over e != d is the sum before d and the sum behind d:
 * to take t_ijd off the sum of all would leave nothing of it if t_ijd is large.
 *
 * What is left out: for each of the D + 1 sums the rule and the bound are those of joint.ts. A node
 * is passed over if it may be left out of every sum. In a leaf each sum leaves out what it may. The
 * bound B_d of a node has the largest w + h_d of its components in place of W.
 *
 * Everything that decides about a point hangs on that point alone, so its digits do not hang on
 * what is computed beside it.
 *
 * Cost: O(M N D) if nothing can be left out: D + 1 exponentials for each pair.
 * Precision: float64.
 */
import { expByTable_f64x2, fold_f64x2, logarithmBelow, powerAbove } from './lanes';

/**
 * What is kept of a point: f64[4][D + 1], lines of the exponent that a sum is relative to, and of
 * S, s and O of joint.ts over its exponential. Place d of a line is without dimension d, the last
 * is of all.
 */
const STATE_LINES: usize = 4;
/** Exponents above the reference that sums may have without leaving the range of float64. */
const HEADROOM = 300.0;
/** Dimensions between two looks at whether four components can still matter. */
const STRIDE: usize = 4;
/** Groups at whose partial sums one looks, though to no avail, before one leaves it. */
const PATIENCE = 3;
/** Up to so many sums of a leaf are made one by one: each can then stop early. */
const FEW = 3;
/** Bytes of four components. */
const GROUP: usize = 32;

// Scratch: f64[16 D + 16], in this order.
/** For each dimension of four components the sum before it and its own t, f64[D][2][4]. */
// @ts-ignore: decorator
@inline
function sumsAt(scratch: usize, columns: usize): usize {
  return scratch + columns * 2 * GROUP;
}
/** Sums of a leaf in two lanes, f64[D + 1][2], then lines of f64[D + 1]. */
// @ts-ignore: decorator
@inline
function linesAt(scratch: usize, columns: usize): usize {
  return sumsAt(scratch, columns) + ((columns + 1) << 4);
}

/**
 * Writes h of components [from, to) into heights, f64[leaves][columns][width], zero elsewhere;
 * places: where each component is in the tree, i32[rows]; logvar: f64[columns][rows].
 */
export function packHeights(
  heights: usize,
  places: usize,
  dims: usize,
  logvar: usize,
  rows: i32,
  columns: i32,
  width: i32,
  from: i32,
  to: i32,
): void {
  for (let d = 0; d < columns; d++) {
    const column = logvar + ((<usize>load<i32>(dims + (<usize>d << 2)) * <usize>rows) << 3);
    for (let i = from; i < to; i++) {
      const place = load<i32>(places + (<usize>i << 2));
      const leaf = place / width;
      const line = <usize>(leaf * columns + d) * <usize>width;
      const height = 0.5 * (1.8378770664093453 + load<f64>(column + (<usize>i << 3)));
      store<f64>(heights + ((line + <usize>(place - leaf * width)) << 3), height);
    }
  }
}

/**
 * Writes the largest w + h_d, and the largest w, of each node into weights, f64[nodes][columns +
 * 1], widened by more than the rounding of what is made of them.
 */
export function boxWeights(
  weights: usize,
  firsts: usize,
  counts: usize,
  leaves: usize,
  heights: usize,
  rows: i32,
  columns: i32,
  width: i32,
): void {
  const line = <usize>width << 3;
  const places = <usize>columns + 1;
  const slack = <f64>(columns + 8) * 4.44e-16;
  for (let node = 2 * load<i32>(counts) - 2; node >= 0; node--) {
    const to = weights + ((<usize>node * places) << 3);
    const count = load<i32>(counts + (<usize>node << 2));
    if (count > 1) {
      const right = to + ((<usize>((count + 1) & ~1) * places) << 3);
      for (let at: usize = 0; at < places << 3; at += 8) {
        store<f64>(to + at, max(load<f64>(to + (places << 3) + at), load<f64>(right + at)));
      }
      continue;
    }
    const leaf = load<i32>(firsts + (<usize>node << 2));
    const from = leaves + <usize>leaf * <usize>(1 + 2 * columns) * line;
    const end = <usize>min(width, rows - leaf * width) << 3;
    for (let d = 0; d <= columns; d++) {
      const height = heights + <usize>(leaf * columns + d) * line;
      let most = -Infinity;
      for (let p: usize = 0; p < end; p += 8) {
        most = max(most, load<f64>(from + p) + (d < columns ? load<f64>(height + p) : 0));
      }
      store<f64>(to + (<usize>d << 3), most + Math.abs(most) * slack);
    }
  }
}

/**
 * Writes, for four components from p on, t of every dimension and the sum before it. False if the
 * sums without any one dimension reach `limit` for all four, which is then not finished.
 */
// @ts-ignore: decorator
@inline
function writeTerms(terms: usize, p: usize, line: usize, z: usize, columns: usize, limit: f64): bool {
  let before0_f64x2 = f64x2.splat(0);
  let before1_f64x2 = before0_f64x2;
  // The sum of all but the largest, without a difference.
  let rest0_f64x2 = before0_f64x2;
  let rest1_f64x2 = before0_f64x2;
  let most0_f64x2 = before0_f64x2;
  let most1_f64x2 = before0_f64x2;
  for (let d: usize = 0; d < columns; ) {
    const end = min(columns, d + STRIDE);
    for (; d < end; d++) {
      const z_f64x2 = v128.load64_splat(z + (d << 3));
      const a_f64x2 = f64x2.mul(f64x2.sub(z_f64x2, v128.load(p)), v128.load(p + line));
      const b_f64x2 = f64x2.mul(f64x2.sub(z_f64x2, v128.load(p, 16)), v128.load(p + line, 16));
      const t0_f64x2 = f64x2.mul(a_f64x2, a_f64x2);
      const t1_f64x2 = f64x2.mul(b_f64x2, b_f64x2);
      v128.store(terms, before0_f64x2);
      v128.store(terms, before1_f64x2, 16);
      v128.store(terms, t0_f64x2, 32);
      v128.store(terms, t1_f64x2, 48);
      before0_f64x2 = f64x2.add(before0_f64x2, t0_f64x2);
      before1_f64x2 = f64x2.add(before1_f64x2, t1_f64x2);
      rest0_f64x2 = f64x2.add(rest0_f64x2, f64x2.pmin(t0_f64x2, most0_f64x2));
      rest1_f64x2 = f64x2.add(rest1_f64x2, f64x2.pmin(t1_f64x2, most1_f64x2));
      most0_f64x2 = f64x2.pmax(most0_f64x2, t0_f64x2);
      most1_f64x2 = f64x2.pmax(most1_f64x2, t1_f64x2);
      p += 2 * line;
      terms += 2 * GROUP;
    }
    const isBelow_f64x2 = f64x2.lt(f64x2.pmin(rest0_f64x2, rest1_f64x2), f64x2.splat(limit));
    if (!v128.any_true(isBelow_f64x2)) return false;
  }
  return true;
}

/** {@link writeTerms} without a look at any limit. */
// @ts-ignore: decorator
@inline
function writeAllTerms(terms: usize, p: usize, line: usize, z: usize, columns: usize): void {
  let before0_f64x2 = f64x2.splat(0);
  let before1_f64x2 = before0_f64x2;
  for (let d: usize = 0; d < columns; d++) {
    const z_f64x2 = v128.load64_splat(z + (d << 3));
    const a_f64x2 = f64x2.mul(f64x2.sub(z_f64x2, v128.load(p)), v128.load(p + line));
    const b_f64x2 = f64x2.mul(f64x2.sub(z_f64x2, v128.load(p, 16)), v128.load(p + line, 16));
    const t0_f64x2 = f64x2.mul(a_f64x2, a_f64x2);
    const t1_f64x2 = f64x2.mul(b_f64x2, b_f64x2);
    v128.store(terms, before0_f64x2);
    v128.store(terms, before1_f64x2, 16);
    v128.store(terms, t0_f64x2, 32);
    v128.store(terms, t1_f64x2, 48);
    before0_f64x2 = f64x2.add(before0_f64x2, t0_f64x2);
    before1_f64x2 = f64x2.add(before1_f64x2, t1_f64x2);
    p += 2 * line;
    terms += 2 * GROUP;
  }
}

/** Adds four components to the sum of a place, if they are not all at or below its cutoff. */
// @ts-ignore: decorator
@inline
function addFour(l0_f64x2: v128, l1_f64x2: v128, sum: usize, cutoff: usize, count: usize, reference: usize): void {
  const isAbove_f64x2 = f64x2.gt(f64x2.pmax(l0_f64x2, l1_f64x2), v128.load64_splat(cutoff));
  if (!v128.any_true(isAbove_f64x2)) return;
  const reference_f64x2 = v128.load64_splat(reference);
  const e_f64x2 = f64x2.add(
    expByTable_f64x2(f64x2.sub(l0_f64x2, reference_f64x2)),
    expByTable_f64x2(f64x2.sub(l1_f64x2, reference_f64x2)),
  );
  v128.store(sum, f64x2.add(v128.load(sum), e_f64x2));
  store<f64>(count, load<f64>(count) + 4);
}

/**
 * Adds the components of a leaf to the sums of scratch, of those places whose cutoff, f64[columns +
 * 1], is not infinity, and counts them. limit: see {@link writeTerms}.
 */
function sumLeaf(
  leaf: usize,
  heights: usize,
  z: usize,
  references: usize,
  cutoffs: usize,
  counts: usize,
  scratch: usize,
  columns: usize,
  line: usize,
  limit: f64,
): void {
  const sums = sumsAt(scratch, columns);
  memory.fill(sums, 0, (columns + 1) << 4);
  memory.fill(counts, 0, (columns + 1) << 3);
  const last = columns << 3;
  const isAllSummed = load<f64>(cutoffs + last) < Infinity;
  let patience = limit < Infinity ? PATIENCE : 0;
  for (let j: usize = 0; j < line; j += GROUP) {
    if (patience == 0) writeAllTerms(scratch, leaf + line + j, line, z, columns);
    else if (writeTerms(scratch, leaf + line + j, line, z, columns, limit)) patience--;
    else {
      patience = PATIENCE;
      continue;
    }
    const w0_f64x2 = v128.load(leaf + j);
    const w1_f64x2 = v128.load(leaf + j, 16);
    let behind0_f64x2 = f64x2.splat(0);
    let behind1_f64x2 = behind0_f64x2;
    let height = heights + columns * line + j;
    let terms = scratch + columns * 2 * GROUP;
    if (isAllSummed) {
      const t0_f64x2 = f64x2.add(v128.load(terms - 64), v128.load(terms - 32));
      const t1_f64x2 = f64x2.add(v128.load(terms - 48), v128.load(terms - 16));
      addFour(
        f64x2.sub(w0_f64x2, t0_f64x2),
        f64x2.sub(w1_f64x2, t1_f64x2),
        sums + 2 * last,
        cutoffs + last,
        counts + last,
        references + last,
      );
    }
    for (let d = last; d > 0; ) {
      d -= 8;
      terms -= 2 * GROUP;
      height -= line;
      if (load<f64>(cutoffs + d) < Infinity) {
        const t0_f64x2 = f64x2.add(v128.load(terms), behind0_f64x2);
        const t1_f64x2 = f64x2.add(v128.load(terms, 16), behind1_f64x2);
        addFour(
          f64x2.sub(f64x2.add(w0_f64x2, v128.load(height)), t0_f64x2),
          f64x2.sub(f64x2.add(w1_f64x2, v128.load(height, 16)), t1_f64x2),
          sums + 2 * d,
          cutoffs + d,
          counts + d,
          references + d,
        );
      }
      behind0_f64x2 = f64x2.add(behind0_f64x2, v128.load(terms, 32));
      behind1_f64x2 = f64x2.add(behind1_f64x2, v128.load(terms, 48));
    }
  }
}

/** As {@link sumLeaf}, of the one place `skip`: without that dimension, or of all. */
function sumOne(
  leaf: usize,
  heights: usize,
  z: usize,
  reference: usize,
  cutoff: usize,
  count: usize,
  sum: usize,
  skip: usize,
  columns: usize,
  line: usize,
): void {
  v128.store(sum, f64x2.splat(0));
  store<f64>(count, 0);
  const cutoff_f64x2 = v128.load64_splat(cutoff);
  for (let j: usize = 0; j < line; j += GROUP) {
    let l0_f64x2 = v128.load(leaf + j);
    let l1_f64x2 = v128.load(leaf + j, 16);
    if (skip < columns) {
      const height = heights + skip * line + j;
      l0_f64x2 = f64x2.add(l0_f64x2, v128.load(height));
      l1_f64x2 = f64x2.add(l1_f64x2, v128.load(height, 16));
    }
    let p = leaf + line + j;
    let d: usize = 0;
    while (true) {
      if (d == skip) {
        p += 2 * line;
        d++;
      }
      if (d >= columns) break;
      let end = min(columns, d + STRIDE);
      if (d < skip) end = min(end, skip);
      for (; d < end; d++) {
        const z_f64x2 = v128.load64_splat(z + (d << 3));
        const a_f64x2 = f64x2.mul(f64x2.sub(z_f64x2, v128.load(p)), v128.load(p + line));
        const b_f64x2 = f64x2.mul(f64x2.sub(z_f64x2, v128.load(p, 16)), v128.load(p + line, 16));
        l0_f64x2 = f64x2.sub(l0_f64x2, f64x2.mul(a_f64x2, a_f64x2));
        l1_f64x2 = f64x2.sub(l1_f64x2, f64x2.mul(b_f64x2, b_f64x2));
        p += 2 * line;
      }
      if (!v128.any_true(f64x2.gt(f64x2.pmax(l0_f64x2, l1_f64x2), cutoff_f64x2))) break;
    }
    if (d >= columns) addFour(l0_f64x2, l1_f64x2, sum, cutoff, count, reference);
  }
}

/** Writes the largest l of a leaf for each place into largest, f64[columns + 1]. */
function measureLeaf(
  largest: usize,
  leaf: usize,
  heights: usize,
  z: usize,
  scratch: usize,
  columns: usize,
  line: usize,
): void {
  const last = columns << 3;
  const most = sumsAt(scratch, columns);
  for (let d: usize = 0; d <= last; d += 8) v128.store(most + 2 * d, f64x2.splat(-Infinity));
  for (let j: usize = 0; j < line; j += GROUP) {
    writeAllTerms(scratch, leaf + line + j, line, z, columns);
    for (let half: usize = 0; half < GROUP; half += 16) {
      const w_f64x2 = v128.load(leaf + j + half);
      let behind_f64x2 = f64x2.splat(0);
      for (let d = last; d > 0; ) {
        d -= 8;
        const terms = scratch + (d << 3) + half;
        const t_f64x2 = f64x2.add(v128.load(terms), behind_f64x2);
        const l_f64x2 = f64x2.sub(f64x2.add(w_f64x2, v128.load(heights + (d >> 3) * line + j + half)), t_f64x2);
        v128.store(most + 2 * d, f64x2.pmax(v128.load(most + 2 * d), l_f64x2));
        behind_f64x2 = f64x2.add(behind_f64x2, v128.load(terms, GROUP));
      }
      const l_f64x2 = f64x2.sub(w_f64x2, behind_f64x2);
      v128.store(most + 2 * last, f64x2.pmax(v128.load(most + 2 * last), l_f64x2));
    }
  }
  for (let d: usize = 0; d <= last; d += 8) {
    const both_f64x2 = v128.load(most + 2 * d);
    const l = max(f64x2.extract_lane(both_f64x2, 0), f64x2.extract_lane(both_f64x2, 1));
    store<f64>(largest + d, max(l, -f64.MAX_VALUE));
  }
}

/** Makes the largest l of a leaf the reference of sums that would otherwise leave their range. */
function raiseReferences(
  state: usize,
  leaf: usize,
  heights: usize,
  z: usize,
  scratch: usize,
  columns: usize,
  line: usize,
): void {
  const span = (columns + 1) << 3;
  const largest = linesAt(scratch, columns) + span;
  measureLeaf(largest, leaf, heights, z, scratch, columns, line);
  for (let at: usize = 0; at < span; at += 8) {
    const l = load<f64>(largest + at);
    const reference = load<f64>(state + at);
    if (!(l - reference > HEADROOM)) continue;
    const factor = Math.exp(reference - l);
    store<f64>(state + at, l);
    for (let p = state + span + at, end = state + STATE_LINES * span; p < end; p += span) {
      store<f64>(p, load<f64>(p) * factor);
    }
  }
}

/**
 * Begins with points order[first .. last) of rows: sums the leaf each begins with (begin,
 * f64[last - first], in that order) into its state, f64[4][columns + 1]. scratch: f64[16 columns +
 * 16].
 */
export function beginLeaveOneOut(
  states: usize,
  rows: usize,
  order: usize,
  begin: usize,
  leaves: usize,
  heights: usize,
  scratch: usize,
  columns: i32,
  width: i32,
  first: i32,
  last: i32,
): void {
  const zBytes = <usize>((columns + 1) & ~1) << 3;
  const span = <usize>(columns + 1) << 3;
  const line = <usize>width << 3;
  const cutoffs = linesAt(scratch, columns);
  const counts = cutoffs + span;
  for (let i = first; i < last; i++) {
    const point = <usize>load<i32>(order + (<usize>i << 2));
    const state = states + point * STATE_LINES * span;
    const z = rows + point * zBytes;
    const at = <usize>load<f64>(begin + (<usize>i << 3));
    const leaf = leaves + at * <usize>(1 + 2 * columns) * line;
    const ownHeights = heights + at * <usize>columns * line;
    memory.fill(state, 0, STATE_LINES * span);
    measureLeaf(state, leaf, ownHeights, z, scratch, columns, line);
    for (let d: usize = 0; d < span; d += 8) store<f64>(cutoffs + d, -Infinity);
    sumLeaf(leaf, ownHeights, z, state, cutoffs, counts, scratch, columns, line, Infinity);
    const sums = sumsAt(scratch, columns);
    for (let d: usize = 0; d < span; d += 8) store<f64>(state + 2 * span + d, fold_f64x2(v128.load(sums + 2 * d)));
  }
}

/** Writes B of a node for each place into bounds, f64[columns + 1]. gaps: f64[columns + 1]. */
// @ts-ignore: decorator
@inline
function writeBounds(bounds: usize, gaps: usize, z: usize, box: usize, weights: usize, columns: usize): void {
  const zBytes = ((columns + 1) & ~1) << 3;
  for (let d: usize = 0; d < zBytes; d += 16) {
    const z_f64x2 = v128.load(z + d);
    const below_f64x2 = f64x2.sub(v128.load(box + d), z_f64x2);
    const above_f64x2 = f64x2.sub(z_f64x2, v128.load(box + zBytes + d));
    const gap_f64x2 = f64x2.pmax(f64x2.pmax(below_f64x2, above_f64x2), f64x2.splat(0));
    const t_f64x2 = f64x2.mul(gap_f64x2, v128.load(box + 2 * zBytes + d));
    v128.store(gaps + d, f64x2.mul(t_f64x2, t_f64x2));
  }
  const last = columns << 3;
  let behind = 0.0;
  for (let d = last; d > 0; ) {
    d -= 8;
    store<f64>(bounds + d, behind);
    behind += load<f64>(gaps + d);
  }
  store<f64>(bounds + last, load<f64>(weights + last) - behind);
  let before = 0.0;
  for (let d: usize = 0; d < last; d += 8) {
    store<f64>(bounds + d, load<f64>(weights + d) - (before + load<f64>(bounds + d)));
    before += load<f64>(gaps + d);
  }
}

/** O of a place if a node of so many components is left out. */
// @ts-ignore: decorator
@inline
function leftOutWith(state: usize, span: usize, bound: f64, components: f64): f64 {
  return load<f64>(state + 3 * span) + components * powerAbove(bound - load<f64>(state));
}

/** What a place may leave out by now. `allowed` is t e / N of joint.ts. */
// @ts-ignore: decorator
@inline
function mostOf(state: usize, span: usize, allowed: f64): f64 {
  return allowed * max(load<f64>(state + span), load<f64>(state + 2 * span));
}

/** Whether a node may be left out of all sums of a point; if so, it is. */
// @ts-ignore: decorator
@inline
function leaveOut(state: usize, bounds: usize, span: usize, components: f64, allowed: f64): bool {
  for (let at: usize = 0; at < span; at += 8) {
    const leftOut = leftOutWith(state + at, span, load<f64>(bounds + at), components);
    if (!(leftOut <= mostOf(state + at, span, allowed))) return false;
  }
  for (let at: usize = 0; at < span; at += 8) {
    store<f64>(state + at + 3 * span, leftOutWith(state + at, span, load<f64>(bounds + at), components));
  }
  return true;
}

/** Adds a leaf of so many components to the sums of a point that may not leave it out. */
function visitLeaf(
  state: usize,
  bounds: usize,
  leaf: usize,
  heights: usize,
  z: usize,
  weights: usize,
  scratch: usize,
  columns: usize,
  line: usize,
  components: f64,
  allowed: f64,
): void {
  const span = (columns + 1) << 3;
  const cutoffs = linesAt(scratch, columns);
  const counts = cutoffs + span;
  const shares = counts + span;
  for (let at: usize = 0; at < span; at += 8) {
    if (load<f64>(bounds + at) - load<f64>(state + at) > HEADROOM) {
      raiseReferences(state, leaf, heights, z, scratch, columns, line);
      break;
    }
  }
  let limit = -Infinity;
  let active = 0;
  for (let at: usize = 0; at < span; at += 8) {
    const most = mostOf(state + at, span, allowed);
    const leftOut = leftOutWith(state + at, span, load<f64>(bounds + at), components);
    if (leftOut <= most) {
      store<f64>(state + at + 3 * span, leftOut);
      store<f64>(cutoffs + at, Infinity);
      continue;
    }
    active++;
    // Shared by the components, as joint.ts does.
    const share = (most - load<f64>(state + at + 3 * span)) / components;
    const isNone = !(share > 1e-300);
    const reference = load<f64>(state + at);
    const cutoff = isNone ? -Infinity : reference + logarithmBelow(share) - Math.abs(reference) * 4.44e-16 - 1e-12;
    store<f64>(cutoffs + at, cutoff);
    store<f64>(shares + at, isNone ? 0 : share);
    const far = load<f64>(weights + at) - cutoff;
    // Sums are rounded in another order.
    limit = max(limit, far + Math.abs(far) * <f64>(columns + 8) * 4.44e-16);
  }
  const sums = sumsAt(scratch, columns);
  if (active > FEW) sumLeaf(leaf, heights, z, state, cutoffs, counts, scratch, columns, line, limit);
  for (let at: usize = 0; at < span; at += 8) {
    if (!(load<f64>(cutoffs + at) < Infinity)) continue;
    if (active <= FEW) {
      sumOne(leaf, heights, z, state + at, cutoffs + at, counts + at, sums + 2 * at, at >> 3, columns, line);
    }
    const summed = min(load<f64>(counts + at), components);
    const leftOut = load<f64>(state + at + 3 * span) + (components - summed) * load<f64>(shares + at);
    store<f64>(state + at + 3 * span, leftOut);
    store<f64>(state + at + span, load<f64>(state + at + span) + fold_f64x2(v128.load(sums + 2 * at)));
  }
}

/**
 * Passes the tree for points that are neighbours, as passTree of joint.ts does: stack, level, most,
 * tile and tolerance are as there.
 */
export function passLeaveOneOut(
  states: usize,
  rows: usize,
  stack: usize,
  boxes: usize,
  weights: usize,
  firsts: usize,
  counts: usize,
  leaves: usize,
  heights: usize,
  scratch: usize,
  components: i32,
  columns: i32,
  width: i32,
  tile: i32,
  tolerance: f64,
  level: i32,
  most: i32,
): i32 {
  const zBytes = <usize>((columns + 1) & ~1) << 3;
  const span = <usize>(columns + 1) << 3;
  const boxBytes = zBytes * 3 + 16;
  const line = <usize>width << 3;
  const lineBytes = <usize>(2 + tile) << 2;
  const bounds = linesAt(scratch, columns) + 3 * span;
  const gaps = bounds + span;
  let done = 0;
  while (level >= 0 && done < most) {
    const entry = stack + <usize>level * lineBytes;
    const count = load<i32>(entry);
    const node = load<i32>(entry, 4);
    const leafCount = load<i32>(counts + (<usize>node << 2));
    const firstLeaf = load<i32>(firsts + (<usize>node << 2));
    const end = min(components, (firstLeaf + leafCount) * width);
    const size = end - firstLeaf * width;
    const allowed = (tolerance * <f64>end) / <f64>components;
    const box = boxes + <usize>node * boxBytes;
    const ownWeights = weights + <usize>node * span;
    const leaf = leaves + <usize>firstLeaf * <usize>(1 + 2 * columns) * line;
    const ownHeights = heights + <usize>firstLeaf * <usize>columns * line;
    // Those for whom the node matters, over the entry: its children see them alone.
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const point = load<i32>(entry + (<usize>i << 2), 8);
      const state = states + <usize>point * STATE_LINES * span;
      const z = rows + <usize>point * zBytes;
      writeBounds(bounds, gaps, z, box, ownWeights, columns);
      if (leaveOut(state, bounds, span, <f64>size, allowed)) continue;
      if (leafCount == 1) {
        visitLeaf(state, bounds, leaf, ownHeights, z, ownWeights, scratch, columns, line, <f64>size, allowed);
      }
      store<i32>(entry + (<usize>kept << 2), point, 8);
      kept++;
    }
    done += count;
    level--;
    if (leafCount == 1) done += kept * size;
    else if (kept > 0) {
      // The right child's entry takes the place of the node's own; the left child is on top of it.
      store<i32>(entry, kept);
      store<i32>(entry, node + ((leafCount + 1) & ~1), 4);
      const above = entry + lineBytes;
      store<i32>(above, kept);
      store<i32>(above, node + 1, 4);
      memory.copy(above + 8, entry + 8, <usize>kept << 2);
      level += 2;
    }
  }
  return level;
}

/**
 * Writes log densities into out, f64[columns + 1][count]: without each dimension of the tree's
 * order, and of all.
 */
export function finishLeaveOneOut(out: usize, states: usize, components: i32, columns: i32, count: i32): void {
  const logCount = Math.log(<f64>components);
  const span = <usize>(columns + 1) << 3;
  for (let i: usize = 0; i < <usize>count; i++) {
    const state = states + i * STATE_LINES * span;
    for (let at: usize = 0; at < span; at += 8) {
      const value = load<f64>(state + at) + (Math.log(load<f64>(state + at + span)) - logCount);
      store<f64>(out + at * <usize>count + (i << 3), value);
    }
  }
}
