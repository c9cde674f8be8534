/** Where tfjs' WebAssembly comes from, in a browser: a file served beside the bundle. */
import { BackendError } from './backend.js';

/**
 * The bytes of the SIMD build; `new URL(..., import.meta.url)` is what bundlers look for to copy
 * the file.
 */
export async function readTfjsWasm(): Promise<BufferSource> {
  const url = new URL('./tfjs-backend-wasm-simd.wasm', import.meta.url);
  const response = await fetch(url);
  if (!response.ok) throw new BackendError('wasm', `expected ${url} to be served, got HTTP ${response.status}`);
  return response.arrayBuffer();
}
