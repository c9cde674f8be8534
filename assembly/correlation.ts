/**
 * Columns of a table over some of its rows, their ranks, and sums of products of any two:
 *
 *   mean_i = sum x_i / n,    products_ij = sum (x_i - mean_i)(x_j - mean_j)
 *
 * Source: T. Chan, G. Golub, R. LeVeque 1983, Algorithms for Computing the Sample Variance: rows
 * come in blocks, each of which is centred around its own mean and then joined to the others.
 * A block is f64[columns][stride], stride even, and stays in the cache.
 * Cost: O(rows * columns) to fill and to rank, O(rows * left * right) for products.
 * Precision: float64. Equal numbers have the mean that they are, so that a column which is constant
 * over the rows has deviations and products of exactly 0.
 */
import { fold_f64x2, loadPair_f64x2 } from './lanes';

/** Columns of a tile, an even number. */
const TILE: i32 = 32;

/**
 * out[j][i] = (x[order[i]][first + j] - minima[first + j]) * perScale[first + j], for the columns
 * [first, last) of x (rows, columns). order: i32[count]; out: f64[last - first][stride].
 */
function fillColumns<T>(
  out: usize,
  stride: i32,
  x: usize,
  columns: i32,
  first: i32,
  last: i32,
  minima: usize,
  perScale: usize,
  order: usize,
  count: i32,
): void {
  const rowBytes = <usize>columns * sizeof<T>();
  const end = order + (<usize>count << 2);
  const bytes = <usize>stride << 3;
  let column = <usize>first;
  // Two at a time, which are neighbours in the table.
  for (; column + 2 <= <usize>last; column += 2) {
    const minimum = v128.load(minima + (column << 3));
    const scale = v128.load(perScale + (column << 3));
    const start = x + column * sizeof<T>();
    let to = out;
    for (let p = order; p < end; p += 4) {
      const pair = loadPair_f64x2<T>(start + <usize>load<u32>(p) * rowBytes);
      const scaled = f64x2.mul(f64x2.sub(pair, minimum), scale);
      v128.store_lane<i64>(to, scaled, 0);
      v128.store_lane<i64>(to + bytes, scaled, 1);
      to += 8;
    }
    out += 2 * bytes;
  }
  if (column < <usize>last) {
    const minimum = load<f64>(minima + (column << 3));
    const scale = load<f64>(perScale + (column << 3));
    const start = x + column * sizeof<T>();
    for (let p = order; p < end; p += 4) {
      store<f64>(out, (<f64>load<T>(start + <usize>load<u32>(p) * rowBytes) - minimum) * scale);
      out += 8;
    }
  }
}

export function fillColumnsF32(
  out: usize,
  stride: i32,
  x: usize,
  columns: i32,
  first: i32,
  last: i32,
  minima: usize,
  perScale: usize,
  order: usize,
  count: i32,
): void {
  fillColumns<f32>(out, stride, x, columns, first, last, minima, perScale, order, count);
}

export function fillColumnsF64(
  out: usize,
  stride: i32,
  x: usize,
  columns: i32,
  first: i32,
  last: i32,
  minima: usize,
  perScale: usize,
  order: usize,
  count: i32,
): void {
  fillColumns<f64>(out, stride, x, columns, first, last, minima, perScale, order, count);
}

export function fillColumnsI32(
  out: usize,
  stride: i32,
  x: usize,
  columns: i32,
  first: i32,
  last: i32,
  minima: usize,
  perScale: usize,
  order: usize,
  count: i32,
): void {
  fillColumns<i32>(out, stride, x, columns, first, last, minima, perScale, order, count);
}

/**
 * out[c][i] = weights[c][columns] + sum over j of weights[c][j] block[j][i]. out:
 * f64[outs][stride]; weights: f64[outs][columns + 1].
 */
export function combineColumns(
  out: usize,
  block: usize,
  weights: usize,
  stride: i32,
  columns: i32,
  outs: i32,
  count: i32,
): void {
  const bytes = <usize>stride << 3;
  const end = <usize>((count + 1) & ~1) << 3;
  for (let c = 0; c < outs; c++) {
    const last = weights + (<usize>columns << 3);
    const constant = v128.load64_splat(last);
    for (let i: usize = 0; i < end; i += 16) v128.store(out + i, constant);
    let p = block;
    for (let w = weights; w < last; w += 8) {
      // Most columns may have no part in it.
      if (load<f64>(w) != 0) {
        const weight = v128.load64_splat(w);
        for (let i: usize = 0; i < end; i += 16) {
          v128.store(out + i, f64x2.add(v128.load(out + i), f64x2.mul(weight, v128.load(p + i))));
        }
      }
      p += bytes;
    }
    weights = last + 8;
    out += bytes;
  }
}

/**
 * Adds the rows of a block to the moments of `before` rows: means and squares, f64[right end], and
 * products, f64[left][right], of the first `left` columns with the `right` columns from `start` on;
 * start is 0 or `left`. If it is 0, products below the diagonal may be left out. The block is
 * overwritten. shifts: f64[start + right] is scratch; stride is
 * above count.
 */
export function addMoments(
  products: usize,
  squares: usize,
  means: usize,
  shifts: usize,
  block: usize,
  stride: i32,
  left: i32,
  start: i32,
  right: i32,
  count: i32,
  before: f64,
): void {
  const bytes = <usize>stride << 3;
  const columns = start + right;
  const rows = before + <f64>count;
  const between = (before * <f64>count) / rows;
  const end = <usize>((count + 1) & ~1) << 3;
  for (let j: usize = 0; j < <usize>columns << 3; j += 8) {
    const column = block + (j >> 3) * bytes;
    const shift = centre(column, count, end) - load<f64>(means + j);
    let sum = f64x2.splat(0);
    for (let p = column; p < column + end; p += 16) {
      const value = v128.load(p);
      sum = f64x2.add(sum, f64x2.mul(value, value));
    }
    store<f64>(squares + j, load<f64>(squares + j) + fold_f64x2(sum) + between * shift * shift);
    store<f64>(shifts + j, shift);
    store<f64>(means + j, load<f64>(means + j) + (shift * <f64>count) / rows);
  }
  // A tile of columns at a time, which stays near while all the others pass by.
  for (let tile = 0; tile < left; tile += TILE) {
    const tileEnd = min(tile + TILE, left);
    for (let j = 0; j < right; j += 2) {
      // Of columns with themselves what is below the diagonal is above it as well.
      const last = start == 0 ? min(tileEnd, j + 2) : tileEnd;
      for (let i = tile; i < last; i += 2) {
        addPairs(products, shifts, block, bytes, end, between, i, i + 1 < left, start, j, j + 1 < right, right);
      }
    }
  }
}

/**
 * Adds the products of columns i and i + 1 with start + j and start + j + 1, those that there are.
 */
// @ts-ignore: decorator
@inline
function addPairs(
  products: usize,
  shifts: usize,
  block: usize,
  bytes: usize,
  end: usize,
  between: f64,
  i: i32,
  isPair: bool,
  start: i32,
  j: i32,
  isOther: bool,
  right: i32,
): void {
  const a = block + <usize>i * bytes;
  const b = isPair ? a + bytes : a;
  const c = block + <usize>(start + j) * bytes;
  const d = isOther ? c + bytes : c;
  let ac = f64x2.splat(0);
  let ad = ac;
  let bc = ac;
  let bd = ac;
  for (let p: usize = 0; p < end; p += 16) {
    const ofA = v128.load(a + p);
    const ofB = v128.load(b + p);
    const ofC = v128.load(c + p);
    const ofD = v128.load(d + p);
    ac = f64x2.add(ac, f64x2.mul(ofA, ofC));
    ad = f64x2.add(ad, f64x2.mul(ofA, ofD));
    bc = f64x2.add(bc, f64x2.mul(ofB, ofC));
    bd = f64x2.add(bd, f64x2.mul(ofB, ofD));
  }
  const own = shifts + (<usize>i << 3);
  const other = shifts + (<usize>(start + j) << 3);
  const first = between * load<f64>(other);
  const second = isOther ? between * load<f64>(other, 8) : 0;
  const to = products + ((<usize>i * <usize>right + <usize>j) << 3);
  addTo(to, fold_f64x2(ac) + load<f64>(own) * first);
  if (isOther) addTo(to + 8, fold_f64x2(ad) + load<f64>(own) * second);
  if (!isPair) return;
  const below = to + (<usize>right << 3);
  addTo(below, fold_f64x2(bc) + load<f64>(own, 8) * first);
  if (isOther) addTo(below + 8, fold_f64x2(bd) + load<f64>(own, 8) * second);
}

// @ts-ignore: decorator
@inline
function addTo(at: usize, value: f64): void {
  store<f64>(at, load<f64>(at) + value);
}

/**
 * Subtracts the mean of column, f64[count], and returns it; sets what follows up to `end` to 0.
 */
function centre(column: usize, count: i32, end: usize): f64 {
  const first = load<f64>(column);
  if (count & 1) store<f64>(column + (<usize>count << 3), first);
  const first_f64x2 = f64x2.splat(first);
  let sum = f64x2.splat(0);
  for (let p = column; p < column + end; p += 16) sum = f64x2.add(sum, f64x2.sub(v128.load(p), first_f64x2));
  const mean = first + fold_f64x2(sum) / <f64>count;
  const mean_f64x2 = f64x2.splat(mean);
  for (let p = column; p < column + end; p += 16) v128.store(p, f64x2.sub(v128.load(p), mean_f64x2));
  if (count & 1) store<f64>(column + (<usize>count << 3), 0);
  return mean;
}

/**
 * Twice the ranks of a sorted column, from 2 up; equal keys share the mean of theirs. ranks,
 * i32[rows][2]: among all places and among those of the same part, of which the first is below
 * `trainRows`. keys: f64[rows], increasing; order: i32[rows], the places that they are of.
 */
export function rankSorted(ranks: usize, keys: usize, order: usize, trainRows: i32, rows: i32): void {
  let trained = 0;
  for (let from = 0; from < rows; ) {
    const key = load<f64>(keys + (<usize>from << 3));
    const trainedBefore = trained;
    let end = from;
    for (; end < rows && load<f64>(keys + (<usize>end << 3)) == key; end++) {
      trained += i32(load<i32>(order + (<usize>end << 2)) < trainRows);
    }
    const rank = from + end + 1;
    const trainRank = trainedBefore + trained + 1;
    // The others are of the second part.
    const testRank = rank - trainRank + 1;
    for (; from < end; from++) {
      const place = load<i32>(order + (<usize>from << 2));
      const to = ranks + (<usize>place << 3);
      store<i32>(to, rank);
      store<i32>(to, place < trainRows ? trainRank : testRank, 4);
    }
  }
}
