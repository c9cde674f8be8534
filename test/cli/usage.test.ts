import { writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeFakeFacade } from './fake-facade.js';
import { runInProcess } from './in-process.js';
import { makeFolder, writeSamples } from './sample-files.js';

const { at, remove } = makeFolder();

test.before(() => writeSamples(at));
test.after(remove);

/**
 * The message of a command line that is refused, which must end with exit code 2 and without a
 * result.
 */
async function refusalOf(...argv: string[]): Promise<string> {
  const { code, out, err } = await runInProcess(argv, { facade: makeFakeFacade() });
  assert.equal([code, out], [2, ''], err);
  const [message, hint] = err.split('\n');
  assert.match(hint, /^Try 'vaemetrics (\w+ )?--help'\.$/);
  assert.match(message, /^vaemetrics: error: /);
  return message.slice('vaemetrics: error: '.length);
}

const scoring = (...argv: string[]) => refusalOf('score', at('latents.npy'), at('factors.npy'), ...argv);

test('suggests the command that was meant', async () => {
  assert.is(await refusalOf('scroe', 'a.npy'), "unknown command 'scroe'; did you mean 'score'?");
  assert.match(
    await refusalOf('frobnicate'),
    /^unknown command 'frobnicate'; known: score, compare, inspect, convert, /,
  );
  assert.match(await refusalOf('help', 'scor'), /did you mean 'score'/);
});

test('says what is wrong with presets and exact rows', async () => {
  assert.is(
    await scoring('--preset', 'ubi'),
    "--preset: expected one of paper, disentanglement-lib, ubisoft, got 'ubi'; did you mean 'ubisoft'?",
  );
  const shape = 'expected from:to, counted from 0 and without the last, as 0:6666';
  for (const text of ['5', '5:5', '7:5', ':5', '-1:5', '0:1e3']) {
    assert.is(await scoring(`--train-rows=${text}`, '--test-rows', '5:6'), `--train-rows: ${shape}, got '${text}'`);
  }
  assert.is(await scoring('--train-rows', '0:5'), '--train-rows: has no effect without --test-rows');
  assert.match(
    await scoring('--train-rows', '0:5', '--test-rows', '5:6', '--interval', '9'),
    /^--train-rows: expected no --interval beside it, got one/,
  );
});

test('suggests the option that was meant', async () => {
  assert.is(await scoring('--metrcs', 'mig'), "unknown option '--metrcs'; did you mean '--metrics'?");
  assert.is(
    await scoring('--latent-member', 'z'),
    "unknown option '--latent-member'; did you mean '--latents-member'?",
  );
});

test('suggests the metric that was meant, by any of its names', async () => {
  assert.is(await scoring('-m', 'migg'), "--metrics: unknown name 'migg'; did you mean 'mig'?");
  assert.match(await scoring('-m', 'factor-vea'), /did you mean 'factor-vae'\?/);
  assert.match(await scoring('-m', 'accuracy'), /^--metrics: expected one of mig, rmig, .*, got 'accuracy'$/);
  assert.match(await refusalOf('metrics', 'accuracy'), /^metric: expected one of mig, rmig, .*, got 'accuracy'$/);
});

test('names the option and shows the value where a value is wrong', async () => {
  assert.is(await scoring('--seed', '1.5'), "--seed: expected a whole number of at least 0, got '1.5'");
  assert.is(await scoring('--seed', '-1'), "--seed: expected a whole number of at least 0, got '-1'");
  assert.is(await scoring('--bins', 'many'), "--bins: expected a whole number of at least 2, got 'many'");
  assert.is(await scoring('--seed', ''), "--seed: expected a whole number of at least 0, got ''");
  assert.is(
    await scoring('--interval', '9', '--level', '95'),
    "--level: expected a number from 0.5 to 0.999, got '95'",
  );
  assert.match(await scoring('--factor-types', 'd,x,c'), /^--factor-types: expected d .*, got 'x'$/);
  assert.match(await scoring('-m', 'mig,'), /^--metrics: expected names with a comma between them, got 'mig,'$/);
  assert.match(await scoring('--latents-dtype', 'f3'), /^--latents-dtype: expected one of float16, .*, got 'f3'$/);
  assert.match(
    await scoring('--latents-dtype', 'i8'),
    /expected int8 or int64, got 'i8', which is 8 bits to some and 8 bytes to others$/,
  );
  assert.match(await scoring('--latents-dtype', '>f4'), /little-endian, got '>f4'$/);
});

test('names the option that lacks its value', async () => {
  assert.match(await scoring('--seed'), /^option '--seed <n>' argument missing$/);
});

test('refuses settings that the metric does not have', async () => {
  assert.is(await scoring('--set', 'bins'), "--set: expected metric.option=value, got 'bins'");
  assert.is(await scoring('--set', 'mig.bin=3'), '--set mig.bin: not an option of mig; did you mean --set mig.bins?');
  assert.match(await scoring('--set', 'mgi.bins=3'), /^--set: unknown name 'mgi'; did you mean 'mig'\?/);
  assert.match(await scoring('--set', 'mig.bins=3.5'), /^--set mig\.bins: expected a whole number .*, got '3\.5'$/);
  assert.match(await scoring('--set', 'factor-vae.rescaled=1'), /expected true or false, got '1'$/);
  assert.is(
    await scoring('-m', 'mig', '--set', 'factor-vae.batch=3'),
    '--set: factor-vae-score is not among --metrics',
  );
  assert.is(await scoring('--set', 'dci.stages=3'), '--set: dci is not computed unless --metrics names it, or all');
});

test('names the flag that was typed, of two that set one option', async () => {
  assert.match(await scoring('--bins', '70000', '-m', 'mig'), /^--bins: expected a whole number from 2 to 65535/);
  assert.match(
    await scoring('--bins', '5', '--set', 'mig.bins=70000', '-m', 'mig'),
    /^--set mig\.bins: expected a whole number from 2 to 65535/,
  );
  assert.match(
    await scoring('--bins', '70000', '--set', 'rmig.bins=5', '-m', 'mig,rmig'),
    /^--bins: expected a whole number from 2 to 65535/,
  );
});

test('names kinds of factors by their flag, in what is wrong with a file', async () => {
  writeFileSync(at('ids.csv'), Array.from({ length: 60 }, (_, i) => i).join('\n'));
  writeFileSync(at('codes.csv'), Array.from({ length: 60 }, (_, i) => i % 7).join('\n'));
  const { err, code } = await runInProcess(['score', at('codes.csv'), at('ids.csv'), '-m', 'mig']);
  assert.is(code, 65);
  assert.match(err, /ids\.csv, column 0: .*if they are values, --factor-types takes them as continuous/);
});

test('refuses options that contradict each other or do nothing', async () => {
  assert.is(await refusalOf('score', '-', '-'), 'only one of latents and factors can be standard input');
  assert.is(await scoring('-q', '-v'), '--verbose: expected none beside --quiet, got both');
  assert.is(await scoring('--level', '0.9'), '--level: has no effect without --interval');
  assert.match(
    await scoring('--latent-columns', '4'),
    /^--latent-columns: expected only for bare values, and .*latents\.npy is npy$/,
  );
  assert.match(
    await scoring('--factors-dtype', 'i4'),
    /^--factors-dtype: expected only for bare values, and .*factors\.npy is npy$/,
  );
});

test('wants one factor type for each factor', async () => {
  const { code, err } = await runInProcess(['score', at('latents.npy'), at('factors.npy'), '--factor-types', 'd,c']);
  assert.is(code, 2);
  assert.match(err, /error: --factor-types: expected 3 entries, one for each factor, got 2\n/);
});

test('wants a second file where the first has one array', async () => {
  assert.match(
    await refusalOf('score', at('latents.npy')),
    /^factors: expected a second file, or --factor-columns: .* holds one array/,
  );
});

test('names missing arguments and refuses superfluous ones', async () => {
  assert.is(await refusalOf('score'), "missing required argument 'latents'");
  assert.match(
    await refusalOf('score', 'a', 'b', 'c'),
    /^too many arguments for 'score'\. Expected 2 arguments but got 3/,
  );
});

test('points to the help of the command', async () => {
  const { err } = await runInProcess(['score', '--nonsense', 'x']);
  assert.match(err, /\nTry 'vaemetrics score --help'\.\n$/);
});

test.run();
