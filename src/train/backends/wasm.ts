/** The bundled tfjs-backend-wasm on one thread, with our gradient kernels on its memory. */
import { env, findBackendFactory } from '@tensorflow/tfjs-core';
import { chooseBuild } from '../../../bindings/training-build.js';
import { supports } from '../../../bindings/wasm-support.js';
import { type Backend, BackendError } from './backend.js';
import { bundledRegistry, type Candidate, openBundled } from './bundled.js';
import { readTfjsWasm } from './tfjs-wasm-source.js';
import { addWasmKernels } from './wasm-kernels.js';
import { wasmOperations } from './wasm-operations.js';

export async function open(): Promise<Backend> {
  if (!supports('simd')) {
    throw new BackendError('wasm', 'this host has no WebAssembly SIMD', 'use a newer Node or browser');
  }
  const backend = await openBundled('wasm', make, { isRemote: false, isExact: true });
  return { ...backend, build: chooseBuild(), operations: wasmOperations(backend.tf) };
}

// tfjs' own, taken when its module is loaded: closing the backend takes it out of the registry.
let factory: (() => object | Promise<object>) | null = null;

async function make(): Promise<Candidate> {
  const [bytes, { setWasmPaths }] = await Promise.all([readTfjsWasm(), import('@tensorflow/tfjs-backend-wasm')]);
  // Its threaded build has a shared memory, which our kernels cannot be linked to; and its sums
  // depend on the threads.
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  factory ??= findBackendFactory('wasm');
  // It fetches an address by way of the platform. Handed the bytes there, it needs no address that
  // a content security policy would have to allow, and no server.
  setWasmPaths('handed-over/', true);
  const { platform } = env();
  const fetchElsewhere = platform.fetch;
  platform.fetch = async () => new Response(bytes);
  try {
    const engine = `WebAssembly ${chooseBuild() === 'relaxed' ? 'relaxed SIMD' : 'SIMD'}`;
    return {
      instance: await factory!(),
      device: `${engine}, one thread`,
      engine,
      finish: async () => void (await addWasmKernels(bundledRegistry)),
    };
  } finally {
    platform.fetch = fetchElsewhere;
  }
}
