/** What holds of every metric of the registry; the façade is not loaded here. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findMetric, metrics } from '../../src/metrics/index.js';
import { mig } from '../../src/metrics/mig.js';

test('every name and alias is of one metric, in any spelling', () => {
  for (const metric of metrics) {
    for (const name of [metric.name, ...metric.aliases]) {
      const spellings = [name, name.toUpperCase(), name.replaceAll('-', '_'), name.replaceAll('-', ' ')];
      for (const spelling of spellings) assert.is(findMetric(spelling), metric, spelling);
      assert.is(metrics.filter(({ aliases, name: own }) => [own, ...aliases].includes(name)).length, 1, name);
    }
  }
  assert.is(findMetric('migg'), undefined);
});

test('is a function, and a metric with the same fields as any other', () => {
  assert.type(mig, 'function');
  assert.is(mig.name, 'mig');
  const { name, options, compute } = { ...mig };
  assert.equal([name, options.bins.default, compute], ['mig', 20, mig.compute]);
});

test('says what is missing where a metric is called without the façade', async () => {
  const message = await mig([[1], [2]], [[1], [2]]).catch((error: Error) => error.message);
  assert.is(message, 'metrics: expected the façade to be loaded');
});

test.run();
