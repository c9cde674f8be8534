/** Kernels of assembly/neighbors.ts: information by nearest neighbours. */
import { type Arena, type Block, pointersOf } from '../arena.js';

/**
 * Numbers in increasing order with the places of each class among them; see assembly/neighbors.ts.
 */
export interface PlacedClasses {
  /** f64[kept] */
  readonly values: Block<'f64'>;
  /** i32[kept] */
  readonly places: Block<'i32'>;
  /** Where each class begins in places, i32[classes + 1]. */
  readonly bounds: Block<'i32'>;
}

/**
 * Points in strips that follow each other in x, each in the order of y; see assembly/neighbors.ts.
 */
export interface Strips {
  /** f64[rows] each. */
  readonly stripX: Block<'f64'>;
  readonly stripY: Block<'f64'>;
  /** The coordinates by themselves, in increasing order, f64[rows] each. */
  readonly x: Block<'f64'>;
  readonly y: Block<'f64'>;
  /** What distances in either coordinate are multiplied by. */
  readonly perScaleX: number;
  readonly perScaleY: number;
  /** Points in a strip. */
  readonly width: number;
}

/** What assembly/neighbors.ts exports. */
export interface NeighborsExports {
  digammas(out: number, count: number): void;
  placeClasses(
    values: number,
    places: number,
    x: number,
    order: number,
    codes: number,
    cursors: number,
    rows: number,
  ): void;
  classTerms(
    values: number,
    places: number,
    bounds: number,
    psi: number,
    kept: number,
    neighbours: number,
    firstClass: number,
    lastClass: number,
  ): number;
  fillStrips(
    stripX: number,
    stripY: number,
    x: number,
    y: number,
    places: number,
    cursors: number,
    rows: number,
    width: number,
  ): void;
  planeTerms(
    stripX: number,
    stripY: number,
    x: number,
    y: number,
    psi: number,
    nearest: number,
    perScaleX: number,
    perScaleY: number,
    rows: number,
    width: number,
    neighbours: number,
    firstStrip: number,
    lastStrip: number,
  ): number;
}

/** Sums over nearest neighbours. */
export function bindNeighbors(wasm: NeighborsExports, arena: Arena) {
  return {
    /** Fills out with psi(n) for n = 1, 2 ..; out[0] is 0. */
    digammas(out: Block<'f64'>): void {
      wasm.digammas(out.pointer, out.length);
    },

    /**
     * Fills values and places with the rows of x [rows], in increasing order, whose code is at
     * least 0; bounds says where.
     */
    placeClasses(
      { values, places, bounds }: PlacedClasses,
      x: Block<'f64'>,
      order: Block<'i32'>,
      codes: Block<'i32'>,
    ): void {
      arena.borrow(() => {
        const cursors = arena.copy(bounds);
        wasm.placeClasses(...pointersOf(values, places, x, order, codes, cursors), x.length);
      });
    },

    /**
     * The sum of psi(k_i) - psi(m_i) over the rows of classes [firstClass, lastClass), each of at
     * least two rows.
     */
    classTerms(
      { values, places, bounds }: PlacedClasses,
      psi: Block<'f64'>,
      neighbours: number,
      firstClass: number,
      lastClass: number,
    ): number {
      return wasm.classTerms(
        ...pointersOf(values, places, bounds, psi),
        values.length,
        neighbours,
        firstClass,
        lastClass,
      );
    },

    /**
     * Fills the strips with points whose y is in increasing order; places [rows] says where each is
     * in the order of x.
     */
    fillStrips({ stripX, stripY, x, y, width }: Strips, places: Block<'i32'>): void {
      arena.borrow(() => {
        const cursors = arena.alloc('i32', Math.ceil(x.length / width));
        wasm.fillStrips(...pointersOf(stripX, stripY, x, y, places, cursors), x.length, width);
      });
    },

    /**
     * The sum of psi(k_i) - psi(x_i) - psi(y_i) over the points of strips [firstStrip, lastStrip);
     * neighbours < rows.
     */
    planeTerms(
      { stripX, stripY, x, y, perScaleX, perScaleY, width }: Strips,
      psi: Block<'f64'>,
      neighbours: number,
      firstStrip: number,
      lastStrip: number,
    ): number {
      return arena.borrow(() => {
        const nearest = arena.alloc('f64', neighbours);
        return wasm.planeTerms(
          ...pointersOf(stripX, stripY, x, y, psi, nearest),
          perScaleX,
          perScaleY,
          x.length,
          width,
          neighbours,
          firstStrip,
          lastStrip,
        );
      });
    },
  };
}
