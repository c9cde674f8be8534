/**
 * tfjs-node and tfjs-node-gpu as packages of the user's project; stand-ins for them, in a folder of
 * their own.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import util from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openBackend } from '../../../src/train/backends/open-backend.js';

const peers = suite('tfjs-node');
const before = process.cwd();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'vaemetrics-peers-')));

peers.before(() => process.chdir(folder));
peers.after(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

/** Puts a package into the project. */
function install(name: string, code: string): void {
  const place = join(folder, 'node_modules', '@tensorflow', name);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name: `@tensorflow/${name}`, main: 'index.js' }));
  writeFileSync(join(place, 'index.js'), code);
}

const messageOf = (name: 'tfjs-node' | 'tfjs-node-gpu') =>
  openBackend(name).then(
    () => 'it came up',
    (error: Error) => error.message,
  );

peers('one that is not there is named with the command that installs it', async () => {
  assert.is(
    await messageOf('tfjs-node-gpu'),
    'backend tfjs-node-gpu: the package @tensorflow/tfjs-node-gpu is not installed; npm install @tensorflow/tfjs-node-gpu',
  );
});

peers('what newer Nodes have taken away is there again when the package is loaded', async () => {
  const host = util as unknown as { isNullOrUndefined?: (value: unknown) => boolean };
  const own = host.isNullOrUndefined;
  delete host.isNullOrUndefined;
  try {
    install('tfjs-node', `throw new Error('found ' + [null, undefined, 0].map(require('util').isNullOrUndefined));`);
    assert.is(
      await messageOf('tfjs-node'),
      'backend tfjs-node: the package @tensorflow/tfjs-node does not load: found true,true,false; npm rebuild @tensorflow/tfjs-node',
    );
  } finally {
    if (own !== undefined) host.isNullOrUndefined = own;
  }
});

peers('one that finds no GPU is an error, and not its CPU in its place', async () => {
  install(
    'tfjs-node-gpu',
    `module.exports = {
      ready: async () => {},
      getBackend: () => globalThis.answerOfTest ?? 'tensorflow',
      backend: () => ({ isUsingGpuDevice: false }),
    };`,
  );
  assert.match(
    await messageOf('tfjs-node-gpu'),
    /^backend tfjs-node-gpu: TensorFlow found no GPU that it can use, and would compute on the CPU; install the CUDA and cuDNN/,
  );
});

peers('one that fell back to another backend is an error', async () => {
  const host = globalThis as { answerOfTest?: string };
  host.answerOfTest = 'cpu';
  assert.match(await messageOf('tfjs-node-gpu'), 'expected tensorflow to compute, but tfjs fell back to cpu');
  delete host.answerOfTest;
});

peers.run();
