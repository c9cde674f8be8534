/** Batches, contexts and steps to try objectives with. */
import { withCore } from '../../../bindings/core.js';
import { checkOptions } from '../../../src/options/check-options.js';
import { createDraws, type Draws } from '../../../src/train/draws.js';
import { findObjective } from '../../../src/train/objectives/index.js';
import type {
  ActiveObjective,
  LatentBatch,
  ObjectiveRandom,
  ObjectiveState,
  Penalty,
  StepContext,
} from '../../../src/train/objectives/objective.js';
import { composeOperations } from '../../../src/train/operations.js';
import type { TensorLibrary } from '../../../src/train/tensors.js';
import type { PlainBatch, Table } from '../../decomposition/plain-estimators.js';
import { drawPosterior } from '../../decomposition/posteriors.js';
import { tf as tfjs } from '../../decomposition/tensorflow.js';

export const tf = tfjs as unknown as TensorLibrary;

export const BATCH = 12;
export const LATENTS = 3;

/** Draws of a kernel, which outlive the instance they were made by: numbers are copied out. */
export async function withDraws<R>(work: (draws: Draws) => R | Promise<R>): Promise<R> {
  return withCore((core) => work(createDraws(core)));
}

const operations = composeOperations(tf);

const noDraws: Draws & ObjectiveRandom = {
  normals: () => {
    throw new Error('this objective draws nothing');
  },
  uniforms: () => {
    throw new Error('this objective draws nothing');
  },
};

export function contextOf(given: Partial<StepContext> = {}): StepContext {
  const sizes = { datasetSize: 5000, batchSize: BATCH, latents: LATENTS, pixels: 4096 };
  return { tf, operations, step: 0, seed: 7, draws: noDraws, random: noDraws, ...sizes, ...given };
}

/** What an objective begins with. */
export function stateOf(objective: ActiveObjective, context: StepContext): ObjectiveState {
  return { tensors: objective.createState?.(context) ?? {} };
}

/** Rounded to float32 first, so that tensors and oracles see the same numbers. */
const round = (table: Table): Table => table.map((row) => Float64Array.from(Float32Array.from(row)));

export function drawBatch(seed: number, rows = BATCH, latents = LATENTS): PlainBatch {
  const { mu, logvar, z } = drawPosterior(rows, latents, seed);
  return { mu: round(mu), logvar: round(logvar), z: round(z) };
}

export function uploadBatch({ mu, logvar, z }: PlainBatch): LatentBatch {
  const upload = (table: Table) =>
    tf.tensor(Float32Array.from(table.flatMap((row) => Array.from(row))), [table.length, table[0].length]);
  return { mu: upload(mu), logvar: upload(logvar), z: upload(z) };
}

export function disposeBatch({ mu, logvar, z }: LatentBatch): void {
  tf.dispose([mu, logvar, z]);
}

export function disposePenalty({ total, terms, gradients }: Penalty): void {
  tf.dispose([total, ...Object.values(terms), ...Object.values(gradients)]);
}

export function activate(name: string, given: Record<string, unknown> = {}): ActiveObjective {
  const objective = findObjective(name);
  return objective.activate(
    checkOptions({ name: objective.name, isNamed: true }, given ?? {}, objective.options ?? {}),
  );
}

/** A penalty as numbers. */
export interface PenaltyValues {
  readonly total: number;
  readonly terms: Readonly<Record<string, number>>;
  /** Row-major; zeros where a gradient was left out. */
  readonly gradients: Readonly<Record<keyof LatentBatch, Float32Array>>;
}

export function valuesOf({ total, terms, gradients }: Penalty): PenaltyValues {
  for (const gradient of Object.values(gradients)) {
    if (gradient.shape.length !== 2) throw new Error(`a gradient of shape ${gradient.shape}`);
  }
  const read = (name: keyof LatentBatch) =>
    (gradients[name]?.dataSync() as Float32Array | undefined) ?? new Float32Array(BATCH * LATENTS);
  return {
    total: total.dataSync()[0],
    terms: Object.fromEntries(Object.entries(terms).map(([name, term]) => [name, term.dataSync()[0]])),
    gradients: { mu: read('mu'), logvar: read('logvar'), z: read('z') },
  };
}

/** What an objective makes of a batch; nothing is kept but the state. */
export function penalise(
  objective: ActiveObjective,
  plain: PlainBatch,
  given: Partial<StepContext> = {},
  state?: ObjectiveState,
): PenaltyValues {
  const context = contextOf(given);
  const own = state ?? stateOf(objective, context);
  const batch = uploadBatch(plain);
  const penalty = objective.penalise(batch, context, own);
  const values = valuesOf(penalty);
  disposePenalty(penalty);
  disposeBatch(batch);
  if (!state) tf.dispose(Object.values(own.tensors));
  return values;
}
