/**
 * The event file of a run, read by TensorBoard itself: `pip install tensorboard`, and
 * VAEMETRICS_PYTHON where that is not python3.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openRunFolder } from '../../../src/train/run/node-run-folder.js';
import { resumeRun, scalarsOf, startRun } from '../../../src/train/run/open-run.js';
import { testNeeding } from '../../requirements.js';
import { CONFIG, makeCheckpoint, makeEntry, makeFolder } from './samples.js';

const python = process.env.VAEMETRICS_PYTHON ?? 'python3';
const hasTensorBoard = spawnSync(python, ['-c', 'import tensorboard']).status === 0;
const testNeedingTensorBoard = testNeeding(
  hasTensorBoard,
  `${python} has no tensorboard: pip install tensorboard, and name the Python in VAEMETRICS_PYTHON`,
);

const temporary = makeFolder();
test.after(temporary.remove);

test('curves are named after what they show; what is undefined has no point', () => {
  const scalars = scalarsOf({ ...makeEntry(20), loss: Number.NaN, imagesPerSecond: 300 });
  assert.equal(scalars, {
    seconds: 2.5,
    imagesPerSecond: 300,
    reconstruction: 4.5,
    kl: 0.5,
    'klPerLatent/00': 0.4,
    'klPerLatent/01': 0.1,
    'terms/totalCorrelation': 0.05,
    'scores/mig': 0.25,
  });
});

type Curves = Record<string, Array<[wallTime: number, step: number, value: number]>>;

testNeedingTensorBoard('TensorBoard reads the scalars of a run that was stopped and resumed', async () => {
  let time = 1_700_000_000;
  const now = () => (time += 0.25);
  const path = temporary.at('run');
  const folder = await openRunFolder(path, 'start');
  const run = await startRun(folder, CONFIG, now);
  for (const step of [10, 20]) await run.log(makeEntry(step));
  await run.checkpoint(makeCheckpoint(20));
  await run.log(makeEntry(30));
  await run.close();
  const resumed = await resumeRun(folder, CONFIG, { now });
  await resumed.log({ ...makeEntry(30), loss: Number.NaN });
  await resumed.log({ ...makeEntry(4_000_000_000), loss: 0.1 });
  await resumed.close();
  await folder.close();

  const script = fileURLToPath(new URL('read_events.py', import.meta.url));
  const output = execFileSync(python, [script, path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const { programs, pages } = JSON.parse(output) as { programs: Curves; pages: Curves };
  assert.equal(pages, programs);
  assert.equal(Object.keys(programs).sort(), [
    'kl',
    'klPerLatent/00',
    'klPerLatent/01',
    'loss',
    'reconstruction',
    'scores/mig',
    'seconds',
    'terms/totalCorrelation',
  ]);
  assert.equal(programs.loss, [
    [1_700_000_000.5, 10, 10],
    [1_700_000_000.75, 20, 5],
    [1_700_000_001.75, 4_000_000_000, Math.fround(0.1)],
  ]);
  assert.equal(
    programs.kl.map(([, step, value]) => [step, value]),
    [10, 20, 30, 4_000_000_000].map((step) => [step, Math.fround(10 / step)]),
  );
  assert.equal(
    programs['scores/mig'].map(([, step, value]) => [step, value]),
    [20, 4_000_000_000].map((step) => [step, 0.25]),
  );
});

test.run();
