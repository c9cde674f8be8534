import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commands } from '../../src/cli/index.js';
import { metrics, version } from '../../src/index.js';
import { runInProcess } from './in-process.js';

test('prints help for the program, and for a command in both ways', async () => {
  const root = await runInProcess(['--help']);
  assert.equal([root.code, root.err], [0, '']);
  assert.match(root.out, /^Usage: vaemetrics <command> \[options\]\n/);
  for (const { name, summary } of commands) assert.match(root.out, new RegExp(`\\n {2}${name} +${summary}\\n`));
  const [long, short] = [await runInProcess(['score', '--help']), await runInProcess(['help', 'score'])];
  assert.equal([long.code, short.code], [0, 0]);
  assert.is(long.out, short.out);
});

test('prints help on the error stream, as wrong usage, where nothing is asked', async () => {
  const { code, out, err } = await runInProcess([]);
  assert.equal([code, out], [2, '']);
  assert.match(err, /^Usage: vaemetrics /);
});

test('lists the metrics of the registry in the help of score', async () => {
  const { out } = await runInProcess(['score', '--help'], { env: { COLUMNS: '100' } });
  for (const { name } of metrics) assert.ok(out.replace(/\s+/g, ' ').includes(name), name);
});

test('every flag of training, and of what takes a run, is in the documents', async () => {
  const text = ['training', 'objectives', 'data-files', 'baselines']
    .map((page) => readFileSync(new URL(`../../docs/${page}.md`, import.meta.url), 'utf8'))
    .join('\n');
  for (const command of ['train', 'encode', 'traverse', 'reconstruct', 'interpolate', 'export']) {
    const { out } = await runInProcess([command, '--help'], { env: { COLUMNS: '100' } });
    const flags = [...out.matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gm)].map(([, name]) => name);
    assert.ok(flags.length > 5, command);
    // Tables have the options of the library, by the names that programs use.
    const optionOf = (flag: string) => flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const isTold = (flag: string) =>
      text.includes(`\`${optionOf(flag)}\``) || new RegExp(`(--|\`)${flag}\\b`).test(text);
    const missing = flags.filter((flag) => flag !== 'help' && !isTold(flag));
    assert.equal(missing, [], command);
  }
});

test('groups the options of score and shows examples, formats and exit codes', async () => {
  const { out } = await runInProcess(['score', '--help'], { env: { COLUMNS: '100' } });
  for (const line of [
    'Usage: vaemetrics score [options] <latents> [factors]',
    'What to compute:',
    '  --seed <n>               seed of every random draw (default: 0)',
    'How sure it is:',
    '  --level <x>              confidence level of the interval (default: 0.95)',
    'How to read the files:',
    '  --latent-columns <list>  columns of latents by name, as a,b,z* or 0:3; of bare values their number',
    'What to print:',
    '  --json                   one JSON document',
    'Examples:',
    '  vaemetrics score posterior.npz',
    '  python encode.py | vaemetrics score - factors.npy',
    'Files:',
    'Exit codes:',
    '   65  the data cannot be used; the message says where',
  ]) {
    assert.ok(out.split('\n').includes(line), line);
  }
});

test('has help with examples for every command', async () => {
  for (const { name } of commands) {
    const { code, out } = await runInProcess([name, '--help']);
    assert.is(code, 0);
    assert.match(out, new RegExp(`^Usage: vaemetrics ${name} `));
    assert.match(out, /\nExamples:\n {2}# .+\n {2}\S*vaemetrics|\nExamples:\n {2}# .+\n {2}eval/);
  }
});

test('wraps help at the width of the terminal, and no wider than 100', async () => {
  const widest = async (columns: number) => {
    const { out } = await runInProcess(['score', '--help'], { columns });
    const options = out.slice(0, out.indexOf('Examples:')).replaceAll(/\S+\[\d+m/g, '');
    return Math.max(...options.split('\n').map((line) => line.length));
  };
  assert.ok((await widest(80)) <= 80);
  assert.ok((await widest(300)) <= 100);
});

test('colours help on a terminal only', async () => {
  assert.ok((await runInProcess(['--help'], { columns: 80 })).out.includes('\u001b[1mUsage:'));
  assert.not.ok((await runInProcess(['--help'], { columns: 80, env: { NO_COLOR: '1' } })).out.includes('\u001b'));
  assert.not.ok((await runInProcess(['--help'])).out.includes('\u001b'));
});

test('prints the version', async () => {
  for (const flag of ['--version', '-V']) {
    assert.equal(await runInProcess([flag]), { code: 0, out: `${version}\n`, err: '' });
  }
});

test.run();
