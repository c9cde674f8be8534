/**
 * Kernels of assembly/random.ts and normals.ts: the seeded generator, and uniform and normal
 * numbers made of its words.
 */
import { type Arena, type Block, pointersOf } from '../arena.js';

/**
 * A place in the random sequence: draws are a function of the seed, the stream and the index alone.
 */
export interface Stream {
  /** A whole number from 0 to 2^53 - 1. */
  readonly seed: number;
  readonly stream: number;
  readonly index: number;
}

/** What assembly/random.ts and normals.ts export. */
export interface RandomExports {
  fillNormals(
    out: number,
    count: number,
    from: number,
    seedLow: number,
    seedHigh: number,
    stream: number,
    index: number,
    state: number,
  ): void;
  fillUniform(
    out: number,
    count: number,
    from: number,
    seedLow: number,
    seedHigh: number,
    stream: number,
    index: number,
    state: number,
  ): void;
  philoxBlock(out: number, counter: number, key: number, state: number): void;
  uniformBelow(
    out: number,
    count: number,
    n: number,
    seedLow: number,
    seedHigh: number,
    stream: number,
    index: number,
    state: number,
  ): void;
  shuffledRows(
    out: number,
    n: number,
    count: number,
    seedLow: number,
    seedHigh: number,
    stream: number,
    index: number,
    state: number,
  ): void;
}

const STATE_WORDS = 92;

/** Room for the state of a generator. */
export function allocState(arena: Arena): Block<'u32'> {
  return arena.alloc('u32', STATE_WORDS);
}

/**
 * A place in the sequence as kernels take it: the low and the high word of the seed, the stream,
 * the index.
 */
export function wordsOf({ seed, stream, index }: Stream): [number, number, number, number] {
  return [seed >>> 0, Math.floor(seed / 2 ** 32), stream, index];
}

/** Draws that are a function of the seed, the stream and the index alone. */
export function bindRandom(wasm: RandomExports, arena: Arena) {
  return {
    /** One Philox 4x32-10 block: four words for a counter of four words and a key of two. */
    philoxBlock(counter: ArrayLike<number>, key: ArrayLike<number>): Uint32Array {
      return arena.borrow(() => {
        const out = arena.alloc('u32', 4);
        const counterBlock = arena.upload('u32', counter);
        const keyBlock = arena.upload('u32', key);
        wasm.philoxBlock(...pointersOf(out, counterBlock, keyBlock, allocState(arena)));
        return out.array.slice();
      });
    },

    /**
     * Fills out with the standard normal numbers `from` and on of a place: its first words' unless
     * told.
     */
    fillNormals(out: Block<'f32'>, at: Stream, from = 0): void {
      arena.borrow(() => wasm.fillNormals(out.pointer, out.length, from, ...wordsOf(at), allocState(arena).pointer));
    },

    /** As {@link fillNormals}, with numbers in [0, 1), in steps of 2^-24. */
    fillUniform(out: Block<'f32'>, at: Stream, from = 0): void {
      arena.borrow(() => wasm.fillUniform(out.pointer, out.length, from, ...wordsOf(at), allocState(arena).pointer));
    },

    /** Fills out with draws below n. */
    uniformBelow(out: Block<'i32'>, n: number, at: Stream): void {
      arena.borrow(() => wasm.uniformBelow(out.pointer, out.length, n, ...wordsOf(at), allocState(arena).pointer));
    },

    /** Fills out with 0 .. length - 1, its first `count` places a draw without replacement. */
    shuffledRows(out: Block<'i32'>, count: number, at: Stream): void {
      arena.borrow(() => wasm.shuffledRows(out.pointer, out.length, count, ...wordsOf(at), allocState(arena).pointer));
    },
  };
}
