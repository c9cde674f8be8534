/**
 * Products of matrices, of some rows that fit the first-level cache, in float32 or float64 (T).
 *
 *   out = x w,   out += a^T s
 *
 * Source: standard. Cost: O(rows * width * stride); four rows or columns at a time share what is
 * loaded.
 * Precision: that of T; sums over the rows of a call in float32 are then added up in float64.
 */

/**
 * out[row][c] = sum over j of x[row][j] w[j][c], for `count` rows; widthBytes is a multiple of 32.
 */
// @ts-ignore: decorator
@inline
export function multiply<T>(out: usize, x: usize, w: usize, rowBytes: usize, widthBytes: usize, count: i32): void {
  for (let c: usize = 0; c < widthBytes; c += 32) multiplyColumns<T>(out + c, x, w + c, rowBytes, widthBytes, count);
}

/** The same of 32 bytes of each row of w and out. */
export function multiplyColumns<T>(
  out: usize,
  x: usize,
  w: usize,
  rowBytes: usize,
  widthBytes: usize,
  count: i32,
): void {
  const wEnd = w + (rowBytes / sizeof<T>()) * widthBytes;
  let row = 0;
  for (; row + 4 <= count; row += 4) {
    let s00 = v128.splat<T>(0);
    let s01 = s00;
    let s10 = s00;
    let s11 = s00;
    let s20 = s00;
    let s21 = s00;
    let s30 = s00;
    let s31 = s00;
    let px0 = x;
    let px2 = x + 2 * rowBytes;
    for (let pw = w; pw < wEnd; pw += widthBytes) {
      const w0 = v128.load(pw);
      const w1 = v128.load(pw, 16);
      let t = v128.load_splat<T>(px0);
      s00 = v128.add<T>(s00, v128.mul<T>(t, w0));
      s01 = v128.add<T>(s01, v128.mul<T>(t, w1));
      t = v128.load_splat<T>(px0 + rowBytes);
      s10 = v128.add<T>(s10, v128.mul<T>(t, w0));
      s11 = v128.add<T>(s11, v128.mul<T>(t, w1));
      t = v128.load_splat<T>(px2);
      s20 = v128.add<T>(s20, v128.mul<T>(t, w0));
      s21 = v128.add<T>(s21, v128.mul<T>(t, w1));
      t = v128.load_splat<T>(px2 + rowBytes);
      s30 = v128.add<T>(s30, v128.mul<T>(t, w0));
      s31 = v128.add<T>(s31, v128.mul<T>(t, w1));
      px0 += sizeof<T>();
      px2 += sizeof<T>();
    }
    v128.store(out, s00);
    v128.store(out, s01, 16);
    out += widthBytes;
    v128.store(out, s10);
    v128.store(out, s11, 16);
    out += widthBytes;
    v128.store(out, s20);
    v128.store(out, s21, 16);
    out += widthBytes;
    v128.store(out, s30);
    v128.store(out, s31, 16);
    out += widthBytes;
    x += 4 * rowBytes;
  }
  for (; row < count; row++) {
    let s0 = v128.splat<T>(0);
    let s1 = s0;
    let px = x;
    for (let pw = w; pw < wEnd; pw += widthBytes) {
      const t = v128.load_splat<T>(px);
      s0 = v128.add<T>(s0, v128.mul<T>(t, v128.load(pw)));
      s1 = v128.add<T>(s1, v128.mul<T>(t, v128.load(pw, 16)));
      px += sizeof<T>();
    }
    v128.store(out, s0);
    v128.store(out, s1, 16);
    x += rowBytes;
    out += widthBytes;
  }
}

/**
 * The same of all columns, but that those whose probabilities, f32, are 0 in all rows are written
 * as 0: nothing hangs on their scores. pBytes: of a row of probabilities.
 */
export function multiplyLikely<T>(
  out: usize,
  x: usize,
  w: usize,
  p: usize,
  rowBytes: usize,
  widthBytes: usize,
  pBytes: usize,
  count: i32,
): void {
  const ofChunk = (32 / sizeof<T>()) << 2;
  for (let c: usize = 0; c < widthBytes; c += 32) {
    if (areZero(p + (c / sizeof<T>()) * 4, ofChunk, pBytes, count)) {
      for (let to = out + c, end = to + <usize>count * widthBytes; to < end; to += widthBytes) {
        v128.store(to, i64x2.splat(0));
        v128.store(to, i64x2.splat(0), 16);
      }
    } else {
      multiplyColumns<T>(out + c, x, w + c, rowBytes, widthBytes, count);
    }
  }
}

/**
 * out[j][c] += sum over `count` rows of a[row][j] s[row][c], out in f64; aBytes and widthBytes are
 * what rows of a and s have. Columns of s that are 0 in all rows, 32 bytes at a time, take no time.
 */
export function addProducts<T>(out: usize, a: usize, s: usize, aBytes: usize, widthBytes: usize, count: i32): void {
  const outBytes = widthBytes * (8 / sizeof<T>());
  for (let c: usize = 0; c < widthBytes; c += 32) {
    if (areZero(s + c, 32, widthBytes, count)) continue;
    let to0 = out + c * (8 / sizeof<T>());
    for (let j: usize = 0; j < aBytes; j += 4 * sizeof<T>()) {
      const to1 = to0 + outBytes;
      const to2 = to1 + outBytes;
      addTile<T>(to0, to1, to2, to2 + outBytes, a + j, aBytes, s + c, widthBytes, count);
      to0 += 4 * outBytes;
    }
  }
}

/** Whether `bytes`, 16 or 32, of each of `count` rows are all 0. */
// @ts-ignore: decorator
@inline
export function areZero(p: usize, bytes: usize, rowBytes: usize, count: i32): bool {
  let bits = i64x2.splat(0);
  for (const end = p + <usize>count * rowBytes; p < end; p += rowBytes) {
    bits = v128.or(bits, v128.load(p));
    if (bytes == 32) bits = v128.or(bits, v128.load(p, 16));
  }
  return !v128.any_true(bits);
}

/** Adds sums over rows of each of a[row][0..3] times 32 bytes of s[row] to four places in f64. */
// @ts-ignore: decorator
@inline
export function addTile<T>(
  to0: usize,
  to1: usize,
  to2: usize,
  to3: usize,
  a: usize,
  aBytes: usize,
  s: usize,
  sBytes: usize,
  count: i32,
): void {
  let s00 = begin<T>(to0);
  let s01 = begin<T>(to0 + 16);
  let s10 = begin<T>(to1);
  let s11 = begin<T>(to1 + 16);
  let s20 = begin<T>(to2);
  let s21 = begin<T>(to2 + 16);
  let s30 = begin<T>(to3);
  let s31 = begin<T>(to3 + 16);
  let pa = a;
  let ps = s;
  for (let row = 0; row < count; row++) {
    const v0 = v128.load(ps);
    const v1 = v128.load(ps, 16);
    let t = v128.load_splat<T>(pa);
    s00 = v128.add<T>(s00, v128.mul<T>(t, v0));
    s01 = v128.add<T>(s01, v128.mul<T>(t, v1));
    t = v128.load_splat<T>(pa, sizeof<T>());
    s10 = v128.add<T>(s10, v128.mul<T>(t, v0));
    s11 = v128.add<T>(s11, v128.mul<T>(t, v1));
    t = v128.load_splat<T>(pa, 2 * sizeof<T>());
    s20 = v128.add<T>(s20, v128.mul<T>(t, v0));
    s21 = v128.add<T>(s21, v128.mul<T>(t, v1));
    t = v128.load_splat<T>(pa, 3 * sizeof<T>());
    s30 = v128.add<T>(s30, v128.mul<T>(t, v0));
    s31 = v128.add<T>(s31, v128.mul<T>(t, v1));
    pa += aBytes;
    ps += sBytes;
  }
  finish<T>(to0, s00, s01);
  finish<T>(to1, s10, s11);
  finish<T>(to2, s20, s21);
  finish<T>(to3, s30, s31);
}

/** Sums in float64 go on from what there is. */
// @ts-ignore: decorator
@inline
function begin<T>(from: usize): v128 {
  if (sizeof<T>() == 8) return v128.load(from);
  return f32x4.splat(0);
}

/** Puts sums in float64, adds those in float32. */
// @ts-ignore: decorator
@inline
function finish<T>(to: usize, low: v128, high: v128): void {
  if (sizeof<T>() == 8) {
    v128.store(to, low);
    v128.store(to, high, 16);
  } else {
    v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(low)));
    const low2 = f64x2.promote_low_f32x4(i64x2.shuffle(low, low, 1, 1));
    v128.store(to, f64x2.add(v128.load(to, 16), low2), 16);
    v128.store(to, f64x2.add(v128.load(to, 32), f64x2.promote_low_f32x4(high)), 32);
    const high2 = f64x2.promote_low_f32x4(i64x2.shuffle(high, high, 1, 1));
    v128.store(to, f64x2.add(v128.load(to, 48), high2), 48);
  }
}

/** The largest of `bytes`, a multiple of 32. */
// @ts-ignore: decorator
@inline
export function largestOf<T>(p: usize, bytes: usize): T {
  let most0 = v128.load(p);
  let most1 = v128.load(p, 16);
  for (let c: usize = 32; c < bytes; c += 32) {
    most0 = v128.pmax<T>(most0, v128.load(p + c));
    most1 = v128.pmax<T>(most1, v128.load(p + c, 16));
  }
  most0 = v128.pmax<T>(most0, most1);
  if (sizeof<T>() == 4) most0 = v128.pmax<T>(most0, i32x4.shuffle(most0, most0, 2, 3, 2, 3));
  return max<T>(v128.extract_lane<T>(most0, 0), v128.extract_lane<T>(most0, 1));
}

/** The upper part of weight x x^T, of the first `unknowns` of x, row by row, and zeros. */
// @ts-ignore: decorator
@inline
export function packProducts<T>(out: usize, x: usize, weight: T, unknowns: i32, bytes: usize): void {
  const end = out + bytes;
  let to = out;
  for (let i = 0; i < unknowns; i++) {
    const value = weight * load<T>(x + <usize>i * sizeof<T>());
    for (let j = i; j < unknowns; j++, to += sizeof<T>()) store<T>(to, value * load<T>(x + <usize>j * sizeof<T>()));
  }
  for (; to < end; to += sizeof<T>()) store<T>(to, 0);
}
