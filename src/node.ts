/** vaemetrics in Node: everything of index.ts, and files. */
export * from './index.js';
