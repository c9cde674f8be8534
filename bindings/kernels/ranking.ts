/** Kernel of assembly/ranking.ts: pairs of scores in order. */
import type { Block } from '../arena.js';

/** What assembly/ranking.ts exports. */
export interface RankingExports {
  countPairsAbove(own: number, count: number, scores: number, stride: number, rows: number): number;
}

/** Pairs of scores. */
export function bindRanking(wasm: RankingExports) {
  return {
    /**
     * Sum over rows of twice the number of own scores, in increasing order, above the row's, and
     * once those equal to it; scores of rows are `stride` elements apart.
     */
    countPairsAbove(own: Block<'f64'>, scores: Block<'f64'>, stride: number, rows: number): number {
      return wasm.countPairsAbove(own.pointer, own.length, scores.pointer, stride, rows);
    },
  };
}
