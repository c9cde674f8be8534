/**
 * The entry of a worker that trains the pair: a worker does not inherit the loaders of TypeScript.
 */
import { register as registerForRequire } from 'tsx/cjs/api';
import { register } from 'tsx/esm/api';

// tfjs' gradients are loaded by require, from files that are ES modules.
registerForRequire();
register();
await import('./worker.ts');
