/** What an archive says of its factors, as commands take it. */
import { writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeNpz } from '../../src/io/index.js';
import { Matrix } from '../../src/matrix.js';
import { readFactorLabels, readFactors, readLatents, score } from '../../src/node.js';
import { train } from '../../src/train.js';
import { smallData } from '../train/small-data.js';
import { runInProcess } from './in-process.js';
import { makeFolder, makeSamples } from './sample-files.js';

const { at, remove } = makeFolder();
test.after(remove);

const { latents, factors, rows } = makeSamples();
const NAMES = ['shape', 'size', 'hue'];
const TYPES = ['discrete', 'continuous', 'discrete'];

async function write(path: string, lists: Readonly<Record<string, readonly string[]>>): Promise<string> {
  const chunks: Uint8Array[] = [];
  const entries = [
    { name: 'mu', matrix: new Matrix(latents, rows, 4) },
    { name: 'factors', matrix: new Matrix(factors, rows, 3, 'int32') },
    ...Object.entries(lists).map(([name, strings]) => ({ name, strings })),
  ];
  for await (const chunk of writeNpz(entries)) chunks.push(chunk.slice());
  writeFileSync(at(path), Buffer.concat(chunks));
  return at(path);
}

async function reportOf(...words: string[]) {
  const { code, out, err } = await runInProcess(['score', ...words, '--json', '--metrics', 'mig']);
  assert.is(code, 0, err);
  return JSON.parse(out);
}

const labelled = () => write('labelled.npz', { factor_names: NAMES, factor_types: TYPES });

test('score takes names and kinds from the archive', async () => {
  const path = await labelled();
  const { input, metrics } = await reportOf(path, '--metrics', 'sap');
  assert.equal([input.factors.names, input.factors.types], [NAMES, TYPES]);
  const plain = await write('plain.npz', {});
  const bare = await reportOf(plain, '--metrics', 'sap');
  assert.not.ok('names' in bare.input.factors);
  assert.equal(bare.input.factors.types, ['discrete', 'discrete', 'discrete']);
  assert.not.equal(bare.metrics.sap, metrics.sap, 'kinds decide the score');
  const told = await reportOf(plain, '--metrics', 'sap', '--factor-types', 'd,c,d');
  assert.equal(told.metrics, metrics);
});

test('--factor-types goes before what the archive says', async () => {
  const path = await labelled();
  const { input } = await reportOf(path, '--factor-types', 'd,d,d');
  assert.equal([input.factors.names, input.factors.types], [NAMES, ['discrete', 'discrete', 'discrete']]);
  assert.equal((await reportOf(path, '--factor-types', '-,-,-')).input.factors.types[1], 'discrete');
});

test('factors of a second file bring their own names', async () => {
  const [path, plain] = [await labelled(), await write('plain.npz', {})];
  assert.equal((await reportOf(plain, path, '--factors-member', 'factors')).input.factors.names, NAMES);
  assert.not.ok('names' in (await reportOf(path, plain, '--factors-member', 'factors')).input.factors);
});

test('the table names factors, and so do the parts of a score', async () => {
  const words = ['score', await labelled(), '--metrics', 'mig'];
  const short = await runInProcess(words);
  assert.match(short.out, /shape\s+\(2\s+values\),\s+size\s+\(continuous\),\s+hue\s+\(4\s+values\)\n/);
  const { out } = await runInProcess([...words, '--verbose'], { env: { COLUMNS: '110' } });
  assert.match(out, /\n0 shape +\S/);
  const plain = await runInProcess(['score', await write('plain.npz', {}), '--metrics', 'mig']);
  assert.match(plain.out, /0\s+\(2\s+values\),\s+1\s+\(3\s+values\)/);
});

test('names that do not fit the factors are an error with the place', async () => {
  for (const [lists, message] of [
    [{ factor_names: ['a', 'b'] }, 'member \'factor_names\': expected 3 different names, got "a", "b"\n'],
    [{ factor_types: ['discrete'] }, "member 'factor_types': expected 3 kinds, one for each factor, got 1\n"],
  ] as const) {
    const path = await write('wrong.npz', lists);
    const { code, out, err } = await runInProcess(['score', path, '--metrics', 'mig']);
    assert.equal([code, out, err], [65, '', `vaemetrics: error: ${path}, ${message}`]);
  }
});

test('inspect shows lists of strings, and convert keeps them in .npz', async () => {
  const path = await labelled();
  const { out } = await runInProcess(['inspect', path]);
  assert.match(out, /factor_names {2}\(3,\) string {2}60 bytes\n {2}shape, size, hue\n/);
  assert.not.match(out, 'not a table');
  const json = JSON.parse((await runInProcess(['inspect', path, '--member', 'factor_types', '--json'])).out);
  assert.equal(json.arrays[0].strings, TYPES);
  const again = at('again.npz');
  assert.equal(await runInProcess(['convert', path, again]), { code: 0, out: '', err: '' });
  assert.equal(await readFactorLabels(again), { names: NAMES, types: TYPES });
  const tensors = await runInProcess(['convert', path, at('again.safetensors')]);
  assert.match(tensors.err, /left out 'factor_names': expected numbers, got string/);
});

test('programs hand names to score', async () => {
  const path = await labelled();
  const { names, types } = await readFactorLabels(path);
  const [z, v] = [await readLatents(path), await readFactors(path)];
  const report = await score(z, v, {
    metrics: ['mig'],
    factorNames: names ?? undefined,
    factorTypes: types ?? undefined,
  });
  assert.equal([report.input.factors.names, report.input.factors.types], [NAMES, TYPES]);
  for (const [factorNames, message] of [
    [['a', 'b'], 'factorNames: expected 3, one for each factor, got 2'],
    ['abc', "factorNames: expected an array of strings, got 'abc'"],
    [[1, 2, 3], 'factorNames: expected an array of strings, got an array'],
  ] as const) {
    const error = await score(z, v, { factorNames: factorNames as never }).catch((thrown: Error) => thrown);
    assert.is((error as Error).message, message);
  }
});

test('the posterior of a run, encoded or trained, says what its factors are', async () => {
  const run = at('run');
  const data = { ...smallData, factors: [smallData.factors[0], { name: 'y', size: null, range: [0, 5] as const }] };
  const options = { data, backend: 'wasm', latents: 2, batchSize: 16, steps: 1, testRows: 60, scoreEvery: 0 } as const;
  const { scores } = await train({ ...options, architecture: 'mlp', mlpWidth: 16, out: run });
  const { input, metrics } = await reportOf(run);
  assert.equal(
    [input.factors.names, input.factors.types],
    [
      ['x', 'y'],
      ['discrete', 'continuous'],
    ],
  );
  assert.is(metrics.mig.value, scores?.scores.mig, 'kinds are those that the run was scored by');
});

test.run();
