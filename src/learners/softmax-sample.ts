/** Some rows of a softmax regression in place of all. */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { LabelledRows } from '../../bindings/kernels/softmax.js';

/**
 * Some rows in their order, i32[count]: multiples of the golden ratio spread evenly over rows in
 * whatever order these are.
 */
export function evenRows(rows: number, count: number): Int32Array {
  const chosen = new Int32Array(count);
  for (let i = 0; i < count; i++) chosen[i] = Math.floor(rows * ((i * 0.6180339887498949) % 1));
  return chosen.sort();
}

/**
 * All rows, those of a class next to each other: kernels pass over classes that are next to
 * impossible for all rows of a block. What is not by row stays as it is.
 */
export function gatherByLabel<P extends LabelledRows & { readonly rows: number }>(core: Core, problem: P): P {
  const { rows, classes, labels } = problem;
  const order = core.arena.alloc('i32', rows);
  const [to, from] = [order.array, labels.array.subarray(0, rows)];
  const next = new Int32Array(classes + 1);
  for (const label of from) next[label + 1]++;
  for (let c = 0; c < classes; c++) next[c + 1] += next[c];
  for (let row = 0; row < rows; row++) to[next[from[row]]++] = row;
  return { ...problem, ...gatherLabelled(core, problem, order) };
}

/** The chosen rows with their labels, taken from the arena. */
export function gatherLabelled(core: Core, labelled: LabelledRows, chosen: Block<'i32'>): LabelledRows {
  const { x, stride, labels, classes, classWeights } = labelled;
  const count = chosen.length;
  const part = { x: core.arena.alloc('f64', count * stride), labels: core.arena.alloc('i32', count) };
  core.rows.gatherRows(part.x, x, chosen, count, stride);
  core.rows.gatherColumn(part.labels, labels, chosen, count);
  return { ...part, stride, classes, classWeights };
}
