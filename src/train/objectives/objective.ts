/**
 * The contract of every objective. All are minimised; terms are nats per image, averaged over the
 * batch.
 */
import type { Rules, ValuesOf } from '../../options/rule.js';
import type { Draws } from '../draws.js';
import type { Operations } from '../operations.js';
import type { Posteriors } from '../posteriors.js';
import type { StateTensors } from '../system.js';
import type { Tensor, TensorLibrary } from '../tensors.js';

/**
 * Posteriors of a batch and a sample of each: (B, D) each. z is what the decoder sees; here it
 * counts as a variable of its own.
 */
export interface LatentBatch extends Posteriors {
  readonly z: Tensor;
}

/** Where in the training a batch stands. */
export interface StepContext {
  readonly tf: TensorLibrary;
  /** The backend's; for objectives with a network of their own. */
  readonly operations: Operations;
  /** Number of the step, from 0. */
  readonly step: number;
  /** N: rows that are trained on. */
  readonly datasetSize: number;
  /** B. */
  readonly batchSize: number;
  /** D. */
  readonly latents: number;
  /** N_x: pixels times channels. */
  readonly pixels: number;
  readonly seed: number;
  readonly draws: Draws;
  /**
   * Random numbers that no other objective of the library draws: a function of the seed, the step,
   * and what was drawn of them before in this step.
   */
  readonly random: ObjectiveRandom;
  /**
   * The batch's images (B, H, W, C) in [0, 1], and its factors (B, K), where the objective needs
   * them.
   */
  readonly images?: Tensor;
  readonly labels?: Tensor;
}

/** Draws of one step. Tensors belong to the caller. */
export interface ObjectiveRandom {
  /** Standard normal. */
  normals(shape: readonly number[]): Tensor;
  /** In [0, 1). */
  uniforms(shape: readonly number[]): Tensor;
}

/** What `createState` is told. */
export type StateContext = Omit<StepContext, 'step' | 'random' | 'images' | 'labels'>;

/**
 * What an objective may ask for: a second batch of posteriors, of other images; the images of its
 * batch; their factors.
 */
export type ObjectiveNeed = 'second batch' | 'images' | 'labels';

/**
 * What is added to the reconstruction, and its gradients; a gradient that is left out is zero.
 * Tensors belong to the caller.
 */
export interface Penalty {
  /** Scalar; already weighted. */
  readonly total: Tensor;
  /** Named parts as they are reported (`kl`, `totalCorrelation` ...), unweighted scalars. */
  readonly terms: Readonly<Record<string, Tensor>>;
  /** (B, D) each: gradients of `total`, z held fixed in those of mu and logvar. */
  readonly gradients: { readonly mu?: Tensor; readonly logvar?: Tensor; readonly z?: Tensor };
}

/** Options of an objective, each with its value. */
export type ObjectiveOptions = ValuesOf<Rules>;

/**
 * Tensors that belong to an objective and are kept in checkpoints: multipliers, discriminators and
 * their optimisers. `update` replaces them.
 */
export type ObjectiveState = StateTensors;

/**
 * What the decoder is given: a sample of the posterior, or its mean (autoencoders without noise).
 */
export type Code = 'sample' | 'mean';

/** An objective with its options chosen. */
export interface ActiveObjective {
  readonly code: Code;
  /** Nothing unless told. */
  readonly needs?: readonly ObjectiveNeed[];
  /**
   * What the encoder is given in place of the images (B, H, W, C), which stay what is to be
   * reconstructed.
   */
  corrupt?(images: Tensor, context: StepContext): Tensor;
  /** The state before the first step; none unless told. */
  createState?(context: StateContext): Record<string, Tensor>;
  penalise(batch: LatentBatch, context: StepContext, state: ObjectiveState): Penalty;
  /**
   * After the networks have been updated: a multiplier, a discriminator. The batch is that of
   * `penalise`; `second` is encoded by the same weights.
   */
  update?(
    batch: LatentBatch,
    penalty: Penalty,
    context: StepContext,
    state: ObjectiveState,
    second?: LatentBatch,
  ): void;
}

/** An objective: one of the library's, or one of your own. */
export interface Objective<R extends Rules = Rules> {
  readonly name: string;
  /** None unless told. */
  readonly options?: R;
  activate(options: ValuesOf<R>): ActiveObjective;
}

/** One of the library's, as lists and pages show it. */
export interface ListedObjective<R extends Rules = Rules> extends Objective<R> {
  readonly title: string;
  /** A few words for the list. */
  readonly summary: string;
  /** Author, year, equation. */
  readonly source: string;
  readonly options: R;
}

/** An objective whose `activate` knows the types of its options. */
export function defineObjective<const R extends Rules>(objective: ListedObjective<R>): ListedObjective {
  return objective as unknown as ListedObjective;
}
