/** vaemetrics/train: training of VAEs on tensor libraries. Runs in Node and in browsers. */
export { BACKEND_NAMES, type Backend, BackendError, type BackendName, type Refusal } from './backends/backend.js';
export { type OpenBackendOptions, type OpenedBackend, openBackend } from './backends/open-backend.js';
export type { Kept, NamedTensors, Tensor, TensorLibrary } from './tensors.js';
