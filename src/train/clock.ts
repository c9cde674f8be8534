/** What training takes its time for. */

/** Seconds that were spent on other things than steps. */
export interface Spent {
  /** Waiting for images. */
  readonly data: number;
  readonly score: number;
  readonly checkpoint: number;
}

/** The same of the whole time, each from 0 to 1. */
export type Shares = Readonly<Record<keyof Spent, number>>;

export interface TrainClock {
  /** Seconds of training, those before a resumption included. */
  seconds(): number;
  spent(): Spent;
  /** Does some work, and counts how long it took. */
  count<T>(what: keyof Spent, work: () => Promise<T>): Promise<T>;
  /**
   * Images per second between the last two lines of the log, scores and checkpoints left out; null
   * before the second.
   */
  rate(step: number, isLogged: boolean): number | null;
  /**
   * For some more steps at that rate, with scores and checkpoints as often as so far; null before
   * the second line.
   */
  secondsFor(steps: number): number | null;
}

export const NOTHING_SPENT: Spent = { data: 0, score: 0, checkpoint: 0 };

export function startClock(before: number, spentBefore: Spent, batchSize: number): TrainClock {
  const now = () => performance.now() / 1000;
  const began = now();
  const spent = { ...spentBefore };
  const seconds = () => before + now() - began;
  const stepping = () => seconds() - spent.score - spent.checkpoint;
  let mark = { at: stepping(), step: null as number | null, rate: null as number | null };
  return {
    seconds,
    spent: () => ({ ...spent }),
    async count(what, work) {
      const start = now();
      try {
        return await work();
      } finally {
        spent[what] += now() - start;
      }
    },
    rate(step, isLogged) {
      if (mark.step === null) mark = { at: stepping(), step, rate: null };
      else if (isLogged && step > mark.step) {
        const at = stepping();
        mark = { at, step, rate: ((step - mark.step) * batchSize) / (at - mark.at) };
      }
      return mark.rate;
    },
    secondsFor: (steps) => (mark.rate === null ? null : ((steps * batchSize) / mark.rate) * (seconds() / stepping())),
  };
}

export function sharesOf({ data, score, checkpoint }: Spent, seconds: number): Shares {
  const share = (part: number) => (seconds > 0 ? part / seconds : 0);
  return { data: share(data), score: share(score), checkpoint: share(checkpoint) };
}
