import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkpointName } from '../../../src/train/run/checkpoints.js';
import { LOG_NAME, readLog } from '../../../src/train/run/log.js';
import { createMemoryRunFolder, type MemoryRunFolder } from '../../../src/train/run/memory-run-folder.js';
import { type RunRecord, resumeRun, startRun } from '../../../src/train/run/open-run.js';
import type { RunFolder } from '../../../src/train/run/run-folder.js';
import { errorOf } from '../../io/matrices.js';
import { CONFIG, makeCheckpoint, makeEntry } from './samples.js';

/** As a loop would: a line every 10 steps, a checkpoint every 50. */
async function train(run: RunRecord, until: number): Promise<void> {
  for (let step = (run.resumed?.step ?? 0) + 10; step <= until; step += 10) {
    await run.log(makeEntry(step));
    if (step % 50 === 0) await run.checkpoint(makeCheckpoint(step));
    if (step % 100 === 0) await run.best(makeCheckpoint(step));
  }
}

const now = () => 1_700_000_000;

/** A copy as a killed process leaves it. */
const copyOf = (folder: MemoryRunFolder) => createMemoryRunFolder(folder.files());

const contents = (folder: MemoryRunFolder) =>
  Object.fromEntries([...folder.files()].map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]));

test('a run that is stopped anywhere and resumed leaves the same bytes as one that never was', async () => {
  const whole = createMemoryRunFolder();
  await train(await startRun(whole, CONFIG, now), 300);
  for (let stopped = 0; stopped <= 290; stopped += 10) {
    const first = createMemoryRunFolder();
    await train(await startRun(first, CONFIG, now), stopped);
    const second = copyOf(first);
    const run = await resumeRun(second, CONFIG, { now });
    assert.is(run.resumed?.step ?? 0, Math.floor(stopped / 50) * 50);
    assert.equal(run.warnings, []);
    await train(run, 300);
    assert.equal(contents(second), contents(whole), `stopped at ${stopped}`);
  }
});

test('goes on from the checkpoint before a damaged one, and cuts the logs back to that', async () => {
  const folder = createMemoryRunFolder([], 'run');
  await train(await startRun(folder, CONFIG, now), 120);
  await folder.writeAtomically(checkpointName(100), [(await folder.read(checkpointName(100)))!.subarray(0, 100)]);
  const run = await resumeRun(folder, CONFIG, { now });
  assert.is(run.resumed!.step, 50);
  assert.is(run.warnings.length, 1);
  assert.match(run.warnings[0], /^run\/checkpoints\/step-000000100\.safetensors.*; the one before, step 50, is taken$/);
  assert.equal(
    readLog((await folder.read(LOG_NAME))!).lines.map(({ step }) => step),
    [10, 20, 30, 40, 50],
  );
  assert.equal(await folder.list('checkpoints'), ['best.safetensors', 'step-000000050.safetensors']);
});

test('says where the event file was damaged before the checkpoint', async () => {
  const folder = createMemoryRunFolder();
  await train(await startRun(folder, CONFIG, now), 50);
  const name = (await folder.list()).find((file) => file.startsWith('events'))!;
  const bytes = (await folder.read(name))!;
  bytes[bytes.length - 1] ^= 1;
  await folder.writeAtomically(name, [bytes]);
  const { warnings } = await resumeRun(folder, CONFIG, { now });
  assert.equal(warnings, ['the event file was damaged: it goes to step 40, and had gone to step 50']);
});

test('refuses to start where a run is, and to resume it under other settings, and changes nothing', async () => {
  const folder = createMemoryRunFolder([], 'runs/first');
  await train(await startRun(folder, CONFIG, now), 60);
  const before = contents(folder);
  const started = await errorOf(() => startRun(folder, CONFIG, now));
  assert.is(started.message, 'out: runs/first has a run already; resume it, or take another folder');
  const resumed = await errorOf(() => resumeRun(folder, { ...CONFIG, seed: 1 }, { now }));
  assert.is(resumed.message, 'seed: expected 0 as in runs/first, got 1');
  assert.equal(contents(folder), before);
});

/** The configuration of a run, as somebody has changed it by hand. */
async function edit(folder: MemoryRunFolder, changes: object): Promise<void> {
  const config = JSON.parse(new TextDecoder().decode((await folder.read('config.json'))!));
  await folder.writeAtomically('config.json', [new TextEncoder().encode(JSON.stringify({ ...config, ...changes }))]);
}

test('refuses a configuration that is not that of the checkpoint, names what differs, and changes nothing', async () => {
  const folder = createMemoryRunFolder([], 'runs/first');
  await train(await startRun(folder, CONFIG, now), 60);
  const changes = { learningRate: 0.01, objective: { name: 'beta-vae', options: { beta: 8, warmup: 0 } }, logEvery: 5 };
  await edit(folder, changes);
  const before = contents(folder);
  const error = await errorOf(() => resumeRun(folder, { ...CONFIG, ...changes }, { now }));
  assert.is(
    error.message,
    'runs/first/config.json: expected what the checkpoint of step 50 was trained with: ' +
      'objective.options.beta 4, got 8; learningRate 0.0005, got 0.01; ' +
      'put that back, or train another run in a folder of its own',
  );
  assert.equal([(error as { code?: string }).code, contents(folder)], ['ERR_DATA', before]);
  await edit(folder, CONFIG);
  assert.is((await resumeRun(folder, CONFIG, { now })).resumed!.step, 50);
});

test('what may be other on resumption may be edited: steps, intervals, threads, where the data are', async () => {
  const folder = createMemoryRunFolder();
  await train(await startRun(folder, CONFIG, now), 60);
  const changes = { steps: 5000, logEvery: 3, scoreEvery: 0, checkpointEvery: 7, threads: 2 };
  const moved = { ...CONFIG, ...changes, data: { ...CONFIG.data, path: '/elsewhere/images.npz' } };
  await edit(folder, moved);
  const { warnings, resumed } = await resumeRun(folder, moved, { now });
  assert.equal([warnings, resumed!.step], [[], 50]);
});

test('a run that went on on another backend goes on there though it was stopped before its next checkpoint', async () => {
  const folder = createMemoryRunFolder([], 'run');
  await train(await startRun(folder, CONFIG, now), 60);
  const elsewhere = { ...CONFIG, backend: { name: 'cpu', tfjs: '4.22.0', build: null } };
  for (let time = 0; time < 2; time++) {
    const { warnings, resumed } = await resumeRun(folder, elsewhere, { now, isBackendChosen: true });
    assert.is(resumed!.step, 50);
    assert.is(warnings.length, 1);
    assert.match(warnings[0], /^the run began on wasm .* and goes on on cpu/);
  }
});

test('a run that was stopped before its first checkpoint begins again; one whose checkpoints are gone does not', async () => {
  const folder = createMemoryRunFolder([], 'runs/first');
  await train(await startRun(folder, CONFIG, now), 40);
  const begun = await resumeRun(folder, CONFIG, { now });
  assert.equal([begun.resumed, begun.warnings], [null, []]);
  await train(begun, 100);
  for (const name of await folder.list('checkpoints')) await folder.remove(`checkpoints/${name}`);
  const before = contents(folder);
  const error = await errorOf(() => resumeRun(folder, CONFIG, { now }));
  assert.is(error.message, 'runs/first: its checkpoints are gone: put them back, or train it anew in another folder');
  assert.equal([(error as { code?: string }).code, contents(folder)], ['ERR_NO_INPUT', before]);
});

test('says what is lost of a log that is gone or was cut, and goes on', async () => {
  const folder = createMemoryRunFolder();
  await train(await startRun(folder, CONFIG, now), 60);
  const cut = copyOf(folder);
  await cut.writeAtomically(LOG_NAME, [(await folder.read(LOG_NAME))!.subarray(0, 300)]);
  const { lines } = readLog((await cut.read(LOG_NAME))!);
  assert.ok(lines.length > 0 && lines.length < 5);
  const shorter = await resumeRun(cut, CONFIG, { now });
  assert.equal(shorter.warnings, [
    `the log was damaged: it goes to step ${lines.at(-1)!.step}, and had gone to step 50`,
  ]);
  await folder.remove(LOG_NAME);
  const run = await resumeRun(folder, CONFIG, { now });
  assert.equal(run.warnings, ['the log is gone, or damaged from its beginning: what it had up to step 50 is lost']);
  await train(run, 100);
  assert.equal((await resumeRun(folder, CONFIG, { now })).warnings, []);
});

test('a resumed run keeps its new number of steps', async () => {
  const folder = createMemoryRunFolder();
  await startRun(folder, CONFIG, now);
  await resumeRun(folder, { ...CONFIG, steps: 5000 }, { now });
  const { steps } = JSON.parse(new TextDecoder().decode((await folder.read('config.json'))!));
  assert.is(steps, 5000);
});

test('files that were opened are closed where a run cannot begin, and both where one does not close', async () => {
  /** A folder whose event file fails at one thing. */
  const failing = (what: 'openAppendOnly' | 'append' | 'close') => {
    const open = new Set<string>();
    const inner = createMemoryRunFolder();
    const fail = () => Promise.reject(new Error(what));
    const folder: RunFolder = {
      ...inner,
      async openAppendOnly(name) {
        const isFailing = name !== LOG_NAME;
        if (isFailing && what === 'openAppendOnly') return fail();
        const file = await inner.openAppendOnly(name);
        open.add(name);
        return {
          append: isFailing && what === 'append' ? fail : file.append,
          sync: file.sync,
          async close() {
            open.delete(name);
            if (!isFailing && what === 'close') await fail();
          },
        };
      },
    };
    return { folder, open };
  };
  for (const what of ['openAppendOnly', 'append'] as const) {
    const { folder, open } = failing(what);
    assert.is((await errorOf(() => startRun(folder, CONFIG, now))).message, what);
    assert.equal([...open], [], what);
  }
  const { folder, open } = failing('close');
  const run = await startRun(folder, CONFIG, now);
  assert.is(open.size, 2);
  assert.is((await errorOf(() => run.close())).message, 'close');
  assert.equal([...open], []);
});

test('a run in memory needs nothing that a browser lacks', async () => {
  const run = new URL('../../../src/train/run/', import.meta.url);
  const files = ['open-run.ts', 'memory-run-folder.ts'].map((file) => fileURLToPath(new URL(file, run)));
  const bundled = (entries: readonly string[]) =>
    build({
      entryPoints: [...entries],
      bundle: true,
      platform: 'browser',
      write: false,
      outdir: '.',
      logLevel: 'silent',
    });
  assert.is((await bundled(files)).outputFiles.length, 2);
  const error = await errorOf(() => bundled([fileURLToPath(new URL('node-run-folder.ts', run))]));
  assert.match(error.message, 'Could not resolve "node:fs/promises"');
});

test.run();
