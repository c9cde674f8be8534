/**
 * Where the bytes of a build come from, in Node: the file beside this module. Bundles for browsers and the inline bundle
 * put wasm-source.browser.ts or wasm-source.inline.ts in this module's place (see rollup.config.mjs).
 */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { Build } from './exports.js';

const FILES: Readonly<Record<Build, string>> = { simd: 'core.wasm', relaxed: 'core.relaxed.wasm' };

/** The bytes of a build. */
export async function readWasm(build: Build): Promise<BufferSource> {
  // In the repository, run without bundling, the modules stand beside dist; in the package, in it.
  const folder = import.meta.url.endsWith('.ts') ? '../dist/' : './';
  return readFileSync(new URL(folder + FILES[build], import.meta.url));
}

/** The build that the user forces by VAEMETRICS_WASM; undefined leaves the choice to the host's abilities. */
export function forcedBuild(): string | undefined {
  return process.env.VAEMETRICS_WASM;
}

/** Node 20 can run relaxed SIMD but has it switched off. Called only where the user asked for it by name. */
export function enableRelaxed(): void {
  setFlagsFromString('--experimental-wasm-relaxed-simd');
}
