/** Kernel of assembly/thresholds.ts: the best thresholds on one column. */
import { type Block, pointersOf } from '../arena.js';
import type { SortedColumn } from './svm.js';

/** What is known of the rows so far; see assembly/thresholds.ts. */
export interface ThresholdSearch {
  /** f64[levels], an even number of them. */
  readonly next: Block<'f64'>;
  /** f64[levels + 1] */
  readonly best: Block<'f64'>;
  /** f64[classes][levels] */
  readonly gains: Block<'f64'>;
  /** Rows of each class so far, f64[classes]. */
  readonly counts: Block<'f64'>;
  /** What a row of each class counts, f64[classes]. */
  readonly weights: Block<'f64'>;
  /** f64[rows] */
  readonly below: Block<'f64'>;
}

/** What assembly/thresholds.ts exports. */
export interface ThresholdsExports {
  cutColumn(
    next: number,
    best: number,
    gains: number,
    counts: number,
    weights: number,
    below: number,
    x: number,
    order: number,
    codes: number,
    levels: number,
    from: number,
    end: number,
  ): void;
}

/** Thresholds on one column. */
export function bindThresholds(wasm: ThresholdsExports) {
  return {
    /** Takes sorted rows from..end into the search. */
    cutColumn(
      { next, best, gains, counts, weights, below }: ThresholdSearch,
      { x, order, codes }: SortedColumn,
      from: number,
      end: number,
    ): void {
      const pointers = pointersOf(next, best, gains, counts, weights, below, x, order, codes);
      wasm.cutColumn(...pointers, next.length, from, end);
    },
  };
}
