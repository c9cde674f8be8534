/**
 * The VAE family: an encoder and a decoder, one phase a step, and an objective that looks at the
 * latents of the whole batch.
 */
import { STREAMS } from '../../random.js';
import type { Initialisation } from '../architectures/architecture.js';
import type { Draws } from '../draws.js';
import type {
  ActiveObjective,
  LatentBatch,
  ObjectiveRandom,
  StateContext,
  StepContext,
} from '../objectives/objective.js';
import type { AdamOptions } from '../optimiser.js';
import type { Posteriors } from '../posteriors.js';
import type {
  Batch,
  BatchRequest,
  Computer,
  FromShards,
  ImageSystem,
  PhaseContext,
  StateTensors,
  System,
  ToShards,
} from '../system.js';
import type { NamedTensors, Tensor, TensorLibrary } from '../tensors.js';
import { type Autoencoder, autoencoderWork } from './autoencoder.js';
import { reportStep, type VaeNumbers } from './report.js';

export interface VaeSetup extends Autoencoder {
  readonly initialisation: Initialisation;
  readonly adam: AdamOptions;
  readonly objective: ActiveObjective;
  readonly description: System['description'];
  /** N: rows that are trained on. */
  readonly datasetSize: number;
  /** B. */
  readonly batchSize: number;
  /** N_x: pixels times channels. */
  readonly pixels: number;
  readonly seed: number;
  readonly hintFor: System['hintFor'];
}

export function createVaeSystem(computer: Computer, draws: Draws, setup: VaeSetup): ImageSystem<VaeNumbers> {
  const { objective, initialisation, adam, latents, datasetSize, batchSize, pixels, seed } = setup;
  const base: StateContext = { ...computer, draws, seed, latents, batchSize, datasetSize, pixels };
  const state: StateTensors = { tensors: objective.createState?.(base) ?? {} };
  const needs = (what: 'second batch' | 'labels') => objective.needs?.includes(what) ?? false;
  const requests: Record<string, BatchRequest> = { first: { kind: 'plain', hasLabels: needs('labels') } };
  if (needs('second batch')) requests.second = { kind: 'plain', isSecond: true };
  const settings = { initialisation, adam };
  return {
    work: autoencoderWork(setup),
    settings: { encoder: settings, decoder: settings },
    description: setup.description,
    state: { objective: state },
    phases: [
      {
        program: 'learn',
        batches: requests,
        networks: ['encoder', 'decoder'],
        times: 1,
        lead: (context, { first, second }) => lead(setup, base, state, context, first, second ?? null),
      },
    ],
    async encode(images, run) {
      const { mu, logvar } = await run('encode', { rows: { images } });
      return { mu, logvar };
    },
    report: reportStep,
    hintFor: setup.hintFor,
  };
}

function* lead(
  { objective, latents, batchSize, seed }: VaeSetup,
  base: StateContext,
  state: StateTensors,
  { tf, draws, step }: PhaseContext,
  { images, labels }: Batch,
  second: Batch | null,
): Generator<ToShards, NamedTensors, FromShards> {
  const context: StepContext = {
    ...base,
    step,
    random: createRandom(tf, draws, seed, step),
    ...(objective.needs?.includes('images') && { images }),
    ...(labels && { labels }),
  };
  const rows = images.shape[0];
  const at = { seed, stream: STREAMS.trainingNoise, index: step };
  const drawNoise = (from: number) => tf.tensor(draws.normals(rows * latents, at, from), [rows, latents]);
  const seen = objective.corrupt?.(images, context) ?? images;
  const noise = objective.code === 'sample' ? drawNoise(0) : null;
  const first = yield {
    rows: withoutNone({ images, seen: seen === images ? null : seen, noise, second: second?.images }),
  };
  if (seen !== images) seen.dispose();
  noise?.dispose();

  const { mu, logvar, z, secondMu, secondLogvar } = first.rows;
  const batch: LatentBatch = { mu, logvar, z };
  const penalty = objective.penalise(batch, context, state);
  checkTerms(penalty.terms);
  const learnt = yield { rows: withoutNone(penalty.gradients) };

  if (objective.update) {
    // The step's own noise comes first.
    const others = second && sample(tf, { mu: secondMu, logvar: secondLogvar }, drawNoise(rows * latents));
    objective.update(batch, penalty, context, state, others ?? undefined);
    others?.z.dispose();
  }
  const reconstruction = tf.div(learnt.sums.reconstruction, batchSize);
  const loss = tf.add(reconstruction, penalty.total);
  tf.dispose([penalty.total, penalty.gradients]);
  const byLatent = objective.code === 'sample' && { klPerLatent: klPerLatent(tf, batch) };
  return { reconstruction, ...penalty.terms, loss, ...byLatent };
}

const RESERVED = ['loss', 'reconstruction', 'klPerLatent'];

function checkTerms(terms: Readonly<Record<string, Tensor>>): void {
  for (const [name, { shape }] of Object.entries(terms)) {
    if (RESERVED.includes(name)) throw new Error(`penalise: expected terms of other names than '${name}'`);
    if (shape.length > 0) throw new Error(`penalise: ${name}: expected a scalar, got a shape of ${shape.join(' x ')}`);
  }
}

function withoutNone(tensors: Readonly<Record<string, Tensor | null | undefined>>): NamedTensors {
  return Object.fromEntries(Object.entries(tensors).filter((named): named is [string, Tensor] => named[1] != null));
}

/** Samples of posteriors; the noise is used up. */
function sample(tf: TensorLibrary, { mu, logvar }: Posteriors, noise: Tensor): LatentBatch {
  const z = tf.tidy(() => tf.add(mu, tf.mul(tf.exp(tf.mul(logvar, 0.5)), noise)));
  noise.dispose();
  return { mu, logvar, z };
}

/** KL(q(z_d|x) || p(z_d)) in nats, averaged over the batch: (D). */
function klPerLatent(tf: TensorLibrary, { mu, logvar }: Posteriors): Tensor {
  return tf.tidy(() => {
    const ofRows = tf.sub(tf.sub(tf.add(tf.square(mu), tf.exp(logvar)), logvar), 1);
    return tf.mul(tf.mean(ofRows, 0), 0.5);
  });
}

/** Draws of an objective of the caller's own: each goes on behind the one before. */
function createRandom(tf: TensorLibrary, draws: Draws, seed: number, step: number): ObjectiveRandom {
  const drawBy = (draw: Draws['normals'], stream: number) => {
    let from = 0;
    return (shape: readonly number[]) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const values = draw(count, { seed, stream, index: step }, from);
      from += count;
      return tf.tensor(values, [...shape]);
    };
  };
  return {
    normals: drawBy(draws.normals, STREAMS.objectiveNormals),
    uniforms: drawBy(draws.uniforms, STREAMS.objectiveUniforms),
  };
}
