import type * as families from './kernels/index.js';

type Families = typeof families;
type All<Parts> = (Parts extends unknown ? (part: Parts) => void : never) extends (all: infer Whole) => void
  ? Whole
  : never;

/**
 * The exports of core.wasm as JavaScript sees them: pointers and counts are numbers. Each family
 * declares its own.
 */
export type CoreExports = All<Parameters<Families[keyof Families]>[0]> & {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
};
