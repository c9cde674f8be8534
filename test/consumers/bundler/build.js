/**
 * Bundles main.js and train.js for browsers with esbuild, and copies the WebAssembly to where they
 * look for it.
 */
import { copyFile } from 'node:fs/promises';
import { build } from 'esbuild';

const here = (path) => new URL(path, import.meta.url);
const shared = { bundle: true, format: 'esm', minify: true };

await build({ ...shared, entryPoints: [here('main.js').pathname], outdir: here('out').pathname });
await build({
  ...shared,
  entryPoints: [here('train.js').pathname],
  outdir: here('out/train').pathname,
  // Loaded when an HDF5 file is opened, from where the user has installed it.
  external: ['h5wasm'],
});

const copy = (name, to) => copyFile(new URL(import.meta.resolve(`vaemetrics/${name}`)), here(`out/${to}`));
for (const name of ['core.wasm', 'training.wasm', 'training.relaxed.wasm']) await copy(name, name);
await copy('tfjs.wasm', 'train/tfjs-backend-wasm-simd.wasm');
