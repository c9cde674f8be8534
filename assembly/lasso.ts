/**
 * The lasso by coordinate descent over a Gram matrix:
 *
 *   minimise  1/2 |y - X w|^2 + lambda |w|_1  where  G = X'X, c = X'y and q = c - G w are all that is kept of the rows.
 *   One step: w_j = soft(q_j + G_jj w_j, lambda) / G_jj, and q follows w.
 *   Duality gap, with s = min(1, lambda / max |q|):  1/2 (1 - s)^2 |r|^2 + sum |w_j| (lambda - s sign(w_j) q_j).
 *
 * Source: Friedman, Hastie, Tibshirani 2010, Regularization Paths for Generalized Linear Models via
 * Coordinate Descent, section 2.2; the gap is that of Kim, Koh, Lustig, Boyd, Gorinevsky 2007,
 * written so that near the optimum all its terms are small and none cancel. Columns in reach (a
 * weight, or |q_j| above lambda) are swept; the others are looked at in between.
 * Cost: O(columns) a step, whatever the number of rows. Where that crawls, because columns are
 * nearly one another, the quadratic over the columns with a weight is solved instead, O(weights^3).
 * Precision: float64.
 *
 * A Gram matrix is f64[stride][stride], stride being columns rounded up to a multiple of 4 and what
 * is beyond columns 0.
 */

/**
 * How far beyond lambda |q_j| may be by rounding alone, relatively: a copy of a column in use is
 * not taken in beside it.
 */
const SLACK: f64 = 1.0 + 1e-11;
/** Sweeps between two looks at all columns. */
const SWEEPS: i32 = 8;
/** A pivot below this part of its diagonal element: the column is a sum of others, as good as. */
const LEAST_PIVOT: f64 = 1e-10;

/** sums += gram + weight shift shift', on and above the diagonal; shift: f64[stride]. */
export function addGram(sums: usize, gram: usize, shift: usize, weight: f64, columns: i32, stride: i32): void {
  const bytes = <usize>stride << 3;
  for (let i = 0; i < columns; i++) {
    const row = <usize>i * bytes;
    const factor = f64x2.splat(weight * load<f64>(shift + (<usize>i << 3)));
    for (let at = <usize>(i & ~1) << 3; at < bytes; at += 16) {
      const sum = f64x2.add(v128.load(gram + row + at), f64x2.mul(factor, v128.load(shift + at)));
      v128.store(sums + row + at, f64x2.add(v128.load(sums + row + at), sum));
    }
  }
}

/** Copies what is above the diagonal below it. */
export function mirrorGram(gram: usize, columns: i32, stride: i32): void {
  const bytes = <usize>stride << 3;
  for (let i = 1; i < columns; i++) {
    for (let j = 0; j < i; j++) {
      const value = load<f64>(gram + <usize>j * bytes + (<usize>i << 3));
      store<f64>(gram + <usize>i * bytes + (<usize>j << 3), value);
    }
  }
}

/** w' G w, the rows with a weight only. */
export function gramSquare(gram: usize, w: usize, columns: i32, stride: i32): f64 {
  const bytes = <usize>stride << 3;
  let sum = 0.0;
  for (let i = 0; i < columns; i++) {
    const weight = load<f64>(w + (<usize>i << 3));
    if (weight == 0) continue;
    const row = gram + <usize>i * bytes;
    let part_f64x2 = f64x2.splat(0);
    for (let at: usize = 0; at < bytes; at += 16) {
      part_f64x2 = f64x2.add(part_f64x2, f64x2.mul(v128.load(row + at), v128.load(w + at)));
    }
    sum += weight * (f64x2.extract_lane(part_f64x2, 0) + f64x2.extract_lane(part_f64x2, 1));
  }
  return sum;
}

/** q -= change G_j. */
// @ts-ignore: decorator
@inline
function move(q: usize, row: usize, change: f64, bytes: usize): void {
  const change_f64x2 = f64x2.splat(change);
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(q + at, f64x2.sub(v128.load(q + at), f64x2.mul(change_f64x2, v128.load(row + at))));
  }
}

/**
 * Improves w, f64[stride], where it stands, until the gap is at most `least` or about `sweeps`
 * sweeps are done; returns the gap. products: c, f64[stride]; squares: y'y; q: f64[stride], list:
 * i32[columns], both overwritten. The elements of w beyond columns are 0, and a column with G_jj =
 * 0 has to have the weight 0.
 */
export function descendLasso(
  w: usize,
  q: usize,
  list: usize,
  gram: usize,
  products: usize,
  squares: f64,
  columns: i32,
  stride: i32,
  lambda: f64,
  least: f64,
  sweeps: i32,
): f64 {
  const bytes = <usize>stride << 3;
  const reach = lambda * SLACK;
  let done = 0;
  while (true) {
    memory.copy(q, products, bytes);
    for (let j = 0; j < columns; j++) {
      const weight = load<f64>(w + (<usize>j << 3));
      if (weight != 0) move(q, gram + <usize>j * bytes, weight, bytes);
    }
    let count = 0;
    let largest = 0.0;
    let size = 0.0;
    let fitted = 0.0;
    let explained = 0.0;
    for (let j = 0; j < columns; j++) {
      const at = <usize>j << 3;
      const weight = load<f64>(w + at);
      const slope = load<f64>(q + at);
      const diagonal = load<f64>(gram + <usize>j * bytes + at);
      // Without variance there is no slope but by rounding.
      if (diagonal == 0) continue;
      if (weight != 0 || Math.abs(slope) > reach) {
        store<i32>(list + (<usize>count << 2), j);
        count++;
      }
      largest = max(largest, Math.abs(slope));
      size += Math.abs(weight);
      fitted += weight * slope;
      explained += weight * load<f64>(products + at);
    }
    const s = largest > reach ? lambda / largest : 1.0;
    const residual = max(0.0, squares - explained - fitted);
    const gap = max(0.0, 0.5 * (1.0 - s) * (1.0 - s) * residual + size * lambda - s * fitted);
    if (gap <= least || done >= sweeps) return gap;

    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      let hasMoved = false;
      for (let i = 0; i < count; i++) {
        const j = <usize>load<i32>(list + (<usize>i << 2));
        const row = gram + j * bytes;
        const at = j << 3;
        const weight = load<f64>(w + at);
        const slope = load<f64>(q + at);
        if (weight == 0 && Math.abs(slope) <= reach) continue;
        const diagonal = load<f64>(row + at);
        const free = slope + diagonal * weight;
        const next = free > lambda ? (free - lambda) / diagonal : free < -lambda ? (free + lambda) / diagonal : 0.0;
        if (next == weight) continue;
        store<f64>(w + at, next);
        move(q, row, next - weight, bytes);
        hasMoved = true;
      }
      done++;
      if (hasMoved) continue;
      // Then what is left of the gap is rounding.
      if (sweep == 0) return gap;
      break;
    }
  }
}

/**
 * Solves G_AA w_A = c_A - lambda sign(w_A) for the columns A that have a weight, and takes w_A
 * towards it as far as no weight changes its sign; the first that would becomes 0. Returns whether
 * it moved: not where G_AA is singular, or as good as.
 * list: i32[columns]; factor: f64[columns][columns]; right: f64[columns]; all three are
 * overwritten.
 */
export function solveLassoWeights(
  w: usize,
  list: usize,
  factor: usize,
  right: usize,
  gram: usize,
  products: usize,
  columns: i32,
  stride: i32,
  lambda: f64,
): bool {
  const bytes = <usize>stride << 3;
  let count = 0;
  for (let j = 0; j < columns; j++) {
    if (load<f64>(w + (<usize>j << 3)) == 0) continue;
    store<i32>(list + (<usize>count << 2), j);
    count++;
  }
  const width = <usize>count << 3;
  for (let i = 0; i < count; i++) {
    const row = <usize>load<i32>(list + (<usize>i << 2));
    const own = factor + <usize>i * width;
    const sign = load<f64>(w + (row << 3)) > 0 ? 1.0 : -1.0;
    let value = load<f64>(products + (row << 3)) - lambda * sign;
    for (let j = 0; j <= i; j++) {
      const column = <usize>load<i32>(list + (<usize>j << 2));
      const other = factor + <usize>j * width;
      let rest = load<f64>(gram + row * bytes + (column << 3));
      for (let k: usize = 0; k < <usize>j << 3; k += 8) rest -= load<f64>(own + k) * load<f64>(other + k);
      if (j == i) {
        if (!(rest > LEAST_PIVOT * load<f64>(gram + row * bytes + (row << 3)))) return false;
        store<f64>(own + (<usize>j << 3), sqrt<f64>(rest));
      } else {
        store<f64>(own + (<usize>j << 3), rest / load<f64>(other + (<usize>j << 3)));
      }
    }
    for (let k: usize = 0; k < <usize>i << 3; k += 8) value -= load<f64>(own + k) * load<f64>(right + k);
    store<f64>(right + (<usize>i << 3), value / load<f64>(own + (<usize>i << 3)));
  }
  let length = 1.0;
  let first = -1;
  for (let i = count - 1; i >= 0; i--) {
    const at = right + (<usize>i << 3);
    let value = load<f64>(at);
    for (let k = i + 1; k < count; k++) {
      value -= load<f64>(factor + <usize>k * width + (<usize>i << 3)) * load<f64>(right + (<usize>k << 3));
    }
    value /= load<f64>(factor + <usize>i * width + (<usize>i << 3));
    store<f64>(at, value);
    const weight = load<f64>(w + (<usize>load<i32>(list + (<usize>i << 2)) << 3));
    if (weight * value < 0 && weight / (weight - value) < length) {
      length = weight / (weight - value);
      first = i;
    }
  }
  for (let i = 0; i < count; i++) {
    const at = w + (<usize>load<i32>(list + (<usize>i << 2)) << 3);
    const weight = load<f64>(at);
    const target = load<f64>(right + (<usize>i << 3));
    store<f64>(at, i == first ? 0.0 : length == 1.0 ? target : weight + length * (target - weight));
  }
  return count > 0;
}
