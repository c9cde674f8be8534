/**
 * Which metrics are left out if nobody says which to compute. What decides is the formula that a
 * metric declares and the shape of the table, and never a clock: a report is the same on every
 * machine.
 */

import { MEMORY_LIMIT_BYTES } from '../../bindings/arena.js';
import { type Note, note } from '../note.js';
import { mention, phrase } from '../phrase.js';
import type { Shape } from '../stats/capacity.js';
import { tableBytes } from '../stats/capacity.js';
import { histogramsOf } from './inform-table.js';
import type { Task } from './jobs/score-work.js';

/** Seconds of one thread that a metric may take unasked. */
const MOST_SECONDS = 60;

/** What is scored. */
export interface Shapes {
  readonly latents: Shape;
  readonly factors: Shape;
  readonly hasPosterior: boolean;
}

/** Why a task is not done, for its score; null if it is. */
export function reasonToSkip(task: Task, { latents, factors, hasPosterior }: Shapes): Note | null {
  const { metric, options } = task;
  if (histogramsOf(task) !== null) return null;
  const { rows, columns } = latents;
  const shape = { rows, latents: columns, factors: factors.columns };
  const { seconds, bytes } = metric.cost?.(shape, options) ?? { seconds: 0, bytes: 0 };
  const needed = tableBytes(latents, factors, hasPosterior && metric.needs.includes('posterior')) + bytes;
  const of = `of ${rows} x ${columns} latents and ${factors.columns} factors`;
  if (needed > MEMORY_LIMIT_BYTES) {
    const gibibytes = round(needed / 1024 ** 3);
    const text = `undefined: skipped, because it takes some ${gibibytes} GiB of memory ${of}, and there are 4`;
    return note('skipped-metric', text, { option: 'rows', suggestion: phrase`unless ${mention('rows')} leaves fewer` });
  }
  if (seconds <= MOST_SECONDS) return null;
  const text = `undefined: skipped, because it takes some ${round(seconds)} s of one thread ${of}, more than ${MOST_SECONDS}`;
  const suggestion = phrase`unless ${mention('metrics', metric.name)} asks for it`;
  return note('skipped-metric', text, { option: 'metrics', suggestion });
}

/** Two digits: formulas know no more. */
function round(value: number): number {
  return Number(value.toPrecision(2));
}
