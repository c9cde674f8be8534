/** TensorFlow's C library, by the user's own @tensorflow/tfjs-node or @tensorflow/tfjs-node-gpu. */
import util from 'node:util';
import type { TensorLibrary } from '../tensors.js';
import { type Backend, BackendError } from './backend.js';
import { importPeer } from './import-peer.js';
import { prove } from './prove.js';
import { withStagedSums } from './staged-sums.js';

type NodeLibrary = TensorLibrary & {
  readonly version: { readonly [part: string]: string };
  backend(): { readonly isUsingGpuDevice?: boolean };
};

/** Node 23 took these away; tfjs-node 4.22 calls them. */
const TAKEN_AWAY = {
  isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
  isArray: Array.isArray,
};

/**
 * @throws BackendError where the package is not installed or does not load, or where its GPU build
 * finds no GPU
 */
export async function open(name: 'tfjs-node' | 'tfjs-node-gpu'): Promise<Backend> {
  const lost = Object.entries(TAKEN_AWAY).filter(([key]) => !(key in util));
  Object.assign(util, Object.fromEntries(lost));
  const tf = await importPeer<NodeLibrary>(name, `@tensorflow/${name}`);
  await tf.ready();
  if (tf.getBackend() !== 'tensorflow') {
    throw new BackendError(name, `expected tensorflow to compute, but tfjs fell back to ${tf.getBackend()}`);
  }
  const isGpu = tf.backend().isUsingGpuDevice === true;
  if (name === 'tfjs-node-gpu' && !isGpu) {
    throw new BackendError(
      name,
      'TensorFlow found no GPU that it can use, and would compute on the CPU',
      'install the CUDA and cuDNN that its release notes name (nvidia-smi shows the driver), or use tfjs-node',
    );
  }
  await prove(tf, 'tensorflow');
  const version = tf.version?.tensorflow ?? tf.version_core ?? '';
  return {
    name,
    tf: withStagedSums(tf),
    device: `TensorFlow's C library ${version}, ${isGpu ? 'GPU' : 'CPU'}`.replace(' ,', ','),
    isRemote: isGpu,
    isExact: false,
    // The library has no way to be unloaded, and its tensors are its caller's.
    close() {},
  };
}
