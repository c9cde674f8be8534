/**
 * The example of docs/training.md as it stands there: a posterior made by PyTorch, scored as one of
 * ours.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Dataset } from '../../src/data/dataset.js';
import { exportNpz } from '../../src/data/export-npz.js';
import { readLatents, readPosterior, writeFileAtomically } from '../../src/node.js';
import { train } from '../../src/train.js';
import { runInProcess } from '../cli/in-process.js';
import { findPython } from '../python.js';
import { testNeeding } from '../requirements.js';
import { smallData } from './small-data.js';

const python = findPython('torch, numpy');
const withTorch = testNeeding(python !== null, 'PyTorch and numpy: apt-get install python3-torch python3-numpy');

const root = mkdtempSync(join(tmpdir(), 'vaemetrics-pytorch-'));
test.after(() => rmSync(root, { recursive: true }));

function exampleOf(page: string): string {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  const code = [...text.matchAll(/```python\n(.*?)```/gs)]
    .map((match) => match[1])
    .find((block) => block.includes('savez'));
  assert.ok(code);
  return code as string;
}

async function migOf(path: string): Promise<number> {
  const { code, out, err } = await runInProcess(['score', path, '--metrics', 'mig', '--json']);
  assert.is(code, 0, err);
  return JSON.parse(out).metrics.mig.value;
}

/** The rectangles in colours, which a wrong order of axes would mix. */
const colourData: Dataset = {
  ...smallData,
  name: 'coloured rectangles',
  identity: { generator: 'coloured rectangles' },
  image: { ...smallData.image, channels: 3 },
  isBinary: false,
  async readImages(rows, out) {
    const grey = new Uint8Array(out.length / 3);
    await smallData.readImages(rows, grey);
    const colour = [1, 0.5, 0.2];
    for (let i = 0; i < out.length; i++) out[i] = Math.round(grey[Math.floor(i / 3)] * colour[i % 3]);
  },
};

for (const dataset of [smallData, colourData]) {
  withTorch(`a posterior made by PyTorch of ${dataset.name} scores as that of our own encoder`, async () => {
    const folder = join(root, dataset.name);
    mkdirSync(folder);
    const [run, data, ours, theirs] = ['run', 'images.npz', 'ours.npz', 'posterior.npz'].map((name) =>
      join(folder, name),
    );
    const options = { model: 'vae', latents: 3, batchSize: 32, steps: 60, testRows: 40, scoreEvery: 0 };
    await train({ ...options, data: dataset, backend: 'wasm', out: run });
    await writeFileAtomically(data, exportNpz(dataset, 'all', false));
    for (const command of [
      ['export', run, '--format', 'safetensors', '--out', folder],
      ['encode', run, '--data', data, '--split', 'all', '--backend', 'wasm', '--out', ours],
    ]) {
      const { code, err } = await runInProcess(command);
      assert.is(code, 0, err);
    }
    const inFolder = { cwd: folder, encoding: 'utf8' } as const;
    const { status, stderr } = spawnSync(python as string, ['-c', exampleOf('training.md')], inFolder);
    assert.is(status, 0, stderr);
    const [expected, got] = [await readLatents(ours), await readLatents(theirs)];
    assert.equal([got.rows, got.columns], [dataset.size, 3]);
    for (let i = 0; i < expected.data.length; i++) assert.ok(Math.abs(expected.data[i] - got.data[i]) < 1e-4);
    const { z } = await readPosterior(theirs);
    assert.is(z?.rows, dataset.size);
    // A mean at the edge of a bin may fall to its other side.
    assert.ok(Math.abs((await migOf(theirs)) - (await migOf(ours))) < 5e-3);
    // What the script says of itself.
    const script = readFileSync(join(folder, 'load_in_pytorch.py'), 'utf8');
    const line = /^images = .*$/m.exec(script);
    assert.ok(line);
    const asked = `import numpy, torch\nfrom load_in_pytorch import encoder\n${line[0]}\nmu = encoder(images)[:, :3].detach()\n`;
    const compared = `assert numpy.allclose(mu, numpy.load("posterior.npz")["mu"], atol=1e-5)\n`;
    const said = spawnSync(python as string, ['-c', asked + compared], inFolder);
    assert.is(said.status, 0, said.stderr);
  });
}

test.run();
