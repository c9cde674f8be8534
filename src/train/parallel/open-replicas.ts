/** Where the shards of a batch are computed: here, or in workers. */
import { hardwareThreads } from '../../../bindings/worker-host.js';
import type { WorkerPort } from '../../../bindings/worker-port.js';
import { wrongValue } from '../../errors.js';
import type { OpenedBackend } from '../backends/open-backend.js';
import { localReplicas, type Replicas } from '../replicas.js';
import type { Computer, System } from '../system.js';
import type { ThreadedBackend } from './messages.js';
import { openTrainingWorker } from './open-training-worker.js';

/** Where there cannot be more threads than one, and what has more; null if there can. */
function whyOne(
  { name }: Pick<OpenedBackend, 'name'>,
  { description }: Pick<System, 'description'>,
): { readonly where: string; readonly hint: string } | null {
  if (name !== 'wasm' && name !== 'cpu') {
    const where = name === 'given' ? 'on a tf of your own' : `on the backend ${name}`;
    return { where, hint: '; wasm and cpu have more' };
  }
  return 'unsendable' in description ? { where: `with ${description.unsendable}`, hint: '' } : null;
}

/**
 * @throws RangeError for more threads than one on a backend that has its own, and for a system that
 * cannot be sent to workers
 */
export function checkThreads(
  threads: number,
  backend: Pick<OpenedBackend, 'name'>,
  system: Pick<System, 'description'>,
): void {
  const reason = threads === 1 ? null : whyOne(backend, system);
  if (reason !== null)
    throw wrongValue({ option: 'threads', problem: `expected 1 ${reason.where}, got ${threads}${reason.hint}` });
}

/** Shards that nobody asked to spread further than this: more threads gain little. */
const THREADS_UNASKED = 4;

/**
 * `auto` is one thread if there cannot be more, else as many as there are, up to the shards of a
 * batch.
 */
export function chooseThreads(
  threads: number | 'auto',
  backend: Pick<OpenedBackend, 'name'>,
  system: Pick<System, 'description'>,
  shards: number,
): number {
  if (threads !== 'auto') return threads;
  return whyOne(backend, system) === null ? Math.min(hardwareThreads(), shards, THREADS_UNASKED) : 1;
}

/**
 * @param threads as many as `checkThreads` lets there be
 * @param open starts a worker that knows how to build the system
 */
export async function openReplicas(
  threads: number,
  { name }: Pick<OpenedBackend, 'name'>,
  computer: Computer,
  { work, description }: Pick<System, 'work' | 'description'>,
  shardRows: number,
  open: () => WorkerPort = openTrainingWorker,
): Promise<Replicas> {
  if (threads === 1 || 'unsendable' in description) return localReplicas(computer, work, shardRows);
  const { workerReplicas } = await import('./worker-replicas.js');
  return workerReplicas({ threads, backend: name as ThreadedBackend, description, open }, computer, work, shardRows);
}
