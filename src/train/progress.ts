/** What a caller is told while a run goes on. */
import type { Refusal } from './backends/backend.js';
import type { VaeNumbers } from './vae/report.js';

/** What was opened, before the first step. */
export interface TrainOpening {
  readonly kind: 'opened';
  readonly backend: string;
  /**
   * With the number of threads that train, where that is ours to choose:
   * `WebAssembly SIMD, 2 threads`.
   */
  readonly device: string;
  /** Threads that compute: this one, or so many workers. */
  readonly threads: number;
  /** Backends that `auto` would have preferred, and why they were not taken. */
  readonly refused: readonly Refusal[];
  readonly data: string;
  readonly trainRows: number;
  readonly testRows: number;
  readonly parameters: number;
  /** Where the run begins or goes on. */
  readonly firstStep: number;
  readonly steps: number;
  readonly warnings: readonly string[];
  /**
   * What was decided when the data were opened (what is taken as white, columns left out ...), and
   * what cannot be computed of them.
   */
  readonly notes: readonly string[];
}

/**
 * Scores of held-out rows after some steps; null where one is undefined, and `reasons` says why.
 */
export interface LiveScores {
  readonly step: number;
  readonly scores: Readonly<Record<string, number | null>>;
  /**
   * Total correlation of the aggregated posterior of these rows, in nats; null for autoencoders,
   * and where variances are out of range.
   */
  readonly totalCorrelation: number | null;
  /**
   * About what latents that carry as much, and are independent, would show on so few rows: ln(1 +
   * exp(sum_d I(x; z_d)) / N). Total correlation that does not exceed it by much may be none; it is
   * too large by at most about this. Null where total correlation is.
   */
  readonly totalCorrelationFloor: number | null;
  /** Why one is null, by its name in the log: `mig`, `totalCorrelation`. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** A step, whatever learns. */
export interface StepMade {
  readonly kind: 'step';
  /** Steps made so far. */
  readonly step: number;
  readonly steps: number;
  /** Seconds of training, those before a resumption included. */
  readonly seconds: number;
  /** At that rate, with scores and checkpoints as often as so far; null for the first. */
  readonly secondsLeft: number | null;
  /** Of the last steps; null for the first. */
  readonly imagesPerSecond: number | null;
  /** The latest there are. */
  readonly scored: LiveScores | null;
  /** Whether this step went into the log. */
  readonly isLogged: boolean;
}

/** The numbers of a step. */
export type StepProgress = StepMade & VaeNumbers;

/** After the last step: the posterior of the held-out rows. */
export interface EncodingProgress {
  readonly kind: 'encoding';
  /** Rows so far. */
  readonly done: number;
  readonly total: number;
}

export type TrainProgress = TrainOpening | StepProgress | EncodingProgress;
