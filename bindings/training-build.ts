/**
 * Which build of training.wasm this thread takes: with relaxed SIMD where the host has it, as steps
 * take less time with it.
 */
import { enableRelaxed, forcedBuild } from './wasm-source.js';
import { type Extension, expectSimd, supports } from './wasm-support.js';

/** The builds of training.wasm: plain SIMD everywhere, relaxed SIMD where the host has it. */
export type Build = Extension;

let agreed: Build | undefined;

/**
 * Takes the build that another thread has chosen; a page's global that forces one is not its
 * workers'.
 */
export function useBuild(other: Build): void {
  agreed = other;
}

/**
 * The build that the user forces by VAEMETRICS_WASM, or else the best that the host can run.
 * @throws Error when the host has no WebAssembly SIMD, or cannot run the build that was forced
 */
export function chooseBuild(): Build {
  const forced = agreed ?? forcedBuild();
  if (forced === undefined || forced === '') {
    expectSimd();
    return supports('relaxed') ? 'relaxed' : 'simd';
  }
  if (forced !== 'simd' && forced !== 'relaxed') {
    throw wrongBuild(`VAEMETRICS_WASM: expected simd or relaxed, got '${forced}'`);
  }
  if (!supports(forced) && forced === 'relaxed') enableRelaxed();
  if (!supports(forced)) throw wrongBuild(`VAEMETRICS_WASM: expected a build that this host can run, got ${forced}`);
  return forced;
}

function wrongBuild(message: string): Error {
  return Object.assign(new RangeError(message), { code: 'ERR_OPTION' });
}
