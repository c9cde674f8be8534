/**
 * The tfjs-core that is bundled, with gradients, and which of the bundled backends computes. It has
 * one backend at a time; what is open is counted, so that nothing is switched under a training that
 * is going on.
 */
import {
  abs,
  add,
  addN,
  backend,
  backend_util,
  concat,
  customGrad,
  dispose,
  div,
  engine,
  env,
  exp,
  expandDims,
  eye,
  fill,
  findBackendFactory,
  fused,
  gather,
  getBackend,
  getKernel,
  type KernelBackend,
  keep,
  log,
  log1p,
  logSumExp,
  matMul,
  max,
  maximum,
  mean,
  memory,
  minimum,
  mul,
  neg,
  ones,
  ready,
  registerBackend,
  registerKernel,
  relu,
  removeBackend,
  reshape,
  scalar,
  setBackend,
  sigmoid,
  slice,
  sqrt,
  square,
  step,
  sub,
  sum,
  tanh,
  tensor,
  tensor2d,
  tidy,
  transpose,
  unregisterKernel,
  valueAndGrads,
  version_core,
  zeros,
} from '@tensorflow/tfjs-core';
import type { TensorLibrary } from '../tensors.js';
import { type Backend, BackendError } from './backend.js';
import { registerGradients } from './gradients.js';
import { prove } from './prove.js';
import { withStagedSums } from './staged-sums.js';
import type { KernelRegistry } from './wasm-kernels.js';

export type BundledName = 'webgpu' | 'webgl' | 'wasm' | 'cpu';

// One by one, not `import *`: what is not named here stays out of the bundle. tfjs' own types are
// narrower in what they take and wider in what they return; the names and the shapes of what goes
// in and out are the same.
const library = {
  version_core,
  tensor,
  scalar,
  zeros,
  ones,
  fill,
  eye,
  add,
  sub,
  mul,
  div,
  addN,
  neg,
  abs,
  exp,
  log,
  log1p,
  sqrt,
  square,
  relu,
  tanh,
  sigmoid,
  step,
  maximum,
  minimum,
  sum,
  mean,
  max,
  logSumExp,
  matMul,
  transpose,
  reshape,
  expandDims,
  slice,
  concat,
  gather,
  tensor2d,
  fused,
  valueAndGrads,
  customGrad,
  tidy,
  keep,
  dispose,
  memory,
  getBackend,
  ready,
  engine,
} satisfies Record<keyof TensorLibrary, unknown>;

/** The bundled library. Computes on the backend that was opened last. */
export const bundled = withStagedSums(library as unknown as TensorLibrary);

/** Its registry of kernels. */
export const bundledRegistry = {
  backend,
  backend_util: { computeConv2DInfo: backend_util.computeConv2DInfo },
  getKernel,
  registerKernel,
  unregisterKernel,
} as unknown as KernelRegistry;

/** A backend that can be made the one that computes. */
export interface Candidate {
  /** Of one of tfjs' backend classes. */
  readonly instance: object;
  readonly device: string;
  /** What each of several threads would compute with. */
  readonly engine?: string;
  /** What is left to do once it computes. */
  finish?(): Promise<void>;
  /** Frees what is not tfjs'. */
  free?(): void;
}

interface Open {
  readonly name: BundledName;
  readonly coming: Promise<Candidate>;
  users: number;
}

let open: Open | null = null;

/**
 * Makes a bundled backend the one that computes, and has it prove itself. The last of several that
 * are open frees it.
 * @param make gives the backend, or throws with the reason why there is none
 * @throws BackendError where another bundled backend is open; WrongNumbers; whatever `make` throws
 */
export async function openBundled(
  name: BundledName,
  make: () => Promise<Candidate>,
  traits: Pick<Backend, 'isRemote' | 'isExact'>,
): Promise<Backend> {
  if (open !== null && open.name !== name) {
    throw new BackendError(
      name,
      `the bundled tfjs is computing on ${open.name}, and has one backend at a time`,
      `close() the ${open.name} backend first`,
    );
  }
  open ??= { name, coming: start(name, make), users: 0 };
  const mine = open;
  mine.users++;
  let isClosed = false;
  const close = () => {
    if (isClosed) return;
    isClosed = true;
    if (--mine.users === 0 && open === mine) open = null;
  };
  try {
    const { device, engine, free } = await mine.coming;
    return {
      name,
      tf: bundled,
      device,
      ...(engine !== undefined && { engine }),
      ...traits,
      close() {
        if (isClosed) return;
        close();
        if (mine.users > 0) return;
        removeBackend(name);
        free?.();
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}

async function start(name: BundledName, make: () => Promise<Candidate>): Promise<Candidate> {
  registerGradients();
  // No advice on the console to use another package, and no checks of every result.
  env().set('PROD', true);
  const candidate = await make();
  try {
    // The libraries register factories of their own when they are loaded; those warn on the console
    // instead of throwing.
    if (findBackendFactory(name) !== null) removeBackend(name);
    registerBackend(name, () => candidate.instance as KernelBackend);
    await setBackend(name);
    await candidate.finish?.();
    await prove(bundled, name);
    return candidate;
  } catch (error) {
    if (findBackendFactory(name) !== null) removeBackend(name);
    candidate.free?.();
    throw error;
  }
}
