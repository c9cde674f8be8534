/** Posteriors of a small run, as tables. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { score } from '../../src/node.js';
import { STREAMS } from '../../src/random.js';
import { createDraws } from '../../src/train/draws.js';
import { sampleLatents } from '../../src/train/sample-latents.js';
import {
  createMemoryRunFolder,
  type Dataset,
  encode,
  loadRun,
  type Model,
  posteriorToNpz,
  reconstruct,
} from '../../src/train.js';
import { smallData } from '../train/small-data.js';
import { bytesOf, refusalOf, TEST_ROWS, trainSmallModel } from './small-model.js';

const run = createMemoryRunFolder();
let model: Model;

test.before(async () => {
  await trainSmallModel(run);
  model = await loadRun(run, { backend: 'wasm' });
});
test.after(async () => model.close());

test('encode gives the posterior that training left, bit for bit', async () => {
  const encoded = await encode(model, { data: smallData });
  assert.equal(await bytesOf(posteriorToNpz(encoded)), Buffer.from((await run.read('posterior.npz'))!));
  assert.is(encoded.mu.rows, TEST_ROWS);
  assert.equal(encoded.factorNames, ['x', 'y']);
  const factors = new Float64Array(TEST_ROWS * 2);
  await smallData.readFactors(encoded.rows, factors);
  assert.equal(encoded.factors?.data, factors);
  const report = await score(encoded.mu, encoded.factors!, { metrics: ['mig'] });
  assert.type(report.metrics.mig?.value, 'number');
});

test('training and held-out rows are all rows, and none is both', async () => {
  const rowsOf = async (split: 'test' | 'train' | 'all') => (await encode(model, { data: smallData, split })).rows;
  const [held, trained, all] = [await rowsOf('test'), await rowsOf('train'), await rowsOf('all')];
  assert.equal(
    [...held, ...trained].sort((a, b) => a - b),
    [...all],
  );
  assert.is(all.length, smallData.size);
  assert.equal((await encode(model, { data: smallData, rows: 7 })).rows, held.slice(0, 7));
});

test('a trained encoder knows more of the factors than an untrained one', async () => {
  const informed = async (untrained: boolean) => {
    const { mu, factors, step } = await encode(run, { data: smallData, untrained, backend: 'wasm', split: 'all' });
    const { metrics } = await score(mu, factors!, { metrics: ['explicitness'] });
    return [step, metrics.explicitness?.value as number];
  };
  await model.close();
  const [[before, untrained], [after, trained]] = [await informed(true), await informed(false)];
  model = await loadRun(run, { backend: 'wasm' });
  assert.equal([before, after], [0, 60]);
  assert.ok(trained > untrained, `${trained} against ${untrained}`);
});

test('what was decided about the data is told when they have been opened', async () => {
  const told: unknown[] = [];
  const data: Dataset = { ...smallData, notes: ['the largest pixel is 16, which is taken as white'] };
  await encode(model, {
    data,
    onOpened: (opened) => told.push(opened),
    onProgress: ({ done }) => told.push(done),
  });
  assert.equal(told.slice(0, 2), [{ data: 'rectangles', notes: data.notes }, 0]);
  await reconstruct(model, { data: smallData, onOpened: (opened) => told.push(opened) });
  assert.equal(told.at(-1), { data: 'rectangles', notes: [] });
});

test('other data are encoded whole, and have no rows held out', async () => {
  const other: Dataset = {
    ...smallData,
    name: 'others',
    identity: { generator: 'others' },
    factors: [],
    readFactors() {},
  };
  const { rows, factors } = await encode(model, { data: other });
  assert.is(rows.length, smallData.size);
  assert.is(factors, null);
  assert.match(
    await refusalOf(() => encode(model, { data: other, split: 'test' })),
    /^RangeError ERR_OPTION: split: .*expected all, got test/,
  );
});

test('data that are not there any more, or are others by now, are no data of the run', async () => {
  assert.match(
    await refusalOf(() => encode(model)),
    /ERR_DATA: data: the run was trained on 'rectangles', which is not there/,
  );
  const { config } = model;
  const moved = { ...model, config: { ...config, data: { ...config.data, name: 'shapes-3' } } };
  assert.match(
    await refusalOf(() => encode(moved)),
    /ERR_DATA: data: 'shapes-3' is not what the run was trained on any more/,
  );
});

test('refuses images of another shape, too many rows, and a run without a best checkpoint', async () => {
  const wide: Dataset = { ...smallData, name: 'wide', image: { height: 8, width: 9, channels: 1 } };
  assert.match(
    await refusalOf(() => encode(model, { data: wide })),
    /ERR_DATA: data: expected images of 8 x 8 x 1 .*, got wide of 8 x 9 x 1/,
  );
  assert.match(
    await refusalOf(() => encode(model, { data: smallData, rows: 121 })),
    /ERR_OPTION: rows: .*from 1 to 120/,
  );
  const empty = createMemoryRunFolder();
  assert.match(await refusalOf(() => loadRun(empty, { backend: 'wasm' })), /ERR_NO_INPUT/);
  const noBest = createMemoryRunFolder([...run.files()].filter(([name]) => !name.includes('best')));
  assert.match(await refusalOf(() => loadRun(noBest, { checkpoint: 'best' })), /ERR_NO_INPUT.*no best checkpoint/);
});

test('a seed that no generator takes is refused', async () => {
  for (const seed of [-1, 1.5, 2 ** 60, Number.NaN]) {
    assert.match(
      await refusalOf(() => encode(model, { seed })),
      /ERR_OPTION: seed: expected a whole number of at least 0, /,
    );
  }
  assert.match(
    await refusalOf(() => encode(model, { seed: 'x' as never })),
    /seed: expected a whole number of at least 0, got string/,
  );
});

test('tables that have no place in memory are refused before rows are chosen', async () => {
  const vast: Dataset = { ...smallData, name: 'vast', identity: { generator: 'vast' }, size: 1e9 };
  assert.match(
    await refusalOf(() => encode(model, { data: vast, split: 'all' })),
    /ERR_OPTION: rows: expected at most 33554432 of 4 latents, .* got 1000000000, the rows of vast in split all/,
  );
  const plans: unknown[] = [];
  const { rows } = await encode(model, { data: { ...vast, size: 20_000 }, onPlan: (plan) => plans.push(plan) });
  assert.equal(plans, [{ data: 'vast', split: 'all', rows: 10_000, available: 20_000, bytes: 640_000 }]);
  assert.is(rows.length, 10_000);
});

test('samples of a large table are those of one draw', async () => {
  const count = 2 ** 20 + 7;
  const zeros = new Float32Array(count);
  const z = await sampleLatents(zeros, zeros, 3, model.reparameterise);
  const noise = await withCore((core) =>
    createDraws(core).normals(count, { seed: 3, stream: STREAMS.archiveSamples, index: 0 }),
  );
  assert.is(
    z.findIndex((value, i) => value !== noise[i]),
    -1,
  );
});

test.run();
