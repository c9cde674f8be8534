/** Opens a backend by its name, or the first that really works. */
import { wrongValue } from '../../errors.js';
import type { TensorLibrary } from '../tensors.js';
import { BACKEND_NAMES, type Backend, BackendError, type BackendName, type Refusal } from './backend.js';
import { BACKENDS_HERE, ELSEWHERE, type Opener } from './backends-here.js';

/** A backend, and those that `auto` passed over to get to it. */
export interface OpenedBackend extends Backend {
  /** Empty where the backend was named or given. */
  readonly refused: readonly Refusal[];
}

export interface OpenBackendOptions {
  /** A tfjs of the caller's own, which then computes, on the backend that it is set to. */
  readonly tf?: TensorLibrary;
}

type Openers = ReadonlyArray<readonly [name: BackendName, open: Opener]>;

/**
 * Opens a backend, once it has computed a convolution and its gradients right. `close()` it when
 * done: the bundled ones (webgpu, webgl, wasm, cpu) share one tfjs, so only one kind of them is
 * open at a time.
 * @param name a backend, which then is the only one that is tried, or `auto`: the first that works,
 * of tfjs-node-gpu, webgpu,
 *   tfjs-node, wasm, cpu in Node, and webgpu, webgl, wasm, cpu in browsers; graphics in software count only where they are named
 * @throws RangeError for an unknown name; BackendError where the backend does not come up, with the
 * reason and what helps
 * @example
 * const backend = await openBackend('auto');
 * console.log(backend.name, backend.device);
 */
export async function openBackend(
  name: BackendName | 'auto' = 'auto',
  { tf }: OpenBackendOptions = {},
): Promise<OpenedBackend> {
  return openAmong(BACKENDS_HERE, name, tf);
}

/** The same among other backends: those that a test makes. */
export async function openAmong(
  openers: Openers,
  name: BackendName | 'auto',
  tf?: TensorLibrary,
): Promise<OpenedBackend> {
  if (name !== 'auto' && !BACKEND_NAMES.includes(name)) {
    throw wrongValue({ option: 'backend', problem: `expected auto, ${BACKEND_NAMES.join(', ')}, got '${name}'` });
  }
  if (tf !== undefined) return withRefusals(await (await import('./given.js')).open(tf, name), []);
  if (name === 'auto') return openFirst(openers);
  const opener = openers.find(([known]) => known === name)?.[1];
  if (opener === undefined) {
    const known = openers.map(([known]) => known).join(', ');
    throw new BackendError(name, `it is to be had ${ELSEWHERE} only`, `there are ${known} here`);
  }
  return withRefusals(await attempt(name, opener, true), []);
}

async function openFirst(openers: Openers): Promise<OpenedBackend> {
  const refused: Refusal[] = [];
  for (const [name, opener] of openers) {
    try {
      return withRefusals(await attempt(name, opener, false), refused);
    } catch (error) {
      refused.push(toRefusal(error as BackendError));
    }
  }
  const reasons = refused.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  const [last] = refused.slice(-1);
  throw new BackendError(last?.name ?? 'cpu', `no backend came up (${reasons})`, 'vaemetrics doctor');
}

/** Opens one; whatever goes wrong is a BackendError. */
async function attempt(name: BackendName, opener: Opener, isNamed: boolean): Promise<Backend> {
  try {
    return await opener(isNamed);
  } catch (error) {
    if (error instanceof BackendError) throw error;
    throw new BackendError(name, error instanceof Error ? error.message : String(error), undefined, { cause: error });
  }
}

/** Why a backend did not come up, as plain data. */
export function toRefusal({ backend, reason, remedy }: BackendError): Refusal {
  return { name: backend, reason, ...(remedy !== undefined && { remedy }) };
}

function withRefusals(backend: Backend, refused: readonly Refusal[]): OpenedBackend {
  return { ...backend, refused };
}
