/**
 * Products of 2 rows by 16 columns in eight registers of four float32: the two loops on which all
 * matrix products and convolutions rest.
 *
 * Cost: 8 multiply-adds for 2 broadcasts and 4 loads. Of the shapes that fill eight accumulators
 * this one has the fewest instructions, as engines compute the address of every broadcast apart.
 * Loops are not unrolled: engines would load all that an iteration needs first, and spill it.
 *
 * Precision: float32. Each sum is taken in one fixed order that depends on the counts alone.
 */
import { activate_f32x4, loadPart_f32x4, multiplyAdd_f32x4, storePart_f32x4 } from '../lanes';

/** Rows of a tile. */
// @ts-ignore: decorator
@inline
export const TILE_ROWS: i32 = 2;
/** Columns of a tile. */
// @ts-ignore: decorator
@inline
export const TILE_COLUMNS: i32 = 16;

/** Columns as tiles take them. */
// @ts-ignore: decorator
@inline
export function roundUpColumns(columns: i32): i32 {
  return (columns + TILE_COLUMNS - 1) & ~(TILE_COLUMNS - 1);
}

/**
 * Writes f32[roundUpColumns(columns)] of a bias (0 elsewhere, and everywhere where it has no
 * address); returns where it ends.
 */
export function packBias(to: usize, bias: usize, columns: i32): usize {
  const end = to + (<usize>roundUpColumns(columns) << 2);
  const bytes: usize = bias == 0 ? <usize>0 : <usize>columns << 2;
  memory.copy(to, bias, bytes);
  memory.fill(to + bytes, 0, end - to - bytes);
  return end;
}

/** Puts, or adds, one row of a tile to f32[columns] at p. */
// @ts-ignore: decorator
@inline
function storeRow(p: usize, x0: v128, x1: v128, x2: v128, x3: v128, columns: i32, adds: bool): void {
  if (columns >= TILE_COLUMNS) {
    if (adds) {
      x0 = f32x4.add(v128.load(p), x0);
      x1 = f32x4.add(v128.load(p, 16), x1);
      x2 = f32x4.add(v128.load(p, 32), x2);
      x3 = f32x4.add(v128.load(p, 48), x3);
    }
    v128.store(p, x0);
    v128.store(p, x1, 16);
    v128.store(p, x2, 32);
    v128.store(p, x3, 48);
  } else storePartOfRow(p, x0, x1, x2, x3, columns, adds);
}

function storePartOfRow(p: usize, x0: v128, x1: v128, x2: v128, x3: v128, columns: i32, adds: bool): void {
  storePart(p, x0, columns, adds);
  if (columns > 4) storePart(p + 16, x1, columns - 4, adds);
  if (columns > 8) storePart(p + 32, x2, columns - 8, adds);
  if (columns > 12) storePart(p + 48, x3, columns - 12, adds);
}

function storePart(p: usize, x: v128, columns: i32, adds: bool): void {
  if (adds) x = f32x4.add(loadPart_f32x4(p, columns), x);
  storePart_f32x4(p, x, columns);
}

/**
 * c (rows <= 2, columns <= 16) = or += the sum over k of a_k b_k', where a_k is f32[2] and b_k
 * f32[16]; both are read whole. From k to k + 1 b moves by stepB bytes; a is blocks of lines of
 * `count` items: stepA bytes apart in a line, lines pitchA, blocks blockA.
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
  let t0 = f32x4.splat(0);
  let t1 = t0;
  let t2 = t0;
  let t3 = t0;
  let u0 = t0;
  let u1 = t0;
  let u2 = t0;
  let u3 = t0;
  const bytes = <usize>count * stepA;
  for (let block = 0; block < blocks; block++, a += blockA) {
    let line = a;
    for (let i = 0; i < lines; i++, line += pitchA) {
      for (let p = line, end = line + bytes; p != end; p += stepA, b += stepB) {
        const x = v128.load32_splat(p);
        const y = v128.load32_splat(p, 4);
        const b0 = v128.load(b);
        const b1 = v128.load(b, 16);
        const b2 = v128.load(b, 32);
        const b3 = v128.load(b, 48);
        t0 = multiplyAdd_f32x4(x, b0, t0);
        t1 = multiplyAdd_f32x4(x, b1, t1);
        t2 = multiplyAdd_f32x4(x, b2, t2);
        t3 = multiplyAdd_f32x4(x, b3, t3);
        u0 = multiplyAdd_f32x4(y, b0, u0);
        u1 = multiplyAdd_f32x4(y, b1, u1);
        u2 = multiplyAdd_f32x4(y, b2, u2);
        u3 = multiplyAdd_f32x4(y, b3, u3);
      }
    }
  }
  storeRow(c, t0, t1, t2, t3, columns, adds);
  if (rows > 1) storeRow(c + strideC, u0, u1, u2, u3, columns, adds);
}

/**
 * c (rows <= 2, columns), strideC bytes a row, = or += the sum over k < depth of a_k b_k', where
 * a_k is f32[2] and b is panels f32[depth][16], one after the other: a row of tiles without a call
 * for each, as they are done sooner than that.
 */
export function stripProducts(
  c: usize,
  strideC: usize,
  rows: i32,
  columns: i32,
  adds: bool,
  a: usize,
  panels: usize,
  depth: i32,
): void {
  const end = a + (<usize>(depth * TILE_ROWS) << 2);
  let b = panels;
  for (; columns > 0; columns -= TILE_COLUMNS, c += TILE_COLUMNS << 2) {
    let t0 = f32x4.splat(0);
    let t1 = t0;
    let t2 = t0;
    let t3 = t0;
    let u0 = t0;
    let u1 = t0;
    let u2 = t0;
    let u3 = t0;
    for (let p = a; p != end; p += TILE_ROWS << 2, b += 64) {
      const x = v128.load32_splat(p);
      const y = v128.load32_splat(p, 4);
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      const b2 = v128.load(b, 32);
      const b3 = v128.load(b, 48);
      t0 = multiplyAdd_f32x4(x, b0, t0);
      t1 = multiplyAdd_f32x4(x, b1, t1);
      t2 = multiplyAdd_f32x4(x, b2, t2);
      t3 = multiplyAdd_f32x4(x, b3, t3);
      u0 = multiplyAdd_f32x4(y, b0, u0);
      u1 = multiplyAdd_f32x4(y, b1, u1);
      u2 = multiplyAdd_f32x4(y, b2, u2);
      u3 = multiplyAdd_f32x4(y, b3, u3);
    }
    storeRow(c, t0, t1, t2, t3, columns, adds);
    if (rows > 1) storeRow(c + strideC, u0, u1, u2, u3, columns, adds);
  }
}

/**
 * Rows of c, f32[columns <= 16], strideC bytes apart, lines of `rows` of them pitchC apart, =
 * activation of bias + rows of a times `panel`. A row of a is `taps` runs of `run` floats, tapA
 * bytes apart; rows are strideA apart, lines pitchA. panel is f32[taps * run][16], bias f32[16].
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
  bias: usize,
  activation: i32,
  alpha: f32,
): void {
  const runBytes = <usize>run << 2;
  for (let line = 0; line < lines; line++, a += pitchA, c += pitchC) {
    for (let row = 0; row < rows; row += TILE_ROWS) {
      let p = a + <usize>row * strideA;
      // A second row that is not there is the first again.
      let q = row + 1 < rows ? p + strideA : p;
      let t0 = v128.load(bias);
      let t1 = v128.load(bias, 16);
      let t2 = v128.load(bias, 32);
      let t3 = v128.load(bias, 48);
      let u0 = t0;
      let u1 = t1;
      let u2 = t2;
      let u3 = t3;
      let b = panel;
      for (let tap = 0; tap < taps; tap++) {
        for (const end = p + runBytes; p != end; p += 4, q += 4, b += 64) {
          const x = v128.load32_splat(p);
          const y = v128.load32_splat(q);
          const b0 = v128.load(b);
          const b1 = v128.load(b, 16);
          const b2 = v128.load(b, 32);
          const b3 = v128.load(b, 48);
          t0 = multiplyAdd_f32x4(x, b0, t0);
          t1 = multiplyAdd_f32x4(x, b1, t1);
          t2 = multiplyAdd_f32x4(x, b2, t2);
          t3 = multiplyAdd_f32x4(x, b3, t3);
          u0 = multiplyAdd_f32x4(y, b0, u0);
          u1 = multiplyAdd_f32x4(y, b1, u1);
          u2 = multiplyAdd_f32x4(y, b2, u2);
          u3 = multiplyAdd_f32x4(y, b3, u3);
        }
        p += tapA - runBytes;
        q += tapA - runBytes;
      }
      if (activation != 0) {
        const alpha_f32x4 = f32x4.splat(alpha);
        t0 = activate_f32x4(t0, activation, alpha_f32x4);
        t1 = activate_f32x4(t1, activation, alpha_f32x4);
        t2 = activate_f32x4(t2, activation, alpha_f32x4);
        t3 = activate_f32x4(t3, activation, alpha_f32x4);
        u0 = activate_f32x4(u0, activation, alpha_f32x4);
        u1 = activate_f32x4(u1, activation, alpha_f32x4);
        u2 = activate_f32x4(u2, activation, alpha_f32x4);
        u3 = activate_f32x4(u3, activation, alpha_f32x4);
      }
      const to = c + <usize>row * strideC;
      storeRow(to, t0, t1, t2, t3, columns, false);
      if (row + 1 < rows) storeRow(to + strideC, u0, u1, u2, u3, columns, false);
    }
  }
}
