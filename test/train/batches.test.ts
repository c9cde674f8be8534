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

test.run();
