/** Autoencoders, whose codes are points. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { memorySource, openArrays } from '../../src/io/index.js';
import { POINTS } from '../../src/train/objectives/codes.js';
import {
  createMemoryRunFolder,
  encode,
  exportModel,
  loadRun,
  manifold,
  posteriorToNpz,
  type StepProgress,
  train,
  traverse,
} from '../../src/train.js';
import { smallData } from '../train/small-data.js';
import { bytesOf, LATENTS, TEST_ROWS } from './small-model.js';

for (const objective of ['ae', 'dae'] as const) {
  test(`the codes of ${objective} are points: no KL, no total correlation, no logvar, and latents by their variance`, async () => {
    const run = createMemoryRunFolder();
    const told: StepProgress[] = [];
    const options = { latents: LATENTS, batchSize: 32, steps: 12, testRows: TEST_ROWS, scoreEvery: 6, logEvery: 4 };
    const { scores } = await train({
      ...options,
      data: smallData,
      backend: 'wasm',
      model: objective,
      out: run,
      onProgress: (progress) => progress.kind === 'step' && told.push(progress),
    });
    const points = await loadRun(run, { backend: 'wasm' });
    try {
      assert.equal([scores?.totalCorrelation, scores?.reasons], [null, { totalCorrelation: POINTS }]);
      assert.type(scores?.scores.mig, 'number');
      for (const { kl, klPerLatent, terms } of told) assert.equal([kl, klPerLatent, terms], [null, null, {}]);
      const log = new TextDecoder()
        .decode((await run.read('log.jsonl'))!)
        .trim()
        .split('\n');
      for (const { step, kl, klPerLatent, scores, reasons } of log.map((line) => JSON.parse(line))) {
        assert.equal([kl, klPerLatent, reasons.kl], [null, undefined, POINTS]);
        if (step % 6 > 0) assert.is(scores, undefined);
        else assert.equal([scores.totalCorrelation, reasons['scores.totalCorrelation']], [null, POINTS]);
      }
      const encoded = await encode(points, { data: smallData });
      const archive = await bytesOf(posteriorToNpz(encoded));
      assert.equal(archive, Buffer.from((await run.read('posterior.npz'))!));
      const { arrays } = await openArrays(memorySource(archive, 'posterior.npz'));
      assert.equal(
        arrays.map(({ name }) => name),
        ['mu', 'z', 'factors', 'factor_names', 'factor_types'],
      );
      assert.equal([encoded.logvar, encoded.z.data], [null, encoded.mu.data]);
      const { latents, orderedBy, rows } = await traverse(points, { data: smallData, steps: 2 });
      assert.is(orderedBy, 'variance');
      for (const { latent, kl, variance } of latents) {
        const values = Array.from({ length: rows }, (_, row) => encoded.mu.data[row * LATENTS + latent]);
        const mean = values.reduce((sum, value) => sum + value, 0) / rows;
        const expected = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows;
        assert.is(kl, null);
        assert.ok(
          Math.abs((variance as number) - expected) < 1e-9 * (1 + expected),
          `${variance}, expected ${expected}`,
        );
      }
      const variances = latents.map(({ variance }) => variance as number);
      assert.equal(
        variances,
        [...variances].sort((a, b) => b - a),
      );
      const { latents: plane } = await manifold(points, { data: smallData, steps: 2 });
      assert.equal(
        plane,
        latents.slice(0, 2).map(({ latent }) => latent),
      );
      const [, script] = await exportModel(run, { format: 'safetensors' });
      assert.match(Buffer.concat([...script.chunks]).toString(), /4 means, then 4 numbers that nothing has trained\./);
    } finally {
      await points.close();
    }
  });
}

test.run();
