/**
 * WebAssembly and bindings of different sources must not meet: addresses would be taken for counts.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkSources } from '../../bindings/check-sources.js';
import { EXPECTED_SOURCES } from '../../bindings/expected-sources.js';
import { compile } from '../../bindings/load.js';
import { readTrainingWasm, readWasm } from '../../bindings/wasm-source.js';
import { fingerprintSources, SECTION, stamp } from '../../build/sources.mjs';

const EMPTY = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0]);

test('every build in dist is of the sources that are here', async () => {
  const files = { core: readWasm(), simd: readTrainingWasm('simd'), relaxed: readTrainingWasm('relaxed') };
  for (const [name, read] of Object.entries(files)) {
    const bytes = new Uint8Array((await read) as ArrayBufferView<ArrayBuffer>['buffer']);
    const end = new TextDecoder().decode(bytes.slice(-SECTION.length - EXPECTED_SOURCES.length));
    assert.is(end, SECTION + EXPECTED_SOURCES, name);
  }
  checkSources(await compile(), 'core.wasm');
});

test('a build of other sources, and one of none, are refused with the command that helps', async () => {
  const other = await WebAssembly.compile(Uint8Array.from(stamp(EMPTY, 'other')));
  checkSources(other, 'core.wasm', 'other');
  assert.throws(
    () => checkSources(other, 'core.wasm', 'these'),
    /^vaemetrics: core\.wasm: expected a build of the sources these, got other; .*npm run build:wasm/,
  );
  const none = await WebAssembly.compile(EMPTY);
  assert.throws(() => checkSources(none, 'training.wasm', 'these'), /training\.wasm: .* got none/);
});

test('a fingerprint is that of names and texts, whatever ends their lines', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vaemetrics-'));
  try {
    mkdirSync(join(folder, 'deep'));
    const write = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return fingerprintSources(folder);
    };
    const first = write('deep/a.ts', 'one\ntwo\n');
    assert.match(first, /^[0-9a-f]{16}$/);
    assert.is(write('deep/a.ts', 'one\r\ntwo\r\n'), first);
    assert.is(write('notes.md', 'no source'), first);
    const second = write('deep/a.ts', 'one\ntwo \n');
    assert.is.not(second, first);
    assert.is.not(write('b.ts', ''), second);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
