/** What a run is resumed with. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resumeOptions, train } from '../../src/train.js';
import { smallData } from './small-data.js';

test('an option that is passed on undefined leaves the run its own', async () => {
  const out = mkdtempSync(join(tmpdir(), 'vaemetrics-'));
  try {
    const begun = { data: smallData, latents: 2, batchSize: 8, steps: 2, testRows: 40, logEvery: 1 };
    await train({ ...begun, backend: 'wasm', out });
    const options = await resumeOptions(out, {
      data: smallData,
      steps: undefined,
      backend: undefined,
      seed: undefined,
    });
    assert.equal([options.steps, options.backend, options.seed, options.batchSize], [2, 'wasm', 0, 8]);
    assert.is((await resumeOptions(out, { data: smallData, steps: 3 })).steps, 3);
  } finally {
    rmSync(out, { recursive: true });
  }
});

test.run();
