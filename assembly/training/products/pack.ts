/** Copies of matrices in the order in which tiles read them. */
import { TILE_COLUMNS, TILE_ROWS } from './tile';

/**
 * Packs `width` (2 or 16) neighbouring rows of a matrix, of which `there` exist, into
 * f32[depth][width] with 0 for what is not there. Elements of a row are `along` bytes apart, rows
 * `across`.
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

/** Packs 2 rows, of which `there` exist, into f32[depth][2]; see {@link pack}. */
export function packStrip(to: usize, from: usize, across: usize, along: usize, there: i32, depth: i32): void {
  pack(to, from, across, along, TILE_ROWS, there, depth);
}

/**
 * Packs `width` rows into panels of f32[depth][16], one after the other, the last filled up with 0;
 * see {@link pack}.
 */
export function packPanels(to: usize, from: usize, across: usize, along: usize, width: i32, depth: i32): void {
  const panelBytes = <usize>(depth * TILE_COLUMNS) << 2;
  for (let j = 0; j < width; j += TILE_COLUMNS, to += panelBytes) {
    pack(to, from + <usize>j * across, across, along, TILE_COLUMNS, min(TILE_COLUMNS, width - j), depth);
  }
}
