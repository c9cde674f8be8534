/** The façade of training: opens data, backend and run folder, and hands them to the loop. */
import { type Core, withCore } from '../../bindings/core.js';
import { absoluteNameOf, absoluteOptionsOf, type Dataset, type FileOptions, type Reading } from '../data/index.js';
import { splitRows } from '../data/split.js';
import { DataError, wrongValue } from '../errors.js';
import { notesOf, writeNotes } from '../note.js';
import { version } from '../version.js';
import { listParameters } from './architectures/layers.js';
import { describeDevice, identifyBackend } from './backends/backend.js';
import { type OpenedBackend, openBackend } from './backends/open-backend.js';
import { openBatches } from './batches.js';
import { type Shares, sharesOf } from './clock.js';
import { createDraws, type Draws } from './draws.js';
import { factorTypesOf, liveMetricsOf, planScores, scoreRows } from './held-out.js';
import { runLoop } from './loop.js';
import { isToOpen, openGiven } from './open-data.js';
import { composeOperations } from './operations.js';
import { ADAM_DEFAULTS } from './optimiser.js';
import { checkThreads, chooseThreads, openReplicas } from './parallel/open-replicas.js';
import { writePosterior } from './posterior-archive.js';
import type { LiveScores } from './progress.js';
import { SHARD_ROWS } from './replicas.js';
import { type RunConfig, readConfig } from './run/config.js';
import type { JsonRecord } from './run/json-value.js';
import { createMemoryRunFolder } from './run/memory-run-folder.js';
import { type RunRecord, resumeRun, startRun } from './run/open-run.js';
import type { RunFolder } from './run/run-folder.js';
import type { Computer, System } from './system.js';
import { encodeByTensors } from './tensor-encoder.js';
import { planRows, planTraining, type TrainOptions, type TrainPlan } from './train-options.js';
import { createTrainer, type Trainer } from './trainer.js';
import { setUpVae } from './vae/set-up.js';
import { createVaeSystem } from './vae/vae-system.js';

export interface TrainResult {
  /** Where the run is. */
  readonly folder: RunFolder;
  readonly backend: string;
  readonly device: string;
  readonly steps: number;
  /** Seconds of training, those before a resumption included. */
  readonly seconds: number;
  /** Of those seconds, what went into other things than steps. */
  readonly shares: Shares;
  /** Scores of held-out rows after the last step; null where nothing can be computed. */
  readonly scores: LiveScores | null;
  /**
   * The step whose first score was the best, its checkpoint being `checkpoints/best.safetensors`;
   * null where no step had one, as without factors.
   */
  readonly best: { readonly step: number; readonly score: number } | null;
  readonly warnings: readonly string[];
  /** What was decided when the data were opened, and what cannot be computed of them. */
  readonly notes: readonly string[];
}

/**
 * Trains a model of the VAE family, and leaves a run: configuration, log, checkpoints, and at the
 * end the posterior of the held-out rows.
 *
 * Everything that is drawn is a function of the two seeds, so the numbers on the wasm and cpu
 * backends are the same for every number of threads, and for a run that was stopped and resumed; on
 * wasm's SIMD build on every machine too, while the relaxed build may round otherwise on another
 * processor, and cpu has the exponentials of its engine.
 *
 * @throws RangeError or TypeError for wrong options; BackendError where the backend does not come
 * up; DivergenceError where a loss is not a finite number; the signal's
 *   reason where it stopped the run
 * @example
 * const run = await train({
 *   data: 'shapes-3',
 *   model: 'beta-vae',
 *   modelOptions: { beta: 4 },
 *   latents: 10,
 *   out: 'runs/first',
 * });
 * console.log(run.scores);
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const plan = planTraining(options);
  options.signal?.throwIfAborted();
  return closingAll(async (opened) => {
    const { data, dataOptions = {} } = options;
    const opening = openGiven(data, dataOptions, plan.dataSeed, await readingBefore(options));
    // What the caller opened stays open.
    const dataset = await (isToOpen(data) ? opened(opening) : opening);
    const backend = await opened(openBackend(options.backend ?? 'auto', options.tf ? { tf: options.tf } : {}));
    return withCore((core) => trainWith(core, options, plan, dataset, backend, opened));
  });
}

type Opened = <T extends { close?(): unknown }>(thing: Promise<T>) => Promise<T>;

/**
 * Runs `work`, and closes what it opened, the last first; what fails at that is heard of where the
 * work itself went well.
 */
async function closingAll<R>(work: (opened: Opened) => Promise<R>): Promise<R> {
  const open: Array<{ close?(): unknown }> = [];
  const opened: Opened = async (thing) => {
    const result = await thing;
    open.push(result);
    return result;
  };
  const failures: unknown[] = [];
  const attempt = async <T>(step: () => T | Promise<T>) => {
    try {
      return await step();
    } catch (error) {
      failures.push(error);
    }
  };
  const result = await attempt(() => work(opened));
  for (const thing of open.reverse()) await attempt(() => thing.close?.());
  if (failures.length > 0) throw failures[0];
  return result as R;
}

async function trainWith(
  core: Core,
  options: TrainOptions,
  plan: TrainPlan,
  dataset: Dataset,
  backend: OpenedBackend,
  opened: Opened,
): Promise<TrainResult> {
  const { tf } = backend;
  const rows = planRows(options, dataset.size);
  const split = await splitRows(dataset.size, rows.testRows, plan.dataSeed);
  if (plan.batchSize > split.trainSize) {
    throw wrongValue({
      option: 'batchSize',
      problem: `expected at most the ${split.trainSize} images to train on, got ${plan.batchSize}`,
    });
  }
  const shardRows = backend.isExact ? Math.min(SHARD_ROWS, plan.batchSize) : plan.batchSize;
  const source: DataSource = {
    path: typeof options.data === 'string' ? await absoluteNameOf(options.data) : null,
    options: await absoluteOptionsOf(options.dataOptions ?? {}),
  };
  const computer: Computer = { tf, operations: backend.operations ?? composeOperations(tf) };
  const draws = createDraws(core);
  const setup = setUpVae(plan, dataset.image, split.trainSize);
  const threads = chooseThreads(plan.threads, backend, setup, Math.ceil(plan.batchSize / shardRows));
  checkThreads(threads, backend, setup);
  const device = describeDevice(backend, threads);
  const config = describeRun(plan, dataset, source, backend, rows, shardRows, threads);
  const folder = await openFolder(options, opened);
  // What cannot train leaves no run.
  const system = createVaeSystem(computer, draws, setup);
  const batches = openBatches(tf, dataset, split, plan.batchSize, plan.seed, system);
  const trainer = await opened(assemble(core, computer, system, draws, plan.seed, backend, shardRows, threads));
  options.signal?.throwIfAborted();
  const record = await opened(
    options.resume ? resumeRun(folder, config, { isBackendChosen: isChosen(options) }) : startRun(folder, config),
  );
  restore(trainer, record, folder.path);

  const { code } = setup.objective;
  const scoring = planScores(dataset, code, rows);
  const notes = writeNotes([...notesOf(dataset.notes ?? []), ...scoring.notes]);
  options.onProgress?.({
    kind: 'opened',
    backend: backend.name,
    device,
    threads,
    refused: backend.refused,
    data: dataset.name,
    trainRows: split.trainSize,
    testRows: rows.testRows,
    parameters: countParameters(system),
    firstStep: record.resumed?.step ?? 0,
    steps: plan.steps,
    warnings: record.warnings,
    notes,
  });

  const scored = split.test.subarray(0, rows.scoreRows);
  const settings = { tf, latents: plan.latents, code, image: dataset.image };
  const encoder = encodeByTensors(settings, (images) => system.encode(images, trainer.run));
  const end = await runLoop({
    tf,
    system,
    trainer,
    batches,
    record,
    plan,
    isRemote: backend.isRemote,
    score: scoring.isScorable ? (step) => scoreRows(encoder, dataset, scored, step) : null,
    signal: options.signal,
    onStep: (progress) => options.onProgress?.(progress),
  });
  if (split.test.length > 0) {
    await writePosterior(encoder, dataset, split.test, plan.seed, folder, (done) => {
      options.onProgress?.({ kind: 'encoding', done, total: split.test.length });
      options.signal?.throwIfAborted();
    });
  }
  return {
    folder,
    backend: backend.name,
    device,
    steps: plan.steps,
    seconds: end.seconds,
    shares: sharesOf(end.spent, end.seconds),
    scores: end.scored,
    best: end.best,
    warnings: record.warnings,
    notes,
  };
}

/** How the run that is resumed has read its data; that it is damaged is said later. */
async function readingBefore({ out, resume }: TrainOptions): Promise<Reading | undefined> {
  if (!resume || out === undefined) return undefined;
  try {
    const { openRunFolder } = await import('./run/node-run-folder.js');
    return (await readConfig(typeof out === 'string' ? await openRunFolder(out, 'read') : out)).data.reading;
  } catch {
    return undefined;
  }
}

async function openFolder({ out, resume }: TrainOptions, opened: Opened): Promise<RunFolder> {
  if (out === undefined) return createMemoryRunFolder();
  if (typeof out !== 'string') return out;
  const { openRunFolder } = await import('./run/node-run-folder.js');
  return opened(openRunFolder(out, resume ? 'resume' : 'start'));
}

async function assemble(
  core: Core,
  computer: Computer,
  system: System,
  draws: Draws,
  seed: number,
  backend: OpenedBackend,
  shardRows: number,
  threads: number,
): Promise<Trainer> {
  const replicas = await openReplicas(threads, backend, computer, system, shardRows);
  try {
    return createTrainer(core, computer, system, replicas, draws, { seed, isRemote: backend.isRemote });
  } catch (error) {
    await replicas.close();
    throw error;
  }
}

/** Whether the caller has said what is to compute, and not left it to what there is. */
function isChosen({ backend = 'auto', tf }: TrainOptions): boolean {
  return backend !== 'auto' || tf !== undefined;
}

function restore(trainer: Trainer, { resumed }: RunRecord, path: string): void {
  try {
    if (resumed !== null) trainer.restore(resumed.tensors);
  } catch (error) {
    throw error instanceof DataError ? error.at({ path }) : error;
  }
}

function countParameters({ work }: System): number {
  return Object.entries(work.networks)
    .flatMap(([network, layers]) => listParameters(network, layers))
    .reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0);
}

/** Where the data are, and how they are opened, from any folder. */
interface DataSource {
  readonly path: string | null;
  readonly options: FileOptions;
}

function describeRun(
  plan: TrainPlan,
  dataset: Dataset,
  { path, options }: DataSource,
  backend: OpenedBackend,
  { testRows, scoreRows: scored }: { testRows: number; scoreRows: number },
  shardRows: number,
  threads: number,
): RunConfig {
  const { beta1, beta2, epsilon } = ADAM_DEFAULTS;
  return {
    schema: 'vaemetrics/run@1',
    version,
    data: {
      name: dataset.name,
      path,
      ...(Object.keys(options).length > 0 && { options: { ...options } }),
      ...(dataset.reading && { reading: dataset.reading }),
      identity: { ...dataset.identity, testRows },
      image: { ...dataset.image },
    },
    objective: { name: plan.objective.name, options: plan.objectiveOptions as JsonRecord },
    architecture: plan.architecture.name,
    ...(plan.mlp && { mlp: plan.mlp }),
    latents: plan.latents,
    likelihood: plan.likelihood.name,
    seed: plan.seed,
    dataSeed: plan.dataSeed,
    batchSize: plan.batchSize,
    shardRows,
    learningRate: plan.learningRate,
    adam: { beta1, beta2, epsilon },
    backend: identifyBackend(backend),
    score: { rows: scored, metrics: [...liveMetricsOf(dataset)], factorTypes: factorTypesOf(dataset) },
    steps: plan.steps,
    logEvery: plan.logEvery,
    scoreEvery: plan.scoreEvery,
    checkpointEvery: plan.checkpointEvery,
    threads,
  };
}
