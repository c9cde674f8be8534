/**
 * The numbers of steps on their way from the device. One that is remote answers only when all that
 * it was asked before is computed: it is asked for several steps at a time, and the answer is
 * waited for when the next are made, so that it never stands still.
 */
import { readNumbers, type StepOutcome } from './numbers.js';
import type { StepNumbers } from './system.js';

export interface MadeStep {
  /** Steps made so far, this one included. */
  readonly step: number;
  readonly numbers: StepNumbers;
}

export interface Outcomes {
  /**
   * Takes the outcome of the step that has just been made, and gives the steps that have arrived,
   * in their order.
   * @param when `now`: with all steps up to this one; `soon`: ask for it, as somebody is waiting
   */
  add(step: number, outcome: StepOutcome, when: 'now' | 'soon' | 'some time'): Promise<MadeStep[]>;
  /** All steps that have not been given. */
  rest(): Promise<MadeStep[]>;
  /** Frees what nobody asks for any more. */
  close(): Promise<void>;
}

/** Of a device that is at hand: every step at once. */
export function localOutcomes(): Outcomes {
  return {
    add: async (step, outcome) => [{ step, numbers: await readNumbers(outcome) }],
    rest: async () => [],
    async close() {},
  };
}

/** Steps that are waited for together, at most. */
const MOST_STEPS = 16;
/** Somebody looks at the progress. */
const LONGEST_MS = 100;

export function remoteOutcomes(): Outcomes {
  let made: Array<{ readonly step: number; readonly outcome: StepOutcome }> = [];
  let asked: Promise<MadeStep[]> = Promise.resolve([]);
  let askedAt = performance.now();

  /** Asks for all that are made; gives those that were asked for before. */
  function ask(): Promise<MadeStep[]> {
    const before = asked;
    asked = Promise.all(made.map(async ({ step, outcome }) => ({ step, numbers: await readNumbers(outcome) })));
    // Heard of where it is waited for.
    asked.catch(() => {});
    made = [];
    askedAt = performance.now();
    return before;
  }
  const rest = async () => [...(await ask()), ...(await ask())];

  return {
    async add(step, outcome, when) {
      made.push({ step, outcome });
      if (when === 'now') return rest();
      const isDue = when === 'soon' || made.length >= MOST_STEPS || performance.now() - askedAt > LONGEST_MS;
      return isDue ? ask() : [];
    },
    rest,
    async close() {
      for (const { outcome } of made.splice(0)) outcome.values.dispose();
      await asked.catch(() => {});
    },
  };
}
