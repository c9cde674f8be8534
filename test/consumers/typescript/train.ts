/**
 * What a strict user of vaemetrics/train writes; checked against the declarations of the package,
 * and never run.
 */
import { type Report, score } from 'vaemetrics';
import {
  type Codes,
  createDataset,
  createMemoryRunFolder,
  type Dataset,
  type DatasetArrays,
  DivergenceError,
  type EncodedByRun,
  type EncodedPosterior,
  type EncodeOptions,
  type EncodePlan,
  type Encoder,
  type EncoderRows,
  encode,
  type Factor,
  type ImageGrid,
  type ImageShape,
  type LatentDivergence,
  type LiveScores,
  type LoadRunOptions,
  loadRun,
  type MemoryRunFolder,
  type Model,
  posteriorToNpz,
  type RunFolder,
  type StepProgress,
  type TrainOptions,
  type TrainProgress,
  type TrainResult,
  type Traversal,
  type TraverseOptions,
  train,
  traverse,
} from 'vaemetrics/train';

// Images in memory.
const arrays: DatasetArrays = {
  images: new Uint8Array(100 * 28 * 28),
  height: 28,
  width: 28,
  factors: [new Int32Array(100)],
  factorNames: ['digit'],
};
const dataset: Dataset = createDataset(arrays);
const shape: ImageShape = dataset.image;
const factor: Factor | undefined = dataset.factors[0];
// @ts-expect-error images have a height
createDataset({ images: new Uint8Array(64), width: 8 });
// @ts-expect-error images are bytes or floats
createDataset({ images: [0, 1], height: 1, width: 2 });

// A run.
const out: MemoryRunFolder = createMemoryRunFolder();
const losses: number[] = [];
const options: TrainOptions = {
  data: dataset,
  model: 'beta-vae',
  modelOptions: { beta: 4 },
  architecture: 'mlp',
  latents: 10,
  steps: 2,
  threads: 'auto',
  backend: 'wasm',
  out,
  signal: AbortSignal.timeout(60_000),
  onProgress(progress: TrainProgress) {
    if (progress.kind === 'opened') console.log(progress.device, progress.refused[0]?.remedy);
    else if (progress.kind === 'step') losses.push(note(progress));
    else console.log(progress.done / progress.total);
  },
};
function note({ loss, kl }: StepProgress): number {
  const divergence: number | null = kl;
  return loss - (divergence ?? 0);
}
const run: TrainResult = await train(options);
const scores: LiveScores | null = run.scores;
// biome-ignore lint/complexity/useLiteralKeys: noPropertyAccessFromIndexSignature asks for them
const gap: number | null | undefined = scores?.scores['mig'];
const best: { readonly step: number; readonly score: number } | null = run.best;
const folder: RunFolder = run.folder;
await train({ data: 'shapes-3' }).catch((error) => error instanceof DivergenceError && error.message);
await train({ data: new Blob([]), dataOptions: { size: 64 } });
// @ts-expect-error no data
await train({ steps: 2 });
// @ts-expect-error no such option
await train({ data: 'shapes-3', step: 2 });
// @ts-expect-error no such backend
await train({ data: 'shapes-3', backend: 'cuda' });

// Its model.
const howToLoad: LoadRunOptions = { backend: 'cpu', checkpoint: 'best' };
const model: Model = await loadRun(folder, howToLoad);
const some: EncoderRows = { count: 100, values: arrays.images as Uint8Array };
const { mu, logvar }: Codes = await model.encode(some);
const spread: Float32Array | undefined = logvar;
const decoded: Float32Array = await model.decode(mu);
const loss: number = await model.reconstructionLoss(some, mu);
// @ts-expect-error how many rows
await model.encode({ values: new Uint8Array(784) });

// Its posterior, which metrics take as it is.
const howToEncode: EncodeOptions = { split: 'all', rows: 50, onPlan: ({ bytes }: EncodePlan) => console.log(bytes) };
const posterior: EncodedByRun = await encode(model, howToEncode);
if (posterior.factors !== null) {
  const report: Report = await score(posterior.mu, posterior.factors, { factorTypes: [...posterior.factorTypes] });
  console.log(report.metrics);
}
for await (const piece of posteriorToNpz(posterior)) console.log(piece.length);
await encode('runs/first');
// @ts-expect-error no such split
await encode(model, { split: 'validation' });

// What its latents do.
const howToTraverse: TraverseOptions = { from: 'prior', latents: [0, 2], steps: 5, range: 2 };
const traversal: Traversal = await traverse(model, howToTraverse);
const grid: ImageGrid = traversal;
const divergences: readonly LatentDivergence[] = traversal.latents;
const kl: number | null | undefined = divergences[0]?.kl;
// @ts-expect-error it is a row or the prior
await traverse(model, { from: 'zero' });
await model.close();

// An encoder of one's own.
const own: Encoder = {
  latents: 2,
  encode: ({ count, factors }) => ({ mu: new Float32Array(2 * count).fill(factors?.[0] ?? 0) }),
};
const codes: EncodedPosterior = await encode(own, { data: dataset, rows: 50 });
// @ts-expect-error no run, so that data are named
await encode(own);
// @ts-expect-error nothing is loaded
await traverse(own, { data: dataset, checkpoint: 'best' });
// @ts-expect-error no run
codes.step.toFixed();
const vectors: EncoderRows = { count: 2, values: new Float32Array(20), numbers: Int32Array.of(4, 7) };
await own.encode(vectors);

export { best, decoded, factor, gap, grid, kl, loss, losses, shape, spread };
