import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeFakeFacade } from '../cli/fake-facade.js';
import { runInProcess } from '../cli/in-process.js';

test('times every metric on synthetic arrays', async () => {
  const { code, out, err } = await runInProcess(['bench', '--rows', '300,500', '--repeats', '2']);
  assert.equal([code, err], [0, '']);
  const lines = out.split('\n');
  assert.match(lines[0], /, 1 thread; Node \d+\.\d+\.\d+, \w+ \w+$/);
  assert.is(lines[2], '300 rows, 10 latents, 5 factors, 2 repeats');
  assert.match(lines[4], /^ {2}mig +[\d.]+ \S+ \[[\d.]+–[\d.]+\] +[\d.]+ \S+ +[\d,]+$/);
  assert.ok(lines.includes('500 rows, 10 latents, 5 factors, 2 repeats'));
});

test('times the metrics asked for, on arrays of the shape asked for', async () => {
  const shape = ['--rows', '400', '--latents', '4', '--factors', '2,3,5'];
  const { out } = await runInProcess(['bench', ...shape, '-m', 'mig-score,MIG', '--repeats', '3', '--json']);
  const { schema, input, machine, results } = JSON.parse(out);
  assert.equal([schema, input, machine.threads], ['vaemetrics/bench@1', 'synthetic', 1]);
  const [{ metric, rows, latents, factors, seconds }, ...others] = results;
  assert.equal([metric, rows, latents, factors, others], ['mig', 400, 4, 3, []]);
  assert.is(seconds.repeats.length, 3);
  assert.ok(seconds.load > 0 && seconds.load < seconds.median);
  assert.ok(seconds.minimum <= seconds.median && seconds.median <= seconds.maximum);
});

test('does not count the first repeat, and gives every repeat the seed', async () => {
  const facade = makeFakeFacade();
  await runInProcess(['bench', '--rows', '50', '--repeats', '4', '-m', 'mig', '--seed', '9'], { facade });
  assert.is(facade.asked.length, 5);
  assert.ok(facade.asked.every(({ options }) => options.seed === 9 && options.timings === true));
});

test('refuses what makes no sense', async () => {
  const refusal = async (...argv: string[]) => {
    const { code, out, err } = await runInProcess(['bench', ...argv], { facade: makeFakeFacade() });
    assert.equal([code, out], [2, '']);
    return err.split('\n')[0];
  };
  assert.match(await refusal('--rows', '1'), /--rows: expected whole numbers of at least 2, got '1'$/);
  assert.match(await refusal('--rows', '5,x'), /--rows: expected whole numbers with a comma between them, got '5,x'$/);
  assert.match(await refusal('--latents', '0'), /--latents: expected a whole number from 1 to 10000, got '0'$/);
  assert.match(
    await refusal('--factors', '3,'),
    /--factors: expected whole numbers with a comma between them, got '3,'$/,
  );
  assert.match(await refusal('--repeats', '0'), /--repeats: expected a whole number from 1 to 10000, got '0'$/);
  assert.match(await refusal('-m', 'migg'), /--metrics: unknown name 'migg'; did you mean 'mig'\?/);
});

test.run();
