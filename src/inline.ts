/**
 * vaemetrics with the WebAssembly inside, for hosts that cannot fetch a file. The same exports as
 * index.ts.
 */
export * from './files.js';
