/** The bundled tfjs-backend-webgl: GPUs of browsers without WebGPU. */
import { type Backend, BackendError } from './backend.js';
import { type Candidate, openBundled } from './bundled.js';
import { refuseSoftware } from './software-adapter.js';

/** @param isNamed whether webgl was asked for by name, so that a software renderer will do */
export async function open(isNamed: boolean): Promise<Backend> {
  const device = describeRenderer();
  refuseSoftware('webgl', device, isNamed);
  return openBundled('webgl', () => make(device), { isRemote: true, isExact: false });
}

async function make(device: string): Promise<Candidate> {
  const [{ MathBackendWebGL }, { env }] = await Promise.all([
    import('@tensorflow/tfjs-backend-webgl'),
    import('@tensorflow/tfjs-core'),
  ]);
  if (!env().getBool('WEBGL_RENDER_FLOAT32_CAPABLE')) {
    throw new BackendError('webgl', 'the device computes in half precision only, too little to train', 'use wasm');
  }
  return { instance: new MathBackendWebGL(), device };
}

function describeRenderer(): string {
  const gl = typeof OffscreenCanvas === 'undefined' ? null : new OffscreenCanvas(1, 1).getContext('webgl2');
  if (gl === null) {
    throw new BackendError('webgl', 'this browser gives no WebGL 2', "switch on the browser's hardware acceleration");
  }
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer: unknown = gl.getParameter(names === null ? gl.RENDERER : names.UNMASKED_RENDERER_WEBGL);
  // Browsers allow a page some contexts, and take the oldest away when there are more.
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return String(renderer);
}
