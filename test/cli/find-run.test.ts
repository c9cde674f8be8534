import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeNpz } from '../../src/io/index.js';
import { Matrix } from '../../src/matrix.js';
import { runInProcess } from './in-process.js';
import { makeFolder, makeSamples } from './sample-files.js';

const { at, remove } = makeFolder();
test.after(remove);

test.before(async () => {
  const { latents, factors, rows } = makeSamples();
  for (const name of ['run', 'young', 'other', 'bare']) mkdirSync(at(name));
  for (const name of ['run', 'young']) writeFileSync(at(`${name}/config.json`), '{}');
  const mu = new Matrix(latents, rows, 4);
  const entries = [
    { name: 'mu', matrix: mu },
    { name: 'logvar', matrix: new Matrix(new Float32Array(rows * 4).fill(-2), rows, 4) },
    { name: 'factors', matrix: new Matrix(factors, rows, 3, 'int32') },
  ];
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeNpz(entries)) chunks.push(chunk.slice());
  for (const name of ['run', 'bare']) writeFileSync(at(`${name}/posterior.npz`), Buffer.concat(chunks));
});

for (const command of [
  ['score', '--metrics', 'mig', '--json'],
  ['decompose', '--json'],
  ['inspect', '--json'],
]) {
  test(`${command[0]} reads the posterior of a run by its folder`, async () => {
    const file = await runInProcess([...command, at('run/posterior.npz')]);
    assert.is(file.code, 0);
    for (const folder of ['run', 'run/', 'bare']) {
      const { code, out, err } = await runInProcess([...command, at(folder)]);
      assert.is(code, 0, err);
      assert.is(out.replaceAll(at('bare/'), at('run/')), file.out.replaceAll(at('bare/'), at('run/')));
    }
  });

  test(`${command[0]} says which command writes the posterior of a run that has none`, async () => {
    const { code, out, err } = await runInProcess([...command, at('young')]);
    assert.is(code, 66);
    assert.is(out, '');
    assert.is(
      err,
      `vaemetrics: error: ${at('young')}: the run has no posterior yet; 'vaemetrics encode ${at('young')}' writes it\n`,
    );
  });

  test(`${command[0]} refuses a folder that is no run`, async () => {
    const { code, err } = await runInProcess([...command, at('other')]);
    assert.is(code, 66);
    assert.is(err, `vaemetrics: error: ${at('other')}: expected a file, got a directory\n`);
  });
}

test('latents of a run are scored against factors of a file, and the other way round', async () => {
  const { latents, factors, rows } = makeSamples();
  const write = async (name: string, matrix: Matrix) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of writeNpz([{ name: 'x', matrix }])) chunks.push(chunk.slice());
    writeFileSync(at(name), Buffer.concat(chunks));
  };
  await write('latents.npz', new Matrix(latents, rows, 4));
  await write('factors.npz', new Matrix(factors, rows, 3, 'int32'));
  const flags = ['--metrics', 'mig', '--quiet'];
  const { out } = await runInProcess(['score', at('run'), ...flags]);
  assert.match(out, /^mig\t0\.\d+\n$/);
  assert.is((await runInProcess(['score', at('run'), at('factors.npz'), '--factors-member', 'x', ...flags])).out, out);
  assert.is((await runInProcess(['score', at('latents.npz'), at('run'), '--latents-member', 'x', ...flags])).out, out);
});

test.run();
