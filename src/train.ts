/**
 * vaemetrics/train: training of VAEs on tensor libraries, and what comes after. Runs in Node and in
 * browsers.
 */
export { createDataset, type DatasetArrays } from './data/create-dataset.js';
export { exportNpz, type RowList } from './data/export-npz.js';
export {
  type Dataset,
  type DatasetOptions,
  type Factor,
  type FileOptions,
  type ImageShape,
  openDataset,
} from './data/index.js';
export { type FactorSamplerOptions, factorSampler } from './data/sampler.js';
export { type RowSplit, splitRows } from './data/split.js';
export type { Codes, Encoder, EncoderRows } from './encoder.js';
export { isOptionError, type OptionError } from './errors.js';
export * as option from './options/rule.js';
export type { Architecture, Initialisation, Networks } from './train/architectures/architecture.js';
export type {
  Activation,
  Convolution,
  Dense,
  Layer,
  Reshape,
  TransposedConvolution,
} from './train/architectures/layers.js';
export { BACKEND_NAMES, type Backend, BackendError, type BackendName, type Refusal } from './train/backends/backend.js';
export { type OpenBackendOptions, type OpenedBackend, openBackend } from './train/backends/open-backend.js';
export type { Shares } from './train/clock.js';
export type { Likelihood } from './train/likelihoods/likelihood.js';
export { DivergenceError } from './train/numbers.js';
export { addPenalties, differentiate, type Formula } from './train/objectives/differentiate.js';
export { klFromPrior, klGradients, weighKl } from './train/objectives/kl.js';
export type {
  ActiveObjective,
  Code,
  LatentBatch,
  Objective,
  ObjectiveNeed,
  ObjectiveOptions,
  ObjectiveRandom,
  ObjectiveState,
  Penalty,
  StateContext,
  StepContext,
} from './train/objectives/objective.js';
export type { Operations } from './train/operations.js';
export type { OwnParts } from './train/own-parts.js';
export {
  type LabelledTables,
  type PosteriorTable,
  type PosteriorTables,
  posteriorToNpz,
} from './train/posterior-archive.js';
export type { EncodingProgress, LiveScores, StepProgress, TrainOpening, TrainProgress } from './train/progress.js';
export { resumeOptions } from './train/resume.js';
export { createMemoryRunFolder, type MemoryRunFolder } from './train/run/memory-run-folder.js';
export type { AppendOnlyFile, RunFolder } from './train/run/run-folder.js';
export type { Reparameterise } from './train/sample-latents.js';
export type { NamedTensors, Tensor, TensorLibrary } from './train/tensors.js';
export { type TrainResult, train } from './train/train.js';
export type { TrainOptions } from './train/train-options.js';
export { type Manifold, type ManifoldOptions, manifold } from './trained/decode-manifold.js';
export { animateGrid, type DrawOptions, drawGrid } from './trained/draw-grid.js';
export {
  type EncodedByRun,
  type EncodedPosterior,
  type EncodeOptions,
  type EncodePlan,
  encode,
} from './trained/encode-dataset.js';
export type { DataOpening, GivenRun, OwnEncoderOptions } from './trained/encoder-on-data.js';
export {
  type ExportedFile,
  type ExportFormat,
  type ExportOptions,
  exportModel,
} from './trained/export/export-model.js';
export type { ImageGrid } from './trained/image-grid.js';
export { type InterpolateOptions, type Interpolation, interpolate } from './trained/interpolate-images.js';
export { type LoadRunOptions, loadRun, type Model } from './trained/load-run.js';
export {
  ENCODERS,
  type ListedEncoder,
  type NamedEncoder,
  type OpenEncoderOptions,
  openEncoder,
} from './trained/open-encoder.js';
export type { LatentDivergence } from './trained/rank-latents.js';
export { type Reconstruction, type ReconstructOptions, reconstruct } from './trained/reconstruct-images.js';
export { type Traversal, type TraverseOptions, traverse } from './trained/traverse-latents.js';
