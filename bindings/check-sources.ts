import { EXPECTED_SOURCES } from './expected-sources.js';

/** As build/sources.mjs writes it. */
const SECTION = 'vaemetrics.sources';

/**
 * Refuses WebAssembly of other sources than these bindings are for: where the two disagree on what
 * a kernel is given, it would write anywhere in memory.
 * @throws Error that says how to get the right one
 */
export function checkSources(module: WebAssembly.Module, file: string, expected: string = EXPECTED_SOURCES): void {
  const [section] = WebAssembly.Module.customSections(module, SECTION);
  const got = section === undefined ? 'none' : new TextDecoder().decode(section);
  if (got === expected) return;
  throw new Error(
    `vaemetrics: ${file}: expected a build of the sources ${expected}, got ${got}; in the repository, npm run build:wasm makes it, and npm run build the bundles; served files must be of one version`,
  );
}
