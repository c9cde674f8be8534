/** Where the bytes of the WebAssembly come from, in a browser: a file served beside the bundle. */
import type { Extension } from './wasm-support.js';

// Streaming a few kilobytes would gain nothing and depend on the server's content type;
// `new URL(..., import.meta.url)` is what bundlers look for to copy the file.

/** The bytes of core.wasm. */
export async function readWasm(): Promise<BufferSource> {
  return fetchBytes(new URL('./core.wasm', import.meta.url));
}

/** The bytes of a build of training.wasm. */
export async function readTrainingWasm(build: Extension): Promise<BufferSource> {
  return fetchBytes(
    build === 'relaxed'
      ? new URL('./training.relaxed.wasm', import.meta.url)
      : new URL('./training.wasm', import.meta.url),
  );
}

async function fetchBytes(url: URL): Promise<BufferSource> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`vaemetrics: expected ${url} to be served, got HTTP ${response.status}`);
  return response.arrayBuffer();
}

/**
 * The build of training.wasm that the page forces by a global of the same name as Node's
 * environment variable.
 */
export function forcedBuild(): string | undefined {
  return (globalThis as { VAEMETRICS_WASM?: string }).VAEMETRICS_WASM;
}

/** Browsers have no switch. */
export function enableRelaxed(): void {}
