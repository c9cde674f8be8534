import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeFakeFacade } from '../cli/fake-facade.js';
import { runInProcess } from '../cli/in-process.js';
import { makeFolder, writeSamples } from '../cli/sample-files.js';

const { at, remove } = makeFolder();

test.before(() => writeSamples(at));
test.after(remove);

test('times every metric on synthetic arrays', async () => {
  const { code, out, err } = await runInProcess(['bench', '--rows', '300,500', '--repeats', '2']);
  assert.equal([code, err], [0, '']);
  const lines = out.split('\n');
  assert.match(lines[0], /, 1 thread; Node \d+\.\d+\.\d+, \w+ \w+$/);
  assert.is(lines[2], '300 rows, 10 latents, 5 factors, 2 repeats');
  assert.match(lines[4], /^ {2}mig +[\d.]+ \S+ \[[\d.]+–[\d.]+\] +[\d.]+ \S+ +[\d,]+$/);
  assert.ok(lines.includes('500 rows, 10 latents, 5 factors, 2 repeats'));
});

test("times the metrics asked for on the user's arrays, whole or in part", async () => {
  const argv = ['bench', at('latents.npy'), at('factors.npy'), '-m', 'mig-score', '--repeats', '3', '--json'];
  const whole = JSON.parse((await runInProcess(argv)).out);
  assert.equal([whole.schema, whole.input, whole.machine.threads], ['vaemetrics/bench@1', 'files', 1]);
  const [result] = whole.results;
  assert.equal([whole.results.length, result.metric, result.latents, result.factors], [1, 'mig', 4, 3]);
  assert.is(result.seconds.repeats.length, 3);
  assert.ok(result.seconds.minimum <= result.seconds.median && result.seconds.median <= result.seconds.maximum);
  const part = JSON.parse((await runInProcess([...argv, '--rows', '20'])).out);
  assert.is(part.results[0].rows, 20);
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
  assert.match(await refusal('--rows', '1'), /--rows: expected a whole number of at least 2, got '1'$/);
  assert.match(await refusal('--rows', '5,x'), /--rows: expected a whole number of at least 2, got 'x'$/);
  assert.match(await refusal('--repeats', '0'), /--repeats: expected a whole number from 1 to 10000, got '0'$/);
  assert.match(await refusal('-m', 'migg'), /unknown metric 'migg'; did you mean 'mig'\?/);
  assert.match(await refusal('--latent-columns', '3'), /need files of bare values$/);
  assert.match(await refusal(at('latents.npy'), at('factors.npy'), '--rows', '999999'), /--rows: expected at most /);
});

test.run();
