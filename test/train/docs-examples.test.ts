/** Programs of docs/data.md and docs/training.md as they stand there, in a folder with a run. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readFactors, readLatents } from '../../src/node.js';
import { openDataset, splitRows, train } from '../../src/train.js';
import { runExample } from '../run-example.js';

const folder = mkdtempSync(join(tmpdir(), 'vaemetrics-docs-'));
const before = process.cwd();

test.before(async () => {
  process.chdir(folder);
  const small = { latents: 3, batchSize: 2, steps: 1, testRows: 2, scoreEvery: 0 } as const;
  await train({ data: 'shapes-3', backend: 'wasm', ...small, out: 'runs/first' });
});
test.after(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

/** Runs the program of a page that has a word in it, and gives what it prints. */
async function runExampleOf(name: string, word: string): Promise<unknown[]> {
  const page = readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
  const found = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code).filter((code) => code.includes(word));
  assert.is(found.length, 1, word);
  return (await runExample(found[0])).flat();
}

test('fresh samples of a generator are scored', async () => {
  const [value, ...more] = await runExampleOf('data.md', 'factorSampler');
  assert.equal(more, []);
  assert.ok(value === null || (typeof value === 'number' && value >= 0 && value <= 1), String(value));
});

test('the images that a run holds out are written', async () => {
  assert.equal(await runExampleOf('data.md', 'exportNpz'), []);
  const dataset = await openDataset('shapes-3');
  const { test: held } = await splitRows(dataset.size, 1000, 0);
  const expected = new Float64Array(held.length * 3);
  await dataset.readFactors(held, expected);
  assert.equal((await readFactors(join(folder, 'held-out.npz'))).data, expected);
  const again = await openDataset(join(folder, 'held-out.npz'));
  assert.equal([again.size, again.factors.map(({ name }) => name)], [1000, ['x', 'y', 'scale']]);
  await again.close?.();
});

test('an encoder of your own leaves a posterior and a picture', async () => {
  assert.equal(await runExampleOf('training.md', 'const pixels'), []);
  const { rows, columns } = await readLatents(join(folder, 'pixels.npz'));
  assert.equal([rows, columns], [1000, 4096]);
  const png = readFileSync(join(folder, 'pixels.png'));
  assert.is(png.toString('latin1', 1, 4), 'PNG');
});

test.run();
