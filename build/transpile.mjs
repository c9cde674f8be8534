/**
 * The TypeScript of the repository without its types, file by file, for a run of tests: what tests
 * start, workers and programs among them, starts many hundred times in it, and a loader that finds
 * and reads TypeScript takes three times as long for that. Modules know their own places: their
 * `import.meta.url` is that of the source.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { FOLDER_VARIABLE, ROOT } from './runnable.mjs';

const FOLDERS = ['bindings', 'bench', 'build', 'src', 'test'];
/** What tfjs has as an ES module that Node takes for none: it is required, as one file. */
const GRADIENTS = /(['"])@tensorflow\/tfjs-core\/dist\/register_all_gradients(\.js)?\1/g;

/**
 * Writes all files that there are now, and has the processes that this one starts run them.
 * @param folder inside the repository, so that packages are found from there
 */
export async function transpile(folder) {
  const gradients = join(folder, 'gradients.cjs');
  const ownPlaces = {
    name: 'own-places',
    setup({ onLoad }) {
      onLoad({ filter: /\.(ts|m?js)$/ }, ({ path }) => ({
        contents: readFileSync(path, 'utf8')
          .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path)))
          .replaceAll(GRADIENTS, JSON.stringify(gradients)),
        loader: 'ts',
      }));
    },
  };
  const files = FOLDERS.flatMap((name) =>
    readdirSync(join(ROOT, name), { recursive: true }).map((file) => join(name, file)),
  ).filter((file) => !file.startsWith(join('test', 'consumers')));
  const shared = { absWorkingDir: ROOT, platform: 'node', target: 'node20' };
  const single = { ...shared, outdir: folder, outbase: ROOT, format: 'esm', sourcemap: 'inline', plugins: [ownPlaces] };
  rmSync(folder, { recursive: true, force: true });
  await Promise.all([
    build({ ...single, entryPoints: files.filter((file) => /(?<!\.d)\.[jt]s$/.test(file)) }),
    build({
      ...single,
      entryPoints: files.filter((file) => file.endsWith('.mjs')),
      outExtension: { '.js': '.mjs' },
    }),
    build({
      ...shared,
      entryPoints: [createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/dist/register_all_gradients.js')],
      outfile: gradients,
      bundle: true,
      format: 'cjs',
    }),
  ]);
  process.env[FOLDER_VARIABLE] = folder;
}
