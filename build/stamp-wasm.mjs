/**
 * Writes into the WebAssembly of dist which sources it was built from; bindings/check-sources.ts
 * reads it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fingerprintSources, stamp } from './sources.mjs';

const fingerprint = fingerprintSources();
for (const name of ['core', 'training', 'training.relaxed']) {
  const file = new URL(`../dist/${name}.wasm`, import.meta.url);
  writeFileSync(file, stamp(readFileSync(file), fingerprint));
}
