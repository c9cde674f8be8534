/** Where the bytes of a build come from, in a browser: a file served beside the bundle. */
import type { Build } from './load.js';

/** The response that carries a build; `new URL(..., import.meta.url)` is what bundlers look for to copy the file. */
export async function readWasm(build: Build): Promise<BufferSource | Response> {
  const url =
    build === 'relaxed' ? new URL('./core.relaxed.wasm', import.meta.url) : new URL('./core.wasm', import.meta.url);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`vaemetrics: expected ${url} to be served, got HTTP ${response.status}`);
  return response;
}

/** The build that the page forces by a global of the same name as Node's environment variable. */
export function forcedBuild(): string | undefined {
  return (globalThis as { VAEMETRICS_WASM?: string }).VAEMETRICS_WASM;
}

/** Browsers have no switch. */
export function enableRelaxed(): void {}
