/**
 * What has to be done to tfjs so that it can be bundled as ES modules for Node and browsers alike:
 * its parts for Node ask for modules by `require`, which such a bundle has not, and its threaded
 * WebAssembly is not used.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The only build of tfjs' WebAssembly that is shipped. */
export const TFJS_WASM = 'tfjs-backend-wasm-simd.wasm';

/**
 * Modules whose text is changed: [what is there, what goes in its place]. A text that is not found
 * stops the build.
 */
const CHANGES = [
  {
    file: /tfjs-backend-wasm\/wasm-out\/tfjs-backend-wasm\.js$/,
    changes: [
      // Handed its bytes, it needs nothing of a host; its part for Node would also catch the
      // process' errors.
      [/ENVIRONMENT_IS_NODE=typeof process=="object"&&[^;]*;/, 'ENVIRONMENT_IS_NODE=false;'],
      [/if\(typeof process!=="undefined"&&process\.listeners\)/, 'if(false)'],
      [/require\("fs"\)/, 'null'],
      [/require\("path"\)/, 'null'],
    ],
  },
  {
    file: /tfjs-core\/dist\/global_util\.js$/,
    changes: [
      // All copies of tfjs in a process share their engine by a global variable. A user's own must
      // stay as he has set it.
      [/let globalNameSpace;/, 'let globalNameSpace = { screen: globalThis.screen };'],
    ],
  },
  {
    file: /tfjs-core\/dist\/platforms\/platform_node\.js$/,
    changes: [
      [/require\('node-fetch'\)/, 'undefined'],
      [
        /require\('util'\)/,
        `{ TextEncoder, TextDecoder, types: Object.fromEntries(
          ['Float32Array', 'Int32Array', 'Uint8Array', 'Uint8ClampedArray'].map(
            (name) => ['is' + name, (array) => ArrayBuffer.isView(array) && array[Symbol.toStringTag] === name])) }`,
      ],
    ],
  },
];

/**
 * Modules that are left out: the threaded WebAssembly's two, and Node's generator for seeds that
 * nobody asks for.
 */
const LEFT_OUT = /wasm-out\/tfjs-backend-wasm-threaded-simd(\.worker)?\.js$/;

export function tfjsForBundles() {
  return {
    name: 'tfjs-for-bundles',
    resolveId(source, importer) {
      if (LEFT_OUT.test(source)) return '\0tfjs-left-out';
      return source === 'crypto' && importer?.includes('seedrandom') ? '\0tfjs-left-out' : null;
    },
    load: (id) => (id === '\0tfjs-left-out' ? 'export default {}; export const wasmWorkerContents = "";' : null),
    transform(code, id) {
      const changes = CHANGES.find(({ file }) => file.test(id))?.changes;
      if (changes === undefined) return null;
      const changed = changes.reduce((text, [there, instead]) => {
        if (!there.test(text)) this.error(`${id}: expected to find ${there}; tfjs has changed`);
        return text.replace(there, () => instead);
      }, code);
      return { code: changed, map: null };
    },
  };
}

/** Puts tfjs' WebAssembly into the folder of the bundle that reads it. */
export function emitTfjsWasm(folder) {
  return {
    name: 'emit-tfjs-wasm',
    generateBundle() {
      const file = require.resolve(`@tensorflow/tfjs-backend-wasm/dist/${TFJS_WASM}`);
      this.emitFile({ type: 'asset', fileName: `${folder}/${TFJS_WASM}`, source: readFileSync(file) });
    },
  };
}
