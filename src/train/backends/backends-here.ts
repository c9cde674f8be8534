/**
 * The backends that Node may have, in the order in which `auto` tries them. Bundles for browsers
 * put backends-here.browser.ts in this module's place (see rollup.config.mjs).
 */
import type { Backend, BackendName } from './backend.js';

/**
 * Opens a backend; `isNamed` says that it was asked for by name. Throws a BackendError where it
 * does not come up.
 */
export type Opener = (isNamed: boolean) => Promise<Backend>;

export const BACKENDS_HERE: ReadonlyArray<readonly [name: BackendName, open: Opener]> = [
  ['tfjs-node-gpu', async () => (await import('./tfjs-node.js')).open('tfjs-node-gpu')],
  ['webgpu', async (isNamed) => (await import('./webgpu.js')).open(isNamed)],
  ['tfjs-node', async () => (await import('./tfjs-node.js')).open('tfjs-node')],
  ['wasm', async () => (await import('./wasm.js')).open()],
  ['cpu', async () => (await import('./cpu.js')).open()],
];

/** Where the others are to be had. */
export const ELSEWHERE = 'in browsers';
