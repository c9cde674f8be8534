/** `vaemetrics train` in this process: what it prints, and what it says where it cannot. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { StopSignal } from '../../src/cli/terminal.js';
import { exportNpz } from '../../src/data/export-npz.js';
import type { Dataset } from '../../src/data/index.js';
import { writeFileAtomically } from '../../src/io/write-file.js';
import { objectives } from '../../src/train/objectives/index.js';
import { smallData } from '../train/small-data.js';
import { type Finished, runInProcess, type Surroundings } from './in-process.js';
import { makeFolder } from './sample-files.js';

const { at, remove } = makeFolder();
test.after(remove);

const SMALL = ['--backend', 'wasm', '--threads', '1', '--batch-size', '2', '--latents', '3', '--test-rows', '40'];

function train(...words: string[]): Promise<Finished> {
  return runInProcess(['train', ...words]);
}

/** A short run, whose images are held out where the scores want some. */
function trainShortly(out: string, words: readonly string[] = [], surroundings: Surroundings = {}): Promise<Finished> {
  const argv = [
    'train',
    '--data',
    'shapes-3',
    '--out',
    at(out),
    ...SMALL,
    '--steps',
    '4',
    '--log-every',
    '2',
    ...words,
  ];
  return runInProcess(argv, surroundings);
}

const OUTCOME =
  /^4 steps in \d+ s: .*\nof the time: images \d+\.\d %, scores \d+\.\d %, checkpoints \d+\.\d %\nMIG {14}\d\.\d{4}\nFactorVAE score {2}\d\.\d{4}\n$/;

test('a pipe gets a line for every step of the log, and results under the titles of score', async () => {
  const { code, out, err } = await trainShortly('first');
  assert.is(code, 0, err);
  assert.match(out, OUTCOME);
  const [device, data, ...rest] = err.trim().split('\n');
  assert.match(device, /^wasm: WebAssembly (relaxed )?SIMD, one thread$/);
  assert.match(data, /^shapes-3: 999,960 images to train on, 40 held out; \d{3},\d{3} parameters$/);
  assert.is(rest.length, 3, err);
  assert.match(rest[0], /^step 2 of 4 \(50 %\) {2}loss \d+\.\d {2}reconstruction \d+\.\d {2}KL \S+/);
  assert.match(rest[1], /^step 4 of 4 \(100 %\) .* TC \S+ {2}at step 4: MIG \d\.\d{4} {2}FactorVAE score \d\.\d{4}/);
  assert.is(rest[2], 'encoding 40 held-out images');
  const names = readdirSync(at('first')).filter((name) => !name.startsWith('events'));
  assert.equal(names, ['checkpoints', 'config.json', 'log.jsonl', 'posterior.npz']);
});

test('a score that means nothing is not shown, and one that is undefined has its reason', async () => {
  const save = (name: string, factors: Dataset['factors'], readFactors: Dataset['readFactors']) =>
    writeFileAtomically(at(name), exportNpz({ ...smallData, factors, readFactors }, 'all', false));
  await save('single.npz', [{ name: 'x', size: 6 }], (rows, out) => out.set(Array.from(rows, (row) => row % 6)));
  await save('own.npz', [{ name: 'row', size: smallData.size }], (rows, out) => out.set(rows));
  const words = ['--architecture', 'mlp', '--mlp-width', '16', '--steps', '2', '--log-every', '1'];
  const run = (name: string) => train('--data', at(`${name}.npz`), '--out', at(name), ...SMALL, ...words);
  const one = await run('single');
  assert.is(one.code, 0, one.err);
  assert.match(
    one.err,
    /^single\.npz: the images have one factor: factor-vae-score is not computed, which would be 1 or 0 /m,
  );
  assert.not.match(one.out + one.err, 'FactorVAE score');
  assert.match(one.out, /\nMIG {2}\d\.\d{4}\n$/);
  const own = await run('own');
  assert.is(own.code, 0, own.err);
  assert.match(own.out, /\nMIG {2}undefined: factors, column 0: expected a discrete factor to repeat its values/);
});

test('a run goes on with its file under another name', async () => {
  await writeFileAtomically(at('before.npz'), exportNpz(smallData, 'all', false));
  const words = ['--architecture', 'mlp', '--mlp-width', '16', '--steps', '2'];
  assert.is((await train('--data', at('before.npz'), '--out', at('renamed'), ...SMALL, ...words)).code, 0);
  renameSync(at('before.npz'), at('after.npz'));
  const resumed = await train('--resume', at('renamed'), '--data', at('after.npz'), '--steps', '3');
  assert.is(resumed.code, 0, resumed.err);
  assert.match(resumed.err, /^after\.npz: .* held out/m);
  // By its bytes it is known, not by its name.
  writeFileSync(at('after.npz'), 'something else');
  assert.is((await train('--resume', at('renamed'), '--steps', '4')).code, 65);
});

test('--json is one document with the shares of the time', async () => {
  const { code, out, err } = await trainShortly('json', ['--json', '--quiet', '--score-every', '2']);
  assert.equal([code, err], [0, '']);
  const outcome = JSON.parse(out);
  assert.is(outcome.schema, 'vaemetrics/train@2');
  assert.equal([outcome.run, outcome.backend, outcome.steps], [at('json'), 'wasm', 4]);
  assert.equal(Object.keys(outcome.shares), ['data', 'score', 'checkpoint']);
  const shares: number[] = Object.values(outcome.shares);
  assert.ok(
    shares.every((share) => share > 0) && shares.reduce((sum, share) => sum + share) < 1,
    JSON.stringify(outcome.shares),
  );
  assert.equal(Object.keys(outcome.scores.scores), ['mig', 'factor-vae-score']);
});

test('a terminal gets a bar that is gone at the end, in colours unless NO_COLOR is set', async () => {
  const [plain, coloured] = [
    await trainShortly('plain', [], { columns: 100, env: { NO_COLOR: '1' } }),
    await trainShortly('coloured', [], { columns: 100 }),
  ];
  for (const { code, out, err } of [plain, coloured]) {
    assert.is(code, 0, err);
    assert.match(out, OUTCOME);
    assert.match(err, / steps {2}\d+ % .*\nloss /);
    // Of the lines that were drawn last: those with the scores are not, where they come too soon
    // after the others.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what erases lines are control characters
    assert.match(err, /\r\u001b\[2K(\u001b\[1A\u001b\[2K){1,2}encoding 40 held-out images\n$/);
  }
  assert.not.match(plain.err, '\u001b[36m');
  assert.match(coloured.err, '\u001b[36m');
});

test('--seed is of the model, --data-seed of the images and of those held out', async () => {
  const { code, err } = await trainShortly('seeds', ['--seed', '5', '--data-seed', '2', '--steps', '1']);
  assert.is(code, 0, err);
  const { seed, dataSeed, data } = JSON.parse(readFileSync(at('seeds/config.json'), 'utf8'));
  assert.equal([seed, dataSeed, data.identity.seed], [5, 2, 2]);
  const drawn = await runInProcess(['data', 'shapes-3', '--seed', '2', '--json']);
  assert.is(JSON.parse(drawn.out).identity.seed, 2);
});

test('--quiet says nothing but the outcome', async () => {
  const { code, out, err } = await trainShortly('quiet', ['--quiet'], { columns: 100 });
  assert.equal([code, err], [0, '']);
  assert.match(out, OUTCOME);
});

test('--threads compute the same numbers', async () => {
  const losses = (folder: string) =>
    readFileSync(at(`${folder}/log.jsonl`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map(({ step, loss, klPerLatent }) => ({ step, loss, klPerLatent }));
  const wide = ['--batch-size', '20', '--steps', '2', '--test-rows', '0', '--log-every', '1'];
  const [one, two] = [await trainShortly('one', wide), await trainShortly('two', [...wide, '--threads', '2'])];
  assert.equal([one.code, two.code], [0, 0], two.err);
  assert.match(two.err, /^wasm: WebAssembly (relaxed )?SIMD, 2 threads\n/);
  assert.not.match(two.err, /one thread/);
  assert.equal(losses('two'), losses('one'));
  assert.is(losses('one').length, 2);
});

test('a run that is through is resumed to nothing, to more steps, and not to fewer', async () => {
  await trainShortly('more');
  const again = await train('--resume', at('more'));
  assert.is(again.code, 0, again.err);
  assert.match(again.err, /\nall 4 steps have been made; --steps N asks for more\n/);
  assert.match(again.out, OUTCOME);
  const longer = await train('--resume', at('more'), '--steps', '6');
  assert.is(longer.code, 0, longer.err);
  assert.match(longer.err, /\ngoing on after step 4\n[\s\S]*step 6 of 6/);
  const shorter = await train('--resume', at('more'), '--steps', '5');
  assert.is(shorter.code, 2);
  assert.match(shorter.err, /--steps: expected at least the 6 that .*more has made, got 5\n/);
  assert.is(JSON.parse(readFileSync(at('more/config.json'), 'utf8')).steps, 6);
});

test('a signal that comes before there is a run leaves none', async () => {
  for (const [signal, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    const { code, out, err } = await trainShortly('early', [], { signal: AbortSignal.abort(new StopSignal(signal)) });
    assert.equal([code, out, err], [expected, '', 'stopped before the run began\n']);
    assert.not.ok(existsSync(at('early')));
  }
});

test('a loss that is no number ends the run with the step, the term, a hint and code 1', async () => {
  const { code, out, err } = await trainShortly('hot', ['--learning-rate', '900', '--steps', '30']);
  assert.equal([code, out], [1, '']);
  assert.match(
    err.trim().split('\n').at(-1) ?? '',
    /^vaemetrics: error: step \d+: \w+ is (NaN|-?Infinity); .*a lower learning rate than 900 is the first thing to try/,
  );
});

test('help groups the options of models, with what they mean for each and their defaults', async () => {
  const { code, out } = await runInProcess(['train', '--help'], { env: { COLUMNS: '100' } });
  assert.is(code, 0);
  const text = out.replace(/\s+/g, ' ');
  for (const heading of ['Images and run:', 'Model:', 'Training:', 'Log, scores, checkpoints:', 'Only beta-vae:']) {
    assert.ok(out.split('\n').includes(heading), heading);
  }
  for (const { options } of objectives) {
    for (const [name, option] of Object.entries(options)) {
      assert.ok(out.includes(`\n  --${name}`), name);
      assert.ok(text.includes(option.description), option.description);
      if (typeof option.default === 'number') {
        assert.ok(text.includes(`${option.description} (default: ${option.default})`), `${name}: its default`);
      }
    }
  }
});

const RUN = 'before';
test.before(async () => {
  assert.is((await trainShortly(RUN)).code, 0);
  mkdirSync(at('full'));
  writeFileSync(at('full/notes.txt'), 'mine');
  mkdirSync(at('empty'));
  const edit = (name: string, changes: object) => {
    cpSync(at(RUN), at(name), { recursive: true });
    const path = at(`${name}/config.json`);
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...changes }));
  };
  edit('slower', { learningRate: 1e-5 });
  edit('wider', { latents: 4 });
  edit('lost', {});
  rmSync(at('lost/checkpoints'), { recursive: true });
});

const REFUSED: ReadonlyArray<readonly [what: string, words: () => string[], code: number, message: RegExp]> = [
  ['no --data', () => ['--out', at('x')], 2, /expected --data, or --resume and a run\nTry 'vaemetrics train --help'/],
  ['no --out', () => ['--data', 'shapes-3'], 2, /expected --out and a folder for the run/],
  ['--out and --resume', () => ['--out', at('x'), '--resume', at(RUN)], 2, /--resume for one that there is, got both/],
  [
    '--out of a run that there is',
    () => ['--data', 'shapes-3', '--out', at(RUN), ...SMALL],
    2,
    /--out: .*before has a run already; resume it, or take another folder\n/,
  ],
  [
    '--out of a folder with something else',
    () => ['--data', 'shapes-3', '--out', at('full'), ...SMALL],
    2,
    /--out: expected a new or empty folder for the run, got .*full with notes\.txt\n/,
  ],
  [
    '--out of a file',
    () => ['--data', 'shapes-3', '--out', at('full/notes.txt'), ...SMALL],
    73,
    /notes\.txt: cannot be written: there is something else in its place\n/,
  ],
  [
    'wrong --data',
    () => ['--data', 'shapes-33', '--out', at('x'), ...SMALL],
    2,
    /data: expected one of sprites, .*, got 'shapes-33'; did you mean 'shapes-3'\?\n/,
  ],
  ['--data that is no data', () => ['--data', at('full/notes.txt'), '--out', at('x'), ...SMALL], 65, /notes\.txt/],
  [
    'wrong --model',
    () => ['--data', 'shapes-3', '--out', at('x'), '--model', 'beta-tcva'],
    2,
    /--model: expected one of .*, got 'beta-tcva'; did you mean 'beta-tcvae'\?\n/,
  ],
  [
    'an option of another model',
    () => ['--data', 'shapes-3', '--out', at('x'), '--model', 'factor-vae', '--beta', '4'],
    2,
    /--beta: not an option of factor-vae; expected --gamma, /,
  ],
  [
    '--steps that is no number',
    () => ['--steps', 'many'],
    2,
    /--steps: expected a whole number from 1 to 1000000000, got 'many'/,
  ],
  [
    'more held-out images than there are',
    () => ['--data', 'shapes-3', '--out', at('x'), '--test-rows', '1000000', '--backend', 'wasm'],
    2,
    /error: --test-rows: expected a whole number from 0 to 999999, got 1000000\n/,
  ],
  ['--backend of browsers', () => ['--backend', 'webgl'], 2, /--backend: expected one of auto, .*, got 'webgl'/],
  [
    '--resume of no run',
    () => ['--resume', at('empty')],
    66,
    /empty: there is no run to read: expected a folder with config\.json\n/,
  ],
  [
    '--resume of a run whose learning rate was changed by hand',
    () => ['--resume', at('slower'), '--steps', '9'],
    65,
    /slower\/config\.json: expected what the checkpoint of step 4 was trained with: learningRate 0\.0005, got 0\.00001; put that back, or train another run in a folder of its own\n/,
  ],
  [
    '--resume of a run whose network was changed by hand',
    () => ['--resume', at('wider'), '--steps', '9'],
    65,
    /wider\/config\.json: expected what the checkpoint of step 4 was trained with: latents 3, got 4; /,
  ],
  [
    '--resume of a run whose checkpoints are gone',
    () => ['--resume', at('lost'), '--steps', '9'],
    66,
    /lost: its checkpoints are gone: put them back, or train it anew in another folder\n/,
  ],
  [
    '--resume with another setting',
    () => ['--resume', at(RUN), '--latents', '5', '--beta', '2', '--steps', '9'],
    2,
    /--beta: expected 4 as in .*before, got 2; --latents 3, got 5\n/,
  ],
  [
    '--resume with another data seed',
    () => ['--resume', at(RUN), '--data-seed', '3'],
    2,
    /--data-seed: expected 0 as in .*before, got 3\n/,
  ],
  [
    '--resume with another seed',
    () => ['--resume', at(RUN), '--seed', '3'],
    2,
    /--seed: expected 0 as in .*before, got 3\n/,
  ],
  ['--data-seed that is none', () => ['--data-seed', '-1'], 2, /--data-seed: expected a whole number of at least 0/],
  [
    '--resume with another model',
    () => ['--resume', at(RUN), '--model', 'factor-vae'],
    2,
    /--model: expected "beta-vae" as in .*before, got "factor-vae"$/m,
  ],
  [
    '--resume with other images',
    () => ['--resume', at(RUN), '--data', 'shapes-2'],
    2,
    /--data: expected generator "shapes-3" as in .*before, got "shapes-2"/,
  ],
];

for (const [what, words, expected, message] of REFUSED) {
  test(`${what} is refused in a sentence`, async () => {
    const { code, out, err } = await train(...words());
    assert.equal([code, out], [expected, ''], err);
    assert.match(err, message);
    assert.is(err.split('\n').filter((line) => line.startsWith('vaemetrics: error: ')).length, 1, err);
    rmSync(at('x'), { recursive: true, force: true });
    assert.ok(!existsSync(at(`${RUN}/.lock`)), 'the run is not locked');
  });
}

test.run();
