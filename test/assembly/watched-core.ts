/**
 * core.wasm in memory that is watched: every block, those that the bindings take for themselves
 * among them, is filled with NaN bytes before use and followed by bytes that nobody may write.
 */
import {
  type Arena,
  type Block,
  blockBytes,
  ELEMENT_BYTES,
  type ElementType,
  type NumberBlock,
  type RealBlock,
} from '../../bindings/arena.js';
import { type Core, createCore } from '../../bindings/core.js';
import { compile, instantiate } from '../../bindings/load.js';

/** The lengths every kernel is tried with: none, one, and around every number of lanes. */
export const LENGTHS = [0, 1, 3, 4, 5, 7, 8, 9, 31, 1000];
/** Numbers of columns: around every number of lanes. */
export const COLUMN_COUNTS = [1, 2, 3, 4, 5, 10, 17];

let known: Promise<Core> | undefined;

async function makeCore(): Promise<Core> {
  const core = createCore(await instantiate(await compile()));
  guardArena(core.arena);
  return core;
}

/** Runs `work` on an empty arena; then no byte behind any block may have changed. */
export async function withWatchedCore<R>(work: (core: Core) => R | Promise<R>): Promise<R> {
  known ??= makeCore();
  const core = await known;
  core.arena.reset();
  try {
    const result = await work(core);
    core.arena.reset();
    return result;
  } catch (error) {
    known = undefined;
    throw error;
  }
}

/** A table in the arena of a core, of a type that is only known when the test runs. */
export function uploadTable(core: Core, type: 'f32' | 'f64', numbers: ArrayLike<number>): RealBlock;
export function uploadTable(core: Core, type: 'f32' | 'f64' | 'i32', numbers: ArrayLike<number>): NumberBlock;
export function uploadTable(core: Core, type: 'f32' | 'f64' | 'i32', numbers: ArrayLike<number>): NumberBlock {
  return core.arena.upload(type, numbers) as NumberBlock;
}

/**
 * The canary: no two words alike, and each a NaN as f32 and as f64, so that a kernel that reads it
 * gives itself away.
 */
function canaryWord(address: number): number {
  const word = address >>> 2;
  return (0xfff80000 | ((word & 7) << 16) | (((word * 91 + 7) & 0xff) << 8) | ((word * 37 + 1) & 0xff)) >>> 0;
}

/**
 * Makes an arena lay a canary in and behind each block, and look at it when the block is released.
 */
export function guardArena(arena: Arena): void {
  const guarded: Block[] = [];
  const { alloc, release, reset } = arena;

  function lay(block: Block): void {
    const words = new Uint32Array(block.array.buffer, block.pointer, blockBytes(block.type, block.length) / 4);
    for (let i = 0; i < words.length; i++) words[i] = canaryWord(block.pointer + 4 * i);
    guarded.push(block);
  }

  function check(block: Block): void {
    const memory = new Uint8Array(block.array.buffer);
    const end = block.pointer + block.length * ELEMENT_BYTES[block.type];
    for (let at = end; at < block.pointer + blockBytes(block.type, block.length); at++) {
      if (memory[at] === ((canaryWord(at) >>> (8 * (at & 3))) & 0xff)) continue;
      throw new Error(`byte ${at - end} behind a block of ${block.length} ${block.type} was written`);
    }
  }

  function checkFrom(pointer: number): void {
    while (guarded.length > 0 && guarded[guarded.length - 1].pointer >= pointer) check(guarded.pop() as Block);
  }

  arena.alloc = <T extends ElementType>(type: T, length: number): Block<T> => {
    const block = alloc.call(arena, type, length) as Block<T>;
    lay(block);
    return block;
  };
  arena.release = (mark) => {
    release.call(arena, mark);
    checkFrom(mark);
  };
  arena.reset = () => {
    reset.call(arena);
    checkFrom(0);
  };
}
