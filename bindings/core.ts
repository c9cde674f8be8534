/**
 * An instance of core.wasm: its memory, and one typed function per kernel in families that follow
 * the files of assembly. Blocks and counts in, blocks filled or plain numbers out; shapes in
 * comments are row-major. Nothing is checked: callers have.
 */
import { Arena } from './arena.js';
import type { CoreExports } from './exports.js';
import * as families from './kernels/index.js';
import { compile, instantiate } from './load.js';

type Families = typeof families;
type Bound = { readonly [Name in keyof Families]: ReturnType<Families[Name]> };

/** One instance of core.wasm with its own memory. */
export interface Core extends Bound {
  readonly arena: Arena;
}

/**
 * Binds the kernels of an instance. None of them keeps anything between calls: `arena.reset()`
 * makes it as new.
 */
export function createCore(wasm: CoreExports): Core {
  const arena = new Arena(wasm.memory, wasm.heapBase() >>> 0);
  const bound = Object.entries(families).map(([name, bind]) => [name, bind(wasm, arena)]);
  return { arena, ...(Object.fromEntries(bound) as Bound) };
}

/**
 * Instances that wait for their next user. Each computation has one to itself, so that computations
 * can overlap.
 */
const idle: Core[] = [];
/** An instance whose memory has grown beyond this is dropped instead: memory never shrinks. */
const KEEP_BELOW_BYTES = 256 * 1024 ** 2;

/** Runs `work` with an instance of its own. */
export async function withCore<R>(work: (core: Core) => R | Promise<R>): Promise<R> {
  const compiled = await compile();
  const core = idle.pop() ?? createCore(await instantiate(compiled));
  try {
    return await work(core);
  } finally {
    core.arena.reset();
    if (core.arena.capacityBytes <= KEEP_BELOW_BYTES) idle.push(core);
  }
}
