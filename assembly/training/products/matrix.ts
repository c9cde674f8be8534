/**
 * C = op(A) op(B), row-major float32, each operand as it is or transposed.
 *
 * Both operands are copied piece by piece into the order in which tiles read them, which costs one copy for N / 16 uses of A and M / 2 of B, and
 * makes the four cases one. Pieces of A stay in the second-level cache, panels of B in the first. Where products are few, writing C is what
 * takes time, and rows of tiles are done at once.
 */
import { outerProducts, stripProducts, TILE_COLUMNS, TILE_ROWS } from './tile';

/** Products that are summed at a time: a panel of B is then 16 KiB. */
// @ts-ignore: decorator
@inline
const DEPTH: i32 = 256;
/** Rows of A that are packed at a time. */
// @ts-ignore: decorator
@inline
const HEIGHT: i32 = 128;
/** Numbers of B that are packed at a time where products are few: all of their panels stay in the first-level cache. */
// @ts-ignore: decorator
@inline
const SHALLOW_PANELS: i32 = DEPTH * TILE_COLUMNS;
/** Products are few where C is what moves most memory (gradients of weights: as many as rows of a shard); C is then written along its rows. */
// @ts-ignore: decorator
@inline
const SHALLOW: i32 = 32;

/** Bytes of scratch that {@link multiply} needs, whatever the sizes. */
export function multiplyScratchBytes(): i32 {
  return (HEIGHT * DEPTH + SHALLOW_PANELS) << 2;
}

/**
 * Packs `width` (2 or 16) neighbouring rows of op(X), of which `there` exist, into f32[depth][width] with 0 for what is not there. Elements of a
 * row are `along` bytes apart, rows `across`.
 */
// @ts-ignore: decorator
@inline
function pack(to: usize, from: usize, across: usize, along: usize, width: i32, there: i32, depth: i32): void {
  const widthBytes = <usize>width << 2;
  if (there < width) {
    for (let i = 0; i < width; i++) packRow(to + (<usize>i << 2), from + <usize>i * across, along, widthBytes, i < there, depth);
  } else if (across == 4) {
    for (let k = 0; k < depth; k++, from += along, to += widthBytes) {
      if (width == TILE_ROWS) store<u64>(to, load<u64>(from));
      else {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
        v128.store(to, v128.load(from, 32), 32);
        v128.store(to, v128.load(from, 48), 48);
      }
    }
  } else if (width == TILE_ROWS) {
    packPair(to, from, from + across, depth);
  } else {
    for (let i = 0; i < width; i += 4) packQuad(to + (<usize>i << 2), from + <usize>i * across, across, widthBytes, depth);
  }
}

/** A row of {@link pack}, or zeros. */
function packRow(to: usize, from: usize, along: usize, widthBytes: usize, isThere: bool, depth: i32): void {
  for (let k = 0; k < depth; k++, from += along, to += widthBytes) store<f32>(to, isThere ? load<f32>(from) : 0);
}

/** Two contiguous rows into f32[depth][2]. */
function packPair(to: usize, p: usize, q: usize, depth: i32): void {
  let k = 0;
  for (; k + 4 <= depth; k += 4, p += 16, q += 16, to += 32) {
    const x = v128.load(p);
    const y = v128.load(q);
    v128.store(to, i32x4.shuffle(x, y, 0, 4, 1, 5));
    v128.store(to, i32x4.shuffle(x, y, 2, 6, 3, 7), 16);
  }
  for (; k < depth; k++, p += 4, q += 4, to += 8) {
    store<f32>(to, load<f32>(p));
    store<f32>(to, load<f32>(q), 4);
  }
}

/** Four contiguous rows into four neighbours of items that are widthBytes apart. */
function packQuad(to: usize, p0: usize, across: usize, widthBytes: usize, depth: i32): void {
  let p1 = p0 + across;
  let p2 = p1 + across;
  let p3 = p2 + across;
  let k = 0;
  for (; k + 4 <= depth; k += 4, p0 += 16, p1 += 16, p2 += 16, p3 += 16) {
    const x0 = v128.load(p0);
    const x1 = v128.load(p1);
    const x2 = v128.load(p2);
    const x3 = v128.load(p3);
    const low01 = i32x4.shuffle(x0, x1, 0, 4, 1, 5);
    const low23 = i32x4.shuffle(x2, x3, 0, 4, 1, 5);
    const high01 = i32x4.shuffle(x0, x1, 2, 6, 3, 7);
    const high23 = i32x4.shuffle(x2, x3, 2, 6, 3, 7);
    v128.store(to, i64x2.shuffle(low01, low23, 0, 2));
    to += widthBytes;
    v128.store(to, i64x2.shuffle(low01, low23, 1, 3));
    to += widthBytes;
    v128.store(to, i64x2.shuffle(high01, high23, 0, 2));
    to += widthBytes;
    v128.store(to, i64x2.shuffle(high01, high23, 1, 3));
    to += widthBytes;
  }
  for (; k < depth; k++, p0 += 4, p1 += 4, p2 += 4, p3 += 4, to += widthBytes) {
    store<f32>(to, load<f32>(p0));
    store<f32>(to, load<f32>(p1), 4);
    store<f32>(to, load<f32>(p2), 8);
    store<f32>(to, load<f32>(p3), 12);
  }
}

function packA(to: usize, from: usize, across: usize, along: usize, there: i32, depth: i32): void {
  pack(to, from, across, along, TILE_ROWS, there, depth);
}

/** Packs `width` columns of op(B) into panels of f32[depth][16], one after the other, the last filled up with 0. */
function packPanels(to: usize, from: usize, across: usize, along: usize, width: i32, depth: i32): void {
  const panelBytes = <usize>(depth * TILE_COLUMNS) << 2;
  for (let j = 0; j < width; j += TILE_COLUMNS, to += panelBytes) {
    pack(to, from + <usize>j * across, across, along, TILE_COLUMNS, min(TILE_COLUMNS, width - j), depth);
  }
}

/**
 * c (M, N) = op(a) (M, K) times op(b) (K, N): a is (M, K), or (K, M) where transposeA; b is (K, N), or (N, K) where transposeB. c overlaps
 * neither. 0 products sum to 0.
 */
export function multiply(
  c: usize,
  a: usize,
  b: usize,
  M: i32,
  N: i32,
  K: i32,
  transposeA: bool,
  transposeB: bool,
  scratch: usize,
): void {
  if (K <= 0) memory.fill(c, 0, <usize>M * <usize>N << 2);
  const acrossA: usize = transposeA ? 4 : <usize>K << 2;
  const alongA: usize = transposeA ? <usize>M << 2 : 4;
  const acrossB: usize = transposeB ? <usize>K << 2 : 4;
  const alongB: usize = transposeB ? 4 : <usize>N << 2;
  const strideC = <usize>N << 2;
  const piece = scratch + (<usize>SHALLOW_PANELS << 2);
  for (let top = 0; top < M; top += HEIGHT) {
    const height = min(HEIGHT, M - top);
    for (let k = 0; k < K; k += DEPTH) {
      const depth = min(DEPTH, K - k);
      const stripBytes = <usize>(depth * TILE_ROWS) << 2;
      for (let i = 0, to = piece; i < height; i += TILE_ROWS, to += stripBytes) {
        const from = a + <usize>(top + i) * acrossA + <usize>k * alongA;
        packA(to, from, acrossA, alongA, min(TILE_ROWS, height - i), depth);
      }
      const isShallow = depth <= SHALLOW;
      // One panel where they are deep.
      const block = isShallow ? (SHALLOW_PANELS / (depth * TILE_COLUMNS)) * TILE_COLUMNS : TILE_COLUMNS;
      for (let j = 0; j < N; j += block) {
        const width = min(block, N - j);
        packPanels(scratch, b + <usize>j * acrossB + <usize>k * alongB, acrossB, alongB, width, depth);
        let to = c + <usize>top * strideC + (<usize>j << 2);
        for (let i = 0, strip = piece; i < height; i += TILE_ROWS, strip += stripBytes, to += strideC * TILE_ROWS) {
          const rows = min(TILE_ROWS, height - i);
          if (isShallow) stripProducts(to, strideC, rows, width, k > 0, strip, scratch, depth);
          else outerProducts(to, strideC, rows, width, k > 0, strip, TILE_ROWS << 2, 0, 0, scratch, TILE_COLUMNS << 2, 1, 1, depth);
        }
      }
    }
  }
}
