import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { metrics } from '../../src/index.js';
import { describeDefault } from '../../src/options/describe-rule.js';
import { runInProcess } from './in-process.js';

test('lists every metric of the registry with its aliases, options, defaults and source', async () => {
  const { code, out } = await runInProcess(['metrics'], { env: { COLUMNS: '110' } });
  assert.is(code, 0);
  for (const { name, aliases, source, options } of metrics) {
    assert.ok(out.includes(`${name}  `), name);
    assert.ok(out.includes(source), source);
    for (const alias of aliases) assert.ok(out.includes(alias), alias);
    for (const [option, rule] of Object.entries(options)) {
      assert.ok(out.includes(`${option} = ${describeDefault(rule)}`), option);
    }
  }
});

test('shows the metrics named, by any of their names', async () => {
  const { out } = await runInProcess(['metrics', 'mig-score', '--quiet']);
  assert.is(out, 'mig\n');
});

test('prints the registry as JSON', async () => {
  const { out } = await runInProcess(['metrics', '--json']);
  const listed = JSON.parse(out) as {
    schema: string;
    metrics: Array<{ name: string; options: Array<{ name: string; default: unknown }> }>;
  };
  assert.is(listed.schema, 'vaemetrics/metrics@1');
  assert.equal(
    listed.metrics.map(({ name }) => name),
    metrics.map(({ name }) => name),
  );
  const defaultsOf = (index: number) =>
    Object.fromEntries(listed.metrics[index].options.map((option) => [option.name, option.default]));
  metrics.forEach(({ options }, index) => {
    const defaults = Object.entries(options).map(([name, rule]) => [name, rule.default]);
    assert.equal(defaultsOf(index), Object.fromEntries(defaults));
  });
});

test('suggests the metric that was meant', async () => {
  const { code, err } = await runInProcess(['metrics', 'migg']);
  assert.is(code, 2);
  assert.match(err, /metric: unknown name 'migg'; did you mean 'mig'\?/);
});

test.run();
