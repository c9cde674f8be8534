/**
 * Arrays that are used again. A system gives and takes back memory of megabytes page by page, which
 * takes longer than to fill it: an array that comes back from another thread is kept for the next
 * of its length.
 */

export interface SpareArrays {
  /** An array with anything in it. */
  take(length: number): Float32Array<ArrayBuffer>;
  /** Keeps an array that nothing refers to any more. */
  keep(arrays: readonly Float32Array<ArrayBuffer>[]): void;
}

export function createSpareArrays(): SpareArrays {
  const kept = new Map<number, Float32Array<ArrayBuffer>[]>();
  return {
    take: (length) => kept.get(length)?.pop() ?? new Float32Array(length),
    keep(arrays) {
      for (const array of arrays) {
        const alike = kept.get(array.length);
        if (alike === undefined) kept.set(array.length, [array]);
        else alike.push(array);
      }
    },
  };
}
