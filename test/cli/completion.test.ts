import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commands } from '../../src/cli/index.js';
import { metrics } from '../../src/index.js';
import { testNeeding } from '../requirements.js';
import { runInProcess } from './in-process.js';

test('names every command, option and metric in each script', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, out, err } = await runInProcess(['completion', shell]);
    assert.equal([code, err], [0, '']);
    const words = [
      ...commands.map(({ name }) => name),
      ...metrics.map(({ name }) => name),
      'factor-columns',
      'mig.bins=',
    ];
    for (const word of words) assert.ok(out.includes(word), `${word} for ${shell}`);
  }
});

test('suggests the shell that was meant', async () => {
  const { code, err } = await runInProcess(['completion', 'fihs']);
  assert.is(code, 2);
  assert.match(err, /shell: unknown name 'fihs'; did you mean 'fish'\?/);
});

const hasBash = spawnSync('bash', ['--version']).status === 0;

/** What bash offers for the last of these words. */
async function completeInBash(...words: string[]): Promise<string[]> {
  const { out } = await runInProcess(['completion', 'bash']);
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const script = `compopt() { :; }\n${out}\nCOMP_WORDS=(vaemetrics ${quoted}); COMP_CWORD=${words.length}; _vaemetrics; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  assert.is(stderr, '');
  return stdout.split('\n').filter((line) => line !== '');
}

testNeeding(hasBash, 'bash')('completes in bash: commands, options, metrics after a comma, values, files', async () => {
  assert.equal(await completeInBash('sc'), ['score']);
  assert.equal(await completeInBash('score', '--latent-'), ['--latent-columns']);
  assert.equal(await completeInBash('score', '--metrics', 'mig,factor-vae-s'), ['mig,factor-vae-score']);
  assert.equal(await completeInBash('score', '--latents-dtype', 'float1'), ['float16']);
  assert.equal(await completeInBash('score', '--set', 'mig.'), [
    'mig.bins=',
    'mig.edges=',
    'mig.millerMadow=',
    'mig.zeroBin=',
    'mig.normalise=',
    'mig.countConstants=',
  ]);
  assert.equal(await completeInBash('completion', 'z'), ['zsh']);
  assert.ok((await completeInBash('score', 'pack')).includes('package.json'));
});

test.run();
