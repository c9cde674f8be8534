/**
 * The entry of a worker in the repository, run without bundling: a worker does not inherit the
 * loader of TypeScript.
 */
import { register } from 'tsx/esm/api';

register();
await import('../src/worker.ts');
