/** Bundles main.js for browsers with esbuild, and copies the WebAssembly beside the bundle. */
import { copyFile } from 'node:fs/promises';
import { build } from 'esbuild';

const here = (path) => new URL(path, import.meta.url);

await build({
  entryPoints: [here('main.js').pathname],
  outdir: here('out').pathname,
  bundle: true,
  format: 'esm',
  minify: true,
});
for (const name of ['core.wasm', 'core.relaxed.wasm']) {
  await copyFile(new URL(import.meta.resolve(`vaemetrics/${name}`)), here(`out/${name}`));
}
