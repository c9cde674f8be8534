/** vaemetrics/train: training of VAEs on tensor libraries, and what comes after. Runs in Node and in browsers. */
export { createDataset, type DatasetArrays } from '../data/create-dataset.js';
export { exportNpz, type RowList } from '../data/export-npz.js';
export {
  type Dataset,
  type DatasetOptions,
  type Factor,
  type FileOptions,
  type ImageShape,
  openDataset,
} from '../data/index.js';
export { type EncodeImages, type FactorSamplerOptions, factorSampler } from '../data/sampler.js';
export { type RowSplit, splitRows } from '../data/split.js';
export { BACKEND_NAMES, type Backend, BackendError, type BackendName, type Refusal } from './backends/backend.js';
export { type OpenBackendOptions, type OpenedBackend, openBackend } from './backends/open-backend.js';
export type { Shares } from './clock.js';
export { type EncodedPosterior, type EncodeOptions, type EncodePlan, encode } from './encode.js';
export { type ExportedFile, type ExportFormat, type ExportOptions, exportModel } from './export/index.js';
export {
  type InterpolateOptions,
  type Interpolation,
  interpolate,
  type Manifold,
  type ManifoldOptions,
  manifold,
} from './interpolate.js';
export type { Likelihood } from './likelihoods/likelihood.js';
export { type LoadRunOptions, loadRun, type Model } from './load-run.js';
export type { Architecture, Initialisation, Networks } from './models/architecture.js';
export type {
  Activation,
  Convolution,
  Dense,
  Layer,
  Reshape,
  TransposedConvolution,
} from './models/layers.js';
export { DivergenceError } from './numbers.js';
export { addPenalties, differentiate, type Formula } from './objectives/differentiate.js';
export { klFromPrior, klGradients, weighKl } from './objectives/kl.js';
export type {
  ActiveObjective,
  Code,
  LatentBatch,
  Objective,
  ObjectiveNeed,
  ObjectiveOption,
  ObjectiveOptions,
  ObjectiveRandom,
  ObjectiveState,
  OptionValue,
  Penalty,
  StateContext,
  StepContext,
} from './objectives/objective.js';
export type { Operations } from './operations.js';
export type { OwnParts } from './own-parts.js';
export { animateGrid, type DrawOptions, drawGrid } from './pictures.js';
export { type PosteriorTable, type PosteriorTables, posteriorToNpz } from './posterior-archive.js';
export type { EncodingProgress, LiveScores, StepProgress, TrainOpening, TrainProgress } from './progress.js';
export { type Reconstruction, type ReconstructOptions, reconstruct } from './reconstruct.js';
export { resumeOptions } from './resume.js';
export { createMemoryRunFolder, type MemoryRunFolder } from './run/memory-run-folder.js';
export type { AppendOnlyFile, RunFolder } from './run/run-folder.js';
export type { DataOpening } from './run-data.js';
export type { NamedTensors, Tensor, TensorLibrary } from './tensors.js';
export { type TrainResult, train } from './train.js';
export type { TrainOptions } from './train-options.js';
export { type ImageGrid, type LatentDivergence, type Traversal, type TraverseOptions, traverse } from './traverse.js';
