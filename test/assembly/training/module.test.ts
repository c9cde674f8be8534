/** What lets training.wasm work on a memory that belongs to somebody else. */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

setFlagsFromString('--experimental-wasm-relaxed-simd');
const FILES = ['training.wasm', 'training.relaxed.wasm'].map(
  (name) => [name, new Uint8Array(readFileSync(new URL(`../../../dist/${name}`, import.meta.url)))] as const,
);

/** Numbers of the sections of a module, in their order. */
function sectionsOf(bytes: Uint8Array): number[] {
  const sections: number[] = [];
  for (let at = 8; at < bytes.length; ) {
    sections.push(bytes[at++]);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      size += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    at += size;
  }
  return sections;
}

const [MEMORY, START, CODE, DATA] = [5, 8, 10, 11];

for (const [name, bytes] of FILES) {
  test(`${name} brings no memory, no data and nothing that runs at the start`, () => {
    const sections = sectionsOf(bytes);
    assert.ok(sections.includes(CODE), `${sections}`);
    for (const section of [MEMORY, START, DATA]) assert.not(sections.includes(section), `section ${section}`);
  });

  test(`${name} asks for a memory, and exports functions alone`, () => {
    const module = new WebAssembly.Module(bytes);
    assert.equal(WebAssembly.Module.imports(module), [{ module: 'env', name: 'memory', kind: 'memory' }]);
    assert.equal([...new Set(WebAssembly.Module.exports(module).map(({ kind }) => kind))], ['function']);
  });

  test(`${name} writes nothing when it is instantiated`, () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    assert.ok(new Uint8Array(memory.buffer).every((byte) => byte === 0));
  });
}

test('both builds have the same face', () => {
  const [simd, relaxed] = FILES.map(([, bytes]) => WebAssembly.Module.exports(new WebAssembly.Module(bytes)));
  assert.equal(relaxed, simd);
});

test.run();
