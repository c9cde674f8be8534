/**
 * Where the bytes of the WebAssembly come from, in Node: the file beside this module. Bundles for
 * browsers and the inline bundle put wasm-source.browser.ts or wasm-source.inline.ts in this
 * module's place (see rollup.config.mjs).
 */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { Extension } from './wasm-support.js';

/** The bytes of core.wasm. */
export async function readWasm(): Promise<BufferSource> {
  return readBeside('core.wasm');
}

/** The bytes of a build of training.wasm. */
export async function readTrainingWasm(build: Extension): Promise<BufferSource> {
  return readBeside(build === 'relaxed' ? 'training.relaxed.wasm' : 'training.wasm');
}

function readBeside(file: string): BufferSource {
  // In the repository, run without bundling, the modules stand beside dist; in the package, in it.
  const folder = import.meta.url.endsWith('.ts') ? '../dist/' : './';
  return readFileSync(new URL(folder + file, import.meta.url));
}

/**
 * The build of training.wasm that the user forces by VAEMETRICS_WASM; undefined leaves the choice
 * to the host's abilities.
 */
export function forcedBuild(): string | undefined {
  return process.env.VAEMETRICS_WASM;
}

/**
 * Node 20 can run relaxed SIMD but has it switched off. Called only where the user asked for it by
 * name.
 */
export function enableRelaxed(): void {
  setFlagsFromString('--experimental-wasm-relaxed-simd');
}
