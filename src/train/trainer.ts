/**
 * What is being learnt, and one step of learning it: parameters, the moments of Adam, the state of the objective. Everything that a
 * step draws is a function of the seed and the step's number.
 */
import type { Core } from '../../bindings/core.js';
import type { Stream } from '../../bindings/kernels/random.js';
import type { ImageShape } from '../data/dataset.js';
import { STREAMS } from '../random.js';
import { type Autoencoder, decode } from './autoencoder.js';
import type { Draws } from './draws.js';
import type { Initialisation, Networks } from './models/architecture.js';
import { initialise } from './models/initialise.js';
import { listParameters, type ParameterShape } from './models/layers.js';
import type { ActiveObjective, LatentBatch, ObjectiveState, Penalty, StepContext } from './objectives/objective.js';
import { type AdamOptions, createMoments, type Moments, updateAdam } from './optimiser.js';
import type { ParametersNow, Posteriors, Replicas } from './replicas.js';
import type { Tensor, TensorLibrary } from './tensors.js';

/** What a trainer is made for. */
export interface TrainerSetup {
  readonly image: ImageShape;
  /** D. */
  readonly latents: number;
  readonly networks: Networks;
  readonly initialisation: Initialisation;
  readonly objective: ActiveObjective;
  readonly adam: AdamOptions;
  /** N: rows that are trained on. */
  readonly datasetSize: number;
  /** B. */
  readonly batchSize: number;
  readonly seed: number;
  /** Whether the device is slow to ask; see `Backend`. */
  readonly isRemote: boolean;
}

/** Numbers of one step, on the device until they are read: `names` says what stands where, then the KL of every latent, where there is a posterior. */
export interface StepOutcome {
  readonly names: readonly string[];
  readonly values: Tensor;
}

/** A tensor as it is kept in a file. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface Trainer {
  /**
   * Learns from one batch: images (B, H, W, C) in [0, 1], and those of a second batch where the objective needs one. The tensors stay the caller's.
   */
  step(step: number, images: Tensor, second: Tensor | null): Promise<StepOutcome>;
  /** Posteriors of images (rows, H, W, C). */
  encode(images: Tensor): Promise<Posteriors>;
  /** Images (rows, H, W, C) in [0, 1] of latents (rows, D). */
  decode(z: Tensor): Tensor;
  /** Everything that a later step depends on, by name. */
  save(): Promise<Map<string, StoredTensor>>;
  /** @throws Error where a tensor is missing or has another shape */
  restore(tensors: ReadonlyMap<string, StoredTensor>): void;
  close(): Promise<void>;
}

export function createTrainer(
  core: Core,
  autoencoder: Autoencoder,
  replicas: Replicas,
  draws: Draws,
  setup: TrainerSetup,
): Trainer {
  const { tf, operations } = autoencoder;
  const { networks, objective, image, latents, batchSize, seed } = setup;
  const shapes = [...listParameters('encoder', networks.encoder), ...listParameters('decoder', networks.decoder)];
  const ofEncoder = listParameters('encoder', networks.encoder).length;
  const values = initialise(core, shapes, setup.initialisation, seed);
  const weights = values.map((numbers, i) => tf.tensor(numbers, [...shapes[i].shape]));
  const moments = createMoments(tf, weights);
  const base: Omit<StepContext, 'step'> = {
    tf,
    operations,
    draws,
    seed,
    latents,
    batchSize,
    datasetSize: setup.datasetSize,
    pixels: image.height * image.width * image.channels,
  };
  const state = objective.createState(base);
  let version = 0;
  const parameters = (): ParametersNow => ({
    version,
    encoder: weights.slice(0, ofEncoder),
    decoder: weights.slice(ofEncoder),
  });

  return {
    async step(step, images, second) {
      const context = { ...base, step };
      const seen = objective.corrupt?.(images, context) ?? images;
      const noise = drawNoise(tf, draws, [images.shape[0], latents], {
        seed,
        stream: STREAMS.trainingNoise,
        index: step,
      });
      const [other, pass] = await Promise.all([
        second === null ? undefined : encodeSecond(second, step),
        replicas.begin(parameters(), { images, seen, noise }),
      ]);
      const penalty = objective.penalise(pass.latents, context, state);
      const { mu, logvar, z } = penalty.gradients;
      // The objective's own update looks at the same latents, which the second half frees.
      const latentsKept = objective.update ? copyLatents(tf, pass.latents) : null;
      const divergence = objective.code === 'mean' ? null : klPerLatent(tf, pass.latents);
      const learnt = await pass.learn({ mu: mu ?? null, logvar: logvar ?? null, z: z ?? null });
      updateAdam(operations, weights, moments, learnt.gradients, step, setup.adam);
      version++;
      if (latentsKept !== null) objective.update?.(latentsKept, penalty, context, state, other);
      const outcome = packOutcome(tf, learnt.reconstruction, batchSize, penalty, divergence);
      tf.dispose([noise, penalty, latentsKept, other, learnt, divergence]);
      if (seen !== images) seen.dispose();
      return outcome;
    },

    encode: (images) => replicas.encode(parameters(), images),
    decode: (z) => decode(autoencoder, parameters(), z),

    async save() {
      const store = async ([name, tensor]: [string, Tensor]): Promise<[string, StoredTensor]> => [
        name,
        { shape: [...tensor.shape], values: Float32Array.from(await tensor.data()) },
      ];
      const tensors = listTensors(shapes, weights, moments, state);
      // A device that is slow to ask is waited for once; elsewhere one copy at a time is enough.
      if (setup.isRemote) return new Map(await Promise.all(Array.from(tensors, store)));
      const saved = new Map<string, StoredTensor>();
      for (const named of tensors) saved.set(...(await store(named)));
      return saved;
    },

    restore(tensors) {
      const load = (name: string, old: Tensor): Tensor => {
        const stored = tensors.get(name);
        const expected = `${old.shape.join(' x ') || 'a scalar'}`;
        if (stored === undefined) throw new Error(`expected a tensor '${name}' of ${expected}, got none`);
        if (stored.shape.join() !== old.shape.join()) {
          throw new Error(`tensor '${name}': expected ${expected}, got ${stored.shape.join(' x ') || 'a scalar'}`);
        }
        old.dispose();
        return tf.tensor(stored.values, [...stored.shape]);
      };
      for (const [i, { name }] of shapes.entries()) {
        weights[i] = load(`model/${name}`, weights[i]);
        moments.first[i] = load(`optimiser/first/${name}`, moments.first[i]);
        moments.second[i] = load(`optimiser/second/${name}`, moments.second[i]);
      }
      for (const name of Object.keys(state.tensors)) {
        state.tensors[name] = load(`objective/${name}`, state.tensors[name]);
      }
      version++;
    },

    async close() {
      await replicas.close();
      tf.dispose([weights, moments.first, moments.second, state.tensors]);
    },
  };

  /** Samples of the posteriors of a second batch, held fixed. */
  async function encodeSecond(images: Tensor, step: number): Promise<LatentBatch> {
    const { mu, logvar } = await replicas.encode(parameters(), images);
    // The step's own noise comes first.
    const at = { seed, stream: STREAMS.trainingNoise, index: step };
    const noise = drawNoise(tf, draws, mu.shape, at, mu.shape[0] * latents);
    const z = tf.tidy(() => tf.add(mu, tf.mul(tf.exp(tf.mul(logvar, 0.5)), noise)));
    noise.dispose();
    return { mu, logvar, z };
  }
}

function drawNoise(tf: TensorLibrary, draws: Draws, shape: number[], at: Stream, from = 0): Tensor {
  return tf.tensor(draws.normals(shape[0] * shape[1], at, from), shape);
}

function copyLatents(tf: TensorLibrary, { mu, logvar, z }: LatentBatch): LatentBatch {
  return { mu: tf.add(mu, 0), logvar: tf.add(logvar, 0), z: tf.add(z, 0) };
}

/** KL(q(z_d|x) || p(z_d)) in nats, averaged over the batch: (D). */
function klPerLatent(tf: TensorLibrary, { mu, logvar }: Posteriors): Tensor {
  return tf.tidy(() => {
    const ofRows = tf.sub(tf.sub(tf.add(tf.square(mu), tf.exp(logvar)), logvar), 1);
    return tf.mul(tf.mean(ofRows, 0), 0.5);
  });
}

/** All numbers of a step in one vector: a device that is slow to ask is asked once. */
function packOutcome(
  tf: TensorLibrary,
  reconstruction: Tensor,
  batchSize: number,
  { total, terms }: Penalty,
  divergence: Tensor | null,
): StepOutcome {
  const values = tf.tidy(() => {
    const mean = tf.div(reconstruction, batchSize);
    const scalars = [tf.add(mean, total), mean, ...Object.values(terms)].map((scalar) => tf.reshape(scalar, [1]));
    return tf.concat(divergence === null ? scalars : [...scalars, divergence], 0);
  });
  return { names: ['loss', 'reconstruction', ...Object.keys(terms)], values };
}

function* listTensors(
  shapes: readonly ParameterShape[],
  weights: readonly Tensor[],
  moments: Moments,
  state: ObjectiveState,
): Generator<[string, Tensor]> {
  for (const [i, { name }] of shapes.entries()) {
    yield [`model/${name}`, weights[i]];
    yield [`optimiser/first/${name}`, moments.first[i]];
    yield [`optimiser/second/${name}`, moments.second[i]];
  }
  for (const [name, tensor] of Object.entries(state.tensors)) yield [`objective/${name}`, tensor];
}
