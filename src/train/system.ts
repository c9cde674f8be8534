/**
 * The contract of every system: networks that are trained together, and how. The work of a step is
 * cut in two. A *program* is what is done with each shard of a batch, here or in a worker; a
 * *phase* looks at the whole batch, in the thread that trains. Both are generators that talk to
 * each other: what a phase yields goes to every shard, and what the shards yield comes back joined.
 * So a shard may wait as often as it needs numbers of the whole batch: once for a penalty on its
 * latents, twice for each layer with statistics over the batch (forwards and backwards).
 *
 * Letters: B rows of a batch, R rows of a shard.
 */
import type { SharedFactors } from '../data/factor-batches.js';
import type { Initialisation } from './architectures/architecture.js';
import type { Layer } from './architectures/layers.js';
import type { Draws } from './draws.js';
import type { Operations } from './operations.js';
import type { AdamOptions } from './optimiser.js';
import type { Posteriors } from './posteriors.js';
import type { LogEntry } from './run/log.js';
import type { NamedTensors, Tensor, TensorLibrary } from './tensors.js';

/** What computes. */
export interface Computer {
  readonly tf: TensorLibrary;
  readonly operations: Operations;
}

/**
 * What the whole batch hands to its shards. Tensors stay with who hands them over, and are not
 * needed any more once the shards have answered.
 */
export interface ToShards {
  /** (B, ...) each: every shard gets its own rows. */
  readonly rows?: Readonly<Record<string, Tensor>>;
  /** Every shard gets all of it. */
  readonly whole?: Readonly<Record<string, Tensor>>;
}

/** What a shard gives. */
export interface FromShard {
  /**
   * (R, ...) each. What is yielded stays the shard's until it goes on; what is returned is handed
   * over.
   */
  readonly rows?: Readonly<Record<string, Tensor>>;
  /** Added up over the shards, in their order; handed over. */
  readonly sums?: Readonly<Record<string, Tensor>>;
  /** By network, those of its parameters in their order; added up like sums, handed over. */
  readonly gradients?: Readonly<Record<string, readonly Tensor[]>>;
  /**
   * Work that waits for nobody: it is done while the whole batch is looked at elsewhere, or else
   * before the shard goes on.
   */
  readonly meanwhile?: () => void;
}

/** What all shards have given, joined. */
export interface FromShards {
  /** (B, ...) each. */
  readonly rows: NamedTensors;
  readonly sums: NamedTensors;
  readonly gradients: Readonly<Record<string, readonly Tensor[]>>;
}

/** A shard of a batch, and what it is computed with. */
export interface Shard extends Computer {
  /** B. */
  readonly batchRows: number;
  /** By network, in the order of `listParameters`. */
  readonly parameters: Readonly<Record<string, readonly Tensor[]>>;
}

/**
 * What is done with a shard. It is begun with what the phase yields first. What it is handed lives
 * until it is through.
 */
export type Program = (shard: Shard, first: Required<ToShards>) => Generator<FromShard, FromShard, Required<ToShards>>;

/** The half of a system that every thread has: plain layers and programs. */
export interface ShardWork {
  /** By name, in the order in which their parameters are drawn and kept. */
  readonly networks: Readonly<Record<string, readonly Layer[]>>;
  readonly programs: Readonly<Record<string, Program>>;
}

/** Plain data that other threads build the same `ShardWork` from: `kind` says who builds it. */
export interface Description {
  readonly kind: string;
}

/** How the parameters of a network begin, and how they learn. */
export interface NetworkSettings {
  readonly initialisation: Initialisation;
  readonly adam: AdamOptions;
}

/**
 * Which rows a phase is given. All are a function of the seed, the number of the step and which
 * time of the phase in it.
 */
export type BatchRequest = (
  | {
      /** Every row once in each epoch. */
      readonly kind: 'plain';
      /** Another order, for a batch beside the first. */
      readonly isSecond?: boolean;
    }
  | SharedFactors
) & {
  /** Whether the factors are wanted as well. */
  readonly hasLabels?: boolean;
};

/** Rows that a phase is given. They stay with who loaded them. */
export interface Batch {
  /** (B, H, W, C) in [0, 1]. */
  readonly images: Tensor;
  /** Factors (B, K), where they were asked for. */
  readonly labels: Tensor | null;
  /**
   * The group that was drawn: one for the batch if factors vary, one for each pair. Empty if rows
   * are plain.
   */
  readonly groups: readonly number[];
}

/** Where in the training a phase stands. */
export interface PhaseContext extends Computer {
  readonly draws: Draws;
  readonly seed: number;
  /** Number of the step, from 0. */
  readonly step: number;
  /**
   * How often the phase has been made before, in this step and those before it: draws are keyed by
   * it.
   */
  readonly time: number;
}

/** A part of a step: one pass of a program over a batch, after which its networks move. */
export interface Phase {
  readonly program: string;
  /** The batches that it needs, by name. */
  readonly batches: Readonly<Record<string, BatchRequest>>;
  /** The networks that its gradients move. */
  readonly networks: readonly string[];
  /** How often it is made in a step. */
  readonly times: number;
  /**
   * Leads the shards through the program: yields what they are handed and gets what they give,
   * which is freed when it is through. Nothing may be read back from the device: a GPU would wait.
   * @returns numbers for the log, scalars or (n), handed over
   */
  lead(
    context: PhaseContext,
    batches: Readonly<Record<string, Batch>>,
  ): Generator<ToShards, Readonly<Record<string, Tensor>>, FromShards>;
}

/**
 * Tensors that a phase changes and a checkpoint keeps, by name; who replaces one disposes of it.
 */
export interface StateTensors {
  tensors: Record<string, Tensor>;
}

/**
 * Numbers of a step as phases name them, in the order in which they are looked at if one is not
 * finite.
 */
export type StepNumbers = Readonly<Record<string, number | readonly number[]>>;

/** What is told of a step. */
export interface StepReport<N> {
  /** For `onProgress`. */
  readonly progress: N;
  /** For the log. */
  readonly line: Omit<LogEntry, 'step' | 'seconds' | 'reasons'>;
  /** Why one of them is null, by its place in the line. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** Networks that are trained together. `N` is what is told of a step. */
export interface System<N = unknown> {
  readonly work: ShardWork;
  /** For each network. */
  readonly settings: Readonly<Record<string, NetworkSettings>>;
  /** What other threads build `work` from, or why they cannot. */
  readonly description: Description | { readonly unsendable: string };
  /** In the order in which they are made. */
  readonly phases: readonly Phase[];
  /** By group: a tensor is kept in checkpoints as `GROUP/NAME`. */
  readonly state: Readonly<Record<string, StateTensors>>;
  report(numbers: StepNumbers): StepReport<N>;
  /** What to try if a number or a tensor of this name is not finite. */
  hintFor(name: string): string;
}

/**
 * A system that has codes of images: they are scored while it is trained, and written down at the
 * end.
 */
export interface ImageSystem<N = unknown> extends System<N> {
  /** @param run has a program computed that waits for nothing, and gives what its shards return */
  encode(images: Tensor, run: (program: string, handed: ToShards) => Promise<NamedTensors>): Promise<Posteriors>;
}
