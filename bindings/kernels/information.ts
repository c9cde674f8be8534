/** Kernels of assembly/information.ts: entropies of counts. */
import type { Arena, Block } from '../arena.js';

/** What assembly/information.ts exports. */
export interface InformationExports {
  entropyOfCounts(counts: number, n: number, total: number): number;
  countOccupied(counts: number, n: number): number;
  countOccupiedMargins(joint: number, marks: number, bins: number, values: number): number;
  mutualInformationOfCounts(joint: number, sums: number, bins: number, values: number, total: number): number;
  naturalLogarithm(x: number): number;
}

/** Information in counts. */
export function bindInformation(wasm: InformationExports, arena: Arena) {
  return {
    /** Entropy of counts, in nats. */
    entropyOfCounts(counts: Block<'u32'>, total: number): number {
      return wasm.entropyOfCounts(counts.pointer, counts.length, total);
    },

    /** How many counts are not 0. */
    countOccupied(counts: Block<'u32'>): number {
      return wasm.countOccupied(counts.pointer, counts.length);
    },

    /**
     * Occupied bins plus occupied values minus occupied cells of joint counts [bins][values],
     * minus 1.
     */
    countOccupiedMargins(joint: Block<'u32'>, bins: number, values: number): number {
      return arena.borrow(() => {
        const marks = arena.alloc('u32', values);
        return wasm.countOccupiedMargins(joint.pointer, marks.pointer, bins, values);
      });
    },

    /** Mutual information of joint counts [bins][values], in nats, at least 0. */
    mutualInformationOfCounts(joint: Block<'u32'>, bins: number, values: number, total: number): number {
      return arena.borrow(() => {
        const sums = arena.alloc('u32', values);
        return wasm.mutualInformationOfCounts(joint.pointer, sums.pointer, bins, values, total);
      });
    },

    /** ln x, the same on every host. */
    naturalLogarithm(x: number): number {
      return wasm.naturalLogarithm(x);
    },
  };
}
