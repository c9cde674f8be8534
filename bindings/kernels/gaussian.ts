/** Kernels of assembly/gaussian.ts and gaussian-f32.ts: densities of mixtures of diagonal Gaussians, every pair. */
import { type Arena, type Block, pointersOf } from '../arena.js';
import type { PosteriorBlocks } from './posterior.js';

/** What assembly/gaussian.ts and gaussian-f32.ts export. */
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
  finishDensities(values: number, maxima: number, scale: number, offset: number, count: number): void;
  largestRemainder(values: number, count: number): number;
  packGaussiansF32(
    pack: number,
    mu: number,
    logvar: number,
    leastLogvars: number,
    rows: number,
    latents: number,
    first: number,
    last: number,
  ): void;
  addDensitiesF32(
    sums: number,
    maxima: number,
    span: number,
    pack: number,
    points: number,
    stride: number,
    splits: number,
    latents: number,
    count: number,
    scratch: number,
  ): void;
}

/** Components of a mixture. */
export type GaussianComponents = Omit<PosteriorBlocks, 'z'>;

/** Points, f64[latents][stride], the first `count` of which are meant. */
export interface GaussianPoints {
  readonly values: Block<'f64'>;
  readonly stride: number;
  readonly count: number;
}

/** Components that a pack holds, of each precision. */
export const PACK_COMPONENTS = { f64: 128, f32: 256 } as const;
/** Numbers per component and dimension of a pack. */
const PACK_NUMBERS = { f64: 3, f32: 4 } as const;
/** Numbers that addDensities has at a time: of a pack's components, and of four points in two parts. */
const SCRATCH = { f64: 2 * PACK_COMPONENTS.f64, f32: 4 * PACK_COMPONENTS.f32 + 32 } as const;

/** Sums of densities. */
export function bindGaussian(wasm: GaussianExports, arena: Arena) {
  return {
    /** Takes memory for a pack of components. */
    allocatePack<T extends 'f32' | 'f64'>(type: T, latents: number): Block<T> {
      return arena.alloc(type, PACK_COMPONENTS[type] * PACK_NUMBERS[type] * latents);
    },

    /** Packs components [first, last), at most PACK_COMPONENTS.f64 of them. */
    pack(pack: Block<'f64'>, { mu, logvar, rows, latents }: GaussianComponents, first: number, last: number): void {
      wasm.packGaussians(pack.pointer, mu.pointer, logvar.pointer, rows, latents, first, last);
    },

    /**
     * Adds the components of a pack to the sums of points: exp(maxima) * sums, f64[latents + 1][span] both, of each dimension and
     * then of all jointly. Begin with sums of 0 and maxima of -Infinity.
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
        const scratch = arena.alloc('f64', SCRATCH.f64).pointer;
        const [to, most, from, z] = pointersOf(sums, maxima, pack, values);
        wasm.addDensities(to, most, span, from, z, stride, latents, count, scratch);
      });
    },

    /** values = ln(values) + scale * maxima + offset; maxima may be null. */
    finishDensities(values: Block<'f64'>, maxima: Block<'f64'> | null, scale: number, offset: number): void {
      wasm.finishDensities(values.pointer, maxima?.pointer ?? 0, scale, offset, values.length);
    },

    /** The largest difference of a value and the float32 nearest to it; infinite where there is none. */
    largestRemainder(values: Block<'f64'>): number {
      return wasm.largestRemainder(values.pointer, values.length);
    },

    /** Packs components [first, last), at most PACK_COMPONENTS.f32; leastLogvars, f64[latents], are those of all components. */
    packF32(
      pack: Block<'f32'>,
      { mu, logvar, rows, latents }: GaussianComponents,
      leastLogvars: Block<'f64'>,
      first: number,
      last: number,
    ): void {
      wasm.packGaussiansF32(...pointersOf(pack, mu, logvar, leastLogvars), rows, latents, first, last);
    },

    /**
     * Adds the components of a pack to the sums of points in float32: sums, f64[latents + 1][span], relative to the height of the
     * narrowest component of each dimension, the last also to 2^maxima, f64[span]. Begin with 0 and -Infinity. splits,
     * u8[latents]: 1 where what rounding to float32 takes from means and points is minded.
     */
    addDensitiesF32(
      sums: Block<'f64'>,
      maxima: Block<'f64'>,
      span: number,
      pack: Block<'f32'>,
      splits: Block<'u8'>,
      { values, stride, count }: GaussianPoints,
    ): void {
      arena.borrow(() => {
        const scratch = arena.alloc('f32', SCRATCH.f32).pointer;
        const [to, most, from, z, minded] = pointersOf(sums, maxima, pack, values, splits);
        wasm.addDensitiesF32(to, most, span, from, z, stride, minded, splits.length, count, scratch);
      });
    },
  };
}
