/**
 * Where WebGPU comes from, in Node: Dawn, in the user's `webgpu` package. Bundles for browsers put
 * gpu-source.browser.ts in this module's place (see rollup.config.mjs).
 */
import { BackendError } from './backend.js';
import { importPeer } from './import-peer.js';

export interface GpuSource {
  readonly gpu: GPU;
  /** What helps where it has no adapter. */
  readonly remedy: string;
  /** Takes away what was put into the global scope. */
  close(): void;
}

interface Dawn {
  create(flags: string[]): GPU;
  readonly globals: object;
}

/** @throws BackendError where the package is missing or does not load */
export async function findGpu(): Promise<GpuSource> {
  const { create, globals } = await importPeer<Dawn>('webgpu', 'webgpu');
  // tfjs looks for the constants and for navigator.gpu when its module is loaded, so they come
  // first.
  for (const [name, value] of Object.entries(globals)) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  let gpu: GPU;
  try {
    gpu = create([]);
  } catch (error) {
    throw new BackendError('webgpu', `Dawn does not start: ${(error as Error).message}`, undefined, { cause: error });
  }
  return { gpu, remedy: REMEDY, close: publish(gpu) };
}

const REMEDY =
  process.platform === 'linux'
    ? "install the GPU's Vulkan driver (vulkaninfo --summary lists what there is), or set VK_ICD_FILENAMES to its .json file"
    : "install the GPU's driver";

/** Makes it navigator.gpu; returns what takes it away again. */
function publish(gpu: GPU): () => void {
  const host = globalThis as { navigator?: object };
  // Node 20 has no navigator.
  const isOurs = host.navigator === undefined;
  if (isOurs) Object.defineProperty(host, 'navigator', { value: {}, configurable: true, writable: true });
  Object.defineProperty(host.navigator, 'gpu', { value: gpu, configurable: true });
  return () => {
    if (isOurs) Reflect.deleteProperty(host, 'navigator');
    else if (host.navigator !== undefined) Reflect.deleteProperty(host.navigator, 'gpu');
  };
}
