/** Programs of docs/data.md and docs/training.md as they stand there, in a folder with a run. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readFactors, readLatents } from '../../src/node.js';
import { openDataset, splitRows, train } from '../../src/train.js';

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

const sources = { vaemetrics: '../../src/node.ts', 'vaemetrics/train': '../../src/train.ts' };

/**
 * Runs the program of a page that has a word in it, from our sources in place of the package, and
 * gives what it prints.
 */
async function runExample(name: string, word: string): Promise<unknown[]> {
  const page = readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
  const found = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code).filter((code) => code.includes(word));
  assert.is(found.length, 1, word);
  const code = found[0].replace(/from '(vaemetrics[^']*)'/g, (_, entry: keyof typeof sources) => {
    return `from ${JSON.stringify(new URL(sources[entry], import.meta.url).href)}`;
  });
  const path = join(folder, `${word}.mts`);
  writeFileSync(path, code);
  const printed: unknown[] = [];
  const { log } = console;
  console.log = (...values: unknown[]) => void printed.push(...values);
  try {
    await import(pathToFileURL(path).href);
  } finally {
    console.log = log;
  }
  return printed;
}

test('fresh samples of a generator are scored', async () => {
  const [value, ...more] = await runExample('data.md', 'factorSampler');
  assert.equal(more, []);
  assert.ok(value === null || (typeof value === 'number' && value >= 0 && value <= 1), String(value));
});

test('the images that a run holds out are written', async () => {
  assert.equal(await runExample('data.md', 'exportNpz'), []);
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
  assert.equal(await runExample('training.md', 'const pixels'), []);
  const { rows, columns } = await readLatents(join(folder, 'pixels.npz'));
  assert.equal([rows, columns], [1000, 4096]);
  const png = readFileSync(join(folder, 'pixels.png'));
  assert.is(png.toString('latin1', 1, 4), 'PNG');
});

test.run();
