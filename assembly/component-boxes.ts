/**
 * The components of a mixture of diagonal Gaussians in the leaves of their tree
 * (component-tree.ts), and the boxes of its nodes: of every dimension the least and the largest
 * mean and the least r, and the largest w.
 *
 * Cost: O(N D).
 * Precision: float64; r = exp(-logvar / 2) / sqrt 2 within 2 units in the last place. Largest w and
 * least r are widened by more than the rounding of a sum that is made of them in whatever order.
 */
import { exp_f64x2 } from './lanes';

/** Exponents beyond this are taken to be it: powers stay finite. */
const LARGEST_EXPONENT = 700.0;

/**
 * Writes leaves [firstLeaf, lastLeaf): of each, f64[1 + 2 columns][width], w_j, then mu_j and r_j
 * of each dimension in the order of dims, i32[columns]. Beyond the last component w is -infinity,
 * mu and r are 0.
 */
export function packLeaves(
  leaves: usize,
  order: usize,
  dims: usize,
  mu: usize,
  logvar: usize,
  rows: i32,
  columns: i32,
  width: i32,
  firstLeaf: i32,
  lastLeaf: i32,
): void {
  const line = <usize>width << 3;
  for (let leaf = firstLeaf; leaf < lastLeaf; leaf++) {
    const to = leaves + <usize>leaf * <usize>(1 + 2 * columns) * line;
    const start = leaf * width;
    const count = min(width, rows - start);
    memory.fill(to, 0, <usize>(1 + 2 * columns) * line);
    for (let d = 0; d < columns; d++) {
      const dim = load<i32>(dims + (<usize>d << 2));
      const means = to + <usize>(1 + 2 * d) * line;
      for (let i = 0; i < count; i++) {
        const row = load<i32>(order + (<usize>(start + i) << 2));
        const logVariance = load<f64>(logvar + ((<usize>dim * <usize>rows + <usize>row) << 3));
        const here = <usize>i << 3;
        store<f64>(means + here, load<f64>(mu + ((<usize>dim * <usize>rows + <usize>row) << 3)));
        store<f64>(means + line + here, logVariance);
        store<f64>(to + here, load<f64>(to + here) - 0.5 * (1.8378770664093453 + logVariance));
      }
      const lanes = <usize>((count + 1) & ~1) << 3;
      for (let p = means + line; p < means + line + lanes; p += 16) {
        const half = f64x2.mul(v128.load(p), f64x2.splat(-0.5));
        const inside = f64x2.pmin(half, f64x2.splat(LARGEST_EXPONENT));
        v128.store(p, f64x2.mul(exp_f64x2(inside), f64x2.splat(0.7071067811865476)));
      }
      if (count & 1) store<f64>(means + line + (<usize>count << 3), 0);
    }
    for (let i = count; i < width; i++) store<f64>(to + (<usize>i << 3), -Infinity);
  }
}

/**
 * What a bound is widened by, relatively, because its sum is rounded in another order than those it
 * bounds.
 */
// @ts-ignore: decorator
@inline
function slack(columns: i32): f64 {
  return <f64>(columns + 8) * 4.44e-16;
}

/**
 * Writes the box of each node: f64[3][stride] and two more, the least and the largest mean and the
 * least r of each dimension, the largest w, and a 0; stride is columns rounded up to an even
 * number, and what is beyond columns is 0.
 */
export function boxNodes(
  boxes: usize,
  firsts: usize,
  counts: usize,
  leaves: usize,
  rows: i32,
  columns: i32,
  width: i32,
): void {
  const line = <usize>width << 3;
  const span = <usize>((columns + 1) & ~1) << 3;
  const size = span * 3 + 16;
  const nodes = 2 * load<i32>(counts) - 1;
  for (let node = nodes - 1; node >= 0; node--) {
    const to = boxes + <usize>node * size;
    const count = load<i32>(counts + (<usize>node << 2));
    if (count > 1) {
      mergeBoxes(to, to + size, to + <usize>((count + 1) & ~1) * size, span);
      continue;
    }
    const leaf = load<i32>(firsts + (<usize>node << 2));
    const from = leaves + <usize>leaf * <usize>(1 + 2 * columns) * line;
    const end = <usize>min(width, rows - leaf * width) << 3;
    memory.fill(to, 0, size);
    let most = -Infinity;
    for (let p: usize = 0; p < end; p += 8) most = max(most, load<f64>(from + p));
    store<f64>(to + 3 * span, most + Math.abs(most) * slack(columns));
    for (let d = 0; d < columns; d++) {
      const means = from + <usize>(1 + 2 * d) * line;
      let low = Infinity;
      let high = -Infinity;
      let least = Infinity;
      for (let p: usize = 0; p < end; p += 8) {
        low = min(low, load<f64>(means + p));
        high = max(high, load<f64>(means + p));
        least = min(least, load<f64>(means + line + p));
      }
      const here = to + (<usize>d << 3);
      store<f64>(here, low);
      store<f64>(here + span, high);
      store<f64>(here + 2 * span, least * (1 - slack(columns)));
    }
  }
}

/** The box of two nodes together. */
function mergeBoxes(to: usize, left: usize, right: usize, span: usize): void {
  for (let d: usize = 0; d < span; d += 16) {
    v128.store(to + d, f64x2.pmin(v128.load(left + d), v128.load(right + d)));
    const high = to + span + d;
    v128.store(high, f64x2.pmax(v128.load(left + span + d), v128.load(right + span + d)));
    const least = to + 2 * span + d;
    v128.store(least, f64x2.pmin(v128.load(left + 2 * span + d), v128.load(right + 2 * span + d)));
  }
  store<f64>(to + 3 * span, max(load<f64>(left + 3 * span), load<f64>(right + 3 * span)));
  store<f64>(to + 3 * span + 8, 0);
}
