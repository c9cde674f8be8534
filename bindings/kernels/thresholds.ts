/** Kernel of assembly/thresholds.ts: the best thresholds on one column. */
import { type Block, pointersOf } from '../arena.js';

/** What is known of the rows so far; see assembly/thresholds.ts. */
export interface ThresholdSearch {
  /** f64[levels] each, an even number of them. */
  readonly best: Block<'f64'>;
  readonly frozen: Block<'f64'>;
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
    best: number,
    frozen: number,
    gains: number,
    counts: number,
    weights: number,
    below: number,
    x: number,
    labels: number,
    levels: number,
    from: number,
    end: number,
    rows: number,
  ): void;
}

/** Thresholds on one column. */
export function bindThresholds(wasm: ThresholdsExports) {
  return {
    /**
     * Takes rows from..end of a column in increasing order into the search; labels below 0 are of
     * rows to leave out.
     */
    cutColumn(
      { best, frozen, gains, counts, weights, below }: ThresholdSearch,
      x: Block<'f64'>,
      labels: Block<'i32'>,
      from: number,
      end: number,
    ): void {
      const pointers = pointersOf(best, frozen, gains, counts, weights, below, x, labels);
      wasm.cutColumn(...pointers, best.length, from, end, x.length);
    },
  };
}
