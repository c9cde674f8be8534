import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile, instantiate } from '../../bindings/load.js';
import { supports } from '../../bindings/wasm-support.js';

test('every host that runs these tests has SIMD', () => assert.is(supports('simd'), true));

test('compiles once, and makes instances with memories of their own', async () => {
  const module = await compile();
  assert.is(await compile(), module);
  const [one, other] = [await instantiate(module), await instantiate(module)];
  assert.is.not(one.memory, other.memory);
  assert.is(one.heapBase() > 0, true);
});

test.run();
