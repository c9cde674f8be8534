import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { Split } from './split.js';

/** Rows to learn from and, behind them, rows to be judged on, in the kernels' memory. */
export interface PartedRows {
  readonly both: Block<'i32'>;
  readonly train: Block<'i32'>;
  readonly test: Block<'i32'>;
}

/** Takes from the arena. */
export function partRows({ arena }: Core, { train, test }: Pick<Split, 'train' | 'test'>): PartedRows {
  const both = arena.alloc('i32', train.length + test.length);
  both.array.set(train);
  both.array.set(test, train.length);
  return { both, train: both.slice(0, train.length), test: both.slice(train.length, test.length) };
}
