/** Kernels of assembly/gaussian.ts: densities of mixtures of diagonal Gaussians, every pair. */
import { type Arena, type Block, pointersOf } from '../arena.js';
import type { PosteriorBlocks } from './posterior.js';

/** What assembly/gaussian.ts exports. */
export interface GaussianExports {
  packGaussians(
    pack: number,
    mu: number,
    logvar: number,
    rows: number,
    latents: number,
    first: number,
    last: number,
  ): void;
  addDensities(
    sums: number,
    maxima: number,
    span: number,
    pack: number,
    points: number,
    stride: number,
    latents: number,
    count: number,
    scratch: number,
  ): void;
  finishDensities(values: number, maxima: number, offset: number, count: number): void;
}

/** Components of a mixture. */
export type GaussianComponents = Omit<PosteriorBlocks, 'z'>;

/** Points, f64[latents][stride], the first `count` of which are meant. */
export interface GaussianPoints {
  readonly values: Block<'f64'>;
  readonly stride: number;
  readonly count: number;
}

/** Components that a pack holds. */
export const PACK_COMPONENTS = 128;
/** Numbers per component and dimension of a pack. */
const PACK_NUMBERS = 3;

/** Sums of densities. */
export function bindGaussian(wasm: GaussianExports, arena: Arena) {
  return {
    /** Takes memory for a pack of components. */
    allocatePack(latents: number): Block<'f64'> {
      return arena.alloc('f64', PACK_COMPONENTS * PACK_NUMBERS * latents);
    },

    /** Packs components [first, last), at most PACK_COMPONENTS of them. */
    pack(pack: Block<'f64'>, { mu, logvar, rows, latents }: GaussianComponents, first: number, last: number): void {
      wasm.packGaussians(pack.pointer, mu.pointer, logvar.pointer, rows, latents, first, last);
    },

    /**
     * Adds the components of a pack to the sums of points: exp(maxima) * sums, f64[latents +
     * 1][span] both, of each dimension and then of all jointly. Begin with sums of 0 and maxima of
     * -Infinity.
     */
    addDensities(
      sums: Block<'f64'>,
      maxima: Block<'f64'>,
      span: number,
      pack: Block<'f64'>,
      latents: number,
      { values, stride, count }: GaussianPoints,
    ): void {
      arena.borrow(() => {
        const scratch = arena.alloc('f64', 2 * PACK_COMPONENTS).pointer;
        const [to, most, from, z] = pointersOf(sums, maxima, pack, values);
        wasm.addDensities(to, most, span, from, z, stride, latents, count, scratch);
      });
    },

    /** values = ln(values) + maxima + offset. */
    finishDensities(values: Block<'f64'>, maxima: Block<'f64'>, offset: number): void {
      wasm.finishDensities(values.pointer, maxima.pointer, offset, values.length);
    },
  };
}
