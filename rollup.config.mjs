/**
 * Bundles for Node, for browsers, and with the WebAssembly inside. Everything that is needed at run time is bundled, so
 * that an installed package has no dependencies; heavy parts are chunks that are loaded on use.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';
import esbuild from 'rollup-plugin-esbuild';
import license from 'rollup-plugin-license';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Puts another module in the place of bindings/wasm-source.ts: the one thing that differs between hosts. */
function wasmSource(host) {
  return {
    name: 'wasm-source',
    async resolveId(source, importer) {
      if (!source.endsWith('/wasm-source.js') || !importer) return null;
      return here(`bindings/wasm-source.${host}.ts`);
    },
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

const plugins = (browser) => [
  resolve({ browser, preferBuiltins: !browser, exportConditions: browser ? ['browser'] : ['node'] }),
  commonjs(),
  esbuild({ target: 'es2022', minify: true, legalComments: 'none' }),
];

const output = (more) => ({ dir: 'dist', format: 'es', chunkFileNames: '[name].[hash].js', ...more });

export default [
  {
    input: { node: 'src/node.ts', cli: 'src/cli/main.ts' },
    output: output(),
    external: /^node:/,
    plugins: [...plugins(false), notices()],
  },
  {
    input: { browser: 'src/index.ts' },
    output: output(),
    plugins: [wasmSource('browser'), ...plugins(true)],
  },
  {
    input: { inline: 'src/inline.ts' },
    output: output(),
    plugins: [wasmSource('inline'), inlineWasm(), ...plugins(true)],
  },
];

/** The licences of what is bundled. */
function notices() {
  return license({ thirdParty: { includeSelf: false, output: { file: here('dist/THIRD-PARTY-NOTICES.txt') } } });
}
