/** Times both sides of a contest with benchmark.js, in turns. */
import Benchmark from 'benchmark';
import type { Contest } from './contest.js';
import { medianOf } from './report.js';

/** How long to measure. */
export interface Effort {
  /** Turns that each side gets; the ratio of one turn is a ratio of neighbours in time. */
  readonly rounds: number;
  /**
   * Seconds that benchmark.js aims at for each turn of each side, warm-up and calibration not
   * counted.
   */
  readonly seconds: number;
}

export interface Measurement {
  /** Seconds per call, all turns together. */
  readonly ours: readonly number[];
  readonly plain: readonly number[];
  /** Plain over ours: medians of each turn. */
  readonly ratios: readonly number[];
}

type Work = () => number | Promise<number>;

/** What all results are added to: it must be used, so that they must be computed. */
let sink = 0;

/** Warms both sides up, then measures them in turns. */
export async function measure(contest: Contest, { rounds, seconds }: Effort): Promise<Measurement> {
  for (const work of [contest.ours, contest.plain]) await warmUp(work);
  for (const part of Object.values(contest.parts ?? {})) part.length = 0;
  const ours: number[] = [];
  const plain: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const own = await time(contest.ours, seconds);
    const other = await time(contest.plain, seconds);
    ours.push(...own);
    plain.push(...other);
    ratios.push(medianOf(other) / medianOf(own));
  }
  if (!Number.isFinite(sink)) throw new Error(`${contest.name}: a result is not finite`);
  return { ours, plain, ratios };
}

/**
 * Until the engine has had the time to compile its best code: a quarter of a second, and two calls.
 */
async function warmUp(work: Work): Promise<void> {
  const end = performance.now() + 250;
  for (let call = 0; call < 2 || performance.now() < end; call++) sink += await work();
}

async function time(work: Work, seconds: number): Promise<number[]> {
  const first = work();
  sink += await first;
  const isAsync = first instanceof Promise;
  return new Promise((resolve, reject) => {
    const fn = isAsync
      ? (deferred: Benchmark.Deferred & { resolve(): void }) => {
          (work() as Promise<number>).then((value) => {
            sink += value;
            deferred.resolve();
          }, reject);
        }
      : () => {
          sink += work() as number;
        };
    const bench = new Benchmark({
      fn,
      defer: isAsync,
      minSamples: 3,
      maxTime: seconds,
      // Short samples: an interruption spoils the few that it falls into, and the median passes
      // over them.
      minTime: 0.005,
      onComplete: () => (bench.error ? reject(bench.error) : resolve(bench.stats.sample.slice())),
      onError: () => reject(bench.error),
    });
    bench.run({ async: true });
  });
}
