/**
 * Where tfjs' WebAssembly comes from, in Node: the file beside the bundle, or in the repository the
 * package's own. Bundles for browsers put tfjs-wasm-source.browser.ts in this module's place (see
 * rollup.config.mjs).
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** The bytes of the SIMD build, the only one that is used. */
export async function readTfjsWasm(): Promise<BufferSource> {
  const isSource = import.meta.url.endsWith('.ts');
  return readFile(
    isSource
      ? createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm')
      : new URL('./tfjs-backend-wasm-simd.wasm', import.meta.url),
  );
}
