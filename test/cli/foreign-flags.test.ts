/** Flags that people know from other tools. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runInProcess } from './in-process.js';

const firstLine = async (...words: string[]) => (await runInProcess(words)).err.split('\n')[0];

test('those of the same meaning are taken for ours', async () => {
  const same: ReadonlyArray<readonly [string[], RegExp]> = [
    [['train', '--batch', '1'], /--batch-size: expected a whole number from 2/],
    [['train', '--batch=1'], /--batch-size: expected a whole number from 2/],
    [['train', '--lr', '0'], /--learning-rate: expected a number above 0/],
    [['train', '--latent-dim', '0'], /--latents: expected a whole number from 1/],
    [['train', '--z-dim', '0'], /--latents: expected a whole number from 1/],
    [['data', 'shapes-2', '--output', 'x.tex'], /--out: expected a name that ends in \.png or \.npz/],
    [['bench', '--metric', 'migg'], /'migg'; did you mean/],
  ];
  for (const [words, message] of same) assert.match(await firstLine(...words), message, words.join(' '));
});

test('those of another meaning are answered with what to use', async () => {
  const other: ReadonlyArray<readonly [string[], RegExp]> = [
    [['train', '--epochs', '3'], /--epochs: expected --steps: an epoch is/],
    [['train', '--device', 'cuda'], /--device: expected --backend/],
    [['train', '--config', 'a.yaml'], /--config: expected flags; a run keeps them/],
    [['score', 'a.npz', '--config', 'a.yaml'], /--config: expected flags: there is no configuration file/],
    [['score', 'a.npz', '--format', 'json'], /--format: expected --out FILE/],
  ];
  for (const [words, message] of other) assert.match(await firstLine(...words), message, words.join(' '));
});

test('a flag that the command has itself stays what it is', async () => {
  assert.match(await firstLine('export', 'none', '--format', 'onnx'), /--format: expected|argument 'onnx' is invalid/);
});

test('what is a list of latents is not set by their number', async () => {
  assert.match(await firstLine('traverse', 'none', '--latent-dim', '3'), /unknown option '--latent-dim'/);
});

test('words after -- are no flags', async () => {
  assert.match(await firstLine('inspect', '--', '--epochs'), /--epochs: .*no such file/i);
});

test.run();
