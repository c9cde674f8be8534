/**
 * Who does the work: this thread, a share after the other, or the workers of a pool, each with a
 * copy of the input.
 */
import { withCore } from '../../../bindings/core.js';
import { type Pool, withPool } from '../../../bindings/pool.js';
import type { CommonOptions } from '../../types.js';
import { makePauses, makeReporter, type Pauses } from './make-pause.js';
import type { AnswerOf, Job, RequestOf, Shares, Work } from './work.js';

/** What a share is a part of, in reports of progress. */
export interface Label {
  readonly metric: string;
  readonly phase: string;
  /** How many shares the phase has, if they are not all asked for at once. */
  readonly total?: number;
}

/** Does shares of a work. Results are the same wherever they are computed. */
export interface Crew<S> {
  /** Whether other threads compute, so that whatever is asked for early is done early. */
  readonly isElsewhere: boolean;
  ask<Name extends keyof S & string>(
    share: Name,
    request: RequestOf<S, Name>,
    label: Label,
  ): Promise<AnswerOf<S, Name>>;
  /** Answers in the order of the requests. */
  askAll<Name extends keyof S & string>(
    share: Name,
    requests: ReadonlyArray<RequestOf<S, Name>>,
    label: Label,
  ): Promise<Array<AnswerOf<S, Name>>>;
  /**
   * As {@link askAll}, for requests that take memory: each is made shortly before somebody has time
   * for it.
   */
  askInTurn<Name extends keyof S & string>(
    share: Name,
    requests: Iterable<RequestOf<S, Name>>,
    label: Label,
  ): Promise<Array<AnswerOf<S, Name>>>;
  /**
   * Does something else in this thread, behind whatever it does: two at once would mix their blocks
   * in the kernels' memory.
   */
  here<T>(work: (pauses: Pauses) => Promise<T>): Promise<T>;
}

type CrewOptions = { readonly threads: number } & Pick<CommonOptions, 'signal' | 'onProgress'>;

/**
 * Runs `use` with a crew of so many threads, which stops in the middle of its work when `signal`
 * aborts.
 *
 * @param input is called where it has to be loaded
 * @param held what this thread has of it already; loaded from `input` where it is needed
 */
export async function withCrew<Input, Held, S extends Shares<Held>, R>(
  work: Work<Input, Held, S>,
  options: CrewOptions,
  { input, held }: { readonly input: () => Input; readonly held?: Held },
  use: (crew: Crew<S>) => Promise<R>,
): Promise<R> {
  const { threads, signal } = options;
  signal?.throwIfAborted();
  if (threads === 1) {
    if (held !== undefined) return workHere(work, held, options, use);
    return withCore(async (core) => workHere(work, await work.load(core, input(), makePauses(options)), options, use));
  }
  return withPool(threads, signal, async (pool) => {
    await pool.askEach({ kind: 'hold', work: work.name, input: input() } satisfies Job);
    const result = await workInPool(pool, options, use);
    await pool.askEach({ kind: 'drop' } satisfies Job);
    return result;
  });
}

async function workHere<Held, S extends Shares<Held>, R>(
  { shares }: Work<never, Held, S>,
  held: Held,
  options: CrewOptions,
  use: (crew: Crew<S>) => Promise<R>,
): Promise<R> {
  const line = new Line(makePauses(options));
  const compute = (share: string, request: unknown, pauses: Pauses) =>
    shares[share](held, request as never, pauses) as never;
  const askInTurn = <Answer>(share: string, requests: Iterable<unknown>): Promise<Answer[]> =>
    line.take(async (pauses) => {
      const answers: Answer[] = [];
      for (const request of requests) answers.push(await compute(share, request, pauses));
      return answers;
    });
  const crew: Crew<S> = {
    isElsewhere: false,
    ask: (share, request) => line.take((pauses) => compute(share, request, pauses)),
    askAll: askInTurn,
    askInTurn,
    here: (work) => line.take(work),
  };
  return finishing(
    line,
    () => {},
    () => use(crew),
  );
}

/** The work of workers that all hold the input. */
export function workInPool<S, R>(
  pool: Pick<Pool, 'ask' | 'end' | 'threads'>,
  options: Pick<CrewOptions, 'signal' | 'onProgress'>,
  use: (crew: Crew<S>) => Promise<R>,
): Promise<R> {
  const line = new Line(makePauses(options));
  const count = countAnswers(options);
  const ask = <Answer>(share: string, request: unknown, label: Label) =>
    count(pool.ask<Answer>({ kind: 'share', share, request } satisfies Job), label);
  const crew: Crew<S> = {
    isElsewhere: true,
    ask,
    askAll: (share, requests, label) => Promise.all(requests.map((request) => ask<never>(share, request, label))),
    async askInTurn(share, requests, label) {
      const answers: never[] = [];
      let asked = 0;
      const turn = async (rest: Iterable<unknown>) => {
        for (const request of rest) {
          const at = asked++;
          answers[at] = await ask<never>(share, request, label);
        }
      };
      // All take from one iterator; each has one request with a worker or in the queue.
      const rest = inTurn(requests);
      await Promise.all(Array.from({ length: pool.threads * REQUESTS_PER_THREAD }, () => turn(rest)));
      return answers;
    },
    here: (work) => line.take(work),
  };
  return finishing(
    line,
    (reason) => pool.end(reason),
    () => use(crew),
  );
}

/** A worker that is done finds the next request made already. */
const REQUESTS_PER_THREAD = 2;

/** One iterator for several loops, none of which ends it for the others. */
function inTurn<T>(values: Iterable<T>): Iterable<T> {
  const iterator = values[Symbol.iterator]();
  return { [Symbol.iterator]: () => ({ next: () => iterator.next() }) };
}

/**
 * Whatever fails ends the rest; what this thread has begun comes to its end first, because its
 * memory goes to somebody else then.
 */
async function finishing<R>(line: Line, end: (reason: unknown) => void, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    end(error);
    line.end(error);
    throw error;
  } finally {
    await line.last;
  }
}

/** What one thread does: one thing after the other, and nothing more after a failure. */
class Line {
  last: Promise<unknown> = Promise.resolve();
  readonly #pauses: Pauses;
  #failure: { readonly reason: unknown } | null = null;

  constructor(pauses: Pauses) {
    this.#pauses = pauses;
  }

  take<T>(work: (pauses: Pauses) => T | Promise<T>): Promise<T> {
    const turn = this.last.then(() => {
      if (this.#failure !== null) throw this.#failure.reason;
      return work(this.#pauses);
    });
    this.last = turn.catch((reason) => this.end(reason));
    return turn;
  }

  end(reason: unknown): void {
    this.#failure ??= { reason };
  }
}

/** Reports how many of the shares of a phase are done. */
function countAnswers(options: Pick<CommonOptions, 'onProgress'>) {
  const phases = new Map<string, { done: number; total: number; readonly report: ReturnType<typeof makeReporter> }>();
  return async <T>(asked: Promise<T>, { metric, phase, total }: Label): Promise<T> => {
    const counts = phases.get(phase) ?? { done: 0, total: 0, report: makeReporter(options) };
    phases.set(phase, counts);
    counts.total = total ?? counts.total + 1;
    const answer = await asked;
    counts.done++;
    counts.report({ metric, phase, done: counts.done, total: counts.total });
    return answer;
  };
}
