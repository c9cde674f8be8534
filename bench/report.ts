/** Tables of timings. */
import { alignColumns } from '../src/report/align-columns.js';

export { describeMachine, formatRatio, formatSpread, formatTime, medianOf } from '../src/cli/timings.js';

/** Prints rows under a heading, all columns to the right but the first. */
export function printTable(heading: readonly string[], rows: ReadonlyArray<readonly string[]>): void {
  for (const line of alignColumns([heading, ...rows])) console.log(`  ${line}`);
}
