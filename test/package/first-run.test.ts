/**
 * The first day of a user: from the packed package, in an empty folder, without a network. A run is
 * killed, resumed, scored; under every Node of VAEMETRICS_NODES the losses are those of a run that
 * nothing happened to.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { testNeeding } from '../requirements.js';
import { checkRunFolder } from '../train/kill.js';
import { type Ended, installPackage } from './installed.js';

const others = (process.env.VAEMETRICS_NODES ?? '').split(delimiter).filter((path) => path !== '');
const days = suite('first day');
const test = testNeeding(others.length > 0, 'no other Node; VAEMETRICS_NODES=PATH:PATH', days);

const { tarball, npmCache, npmEnvironment } = installPackage();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'vaemetrics-first-')));
days.after(() => rmSync(folder, { recursive: true }));

const STEPS = 100;
const CHECKPOINT_EVERY = 20;
const TRAIN = ['train', '--data', 'shapes-3', '--batch-size', '2', '--test-rows', '100', '--steps', String(STEPS)];
const OFTEN = ['--checkpoint-every', String(CHECKPOINT_EVERY), '--log-every', '1'];
const npx = (...words: string[]) => ['--offline', '--yes', '--package', tarball, 'vaemetrics', ...words];

/** The Node that npx finds first is the one that runs what it starts. */
function environment(node: string): NodeJS.ProcessEnv {
  const path = `${dirname(node)}${delimiter}${process.env.PATH}`;
  return { ...process.env, ...npmEnvironment, VAEMETRICS_WASM: 'simd', PATH: path };
}

function run(node: string, ...words: string[]): Ended {
  const options = { cwd: folder, encoding: 'utf8', env: environment(node) } as const;
  const { status, stdout, stderr } = spawnSync('npx', npx(...words), options);
  return { code: status, out: stdout, err: stderr };
}

/** Kills the process that trains once the log has a step: npx, its parent, sees it die. */
async function killAt(step: number, node: string, out: string): Promise<void> {
  const child = spawn('npx', npx(...TRAIN, ...OFTEN, '--out', out), {
    cwd: folder,
    env: environment(node),
    stdio: 'pipe',
  });
  const closed = new Promise((resolve) => child.on('close', resolve));
  let printed = '';
  let isKilled = false;
  child.stderr.on('data', (piece) => {
    printed += piece;
    if (isKilled || !printed.includes(`step ${step} of ${STEPS} `)) return;
    isKilled = true;
    process.kill(Number.parseInt(readdirSync(join(folder, out, '.lock'))[0], 10), 'SIGKILL');
  });
  await closed;
  assert.ok(isKilled, printed);
}

/** What the log says of every step, without times. */
function numbersOf(out: string): object[] {
  const lines = readFileSync(join(folder, out, 'log.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const { step, loss, reconstruction, kl, klPerLatent } = JSON.parse(line);
    return { step, loss, reconstruction, kl, klPerLatent };
  });
}

let whole: object[];

// The run that all others are compared with: it is made even if only those run that need more.
const always = process.env.VAEMETRICS_REQUIRE === 'all' ? days.only : days;

always('the first command trains in an empty folder, and leaves a run there and nothing else', () => {
  const { code, out, err } = run(process.execPath, ...TRAIN, ...OFTEN, '--out', 'runs/whole');
  assert.is(code, 0, err);
  assert.match(
    err,
    /not webgpu: the package webgpu is not installed\n[\s\S]*\nwasm: WebAssembly SIMD, (one thread|\d threads)\n/,
  );
  assert.match(out, /^100 steps in .*: runs\/whole\nof the time: .*\nMIG +\d\.\d{4}\nFactorVAE score +\d\.\d{4}\n/);
  assert.equal(readdirSync(folder), ['runs']);
  assert.is(readdirSync(join(npmCache, '_npx')).length, 1, 'npx unpacks into the cache of this test');
  whole = numbersOf('runs/whole');
  assert.is(whole.length, STEPS);
  const losses = whole.map((line) => (line as { loss: number }).loss);
  assert.ok(losses[STEPS - 1] < 0.5 * losses[0], `${losses[0]} to ${losses[STEPS - 1]}`);
});

for (const node of [process.execPath, ...(others.length > 0 ? others : ['other Nodes'])]) {
  const register = node === process.execPath ? days : test;
  register(
    `${node}: killed in the middle and resumed, it has the losses of a run that was not, and is scored`,
    async () => {
      const out = `runs/killed-${[process.execPath, ...others].indexOf(node)}`;
      await killAt(STEPS / 2, node, out);
      const state = await checkRunFolder(join(folder, out));
      assert.ok((state?.step ?? 0) >= STEPS / 2 - CHECKPOINT_EVERY && (state?.step ?? 0) < STEPS, `${state?.step}`);
      const resumed = run(node, 'train', '--resume', out);
      assert.is(resumed.code, 0, resumed.err);
      assert.match(resumed.err, `going on after step ${state?.step}\n`);
      assert.equal(numbersOf(out), whole);

      const [expected, got] = ['runs/whole', out].map((path) => readFileSync(join(folder, path, 'posterior.npz')));
      assert.ok(got.equals(expected), 'the posterior is the same to the byte');
      const scored = run(node, 'score', out, '--json', '--metrics', 'mig,factor-vae-score');
      assert.is(scored.code, 0, scored.err);
      assert.is(JSON.parse(scored.out).input.latents.rows, 100);
      const decomposed = run(node, 'decompose', out, '--json');
      assert.is(decomposed.code, 0, decomposed.err);
      assert.is(JSON.parse(decomposed.out).input?.rows ?? JSON.parse(decomposed.out).rows, 100);
    },
  );
}

for (const [backend, name] of [
  ['webgpu', 'webgpu'],
  ['tfjs-node', '@tensorflow/tfjs-node'],
  ['tfjs-node-gpu', '@tensorflow/tfjs-node-gpu'],
]) {
  days(`--backend ${backend}, which is not installed, is an error with the command that installs it`, () => {
    const { code, out, err } = run(process.execPath, ...TRAIN, '--backend', backend, '--out', 'runs/none');
    assert.equal([code, out], [69, '']);
    const sentence = `vaemetrics: error: backend ${backend}: the package ${name} is not installed; npm install ${name}\n`;
    assert.ok(err.endsWith(sentence), err);
    assert.not(readdirSync(join(folder, 'runs')).includes('none'));
  });
}

days.run();
