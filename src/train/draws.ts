/**
 * Random float32 numbers for training: functions of (seed, stream, index) and of their place,
 * whoever draws them.
 */
import type { Core } from '../../bindings/core.js';
import type { Stream } from '../../bindings/kernels/random.js';

/**
 * Each gives the numbers `from` .. `from + count - 1` of a place in the generator's sequence, from
 * its first unless told.
 */
export interface Draws {
  /** Standard normal. */
  normals(count: number, at: Stream, from?: number): Float32Array;
  /** In [0, 1). */
  uniforms(count: number, at: Stream, from?: number): Float32Array;
}

/** Draws by the kernels of an instance. */
export function createDraws({ arena, random }: Core): Draws {
  const drawBy =
    (fill: typeof random.fillNormals) =>
    (count: number, at: Stream, from = 0): Float32Array =>
      arena.borrow(() => {
        const block = arena.alloc('f32', count);
        fill(block, at, from);
        return block.array.slice();
      });
  return { normals: drawBy(random.fillNormals), uniforms: drawBy(random.fillUniform) };
}
