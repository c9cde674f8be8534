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
  /** Images per second between the last two lines of the log; null before the second. */
  rate(step: number, isLogged: boolean): number | null;
}

export const NOTHING_SPENT: Spent = { data: 0, score: 0, checkpoint: 0 };

export function startClock(before: number, spentBefore: Spent, batchSize: number): TrainClock {
  const now = () => performance.now() / 1000;
  const began = now();
  const spent = { ...spentBefore };
  let mark = { at: began, step: null as number | null, rate: null as number | null };
  return {
    seconds: () => before + now() - began,
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
      if (mark.step === null) mark = { at: now(), step, rate: null };
      else if (isLogged && step > mark.step) {
        const at = now();
        mark = { at, step, rate: ((step - mark.step) * batchSize) / (at - mark.at) };
      }
      return mark.rate;
    },
  };
}

export function sharesOf({ data, score, checkpoint }: Spent, seconds: number): Shares {
  const share = (part: number) => (seconds > 0 ? part / seconds : 0);
  return { data: share(data), score: share(score), checkpoint: share(checkpoint) };
}
