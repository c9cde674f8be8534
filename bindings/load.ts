/**
 * Chooses the best build that the host can run, compiles it once, and makes instances of it.
 * The only module that knows @assemblyscript/loader.
 */
import { instantiate as instantiateModule } from '@assemblyscript/loader';
import { checkSources } from './check-sources.js';
import type { Build, CoreExports } from './exports.js';
import { enableRelaxed, forcedBuild, readWasm } from './wasm-source.js';

export type { Build } from './exports.js';

/** A compiled build. */
export interface Compiled {
  readonly build: Build;
  readonly module: WebAssembly.Module;
}

/** `() -> v128`: i32x4.splat(0). Valid where the host has SIMD. */
const SIMD_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 17, 11,
];
/** `() -> v128`: i16x8.relaxed_q15mulr_s(splat(0), splat(0)). Valid where the host has relaxed SIMD. */
const RELAXED_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 0, 253, 16, 65, 0, 253, 16,
  253, 145, 2, 11,
];

/** Whether the host runs a build. */
export function supports(build: Build): boolean {
  return WebAssembly.validate(new Uint8Array(build === 'relaxed' ? RELAXED_PROBE : SIMD_PROBE));
}

let compiled: Promise<Compiled> | undefined;

/**
 * The compiled module; the first call compiles it, later ones return the same.
 * @throws Error when the host has no WebAssembly SIMD, or cannot run the build that was forced.
 */
export function compile(): Promise<Compiled> {
  compiled ??= compileBest().catch((error) => {
    // A failed fetch may succeed the next time.
    compiled = undefined;
    throw error;
  });
  return compiled;
}

/** Takes what another thread has compiled. */
export function useCompiled(other: Compiled): void {
  compiled = Promise.resolve(other);
}

async function compileBest(): Promise<Compiled> {
  const build = chooseBuild();
  const module = await WebAssembly.compile(await readWasm(build));
  checkSources(module, build === 'relaxed' ? 'core.relaxed.wasm' : 'core.wasm');
  return { build, module };
}

let agreed: Build | undefined;

/** Takes the build that another thread has chosen; a page's global that forces one is not its workers'. */
export function useBuild(other: Build): void {
  agreed = other;
}

/**
 * The build that the user forces, or else the best that the host can run.
 * @throws Error when the host has no WebAssembly SIMD, or cannot run the build that was forced.
 */
export function chooseBuild(): Build {
  const forced = agreed ?? forcedBuild();
  if (forced === undefined || forced === '') {
    if (!supports('simd')) throw new Error('vaemetrics: expected a host with WebAssembly SIMD, got one without');
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

/** A new instance with a memory of its own. */
export async function instantiate({ module }: Compiled): Promise<CoreExports> {
  const { exports } = await instantiateModule<Record<string, unknown>>(module);
  return exports as unknown as CoreExports;
}
