/** The backends that a browser may have, in the order in which `auto` tries them. */
import type { BackendName } from './backend.js';
import type { Opener } from './backends-here.js';

export const BACKENDS_HERE: ReadonlyArray<readonly [name: BackendName, open: Opener]> = [
  ['webgpu', async (isNamed) => (await import('./webgpu.js')).open(isNamed)],
  ['webgl', async (isNamed) => (await import('./webgl.js')).open(isNamed)],
  ['wasm', async () => (await import('./wasm.js')).open()],
  ['cpu', async () => (await import('./cpu.js')).open()],
];

/** Where the others are to be had. */
export const ELSEWHERE = 'in Node';
