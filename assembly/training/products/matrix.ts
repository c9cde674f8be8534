/**
 * C = op(A) op(B), row-major float32, each operand as it is or transposed.
 *
 * Both operands are copied piece by piece into the order in which tiles read them, which costs one
 * copy for N / 16 uses of A and M / 2 of B, and makes the four cases one. Pieces of A stay in the
 * second-level cache, panels of B in the first. Where products are few, writing C is what takes
 * time, and rows of tiles are done at once.
 */
import { packPanels, packStrip } from './pack';
import { outerProducts, stripProducts, TILE_COLUMNS, TILE_ROWS } from './tile';

/** Products that are summed at a time: a panel of B is then 16 KiB. */
// @ts-ignore: decorator
@inline
const DEPTH: i32 = 256;
/** Rows of A that are packed at a time. */
// @ts-ignore: decorator
@inline
const HEIGHT: i32 = 128;
/**
 * Numbers of B that are packed at a time where products are few: all of their panels stay in the
 * first-level cache.
 */
// @ts-ignore: decorator
@inline
const SHALLOW_PANELS: i32 = DEPTH * TILE_COLUMNS;
/**
 * Products are few where C is what moves most memory (gradients of weights: as many as rows of a
 * shard); C is then written along its rows.
 */
// @ts-ignore: decorator
@inline
const SHALLOW: i32 = 32;

/** Bytes of scratch that {@link multiply} needs, whatever the sizes. */
export function multiplyScratchBytes(): i32 {
  return (HEIGHT * DEPTH + SHALLOW_PANELS) << 2;
}

/**
 * c (M, N) = op(a) (M, K) times op(b) (K, N): a is (M, K), or (K, M) where transposeA; b is (K, N),
 * or (N, K) where transposeB. c overlaps neither. 0 products sum to 0.
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
        packStrip(to, from, acrossA, alongA, min(TILE_ROWS, height - i), depth);
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
