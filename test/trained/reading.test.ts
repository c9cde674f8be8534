/** A run keeps how its data were read, and reads all later data so. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createMemoryRunFolder, encode, train } from '../../src/train.js';
import { refusalOf as messageOf } from '../data/read.js';
import { refusalOf } from '../data/rows.js';
import { npyBytes, zipBytes } from '../io/builders.js';

const ROWS = 24;

/** Images of 2 x 2, and labels of two values. */
function archive(pixels: (i: number) => number, labels: readonly [number, number]): Blob {
  const images = Uint8Array.from({ length: ROWS * 4 }, (_, i) => pixels(i));
  const factors = Uint8Array.from({ length: ROWS }, (_, i) => labels[i % 2]);
  const members = { images: { shape: [ROWS, 2, 2], data: images }, labels: { shape: [ROWS], data: factors } };
  const bytes = zipBytes(
    Object.entries(members).map(([name, parts]) => {
      return { name: `${name}.npy`, content: npyBytes({ descr: '|u1', ...parts }), deflated: true };
    }),
  );
  return new Blob([bytes as Uint8Array<ArrayBuffer>]);
}

const dark = (i: number) => (i * 7) % 17;
const run = createMemoryRunFolder();
const settings = {
  architecture: 'mlp',
  mlpWidth: 8,
  mlpDepth: 1,
  latents: 2,
  batchSize: 4,
  testRows: 4,
  backend: 'cpu',
} as const;

test.before(async () => {
  await train({ data: archive(dark, [3, 8]), out: run, steps: 2, ...settings });
});

test('white and the order of labels are in its configuration', async () => {
  const { data, mlp } = JSON.parse(new TextDecoder().decode(run.files().get('config.json')));
  assert.equal(data.reading, { white: 16, labels: { label: [3, 8] } });
  assert.equal(mlp, { width: 8, depth: 1 });
});

test('the same pictures have the same codes beside others, whatever the largest pixel is', async () => {
  const options = { split: 'all', backend: 'cpu' } as const;
  const own = await encode(run, { ...options, data: archive(dark, [3, 8]) });
  const darker = await encode(run, { ...options, data: archive((i) => (dark(i) > 12 ? 0 : dark(i)), [5, 8]) });
  const row = Array.from({ length: ROWS }, (_, i) => i).find((i) => [0, 1, 2, 3].every((k) => dark(i * 4 + k) <= 12));
  assert.ok(row !== undefined);
  const codes = ({ mu }: typeof own, i: number) => [...mu.data.slice(i * 2, i * 2 + 2)];
  assert.equal(codes(darker, row as number), codes(own, row as number));
  // 8 is the second label of the run, and 5 one that it has not seen.
  assert.equal([...(own.factors?.data ?? [])].slice(0, 2), [0, 1]);
  assert.equal([...(darker.factors?.data ?? [])].slice(0, 2), [2, 1]);
});

test('pixels above the white of the run are refused, and a white that is said goes before it', async () => {
  const bright = archive((i) => (i === 5 ? 255 : dark(i)), [3, 8]);
  assert.match(
    await refusalOf(encode(run, { data: bright, backend: 'cpu' })),
    "member 'images', row 1: expected pixels from 0 to 16, which is white in the data that the run was trained on, got 255",
  );
  const said = await encode(run, { data: bright, dataOptions: { maximum: 255 }, backend: 'cpu' });
  assert.is(said.mu.rows, ROWS);
});

test('a run without that is read as before, and goes on', async () => {
  const files = run.files();
  const config = JSON.parse(new TextDecoder().decode(files.get('config.json')));
  delete config.data.reading;
  files.set('config.json', new TextEncoder().encode(JSON.stringify(config)));
  const older = createMemoryRunFolder(files);
  assert.is((await encode(older, { data: archive((i) => dark(i) % 8, [3, 8]), backend: 'cpu' })).mu.rows, ROWS);
  const { steps } = await train({ data: archive(dark, [3, 8]), out: older, resume: true, steps: 3, ...settings });
  assert.is(steps, 3);
});

test('a model is not taken for what its configuration was changed to, and is said to be gone where it is', async () => {
  const files = run.files();
  const config = JSON.parse(new TextDecoder().decode(files.get('config.json')));
  files.set('config.json', new TextEncoder().encode(JSON.stringify({ ...config, likelihood: 'gaussian' })));
  const data = archive(dark, [3, 8]);
  assert.match(
    await refusalOf(encode(createMemoryRunFolder(files), { data, backend: 'cpu' })),
    'run/config.json: expected what the checkpoint of step 2 was trained with: likelihood "bernoulli", got "gaussian"; put that back',
  );
  const names = [...run.files()].filter(([name]) => !name.startsWith('checkpoints/'));
  assert.match(
    await messageOf(() => encode(createMemoryRunFolder(names), { data, backend: 'cpu' })),
    'run: its checkpoints are gone: put them back, or train it anew in another folder',
  );
});

test('sizes of mlp are those of the run, and rows of numbers have no convolutions', async () => {
  const other = { data: archive(dark, [3, 8]), out: createMemoryRunFolder(run.files()), resume: true, steps: 4 };
  assert.match(
    await messageOf(() => train({ ...other, ...settings, mlpWidth: 9 })),
    'mlpWidth: expected 8 as in run, got 9',
  );
  const data = new Blob([
    npyBytes({ descr: '|u1', shape: [ROWS, 4], data: new Uint8Array(ROWS * 4).fill(40) }) as Uint8Array<ArrayBuffer>,
  ]);
  assert.match(
    await messageOf(() => train({ data, steps: 1, batchSize: 4, backend: 'cpu' })),
    'architecture: expected mlp for rows of numbers, got burgess',
  );
});

test.run();
