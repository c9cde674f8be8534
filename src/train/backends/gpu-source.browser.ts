/** Where WebGPU comes from, in a browser. */
import { BackendError } from './backend.js';
import type { GpuSource } from './gpu-source.js';

export async function findGpu(): Promise<GpuSource> {
  const gpu = (globalThis.navigator as { gpu?: GPU } | undefined)?.gpu;
  if (gpu === undefined) {
    const isSecure = (globalThis as { isSecureContext?: boolean }).isSecureContext !== false;
    throw isSecure
      ? new BackendError('webgpu', 'this browser has no WebGPU', 'use a browser that has it switched on')
      : new BackendError('webgpu', 'browsers have WebGPU in secure contexts only', 'serve the page by https');
  }
  return { gpu, remedy: "switch on the browser's hardware acceleration", close() {} };
}
