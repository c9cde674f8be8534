import { writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CommandEntry } from '../../src/cli/command.js';
import { BackendError } from '../../src/train/backends/backend.js';
import { makeFakeFacade } from './fake-facade.js';
import { runInProcess } from './in-process.js';
import { makeFolder, writeSamples } from './sample-files.js';

const { at, remove } = makeFolder();

test.before(() => writeSamples(at));
test.after(remove);

/** The one line that a failed run prints. */
async function failureOf(expected: number, ...argv: string[]): Promise<string> {
  const { code, out, err } = await runInProcess(argv);
  assert.equal([code, out], [expected, ''], err);
  assert.is(err.split('\n').length, 2, err);
  assert.match(err, /^vaemetrics: error: /);
  return err.slice('vaemetrics: error: '.length, -1);
}

test('tells a missing file from a damaged one by exit code', async () => {
  assert.is(await failureOf(66, 'score', at('none.npy'), at('factors.npy')), `${at('none.npy')}: no such file`);
  assert.match(await failureOf(66, 'score', at('.'), at('factors.npy')), /expected a file, got a directory$/);
  assert.match(
    await failureOf(65, 'score', at('broken.npy'), at('factors.npy')),
    /broken\.npy: expected 3968 bytes .* got 200$/,
  );
});

test('tells a backend that does not come up by an exit code of its own', async () => {
  const training: CommandEntry = {
    name: 'train',
    summary: 'a test',
    load: async () => ({
      define(command) {
        command.action(() => {
          throw new BackendError('webgpu', 'no adapter', 'install a driver');
        });
      },
    }),
  };
  const { code, out, err } = await runInProcess(['train'], { commands: [training] });
  assert.equal([code, out], [69, '']);
  assert.is(err, 'vaemetrics: error: backend webgpu: no adapter; install a driver\n');
});

test('names the second file where its rows do not match', async () => {
  assert.is(
    await failureOf(65, 'score', at('latents.npy'), at('short.npy')),
    `${at('short.npy')}: expected 240 rows to match the latents, got 10`,
  );
});

test('names the file that has no rows, rather than the other for having some', async () => {
  writeFileSync(at('words.csv'), 'hello world\n');
  for (const argv of [
    [at('words.csv'), at('factors.npy')],
    [at('latents.npy'), at('words.csv')],
  ]) {
    assert.is(await failureOf(65, 'score', ...argv), `${at('words.csv')}: expected at least 2 rows, got 0`);
  }
});

test('names file, row and column of a value that is not finite', async () => {
  assert.is(
    await failureOf(65, 'score', at('holed.npy'), at('factors.npy')),
    `${at('holed.npy')}, row 7, column 2: expected a finite number, got NaN; --drop-nan leaves such rows out`,
  );
});

test('says how to read values without a header', async () => {
  const message = await failureOf(65, 'score', at('latents.npy'), at('factors.bin'));
  assert.match(message, /in 240 rows are 3 columns; say --factor-columns 3$/);
});

test('names the member that an archive does not have, and what it has', async () => {
  const message = await failureOf(65, 'score', at('posterior.safetensors'), '--latents-member', 'logvar');
  assert.match(message, /found no 'logvar' for --latents-member; it holds 'mu' float32 \(240, 4\), 'factors' int32/);
});

test('takes options that the façade refuses for wrong usage', async () => {
  const { code, err } = await runInProcess(['score', at('latents.npy'), at('factors.npy'), '--interval', '1']);
  assert.is(code, 2);
  assert.match(err, /^vaemetrics: error: .*expected 0 or at least 2 resamples, got 1\nTry /);
});

test('apologises for a bug, with the stack and where to report it', async () => {
  const facade = makeFakeFacade({
    compute: () => {
      throw new TypeError('x is not a function');
    },
  });
  const { code, out, err } = await runInProcess(['score', at('latents.npy'), at('factors.npy')], { facade });
  assert.equal([code, out], [70, '']);
  const lines = err.split('\n');
  assert.is(lines[0], 'vaemetrics: sorry, this is a bug in vaemetrics, not in what you did.');
  assert.is(lines[1], '  TypeError: x is not a function');
  assert.match(lines[2], /^ {2}at /);
  assert.match(err, /\n {2}Node v\d+.*\nPlease report it with these lines and the command\./);
});

test('takes a thrown thing that is no Error for a bug as well', async () => {
  const facade = makeFakeFacade({
    compute: () => {
      throw 'words';
    },
  });
  assert.is((await runInProcess(['score', at('latents.npy'), at('factors.npy')], { facade })).code, 70);
});

test('lets no control character of a file name through to the terminal', async () => {
  const { err } = await runInProcess(['score', at('\u001b[31mred.npy'), at('factors.npy')]);
  assert.not.ok(err.includes('\u001b'));
  assert.match(err, /\\x1b\[31mred\.npy: no such file/);
});

test('colours errors on a terminal only', async () => {
  const argv = ['score', at('none.npy'), at('factors.npy')];
  assert.match((await runInProcess(argv, { columns: 80 })).err, /^vaemetrics: \S+error:\S+ /);
  assert.ok((await runInProcess(argv, { columns: 80 })).err.includes('\u001b[31m'));
  assert.not.ok((await runInProcess(argv)).err.includes('\u001b'));
  assert.not.ok((await runInProcess(argv, { columns: 80, env: { NO_COLOR: '1' } })).err.includes('\u001b'));
});

test.run();
