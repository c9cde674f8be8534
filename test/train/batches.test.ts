/** The batches of a step, where reading them fails. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Dataset } from '../../src/data/index.js';
import { splitRows } from '../../src/data/split.js';
import { openBatches } from '../../src/train/batches.js';
import { given } from './backends/library.js';
import { smallData } from './small-data.js';

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
  const batches = openBatches(given, dataset, split, 8, 0, true);
  const before = given.memory().numTensors;
  const error = await batches.load(0).catch((error) => error);
  assert.is(error.message, 'the disk is gone');
  assert.is(given.memory().numTensors, before);
  const { images, second } = await batches.load(0);
  assert.equal(
    [images.shape, second?.shape],
    [
      [8, 8, 8, 1],
      [8, 8, 8, 1],
    ],
  );
  given.dispose([images, second]);
});

test.run();
