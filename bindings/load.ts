/**
 * Compiles core.wasm once, and makes instances of it. The only module that
 * knows @assemblyscript/loader.
 */
import { instantiate as instantiateModule } from '@assemblyscript/loader';
import { checkSources } from './check-sources.js';
import type { CoreExports } from './exports.js';
import { readWasm } from './wasm-source.js';
import { expectSimd } from './wasm-support.js';

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * The compiled module; the first call compiles it, later ones return the same.
 * @throws Error when the host has no WebAssembly SIMD
 */
export function compile(): Promise<WebAssembly.Module> {
  compiled ??= compileChecked().catch((error) => {
    // A failed fetch may succeed the next time.
    compiled = undefined;
    throw error;
  });
  return compiled;
}

/** Takes what another thread has compiled. */
export function useCompiled(other: WebAssembly.Module): void {
  compiled = Promise.resolve(other);
}

async function compileChecked(): Promise<WebAssembly.Module> {
  expectSimd();
  const module = await WebAssembly.compile(await readWasm());
  checkSources(module, 'core.wasm');
  return module;
}

/** A new instance with a memory of its own. */
export async function instantiate(module: WebAssembly.Module): Promise<CoreExports> {
  const { exports } = await instantiateModule<Record<string, unknown>>(module);
  return exports as unknown as CoreExports;
}
