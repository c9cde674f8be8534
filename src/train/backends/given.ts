/** A tfjs of the caller's own, on whatever backend it is set to. */
import type { TensorLibrary } from '../tensors.js';
import { type Backend, BackendError, type BackendName } from './backend.js';
import { prove } from './prove.js';
import { withStagedSums } from './staged-sums.js';
import { addWasmKernels, type KernelRegistry } from './wasm-kernels.js';
import { wasmOperations } from './wasm-operations.js';

/** What `tf.getBackend()` says on each backend. */
const ANSWERS: Readonly<Record<BackendName, string>> = {
  'tfjs-node-gpu': 'tensorflow',
  webgpu: 'webgpu',
  webgl: 'webgl',
  'tfjs-node': 'tensorflow',
  wasm: 'wasm',
  cpu: 'cpu',
};

/**
 * @param name the backend it must be set to; `auto` takes it as it is
 * @throws BackendError where it computes on another, or cannot do what training needs
 */
export async function open(tf: TensorLibrary, name: BackendName | 'auto'): Promise<Backend> {
  await tf.ready();
  const answer = tf.getBackend();
  const expected = name === 'auto' ? answer : ANSWERS[name];
  const blamed = name === 'auto' ? nameOf(answer) : name;
  if (answer !== expected) {
    throw new BackendError(
      blamed,
      `expected the given tf to compute on ${expected}, but it computes on ${answer}`,
      `await tf.setBackend('${expected}') before`,
    );
  }
  const computesOn = answer === 'tensorflow' ? tensorflowOf(tf) : answer;
  // The two packages of TensorFlow answer alike, and one is not the other.
  if (answer === 'tensorflow' && name !== 'auto' && name !== computesOn) {
    throw new BackendError(name, `expected the given tf to be ${name}, but it computes on ${computesOn}`);
  }
  const build = answer === 'wasm' ? await addWasmKernels(tf as TensorLibrary & KernelRegistry) : null;
  const staged = withStagedSums(tf);
  try {
    await prove(tf, expected);
  } catch (error) {
    throw new BackendError(blamed, `the given tf does not do: ${(error as Error).message}`, undefined, {
      cause: error,
    });
  }
  return {
    name: 'given',
    tf: staged,
    device: `${answer}, of the given tfjs ${tf.version_core ?? ''}`.trim(),
    computesOn,
    ...(build !== null && { build }),
    isRemote: computesOn === 'tfjs-node-gpu' || answer === 'webgpu' || answer === 'webgl',
    isExact: answer === 'wasm' || answer === 'cpu',
    ...(answer === 'wasm' && { operations: wasmOperations(staged) }),
    // It stays its owner's.
    close() {},
  };
}

/** Which of the two packages it is: they differ in where they compute. */
function tensorflowOf(tf: TensorLibrary): BackendName {
  const { isUsingGpuDevice } = (tf as { backend?(): { isUsingGpuDevice?: boolean } }).backend?.() ?? {};
  return isUsingGpuDevice === true ? 'tfjs-node-gpu' : 'tfjs-node';
}

function nameOf(answer: string): BackendName {
  const known = Object.entries(ANSWERS).find(([name, said]) => said === answer && name !== 'tfjs-node-gpu');
  return (known?.[0] ?? 'cpu') as BackendName;
}
