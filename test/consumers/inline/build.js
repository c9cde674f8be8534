/**
 * Bundles what runs where nothing can be fetched: a classic script for a file:// page, and a worker
 * in a string.
 */
import { build } from 'esbuild';

const here = (path) => new URL(path, import.meta.url).pathname;
const shared = { bundle: true, minify: true, outdir: here('out') };

await build({ ...shared, entryPoints: [here('page.js')], format: 'iife' });
await build({ ...shared, entryPoints: [here('worker.js')], format: 'esm' });
