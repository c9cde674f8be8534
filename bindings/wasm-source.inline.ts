/**
 * Where the bytes of the WebAssembly come from in the inline bundle: the bundle itself, for hosts
 * that cannot fetch a file.
 */
import core from 'inline:core.wasm';
import trainingRelaxed from 'inline:training.relaxed.wasm';
import trainingSimd from 'inline:training.wasm';
import type { Extension } from './wasm-support.js';

/** The bytes of core.wasm. */
export async function readWasm(): Promise<BufferSource> {
  return decode(core);
}

/**
 * The bytes of a build of training.wasm; a bundle that does not train leaves them out with this
 * function.
 */
export async function readTrainingWasm(build: Extension): Promise<BufferSource> {
  return decode(build === 'relaxed' ? trainingRelaxed : trainingSimd);
}

function decode(base64: string): BufferSource {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/**
 * The build of training.wasm that the user forces: a global, or in Node the environment variable of
 * the same name.
 */
export function forcedBuild(): string | undefined {
  const host = globalThis as { VAEMETRICS_WASM?: string; process?: { env?: Record<string, string | undefined> } };
  return host.VAEMETRICS_WASM ?? host.process?.env?.VAEMETRICS_WASM;
}

/** Nothing to switch where the host is not known. */
export function enableRelaxed(): void {}
