/**
 * Graphics in software: it computes right, many times slower than WebAssembly, and is taken only
 * where it is named.
 */
import { BackendError } from './backend.js';

const SOFTWARE = /swiftshader|lavapipe|llvmpipe|softpipe|software|basic render|\bwarp\b|mock/i;

/** Whether a renderer, by what it says of itself, is a program and no device. */
export function isSoftware(description: string): boolean {
  return SOFTWARE.test(description);
}

/** @throws BackendError where the renderer is software and the backend was not asked for by name */
export function refuseSoftware(name: 'webgpu' | 'webgl', description: string, isNamed: boolean): void {
  if (isNamed || !isSoftware(description)) return;
  throw new BackendError(
    name,
    `only a software renderer is there (${description}), which is slower than wasm`,
    `ask for ${name} by name if it is for a test`,
  );
}
