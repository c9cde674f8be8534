/**
 * Products of 4 rows by 8 columns in eight registers of four float32, the two loops on which all matrix products and convolutions
 * rest. Cost: 8 multiply-adds for 4 broadcasts and 2 loads, which is what a processor with two pipes can just feed.
 *
 * Precision: float32. Each sum is taken in one fixed order that depends on the counts alone.
 */
import { loadPart_f32x4, multiplyAdd_f32x4, storePart_f32x4 } from '../lanes';

/** Rows of a tile. */
// @ts-ignore: decorator
@inline
export const TILE_ROWS: i32 = 4;
/** Columns of a tile. */
// @ts-ignore: decorator
@inline
export const TILE_COLUMNS: i32 = 8;

/** Puts, or adds, one row of a tile to f32[columns] at p. */
// @ts-ignore: decorator
@inline
function storeRow(p: usize, left: v128, right: v128, columns: i32, adds: bool): void {
  if (adds) {
    left = f32x4.add(loadPart_f32x4(p, columns), left);
    right = f32x4.add(loadPart_f32x4(p + 16, columns - 4), right);
  }
  storePart_f32x4(p, left, columns);
  storePart_f32x4(p + 16, right, columns - 4);
}

/**
 * c (rows <= 4, columns <= 8) = or += the sum over k of a_k b_k', where a_k is f32[4] and b_k f32[8]; both are read whole. b is
 * contiguous but for stepB bytes from k to k + 1; a is blocks of lines of `count` items: stepA bytes apart in a line, lines pitchA, blocks blockA.
 */
export function outerProducts(
  c: usize,
  strideC: usize,
  rows: i32,
  columns: i32,
  adds: bool,
  a: usize,
  stepA: usize,
  pitchA: usize,
  blockA: usize,
  b: usize,
  stepB: usize,
  blocks: i32,
  lines: i32,
  count: i32,
): void {
  let l0 = f32x4.splat(0);
  let l1 = l0;
  let l2 = l0;
  let l3 = l0;
  let r0 = l0;
  let r1 = l0;
  let r2 = l0;
  let r3 = l0;
  for (let block = 0; block < blocks; block++) {
    let line = a + <usize>block * blockA;
    for (let i = 0; i < lines; i++, line += pitchA) {
      let p = line;
      for (let k = 0; k < count; k++) {
        const left = v128.load(b);
        const right = v128.load(b, 16);
        let x = v128.load32_splat(p);
        l0 = multiplyAdd_f32x4(x, left, l0);
        r0 = multiplyAdd_f32x4(x, right, r0);
        x = v128.load32_splat(p, 4);
        l1 = multiplyAdd_f32x4(x, left, l1);
        r1 = multiplyAdd_f32x4(x, right, r1);
        x = v128.load32_splat(p, 8);
        l2 = multiplyAdd_f32x4(x, left, l2);
        r2 = multiplyAdd_f32x4(x, right, r2);
        x = v128.load32_splat(p, 12);
        l3 = multiplyAdd_f32x4(x, left, l3);
        r3 = multiplyAdd_f32x4(x, right, r3);
        p += stepA;
        b += stepB;
      }
    }
  }
  storeRow(c, l0, r0, columns, adds);
  if (rows > 1) storeRow(c + strideC, l1, r1, columns, adds);
  if (rows > 2) storeRow(c + 2 * strideC, l2, r2, columns, adds);
  if (rows > 3) storeRow(c + 3 * strideC, l3, r3, columns, adds);
}

/**
 * Rows of c, f32[columns <= 8], strideC bytes apart, lines of `rows` of them pitchC apart, = rows of a times `panel`. A row of a is
 * `taps` runs of `run` floats, tapA bytes apart; rows are strideA apart, lines pitchA. panel is f32[taps * run][8].
 */
export function rowProducts(
  c: usize,
  strideC: usize,
  pitchC: usize,
  columns: i32,
  a: usize,
  strideA: usize,
  pitchA: usize,
  lines: i32,
  rows: i32,
  panel: usize,
  run: i32,
  taps: i32,
  tapA: usize,
): void {
  const runBytes = <usize>run << 2;
  const quadBytes = runBytes & ~15;
  for (let line = 0; line < lines; line++, a += pitchA, c += pitchC) {
    for (let row = 0; row < rows; row += TILE_ROWS) {
      // Rows that are not there are those before them again.
      const a0 = a + <usize>row * strideA;
      const a1 = row + 1 < rows ? a0 + strideA : a0;
      const a2 = row + 2 < rows ? a1 + strideA : a0;
      const a3 = row + 3 < rows ? a2 + strideA : a0;
      let l0 = f32x4.splat(0);
      let l1 = l0;
      let l2 = l0;
      let l3 = l0;
      let r0 = l0;
      let r1 = l0;
      let r2 = l0;
      let r3 = l0;
      let b = panel;
      for (let tap = 0, skip: usize = 0; tap < taps; tap++, skip += tapA) {
        let p0 = a0 + skip;
        let p1 = a1 + skip;
        let p2 = a2 + skip;
        let p3 = a3 + skip;
        const end = p0 + runBytes;
        for (const quads = p0 + quadBytes; p0 < quads; p0 += 16, p1 += 16, p2 += 16, p3 += 16, b += 128) {
          let left = v128.load(b);
          let right = v128.load(b, 16);
          let x = v128.load32_splat(p0);
          l0 = multiplyAdd_f32x4(x, left, l0);
          r0 = multiplyAdd_f32x4(x, right, r0);
          x = v128.load32_splat(p1);
          l1 = multiplyAdd_f32x4(x, left, l1);
          r1 = multiplyAdd_f32x4(x, right, r1);
          x = v128.load32_splat(p2);
          l2 = multiplyAdd_f32x4(x, left, l2);
          r2 = multiplyAdd_f32x4(x, right, r2);
          x = v128.load32_splat(p3);
          l3 = multiplyAdd_f32x4(x, left, l3);
          r3 = multiplyAdd_f32x4(x, right, r3);
          left = v128.load(b, 32);
          right = v128.load(b, 48);
          x = v128.load32_splat(p0, 4);
          l0 = multiplyAdd_f32x4(x, left, l0);
          r0 = multiplyAdd_f32x4(x, right, r0);
          x = v128.load32_splat(p1, 4);
          l1 = multiplyAdd_f32x4(x, left, l1);
          r1 = multiplyAdd_f32x4(x, right, r1);
          x = v128.load32_splat(p2, 4);
          l2 = multiplyAdd_f32x4(x, left, l2);
          r2 = multiplyAdd_f32x4(x, right, r2);
          x = v128.load32_splat(p3, 4);
          l3 = multiplyAdd_f32x4(x, left, l3);
          r3 = multiplyAdd_f32x4(x, right, r3);
          left = v128.load(b, 64);
          right = v128.load(b, 80);
          x = v128.load32_splat(p0, 8);
          l0 = multiplyAdd_f32x4(x, left, l0);
          r0 = multiplyAdd_f32x4(x, right, r0);
          x = v128.load32_splat(p1, 8);
          l1 = multiplyAdd_f32x4(x, left, l1);
          r1 = multiplyAdd_f32x4(x, right, r1);
          x = v128.load32_splat(p2, 8);
          l2 = multiplyAdd_f32x4(x, left, l2);
          r2 = multiplyAdd_f32x4(x, right, r2);
          x = v128.load32_splat(p3, 8);
          l3 = multiplyAdd_f32x4(x, left, l3);
          r3 = multiplyAdd_f32x4(x, right, r3);
          left = v128.load(b, 96);
          right = v128.load(b, 112);
          x = v128.load32_splat(p0, 12);
          l0 = multiplyAdd_f32x4(x, left, l0);
          r0 = multiplyAdd_f32x4(x, right, r0);
          x = v128.load32_splat(p1, 12);
          l1 = multiplyAdd_f32x4(x, left, l1);
          r1 = multiplyAdd_f32x4(x, right, r1);
          x = v128.load32_splat(p2, 12);
          l2 = multiplyAdd_f32x4(x, left, l2);
          r2 = multiplyAdd_f32x4(x, right, r2);
          x = v128.load32_splat(p3, 12);
          l3 = multiplyAdd_f32x4(x, left, l3);
          r3 = multiplyAdd_f32x4(x, right, r3);
        }
        for (; p0 < end; p0 += 4, p1 += 4, p2 += 4, p3 += 4, b += 32) {
          const left = v128.load(b);
          const right = v128.load(b, 16);
          let x = v128.load32_splat(p0);
          l0 = multiplyAdd_f32x4(x, left, l0);
          r0 = multiplyAdd_f32x4(x, right, r0);
          x = v128.load32_splat(p1);
          l1 = multiplyAdd_f32x4(x, left, l1);
          r1 = multiplyAdd_f32x4(x, right, r1);
          x = v128.load32_splat(p2);
          l2 = multiplyAdd_f32x4(x, left, l2);
          r2 = multiplyAdd_f32x4(x, right, r2);
          x = v128.load32_splat(p3);
          l3 = multiplyAdd_f32x4(x, left, l3);
          r3 = multiplyAdd_f32x4(x, right, r3);
        }
      }
      const to = c + <usize>row * strideC;
      storeRow(to, l0, r0, columns, false);
      if (row + 1 < rows) storeRow(to + strideC, l1, r1, columns, false);
      if (row + 2 < rows) storeRow(to + 2 * strideC, l2, r2, columns, false);
      if (row + 3 < rows) storeRow(to + 3 * strideC, l3, r3, columns, false);
    }
  }
}
