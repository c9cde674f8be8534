/**
 * The bundled tfjs-backend-webgpu, on a browser's WebGPU or, in Node, on that of the `webgpu`
 * package.
 */
import { type Backend, BackendError } from './backend.js';
import { type Candidate, openBundled } from './bundled.js';
import { findGpu, type GpuSource } from './gpu-source.js';
import { refuseSoftware } from './software-adapter.js';

// Unless these are raised to what the adapter has, tfjs' shaders do not fit.
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

/** @param isNamed whether webgpu was asked for by name, so that a software adapter will do */
export async function open(isNamed: boolean): Promise<Backend> {
  const backend = await openBundled('webgpu', () => make(isNamed), { isRemote: true, isExact: false });
  try {
    // Another may have opened it by name.
    refuseSoftware('webgpu', backend.device, isNamed);
    return backend;
  } catch (error) {
    backend.close();
    throw error;
  }
}

async function make(isNamed: boolean): Promise<Candidate> {
  const source = await findGpu();
  try {
    const adapter = await requestAdapter(source, isNamed);
    const description = describe(adapter);
    refuseSoftware('webgpu', description, isNamed);
    const device = await adapter.requestDevice({
      requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
    });
    const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
    return {
      instance: new WebGPUBackend(device, adapter.info),
      device: description,
      free() {
        // A device that is left keeps Node from ending.
        device.destroy();
        source.close();
      },
    };
  } catch (error) {
    source.close();
    throw error;
  }
}

async function requestAdapter({ gpu, remedy }: GpuSource, isNamed: boolean): Promise<GPUAdapter> {
  const adapter =
    (await gpu.requestAdapter({ powerPreference: 'high-performance' })) ??
    (isNamed ? await gpu.requestAdapter({ forceFallbackAdapter: true }) : null);
  if (adapter === null) throw new BackendError('webgpu', 'WebGPU has no adapter: no GPU, or no driver of one', remedy);
  return adapter;
}

/** `NVIDIA H100 (nvidia, hopper)`: what the adapter says of itself, each thing once. */
function describe({ info }: GPUAdapter): string {
  const { vendor, architecture, device, description } = info;
  const isFallback = (info as { isFallbackAdapter?: boolean }).isFallbackAdapter === true;
  const [first, ...more] = [description || device, vendor, architecture, isFallback ? 'software' : ''].filter(
    (word, i, words) => word !== '' && !words.slice(0, i).some((said) => said.toLowerCase().includes(word)),
  );
  if (first === undefined) return 'an adapter without a name';
  return more.length === 0 ? first : `${first} (${more.join(', ')})`;
}
