/** tfjs' own plain JavaScript: right everywhere, and slow. */
import type { Backend } from './backend.js';
import { openBundled } from './bundled.js';

export function open(): Promise<Backend> {
  const make = async () => {
    const { MathBackendCPU } = await import('@tensorflow/tfjs-backend-cpu');
    return { instance: new MathBackendCPU(), device: 'JavaScript, one thread', engine: 'JavaScript' };
  };
  return openBundled('cpu', make, { isRemote: false, isExact: true });
}
