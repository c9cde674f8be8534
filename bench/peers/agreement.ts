/** Whether our result and those of Python are the same, as far as they should be. */

import type { PeerContest } from './contests.js';

/** A result of one contender. */
export interface Result {
  readonly value: number | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Evaluation draws of the scores that sample: 5,000 in all of them. */
const DRAWS = 5_000;

/**
 * Values agree as the contest says; MIG's matrix of mutual information as its value. The scores
 * that sample are means of 5,000 draws from different generators: they agree within four standard
 * errors of their difference.
 * @throws Error saying which two disagree
 */
export function checkAgreement(
  { name: metric, agreement, part }: Pick<PeerContest, 'name' | 'agreement' | 'part'>,
  results: Readonly<Record<string, Result>>,
): void {
  const entries = Object.entries(results);
  const [, ours] = entries[0];
  for (const [name, other] of entries.slice(1)) {
    if (agreement !== 'sampled') {
      const compared = ({ value, detail }: Result) => [
        numberOf(part === undefined ? value : (detail[part] as number | null)),
      ];
      const numbers = metric === 'mig' ? numbersOf : compared;
      expectNear(`${metric}, ${name}`, numbers(ours), numbers(other), agreement);
    } else {
      const [a, b] = [numberOf(ours.value), numberOf(other.value)];
      // What is drawn lies between 0 and 1, so its variance is at most p (1 - p); two more of each
      // kind keep it off 0.
      const p = (((a + b) / 2) * DRAWS + 2) / (DRAWS + 4);
      expectNear(`${metric}, ${name}`, [a], [b], 4 * Math.sqrt((2 * p * (1 - p)) / DRAWS));
    }
  }
}

function numbersOf({ value, detail }: Result): number[] {
  return [numberOf(value), ...(detail.mutualInformation as number[][]).flat()];
}

function numberOf(value: number | null): number {
  return value ?? Number.NaN;
}

function expectNear(what: string, ours: readonly number[], theirs: readonly number[], tolerance: number): void {
  if (ours.length !== theirs.length) {
    throw new Error(`${what}: expected ${ours.length} numbers as ours, got ${theirs.length}`);
  }
  for (let i = 0; i < ours.length; i++) {
    if (!(Math.abs(ours[i] - theirs[i]) <= tolerance)) {
      throw new Error(`${what}: expected ${ours[i]} within ${tolerance.toPrecision(3)}, got ${theirs[i]}`);
    }
  }
}
