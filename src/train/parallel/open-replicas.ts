/** Where the shards of a batch are computed: here, or in workers. */
import { wrongValue } from '../../errors.js';
import type { Autoencoder } from '../autoencoder.js';
import type { OpenedBackend } from '../backends/open-backend.js';
import { localReplicas, type Replicas } from '../replicas.js';
import type { Description } from './description.js';
import type { ThreadedBackend } from './messages.js';

/** @throws RangeError for more threads than one on a backend that has its own */
export function checkThreads(threads: number, { name }: Pick<OpenedBackend, 'name'>): void {
  if (threads === 1 || name === 'wasm' || name === 'cpu') return;
  const backend = name === 'given' ? 'a tf of your own' : `the backend ${name}`;
  throw wrongValue({ option: 'threads', problem: `expected 1 on ${backend}, got ${threads}; wasm and cpu have more` });
}

/** @param backend one that `checkThreads` lets have so many */
export async function openReplicas(
  threads: number,
  { name }: OpenedBackend,
  autoencoder: Autoencoder,
  description: Description,
  shardRows: number,
): Promise<Replicas> {
  if (threads === 1) return localReplicas(autoencoder, shardRows);
  const { workerReplicas } = await import('./worker-replicas.js');
  return workerReplicas(threads, name as ThreadedBackend, autoencoder, description, shardRows);
}
