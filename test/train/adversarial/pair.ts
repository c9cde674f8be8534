/**
 * A system of two opponents, to try the contract with: a generator draws images out of noise, a
 * discriminator tells them from real ones (Goodfellow et al. 2014), in turns. The hidden layer of
 * the generator is normalised by statistics of the whole batch (Ioffe & Szegedy 2015), so its
 * shards wait for each other, forwards and backwards.
 */
import type { Layer } from '../../../src/train/architectures/layers.js';
import { forward, type Pass } from '../../../src/train/architectures/network.js';
import { ADAM_DEFAULTS } from '../../../src/train/optimiser.js';
import type {
  Batch,
  Computer,
  Description,
  FromShards,
  PhaseContext,
  Program,
  Shard,
  ShardWork,
  StateTensors,
  StepNumbers,
  System,
  ToShards,
} from '../../../src/train/system.js';
import type { NamedTensors, Tensor, TensorLibrary } from '../../../src/train/tensors.js';

export const NOISE = 4;
const HIDDEN = 12;
/** Streams of the library end well below; one for each phase. */
const STREAMS = { judge: 2001, fool: 2002 };
const SMALLEST_VARIANCE = 1e-3;
/** How much of the running averages stays in a step. */
const STAYS = 0.9;

/** Plain data, which workers build the same from. */
export interface PairDescription extends Description {
  readonly kind: 'pair';
  readonly pixels: number;
}

export function buildPairWork(description: Description): ShardWork {
  const { pixels } = description as PairDescription;
  const dense = (inputs: number, outputs: number, activation: 'linear' | 'leaky-relu' | 'tanh'): Layer => {
    return { kind: 'dense', inputs, outputs, activation };
  };
  const networks = {
    body: [dense(NOISE, HIDDEN, 'linear')],
    head: [dense(HIDDEN, pixels, 'tanh')],
    discriminator: [
      { kind: 'reshape', shape: [pixels] } as const,
      dense(pixels, HIDDEN, 'leaky-relu'),
      dense(HIDDEN, 1, 'linear'),
    ],
  };
  const work = { networks } as const;
  return {
    networks,
    programs: {
      judge: (shard, first) => judge(work, shard, first),
      fool: (shard, first) => fool(work, shard, first),
      sample: (shard, first) => sample(work, shard, first),
    },
  };
}

type Networks = Pick<ShardWork, 'networks'>;

const run = ({ networks }: Networks, network: string, { tf, operations, parameters }: Shard, x: Tensor): Pass =>
  forward(tf, operations, networks[network], parameters[network], x);

/** The discriminator learns: images of the noise are not real. The generator stays. */
function* judge(work: Networks, shard: Shard, { rows }: Required<ToShards>): ReturnType<Program> {
  const { tf, operations, batchRows } = shard;
  const body = run(work, 'body', shard, rows.noise);
  const { whole } = yield { sums: statisticsOf(tf, body.output) };
  const { standard, hidden } = normalise(tf, body.output, whole);
  const head = run(work, 'head', shard, hidden);
  const judgeImages = (images: Tensor, sign: 1 | -1) => {
    const verdict = run(work, 'discriminator', shard, images);
    const { loss, slopes } = crossEntropy(tf, verdict.output, sign, batchRows);
    const { parameters } = verdict.backward(slopes, false);
    slopes.dispose();
    return { loss, parameters };
  };
  const [real, fake] = [judgeImages(rows.real, 1), judgeImages(head.output, -1)];
  const loss = tf.add(real.loss, fake.loss);
  const gradients = real.parameters.map((gradient, i) => operations.accumulate(gradient, fake.parameters[i]));
  body.dispose();
  head.dispose();
  tf.dispose([standard, hidden, real.loss, fake]);
  return { sums: { loss }, gradients: { discriminator: gradients } };
}

/** The generator learns: images of the noise are to be taken for real. The discriminator stays. */
function* fool(work: Networks, shard: Shard, { rows }: Required<ToShards>): ReturnType<Program> {
  const { tf, batchRows } = shard;
  const body = run(work, 'body', shard, rows.noise);
  const { whole: statistics } = yield { sums: statisticsOf(tf, body.output) };
  const { standard, hidden } = normalise(tf, body.output, statistics);
  const head = run(work, 'head', shard, hidden);
  const verdict = run(work, 'discriminator', shard, head.output);
  const { loss, slopes } = crossEntropy(tf, verdict.output, 1, batchRows);
  const ofImages = verdict.backward(slopes, true, false).input as Tensor;
  const ofHead = head.backward(ofImages, true);
  const ofStandard = tf.tidy(() => tf.mul(ofHead.input as Tensor, tf.step(standard)));
  const ofStatistics = tf.tidy(() => ({
    slopes: tf.sum(ofStandard, 0),
    products: tf.sum(tf.mul(ofStandard, standard), 0),
  }));

  const { whole: means } = yield { sums: ofStatistics };
  const ofBody = tf.tidy(() => {
    const rest = tf.sub(tf.sub(ofStandard, means.slopes), tf.mul(standard, means.products));
    return tf.div(rest, statistics.deviation);
  });
  const { parameters } = body.backward(ofBody, false);
  tf.dispose([standard, hidden, slopes, ofImages, ofHead.input, ofStandard, ofBody]);
  return { sums: { loss }, gradients: { body: parameters, head: ofHead.parameters } };
}

/** Images of noise by given statistics, such as the running averages. */
// biome-ignore lint/correctness/useYield: nothing of the whole batch is waited for
function* sample(work: Networks, shard: Shard, { rows, whole }: Required<ToShards>): ReturnType<Program> {
  const { tf } = shard;
  const body = run(work, 'body', shard, rows.noise);
  const { standard, hidden } = normalise(tf, body.output, whole);
  const head = run(work, 'head', shard, hidden);
  const images = tf.add(head.output, 0);
  body.dispose();
  head.dispose();
  tf.dispose([standard, hidden]);
  return { rows: { images } };
}

function statisticsOf(tf: TensorLibrary, x: Tensor): { sum: Tensor; squares: Tensor } {
  return tf.tidy(() => ({ sum: tf.sum(x, 0), squares: tf.sum(tf.square(x), 0) }));
}

/** Standardised, and that with what is below 0 cut off. */
function normalise(tf: TensorLibrary, x: Tensor, { mean, deviation }: ToShards['whole'] & object) {
  return tf.tidy(() => {
    const standard = tf.div(tf.sub(x, mean), deviation);
    return { standard, hidden: tf.relu(standard) };
  });
}

/** log(1 + exp(-sign logit)), summed over rows, and its slopes by the mean over the batch. */
function crossEntropy(tf: TensorLibrary, logits: Tensor, sign: 1 | -1, batchRows: number) {
  return tf.tidy(() => {
    const against = tf.mul(logits, -sign);
    const loss = tf.sum(tf.add(tf.relu(against), tf.log1p(tf.exp(tf.neg(tf.abs(logits))))));
    return { loss, slopes: tf.mul(tf.sigmoid(against), -sign / batchRows) };
  });
}

/** What is told of a step. */
export interface PairNumbers {
  readonly numbers: StepNumbers;
}

export interface PairSetup {
  readonly pixels: number;
  readonly batchSize: number;
  /** How often the discriminator learns in a step. */
  readonly judgements: number;
}

export function createPair({ tf }: Computer, { pixels, batchSize, judgements }: PairSetup): System<PairNumbers> {
  const description: PairDescription = { kind: 'pair', pixels };
  const running: StateTensors = { tensors: { mean: tf.zeros([HIDDEN]), deviation: tf.ones([HIDDEN]) } };

  function drawNoise({ draws, seed, time }: PhaseContext, stream: number): Tensor {
    return tf.tensor(draws.normals(batchSize * NOISE, { seed, stream, index: time }), [batchSize, NOISE]);
  }

  const statistics = ({ sums: { sum, squares } }: FromShards) =>
    tf.tidy(() => {
      const mean = tf.div(sum, batchSize);
      const variance = tf.sub(tf.div(squares, batchSize), tf.square(mean));
      return { mean, deviation: tf.sqrt(tf.add(variance, SMALLEST_VARIANCE)) };
    });

  function* leadJudge(context: PhaseContext, real: Batch): Generator<ToShards, NamedTensors, FromShards> {
    const noise = drawNoise(context, STREAMS.judge);
    const whole = statistics(yield { rows: { noise, real: real.images } });
    const { sums } = yield { whole };
    tf.dispose([noise, whole]);
    return { discriminator: tf.div(sums.loss, batchSize) };
  }

  function* leadFool(context: PhaseContext): Generator<ToShards, NamedTensors, FromShards> {
    const noise = drawNoise(context, STREAMS.fool);
    const whole = statistics(yield { rows: { noise } });
    const { sums: slopes } = yield { whole };
    const means = tf.tidy(() => ({
      slopes: tf.div(slopes.slopes, batchSize),
      products: tf.div(slopes.products, batchSize),
    }));
    const { sums } = yield { whole: means };
    for (const name of ['mean', 'deviation'] as const) {
      const before = running.tensors[name];
      running.tensors[name] = tf.tidy(() => tf.add(tf.mul(before, STAYS), tf.mul(whole[name], 1 - STAYS)));
      before.dispose();
    }
    tf.dispose([noise, whole, means]);
    return { generator: tf.div(sums.loss, batchSize) };
  }

  const settings = (learningRate: number) =>
    ({ initialisation: 'glorot', adam: { ...ADAM_DEFAULTS, beta1: 0.5, learningRate } }) as const;
  return {
    work: buildPairWork(description),
    settings: { body: settings(5e-3), head: settings(5e-3), discriminator: settings(1e-2) },
    description,
    state: { running },
    phases: [
      {
        program: 'judge',
        batches: { real: { kind: 'plain' } },
        networks: ['discriminator'],
        times: judgements,
        lead: (context, { real }) => leadJudge(context, real),
      },
      { program: 'fool', batches: {}, networks: ['body', 'head'], times: 1, lead: (context) => leadFool(context) },
    ],
    report: (numbers) => ({
      progress: { numbers },
      line: { terms: numbers as Record<string, number> },
      reasons: {},
    }),
    hintFor: (name) => `${name} ran away`,
  };
}
