/**
 * The loop: read a batch, learn from it, write down what came of it; on a remote device some steps
 * later, and the next batch before that.
 */
import { type Batches, loadAhead } from './batches.js';
import { NOTHING_SPENT, type Spent, startClock } from './clock.js';
import { decidingScore, reasonsOf, scoresOf } from './held-out.js';
import { checkTensors, findNonFinite } from './numbers.js';
import { localOutcomes, type MadeStep, remoteOutcomes } from './outcomes.js';
import type { LiveScores, StepMade } from './progress.js';
import type { JsonRecord } from './run/json-value.js';
import type { RunRecord } from './run/open-run.js';
import type { System } from './system.js';
import { takeTurn } from './take-turn.js';
import type { TensorLibrary } from './tensors.js';
import type { Trainer } from './trainer.js';

export interface Loop<N> {
  readonly tf: TensorLibrary;
  readonly system: Pick<System<N>, 'report' | 'hintFor'>;
  readonly trainer: Trainer;
  readonly batches: Batches;
  readonly record: RunRecord;
  readonly plan: LoopPlan;
  /**
   * Whether the device is slow to ask: then nobody waits for a step before the next is on its way.
   */
  readonly isRemote: boolean;
  /** Scores held-out rows after some steps; null where there is nothing to score. */
  readonly score: ((step: number) => Promise<LiveScores>) | null;
  readonly signal: AbortSignal | undefined;
  readonly onStep: (progress: StepMade & N) => void;
}

/** How long, and how often something is written down. */
export interface LoopPlan {
  readonly steps: number;
  readonly batchSize: number;
  readonly logEvery: number;
  readonly scoreEvery: number;
  readonly checkpointEvery: number;
}

/** What stays of a run beside its tensors; see `Checkpoint`. */
interface RunState {
  seconds: number;
  spent: Spent;
  best: { step: number; score: number } | null;
  scored: LiveScores | null;
}

/**
 * Makes the steps that are still to be made.
 * @throws the signal's reason, after a checkpoint; DivergenceError where a number is none
 */
export async function runLoop<N>(loop: Loop<N>): Promise<RunState> {
  const { tf, system, trainer, record, plan, isRemote, score, signal, onStep } = loop;
  const fresh: RunState = { seconds: 0, spent: NOTHING_SPENT, best: null, scored: null };
  const state = (record.resumed?.state as unknown as RunState) ?? fresh;
  const clock = startClock(state.seconds, state.spent, plan.batchSize);
  const batches = loadAhead(tf, loop.batches);
  const outcomes = (isRemote ? remoteOutcomes : localOutcomes)();
  const isScoredAt = (step: number) =>
    score !== null && (step === plan.steps || (plan.scoreEvery > 0 && step % plan.scoreEvery === 0));
  const isLoggedAt = (step: number) => isScoredAt(step) || step === plan.steps || step % plan.logEvery === 0;

  /** Scores the step that was made last; null where it is not to be. */
  const takeScores = async (step: number): Promise<LiveScores | null> => {
    if (score === null || !isScoredAt(step)) return null;
    const scored = await clock.count('score', () => score(step));
    state.scored = scored;
    // None without factors.
    const value = decidingScore(scored);
    if (value !== null && (state.best === null || value > state.best.score)) state.best = { step, score: value };
    return scored;
  };

  /** Writes down a step; one that is scored is the last that was made. */
  const report = async ({ step, numbers }: MadeStep) => {
    findNonFinite(numbers, step - 1, system.hintFor);
    const { progress, line, reasons: nulls } = system.report(numbers);
    const scored = await takeScores(step);
    const isLogged = isLoggedAt(step);
    const rate = clock.rate(step, isLogged);
    const seconds = clock.seconds();
    if (isLogged) {
      const scores = scored === null ? {} : { scores: scoresOf(scored) };
      const reasons = { ...nulls, ...(scored && reasonsOf(scored)) };
      const why = Object.keys(reasons).length > 0 ? { reasons } : {};
      const speed = rate === null ? {} : { imagesPerSecond: rate };
      await record.log({ step, seconds, ...speed, ...line, ...scores, ...why });
    }
    onStep({
      kind: 'step',
      step,
      steps: plan.steps,
      seconds,
      imagesPerSecond: rate,
      secondsLeft: clock.secondsFor(plan.steps - step),
      ...progress,
      scored: state.scored,
      isLogged,
    });
  };
  const reportAll = async (steps: readonly MadeStep[]) => {
    for (const made of steps) await report(made);
  };

  const snapshot = async (step: number) => {
    const tensors = await trainer.save();
    checkTensors(tensors, step, system.hintFor);
    const times = { ...state, seconds: clock.seconds(), spent: clock.spent() };
    return { step, tensors, state: toState(times, { generator: 'philox-4x32-10', images: step * plan.batchSize }) };
  };

  /**
   * Writes checkpoints: of the best step also beside the others, which then must know of it when
   * they are resumed.
   */
  const keep = async (step: number, isKept: boolean) => {
    const isBest = state.best?.step === step;
    if (isBest) await clock.count('checkpoint', async () => record.best(await snapshot(step)));
    if (isKept || isBest) await clock.count('checkpoint', async () => record.checkpoint(await snapshot(step)));
  };

  /** A run that now ends where it was stopped has not been scored there. */
  const scoreEnd = async (step: number) => {
    const scored = step === state.scored?.step ? null : await takeScores(step);
    if (scored === null) return;
    const reasons = reasonsOf(scored);
    const why = Object.keys(reasons).length > 0 ? { reasons } : {};
    await record.log({ step, seconds: clock.seconds(), scores: scoresOf(scored), ...why });
    await keep(step, true);
  };

  try {
    const first = record.resumed?.step ?? 0;
    if (first === plan.steps) await scoreEnd(first);
    for (let step = first; step < plan.steps; ) {
      const loaded = await clock.count('data', () => batches.load(step));
      const outcome = await trainer.step(step, loaded);
      tf.dispose(loaded);
      step++;

      const isLast = step === plan.steps;
      const isKept = isLast || step % plan.checkpointEvery === 0;
      // Scores read the data themselves.
      if (isRemote && !isLast && !isScoredAt(step)) batches.start(step);
      const when = isKept || isScoredAt(step) ? 'now' : isLoggedAt(step) ? 'soon' : 'some time';
      await reportAll(await outcomes.add(step, outcome, when));
      const isStopped = signal?.aborted ?? false;
      if (isStopped) await reportAll(await outcomes.rest());

      // After the line of the log: a run that goes on from it must not miss that.
      await keep(step, isKept || isStopped);
      if (isStopped && !isLast) signal?.throwIfAborted();
      await takeTurn();
    }
  } finally {
    await outcomes.close();
    await batches.close();
  }
  return { ...state, seconds: clock.seconds(), spent: clock.spent() };
}

/**
 * JSON of what stays. `generator` and `images` are for readers of the file: both follow from the
 * step.
 */
function toState(state: RunState, more: JsonRecord): JsonRecord {
  return { ...(state as unknown as JsonRecord), ...more };
}
