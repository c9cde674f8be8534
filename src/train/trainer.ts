/**
 * A system that is being trained, and one step of it: parameters, and the moments of Adam.
 * Everything that a step draws is a function of the seed and the step's number.
 */

import type { Core } from '../../bindings/core.js';
import { DataError } from '../errors.js';
import { initialise } from './architectures/initialise.js';
import { listParameters } from './architectures/layers.js';
import type { Draws } from './draws.js';
import { mapValues } from './map-values.js';
import { packNumbers, type StepOutcome, type StoredTensor } from './numbers.js';
import { createMoments, type Moments, updateAdam } from './optimiser.js';
import { listRuns } from './phases.js';
import type { ParametersNow, Replicas } from './replicas.js';
import type { Batch, Computer, FromShards, System, ToShards } from './system.js';
import type { NamedTensors, Tensor } from './tensors.js';

/** What a trainer is made for. */
export interface TrainerSetup {
  readonly seed: number;
  /** Whether the device is slow to ask; see `Backend`. */
  readonly isRemote: boolean;
}

/**
 * The batches of a step: for each of its phases, as often as it is made, those that it asks for.
 */
export type StepBatches = ReadonlyArray<Readonly<Record<string, Batch>>>;

export interface Trainer {
  /** Learns from the batches of a step, whose tensors stay the caller's. */
  step(step: number, batches: StepBatches): Promise<StepOutcome>;
  /** Runs a program that waits for nothing: what its shards give for rows. */
  run(program: string, handed: ToShards): Promise<NamedTensors>;
  /** Everything that a later step depends on, by name. */
  save(): Promise<Map<string, StoredTensor>>;
  /** @throws Error where a tensor is missing or has another shape */
  restore(tensors: ReadonlyMap<string, StoredTensor>): void;
  close(): Promise<void>;
}

/** A network as it is now. */
interface Learner {
  /** Of its parameters, as they are kept. */
  readonly names: readonly string[];
  readonly weights: Tensor[];
  readonly moments: Moments;
  /** Changes with the weights. */
  version: number;
  /** How often it is moved in a step. */
  readonly updates: number;
}

export function createTrainer(
  core: Core,
  computer: Computer,
  system: System,
  replicas: Replicas,
  draws: Draws,
  { seed, isRemote }: TrainerSetup,
): Trainer {
  const { tf } = computer;
  const runs = listRuns(system);
  let drawn = 0;
  const learners = mapValues(system.work.networks, (layers, network): Learner => {
    const shapes = listParameters(network, layers);
    const values = initialise(core, shapes, system.settings[network].initialisation, seed, drawn);
    drawn += shapes.length;
    const weights = values.map((numbers, i) => tf.tensor(numbers, [...shapes[i].shape]));
    const updates = runs.filter(({ phase }) => phase.networks.includes(network)).length;
    const names = shapes.map(({ name }) => name);
    return { names, weights, moments: createMoments(tf, weights), version: 0, updates };
  });
  const parametersNow = (): Record<string, ParametersNow> =>
    mapValues(learners, ({ version, weights }) => ({ version, tensors: weights }));

  /** Where every tensor is that is kept, by its name. */
  function* listKept(): Generator<readonly [name: string, holder: Record<string, Tensor>, key: string]> {
    for (const { names, weights, moments } of Object.values(learners)) {
      for (const [i, name] of names.entries()) {
        for (const [kind, list] of Object.entries({
          model: weights,
          'optimiser/first': moments.first,
          'optimiser/second': moments.second,
        })) {
          yield [`${kind}/${name}`, list as unknown as Record<string, Tensor>, String(i)];
        }
      }
    }
    for (const [group, { tensors }] of Object.entries(system.state)) {
      for (const name of Object.keys(tensors)) yield [`${group}/${name}`, tensors, name];
    }
  }

  return {
    async step(step, batches) {
      const numbers: NamedTensors = {};
      const moved: Record<string, number> = {};
      for (const [i, { phase, timeAt }] of runs.entries()) {
        const leading = phase.lead({ ...computer, draws, seed, step, time: timeAt(step) }, batches[i]);
        const pass = replicas.start(phase.program, parametersNow());
        const answers: FromShards[] = [];
        let next = leading.next();
        while (!next.done) {
          const answer = await pass.advance(next.value);
          answers.push(answer);
          next = leading.next(answer);
        }
        for (const network of phase.networks) {
          const { weights, moments, updates } = learners[network];
          const { adam } = system.settings[network];
          const before = moved[network] ?? 0;
          const gradients = answers[answers.length - 1].gradients[network];
          updateAdam(computer.operations, weights, moments, gradients, step * updates + before, adam);
          moved[network] = before + 1;
          learners[network].version++;
        }
        tf.dispose(answers);
        for (const [name, value] of Object.entries(next.value)) {
          numbers[name]?.dispose();
          numbers[name] = value;
        }
      }
      return packNumbers(tf, numbers);
    },

    async run(program, handed) {
      return (await replicas.start(program, parametersNow()).advance(handed)).rows;
    },

    async save() {
      const store = async (name: string, tensor: Tensor): Promise<[string, StoredTensor]> => [
        name,
        { shape: [...tensor.shape], values: Float32Array.from(await tensor.data()) },
      ];
      const kept = [...listKept()];
      // A device that is slow to ask is waited for once; elsewhere one copy at a time is enough.
      if (isRemote) return new Map(await Promise.all(kept.map(([name, holder, key]) => store(name, holder[key]))));
      const saved = new Map<string, StoredTensor>();
      for (const [name, holder, key] of kept) saved.set(...(await store(name, holder[key])));
      return saved;
    },

    restore(tensors) {
      for (const [name, holder, key] of listKept()) {
        const old = holder[key];
        const stored = tensors.get(name);
        const expected = `${old.shape.join(' x ') || 'a scalar'}`;
        if (stored === undefined) throw new DataError(`expected a tensor '${name}' of ${expected}, got none`);
        if (stored.shape.join() !== old.shape.join()) {
          throw new DataError(`tensor '${name}': expected ${expected}, got ${stored.shape.join(' x ') || 'a scalar'}`);
        }
        old.dispose();
        holder[key] = tf.tensor(stored.values, [...stored.shape]);
      }
      for (const learner of Object.values(learners)) learner.version++;
    },

    async close() {
      await replicas.close();
      tf.dispose([...listKept()].map(([, holder, key]) => holder[key]));
    },
  };
}
