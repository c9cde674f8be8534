/**
 * The entry of a training worker in the repository, run without bundling: a worker does not inherit
 * the loaders of TypeScript.
 */
import { register as registerForRequire } from 'tsx/cjs/api';
import { register } from 'tsx/esm/api';

// tfjs' gradients are loaded by require, from files that are ES modules.
registerForRequire();
register();
await import('./worker.ts');
