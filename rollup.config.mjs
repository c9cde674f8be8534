/**
 * Bundles for Node, for browsers, and with the WebAssembly inside. Everything that is needed at run
 * time is bundled, so that an installed package has no dependencies; what only some uses need is a
 * chunk of its own, loaded on use.
 *
 * No source maps: they would be half of the package. Node's bundles keep the names of functions
 * instead, so that a stack trace in an issue says where it was; the bundles that travel to browsers
 * are minified whole.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';
import esbuild from 'rollup-plugin-esbuild';
import { notices } from './build/rollup.notices.mjs';
import { emitTfjsWasm, tfjsForBundles } from './build/rollup.tfjs.mjs';
import { fingerprintSources } from './build/sources.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(here('package.json'), 'utf8'));

/**
 * Puts other modules in the place of those that differ between hosts: NAME.HOST.ts in that of
 * NAME.ts, where there is one, for the first of the hosts that has it.
 */
function hostModules(...hosts) {
  return {
    name: 'host-modules',
    resolveId(source, importer) {
      if (!importer || !/^\.\.?\/.*\.js$/.test(source) || importer.includes('node_modules')) return null;
      const module = join(dirname(importer), source).replace(/\.js$/, '');
      return hosts.map((host) => `${module}.${host}.ts`).find(existsSync) ?? null;
    },
  };
}

/**
 * In a bundle that stands in a folder of dist, what is served beside the others is one level up.
 */
function oneLevelUp() {
  return {
    name: 'one-level-up',
    transform: (code, id) =>
      id.startsWith(here('bindings/')) ? { code: code.replaceAll("new URL('./", "new URL('../"), map: null } : null,
  };
}

/**
 * A bundle takes the WebAssembly that was built from the sources it was made with, and no other.
 */
function sourcesOfNow() {
  return {
    name: 'sources-of-now',
    load: (id) =>
      id === here('bindings/expected-sources.ts') ? `export const EXPECTED_SOURCES = '${fingerprintSources()}';` : null,
  };
}

/** `inline:NAME` is the base64 text of dist/NAME. */
function inlineWasm() {
  return {
    name: 'inline-wasm',
    resolveId: (source) => (source.startsWith('inline:') ? `\0${source}` : null),
    load: (id) =>
      id.startsWith('\0inline:')
        ? `export default ${JSON.stringify(readFileSync(here(`dist/${id.slice(8)}`), 'base64'))};`
        : null,
  };
}

/**
 * Plugins of every bundle. Libraries are taken in the form they have for browsers: files are ours
 * to read.
 */
const plugins = (minification) => [
  tfjsForBundles(),
  sourcesOfNow(),
  resolve({ exportConditions: ['browser'], preferBuiltins: true }),
  commonjs(),
  esbuild({ target: 'es2022', legalComments: 'none', ...minification }),
  notices(),
];

const FOR_NODE = { minifySyntax: true, minifyWhitespace: true };
const FOR_BROWSERS = { minify: true };

/** Says what a file is once it has left the package, as files on a web server do. */
function banner() {
  const text = `/*! vaemetrics ${version}, MIT licence; libraries in it: THIRD-PARTY-NOTICES.txt of the package */`;
  return { name: 'banner', renderChunk: (code) => ({ code: `${text}\n${code}`, map: null }) };
}

/** `chunks` goes before the names of chunks, so that two bundles never write the same file. */
const output = (chunks, more) => ({ dir: 'dist', format: 'es', chunkFileNames: nameChunk(chunks), ...more });

/** A chunk of a library is named after it, any other after its last module. */
function nameChunk(chunks) {
  return ({ name, moduleIds }) => {
    const libraries = moduleIds
      .map((id) => (id.startsWith('\0commonjs') ? null : /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1]))
      .filter((library) => library !== null);
    const library = libraries.includes(undefined) ? undefined : libraries.at(-1);
    // What only training needs stands in a folder of its own, beside tfjs' WebAssembly.
    const isTraining = moduleIds.some(
      (id) => TRAINING.some((path) => id.startsWith(path)) || id.includes('/@tensorflow/'),
    );
    const folder = isTraining && !chunks.startsWith('train/') ? 'train/' : '';
    return `${folder}${chunks}.${library?.replace('/', '-') ?? name}.js`;
  };
}

const TRAINING = [here('src/train/'), here('src/trained/')];

/** Readers and writers stay together, but for those that are loaded on use. */
function groupModules(id) {
  const isTogether = id.startsWith(here('src/io/')) && !/\/(write-file\.ts|(parquet|hdf5)\/[^/]+)$/.test(id);
  return isTogether ? 'io' : undefined;
}

const TRAINING_IN_NODE = { 'train/node': 'src/train.ts', 'train/worker': 'src/train/parallel/worker.ts' };

export default [
  {
    input: { node: 'src/node.ts', cli: 'src/cli/main.ts', worker: 'src/worker.ts', ...TRAINING_IN_NODE },
    output: output('chunk', { manualChunks: groupModules, onlyExplicitManualChunks: true }),
    external: [/^node:/],
    plugins: [hostModules('bundled'), ...plugins(FOR_NODE), emitTfjsWasm('train')],
  },
  {
    input: { browser: 'src/files.ts' },
    output: output('browser'),
    plugins: [hostModules('browser'), ...plugins(FOR_BROWSERS), banner()],
  },
  {
    // A bundle of its own, so that the page's stays one file.
    input: { 'browser.worker': 'src/worker.ts' },
    output: output('browser'),
    plugins: [hostModules('browser'), ...plugins(FOR_BROWSERS), banner()],
  },
  {
    input: { 'train/browser': 'src/train.ts' },
    output: output('train/browser'),
    plugins: [hostModules('browser', 'bundled'), oneLevelUp(), ...plugins(FOR_BROWSERS), banner()],
  },
  {
    input: { 'train/browser.worker': 'src/train/parallel/worker.ts' },
    // One file: bundlers that make classic scripts of workers cannot cut them.
    output: output('train/browser', { inlineDynamicImports: true }),
    plugins: [hostModules('browser', 'bundled'), oneLevelUp(), ...plugins(FOR_BROWSERS), banner()],
  },
  {
    input: { inline: 'src/inline.ts' },
    // One file, Parquet included: there is nowhere to load a chunk from.
    output: output('inline', { inlineDynamicImports: true }),
    plugins: [hostModules('inline', 'browser'), inlineWasm(), ...plugins(FOR_BROWSERS), banner()],
  },
];
