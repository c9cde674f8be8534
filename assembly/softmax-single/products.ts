/**
 * Products of matrices in single precision, of some rows that fit the first-level cache.
 *
 *   out = x w,   out += a^T s
 *
 * Source: standard. Cost: O(rows * width * stride); four rows or columns at a time share what is loaded.
 * Precision: sums in float32 over a row, or over the rows of a call, which are then added up in float64.
 */

/** out[row][c] = sum over j of x[row][j] w[j][c], for `count` rows; widthBytes is a multiple of 32. */
export function multiply(out: usize, x: usize, w: usize, rowBytes: usize, widthBytes: usize, count: i32): void {
  const wEnd = w + (rowBytes >>> 2) * widthBytes;
  let row = 0;
  for (; row + 4 <= count; row += 4) {
    for (let c: usize = 0; c < widthBytes; c += 32) {
      let s00 = f32x4.splat(0);
      let s01 = s00;
      let s10 = s00;
      let s11 = s00;
      let s20 = s00;
      let s21 = s00;
      let s30 = s00;
      let s31 = s00;
      let px0 = x;
      let px2 = x + 2 * rowBytes;
      for (let pw = w + c; pw < wEnd; pw += widthBytes) {
        const w0 = v128.load(pw);
        const w1 = v128.load(pw, 16);
        let t = v128.load32_splat(px0);
        s00 = f32x4.add(s00, f32x4.mul(t, w0));
        s01 = f32x4.add(s01, f32x4.mul(t, w1));
        t = v128.load32_splat(px0 + rowBytes);
        s10 = f32x4.add(s10, f32x4.mul(t, w0));
        s11 = f32x4.add(s11, f32x4.mul(t, w1));
        t = v128.load32_splat(px2);
        s20 = f32x4.add(s20, f32x4.mul(t, w0));
        s21 = f32x4.add(s21, f32x4.mul(t, w1));
        t = v128.load32_splat(px2 + rowBytes);
        s30 = f32x4.add(s30, f32x4.mul(t, w0));
        s31 = f32x4.add(s31, f32x4.mul(t, w1));
        px0 += 4;
        px2 += 4;
      }
      let to = out + c;
      v128.store(to, s00);
      v128.store(to, s01, 16);
      to += widthBytes;
      v128.store(to, s10);
      v128.store(to, s11, 16);
      to += widthBytes;
      v128.store(to, s20);
      v128.store(to, s21, 16);
      to += widthBytes;
      v128.store(to, s30);
      v128.store(to, s31, 16);
    }
    x += 4 * rowBytes;
    out += 4 * widthBytes;
  }
  for (; row < count; row++) {
    for (let c: usize = 0; c < widthBytes; c += 32) {
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let px = x;
      for (let pw = w + c; pw < wEnd; pw += widthBytes) {
        const t = v128.load32_splat(px);
        s0 = f32x4.add(s0, f32x4.mul(t, v128.load(pw)));
        s1 = f32x4.add(s1, f32x4.mul(t, v128.load(pw, 16)));
        px += 4;
      }
      v128.store(out + c, s0);
      v128.store(out + c, s1, 16);
    }
    x += rowBytes;
    out += widthBytes;
  }
}

/** out[j][c] += sum over `count` rows of a[row][j] s[row][c], out in f64; rows of a have aBytes, a multiple of 16. */
export function addProducts(out: usize, a: usize, s: usize, aBytes: usize, widthBytes: usize, count: i32): void {
  for (let j: usize = 0; j < aBytes; j += 16) {
    for (let c: usize = 0; c < widthBytes; c += 32) {
      let s00 = f32x4.splat(0);
      let s01 = s00;
      let s10 = s00;
      let s11 = s00;
      let s20 = s00;
      let s21 = s00;
      let s30 = s00;
      let s31 = s00;
      let pa = a + j;
      let ps = s + c;
      for (let row = 0; row < count; row++) {
        const v0 = v128.load(ps);
        const v1 = v128.load(ps, 16);
        let t = v128.load32_splat(pa);
        s00 = f32x4.add(s00, f32x4.mul(t, v0));
        s01 = f32x4.add(s01, f32x4.mul(t, v1));
        t = v128.load32_splat(pa, 4);
        s10 = f32x4.add(s10, f32x4.mul(t, v0));
        s11 = f32x4.add(s11, f32x4.mul(t, v1));
        t = v128.load32_splat(pa, 8);
        s20 = f32x4.add(s20, f32x4.mul(t, v0));
        s21 = f32x4.add(s21, f32x4.mul(t, v1));
        t = v128.load32_splat(pa, 12);
        s30 = f32x4.add(s30, f32x4.mul(t, v0));
        s31 = f32x4.add(s31, f32x4.mul(t, v1));
        pa += aBytes;
        ps += widthBytes;
      }
      let to = out + 2 * c;
      addWidened(to, s00, s01);
      to += 2 * widthBytes;
      addWidened(to, s10, s11);
      to += 2 * widthBytes;
      addWidened(to, s20, s21);
      to += 2 * widthBytes;
      addWidened(to, s30, s31);
    }
    out += 8 * widthBytes;
  }
}

/** Adds eight float32 lanes to f64[8]. */
// @ts-ignore: decorator
@inline
export function addWidened(to: usize, low: v128, high: v128): void {
  v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(low)));
  const low2 = f64x2.promote_low_f32x4(i64x2.shuffle(low, low, 1, 1));
  v128.store(to, f64x2.add(v128.load(to, 16), low2), 16);
  v128.store(to, f64x2.add(v128.load(to, 32), f64x2.promote_low_f32x4(high)), 32);
  const high2 = f64x2.promote_low_f32x4(i64x2.shuffle(high, high, 1, 1));
  v128.store(to, f64x2.add(v128.load(to, 48), high2), 48);
}
