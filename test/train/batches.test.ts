/** The batches of a step. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Dataset } from '../../src/data/index.js';
import { splitRows } from '../../src/data/split.js';
import { openBatches } from '../../src/train/batches.js';
import type { Phase } from '../../src/train/system.js';
import { given } from './backends/library.js';
import { smallData } from './small-data.js';

const phaseOf = (batches: Phase['batches'], times = 1): Phase => ({
  program: 'learn',
  batches,
  networks: [],
  times,
  lead() {
    throw new Error('nothing learns here');
  },
});

test('a second batch that cannot be read leaves nothing of the first', async () => {
  let reads = 0;
  const dataset: Dataset = {
    ...smallData,
    async readImages(rows, out) {
      if (++reads === 2) throw new Error('the disk is gone');
      await smallData.readImages(rows, out);
    },
  };
  const split = await splitRows(dataset.size, 40, 0);
  const batches = openBatches(given, dataset, split, 8, 0, {
    phases: [phaseOf({ first: { kind: 'plain' }, second: { kind: 'plain', isSecond: true } })],
  });
  const before = given.memory().numTensors;
  const error = await batches.load(0).catch((error) => error);
  assert.is(error.message, 'the disk is gone');
  assert.is(given.memory().numTensors, before);
  const loaded = await batches.load(0);
  const [{ first, second }] = loaded;
  assert.equal(
    [first.images.shape, second.images.shape],
    [
      [8, 8, 8, 1],
      [8, 8, 8, 1],
    ],
  );
  given.dispose(loaded);
});

test('labels are the factors of the rows, and a phase that is made twice has the batches of two times', async () => {
  const split = await splitRows(smallData.size, 40, 0);
  const plain = phaseOf({ real: { kind: 'plain', hasLabels: true } }, 2);
  const varying = phaseOf({ alike: { kind: 'varying', groups: [[0], [1]], hasLabels: true } });
  const batches = openBatches(given, smallData, split, 8, 0, { phases: [plain, varying] });
  const once = openBatches(given, smallData, split, 8, 0, { phases: [phaseOf({ real: { kind: 'plain' } })] });
  const before = given.memory().numTensors;
  const [first, second, third] = await batches.load(3);
  const alone = [...(await once.load(6)), ...(await once.load(7))];
  for (const [i, { real }] of [first, second].entries()) {
    assert.equal(real.images.dataSync(), alone[i].real.images.dataSync());
    const [labels, pixels] = [real.labels?.dataSync() as Float32Array, real.images.dataSync()];
    for (let row = 0; row < 8; row++) {
      const corner = pixels.slice(64 * row, 64 * row + 64).indexOf(1);
      assert.equal([...labels.slice(2 * row, 2 * row + 2)], [corner % 8, Math.floor(corner / 8)]);
    }
  }
  const [group] = third.alike.groups;
  const labels = third.alike.labels?.dataSync() as Float32Array;
  const held = Array.from({ length: 8 }, (_, row) => labels[2 * row + (1 - group)]);
  assert.is(new Set(held).size, 1);
  given.dispose([first, second, third, alone]);
  assert.is(given.memory().numTensors, before);
});

test('images of given factors are drawn if no two rows are alike', async () => {
  const asked: number[] = [];
  const dataset: Dataset = {
    ...smallData,
    factors: [
      { name: 'x', size: null, range: [0, 1] },
      { name: 'y', size: 6 },
    ],
    renderFactors(values, out, index) {
      asked.push(index);
      for (let row = 0; row < 4; row++) out.fill(Math.round(255 * values[2 * row]), 64 * row, 64 * row + 64);
    },
  };
  const split = await splitRows(dataset.size, 40, 0);
  const phases = [phaseOf({ pairs: { kind: 'pairs', groups: [[0]], hasLabels: true } })];
  const loaded = await openBatches(given, dataset, split, 4, 0, { phases }).load(2);
  const [{ pairs }] = loaded;
  const [labels, pixels] = [pairs.labels?.dataSync() as Float32Array, pairs.images.dataSync()];
  assert.equal(asked, [8]);
  for (let row = 0; row < 4; row++) assert.ok(Math.abs(pixels[64 * row] - labels[2 * row]) < 1 / 255);
  assert.is(labels[0], labels[2]);
  given.dispose(loaded);
});

test.run();
