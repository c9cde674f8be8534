/** vaemetrics/train: training of VAEs on tensor libraries. Runs in Node and in browsers. */
export { type Dataset, type DatasetOptions, type Factor, type ImageShape, openDataset } from '../data/index.js';
export { BACKEND_NAMES, type Backend, BackendError, type BackendName, type Refusal } from './backends/backend.js';
export { type OpenBackendOptions, type OpenedBackend, openBackend } from './backends/open-backend.js';
export { DivergenceError } from './numbers.js';
export type { LiveScores, StepProgress, TrainOpening, TrainProgress } from './progress.js';
export { resumeOptions } from './resume.js';
export { createMemoryRunFolder, type MemoryRunFolder } from './run/memory-run-folder.js';
export type { AppendOnlyFile, RunFolder } from './run/run-folder.js';
export type { Kept, NamedTensors, Tensor, TensorLibrary } from './tensors.js';
export { type TrainResult, train } from './train.js';
export type { TrainOptions } from './train-options.js';
