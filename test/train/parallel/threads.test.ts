/** Training in workers: the numbers of one thread, to the bit. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OpenedBackend } from '../../../src/train/backends/open-backend.js';
import { checkThreads } from '../../../src/train/parallel/open-replicas.js';
import { createMemoryRunFolder } from '../../../src/train.js';
import { type Outcome, runSmall } from './small-run.js';

process.env.VAEMETRICS_WASM = 'simd';

function assertSame(actual: Outcome, expected: Outcome, title: string): void {
  assert.equal(actual.steps, expected.steps, `${title}: numbers of the steps`);
  assert.equal([...actual.tensors.keys()], [...expected.tensors.keys()], title);
  for (const [name, bytes] of expected.tensors) assert.is(actual.tensors.get(name), bytes, `${title}: ${name}`);
}

test('ten steps in two, three and four threads are those of one, the last shard being smaller', async () => {
  const one = await runSmall({ threads: 1 });
  assert.is(one.steps.length, 10);
  assert.is(one.tensors.size, 3 * 12, 'each parameter and its two moments');
  assert.is(new Set(one.steps).size, 10, 'it learns');
  // Of four workers one has nothing to do.
  for (const threads of [2, 3, 4]) assertSame(await runSmall({ threads }), one, `${threads} threads`);
});

const SMALL_DISCRIMINATOR = { 'discriminator-layers': 2, 'discriminator-units': 16 };

for (const [model, what] of [
  ['factor-vae', 'second batches'],
  ['dae', 'corrupted images'],
  ['dip-vae-ii', 'penalties on mu and logvar'],
] as const) {
  test(`${model} in two threads is what it is in one: ${what}`, async () => {
    const options = { model, steps: 4, modelOptions: model === 'factor-vae' ? SMALL_DISCRIMINATOR : {} };
    const one = await runSmall(options);
    assertSame(await runSmall({ ...options, threads: 2 }), one, model);
  });
}

test('the cpu backend has threads, too', async () => {
  // Two shards, of 16 rows and of 4.
  const options = { backend: 'cpu', likelihood: 'gaussian', steps: 3, batchSize: 20 } as const;
  assertSame(await runSmall({ ...options, threads: 2 }), await runSmall(options), 'cpu');
});

test('the relaxed build is the same for any number of threads, where this Node has it', async () => {
  process.env.VAEMETRICS_WASM = 'relaxed';
  try {
    assertSame(await runSmall({ threads: 2, steps: 3 }), await runSmall({ steps: 3 }), 'relaxed');
  } finally {
    process.env.VAEMETRICS_WASM = 'simd';
  }
});

test('held-out rows are encoded in workers, to the same posterior', async () => {
  const posteriorOf = async (threads: number) => {
    const out = createMemoryRunFolder();
    await runSmall({ threads, steps: 2, testRows: 50, out });
    return out.files().get('posterior.npz') as Uint8Array;
  };
  const [one, two] = [await posteriorOf(1), await posteriorOf(2)];
  assert.ok(one.length > 50 * 4 * 2 * 4);
  assert.ok(Buffer.from(two).equals(one));
});

test('a run that is resumed with another number of threads goes on to the same bits', async () => {
  const whole = await runSmall({ threads: 1, steps: 4 });
  const out = createMemoryRunFolder();
  await runSmall({ threads: 2, steps: 2, out });
  const rest = await runSmall({ threads: 3, steps: 4, out, resume: true });
  assertSame(rest, { ...whole, steps: whole.steps.slice(2) }, 'resumed');
});

test('a signal ends a run in workers with its reason', async () => {
  const stop = new AbortController();
  const reason = new Error('enough');
  const onProgress = ({ kind, step }: { kind: string; step?: number }) => {
    if (kind === 'step' && step === 2) stop.abort(reason);
  };
  const ending = await runSmall({ threads: 2, signal: stop.signal, onProgress: onProgress as never }).catch(
    (error) => error,
  );
  assert.is(ending, reason);
});

test('more threads than one are refused on a tf of the caller and on devices, which workers cannot have', () => {
  const refusalOf = (name: OpenedBackend['name'], threads = 2) => {
    try {
      checkThreads(threads, { name }, { description: { kind: 'vae' } });
      return null;
    } catch (error) {
      assert.instance(error, RangeError);
      assert.is((error as { code?: string }).code, 'ERR_OPTION');
      return (error as Error).message;
    }
  };
  assert.is(refusalOf('given'), 'threads: expected 1 on a tf of your own, got 2; wasm and cpu have more');
  assert.is(refusalOf('webgpu'), 'threads: expected 1 on the backend webgpu, got 2; wasm and cpu have more');
  for (const name of ['wasm', 'cpu'] as const) assert.is(refusalOf(name), null);
  for (const name of ['given', 'webgpu', 'tfjs-node'] as const) assert.is(refusalOf(name, 1), null);
});

test.run();
