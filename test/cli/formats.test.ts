import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { concatenate } from '../io/builders.js';
import { fixture } from '../io/fixtures.js';
import { runInProcess } from './in-process.js';
import { makeFolder } from './sample-files.js';

const { at, remove } = makeFolder();

// Two latents that tell two factors, and one that tells nothing.
const ROWS = Array.from({ length: 240 }, (_, i) => {
  const [a, b] = [i % 4, Math.floor(i / 4) % 3];
  return [a + ((i * 7) % 11) / 40, b - ((i * 5) % 13) / 40, ((i * 37) % 101) / 50, a, b];
});
const LATENTS = ROWS.map((row) => row.slice(0, 3));
const FACTORS = ROWS.map((row) => row.slice(3));
const NAMES = ['z0', 'z1', 'z2', 'shape', 'size'];

test.before(() => {
  const lines = (rows: readonly unknown[][]) => rows.map((row) => row.join(',')).join('\n');
  writeFileSync(at('latents.csv'), lines(LATENTS));
  writeFileSync(at('factors.csv'), lines(FACTORS));
  writeFileSync(at('table.csv.gz'), gzipSync(`${NAMES.join(',')}\n${lines(ROWS)}`));
  const records = ROWS.map((row) => Object.fromEntries(row.map((value, i) => [NAMES[i], value])));
  writeFileSync(at('records.json'), JSON.stringify(records));
  writeFileSync(at('lines.jsonl'), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  writeFileSync(at('archive.json'), JSON.stringify({ latents: LATENTS, factors: FACTORS }));
  for (const name of ['plain.mat', 'csr.npz', 'torch-2.pt']) writeFileSync(at(name), fixture(name));
});
test.after(remove);

test('scores the same numbers to the same report, whatever the file', async () => {
  const scores = async (...args: string[]) => {
    const { code, out, err } = await runInProcess(['score', ...args, '--metrics', 'mig,sap,dci', '--json']);
    assert.is(code, 0, err);
    const { metrics } = JSON.parse(out) as { metrics: Record<string, { value: unknown }> };
    return Object.values(metrics).map(({ value }) => value);
  };
  const expected = await scores(at('latents.csv'), at('factors.csv'));
  assert.is(expected.length, 3);
  assert.ok(expected.every((value) => typeof value === 'number'));
  assert.equal(await scores(at('archive.json')), expected);
  const columns = ['--latent-columns', 'z*', '--factor-columns', 'shape,size'];
  for (const name of ['table.csv.gz', 'records.json', 'lines.jsonl']) {
    assert.equal(await scores(at(name), ...columns), expected);
  }
});

test('inspects and converts every format that is read', async () => {
  const first = async (...args: string[]) => {
    const { code, out, err } = await runInProcess(['inspect', ...args, '--json']);
    assert.is(code, 0, err);
    return JSON.parse(out).arrays[0];
  };
  for (const [name, ...member] of [
    ['table.csv.gz'],
    ['records.json'],
    ['lines.jsonl'],
    ['csr.npz'],
    ['plain.mat', '--member', 'z'],
    ['torch-2.pt', '--member', 'latents'],
  ]) {
    const before = await first(at(name), ...member);
    for (const output of ['a.npy', 'a.csv', 'a.bin']) {
      const { code, err } = await runInProcess(['convert', at(name), at(output), ...member]);
      assert.equal([code, err], [0, '']);
      const { shape, minimum, maximum } = await first(at(output));
      assert.equal([shape, minimum, maximum], [before.shape, before.minimum, before.maximum], `${name} to ${output}`);
    }
  }
});

test('refuses a report that is given as data, and bytes that nothing tells anything of', async () => {
  await runInProcess(['score', at('latents.csv'), at('factors.csv'), '--metrics', 'mig', '-o', at('report.json')]);
  const report = await runInProcess(['score', at('report.json')]);
  assert.equal(
    [report.code, report.err.includes('a result of vaemetrics (vaemetrics/report@1), which holds no samples')],
    [65, true],
    report.err,
  );
  writeFileSync(at('latents.f32'), concatenate(new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer)));
  const bare = await runInProcess(['inspect', at('latents.f32')]);
  assert.is(bare.code, 65);
  assert.match(bare.err, /if these are bare values, say --columns N/);
  const told = await runInProcess(['inspect', at('latents.f32'), '--columns', '2']);
  assert.is(told.code, 0, told.err);
});

test('says which files of images are read, of those that are tables', async () => {
  const { code, err } = await runInProcess(['data', at('torch-2.pt')]);
  assert.is(code, 65);
  assert.match(err, /expected an \.npz archive or an \.npy array, got pt/);
  const table = await runInProcess(['data', at('archive.json')]);
  assert.is(table.code, 65);
  assert.match(table.err, /begins like no file of images that is read here/);
});

test.run();
