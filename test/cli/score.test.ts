import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeNpz } from '../../src/io/index.js';
import { Matrix } from '../../src/matrix.js';
import type { Report } from '../../src/types.js';
import { makeFakeFacade } from './fake-facade.js';
import { runInProcess } from './in-process.js';
import { makeFolder, writeSamples } from './sample-files.js';

const { at, path: folder, remove } = makeFolder();

test.before(() => writeSamples(at));
test.after(remove);

const pair = () => [at('latents.npy'), at('factors.npy')];

// A dumb terminal gets no progress, which would show on a machine that is busy.
test('prints a table of every metric', async () => {
  const { code, out, err } = await runInProcess(['score', ...pair()], { columns: 110, env: { TERM: 'dumb' } });
  assert.is(code, 0);
  assert.is(err, '');
  assert.match(out, /240 samples/);
  assert.match(out, /4 latents .*3 factors/);
  assert.match(out, /MIG .*0\.\d{4}.*0 to 1 +higher/);
  assert.match(out, /FactorVAE score/);
  assert.match(out, /beta-VAE score/);
});

test('prints one JSON document that ends in a newline, with the same bytes every time', async () => {
  const argv = ['score', ...pair(), '--json', '--seed', '5', '--interval', '10', '--null', '10'];
  const first = await runInProcess(argv);
  const second = await runInProcess(argv);
  assert.is(first.code, 0);
  assert.is(first.out, second.out);
  assert.ok(first.out.endsWith('}\n'));
  const report = JSON.parse(first.out) as Report;
  assert.is(report.schema, 'vaemetrics/report@1');
  assert.is(report.seed, 5);
  assert.is(report.metrics.mig.spread?.resamples, 10);
  assert.is(report.metrics.mig.null?.permutations, 10);
  const other = await runInProcess(['score', ...pair(), '--json', '--seed', '6', '--interval', '10', '--null', '10']);
  assert.is.not(other.out, first.out);
});

test('computes only the metrics asked for, by name or alias', async () => {
  const { out } = await runInProcess(['score', ...pair(), '--metrics', 'MIG,factor-vae', '--json']);
  assert.equal(Object.keys((JSON.parse(out) as Report).metrics), ['mig', 'factor-vae-score']);
});

test('learns from and judges on exact rows', async () => {
  const argv = ['score', ...pair(), '-m', 'sap', '--json'];
  const rows = ['--train-rows', '0:160', '--test-rows', '160:240'];
  const [first, otherSeed, drawn] = await Promise.all([
    runInProcess([...argv, ...rows]),
    runInProcess([...argv, ...rows, '--seed', '1']),
    runInProcess(argv),
  ]);
  const scoreOf = ({ out }: { out: string }) => (JSON.parse(out) as Report).metrics.sap.parts;
  assert.equal(scoreOf(first), scoreOf(otherSeed));
  assert.not.equal(scoreOf(first), scoreOf(drawn));
  const beyond = await runInProcess([...argv, '--train-rows', '0:160', '--test-rows', '160:241']);
  assert.is(beyond.code, 2);
  const twice = await runInProcess([...argv, '--train-rows', '0:160', '--test-rows', '100:240']);
  assert.match(twice.err, /error: --test-rows: expected every row once, got row 100 of --train-rows\n/);
  assert.match(beyond.err, /error: --test-rows: expected at least one row from 0 up to 240, got 160 to 241/);
});

test('prints names and values and nothing else when quiet', async () => {
  const { out, err } = await runInProcess(['score', ...pair(), '-q', '-m', 'mig']);
  assert.match(out, /^mig\t0\.\d{6}\n$/);
  assert.is(err, '');
  const facade = makeFakeFacade({ score: { value: null, notes: ['why'] }, notes: ['looks swapped'] });
  const missing = await runInProcess(['score', ...pair(), '-q', '-m', 'mig'], { facade });
  assert.equal([missing.out, missing.err], ['mig\tundefined\n', '']);
});

test('gives the same report for the same arrays in every format', async () => {
  const metricsOf = async (...argv: string[]) => {
    const { code, out, err } = await runInProcess(['score', ...argv, '--json']);
    assert.is(code, 0, err);
    return (JSON.parse(out) as Report).metrics;
  };
  const expected = await metricsOf(...pair());
  assert.equal(
    await metricsOf(at('latents.bin'), at('factors.bin'), '--latent-columns', '4', '--factor-columns', '3'),
    expected,
  );
  assert.equal(await metricsOf(at('posterior.safetensors')), expected);
  assert.equal(await metricsOf(at('latents.npy'), at('factors.csv')), expected);
});

test('takes both arrays from one archive, by their names or those given, and names them in the report', async () => {
  const { out } = await runInProcess(['score', at('posterior.safetensors'), '--json']);
  const { input } = JSON.parse(out) as Report;
  assert.equal([input.latents.member, input.factors.member], ['mu', 'factors']);
  const swapped = await runInProcess([
    'score',
    at('posterior.safetensors'),
    ...['--latents-member', 'factors', '--factors-member', 'mu', '--json'],
  ]);
  assert.is((JSON.parse(swapped.out) as Report).input.latents.member, 'factors');
});

test('scores a file against itself where it is named twice', async () => {
  const { code, out } = await runInProcess(['score', at('factors.npy'), at('factors.npy'), '-m', 'factor-vae', '-q']);
  assert.equal([code, out], [0, 'factor-vae-score\t1.000000\n']);
});

test('hands every option on to the façade', async () => {
  const facade = makeFakeFacade();
  const { code } = await runInProcess(
    [
      ...['score', ...pair(), '--metrics', 'mig-score', '--metrics', 'factor-vae,mig', '--bins', '7', '--seed', '3'],
      ...['--interval', '20', '--level', '0.9', '--null', '30', '--timings', '--factor-types', 'd,continuous,-'],
      ...['--set', 'mig.bins=9', '--set', 'factor-vae.rescaled=false', '--set', 'factor-vae-score.threshold=0.25'],
      ...['--threads', '3', '--preset', 'ubisoft'],
    ],
    { facade },
  );
  assert.is(code, 0);
  const { signal, onProgress, ...options } = facade.asked[0].options;
  assert.instance(signal, AbortSignal);
  assert.type(onProgress, 'function');
  assert.equal(options, {
    metrics: ['mig-score', 'factor-vae', 'mig'],
    options: { mig: { bins: 9 }, 'factor-vae-score': { rescaled: false, threshold: 0.25 } },
    bins: 7,
    preset: 'ubisoft',
    seed: 3,
    factorTypes: ['discrete', 'continuous', null],
    interval: 20,
    level: 0.9,
    null: 30,
    threads: 3,
    timings: true,
    origin: { latents: { file: pair()[0] }, factors: { file: pair()[1] } },
  });
});

test('takes all threads where there is slow work, and one where there is none', async () => {
  const threadsFor = async (...argv: string[]) => {
    const facade = makeFakeFacade();
    await runInProcess(['score', ...pair(), ...argv], { facade });
    return facade.asked[0].options.threads;
  };
  assert.equal([await threadsFor(), await threadsFor('-m', 'mig', '--threads', '2')], [1, 2]);
  const all = Math.min(availableParallelism(), 64);
  assert.equal([await threadsFor('--interval', '9'), await threadsFor('--null', '9')], [all, all]);
  assert.is(await threadsFor('-m', 'dci'), all);
});

test('reads bare values by the type given, in any spelling of it', async () => {
  for (const dtype of ['f2', 'float16', '<f2', 'F16']) {
    const facade = makeFakeFacade();
    const argv = ['score', at('latents.bin'), at('factors.npy'), '--latent-columns', '8', '--latents-dtype', dtype];
    const { code, err } = await runInProcess(argv, { facade });
    assert.is(code, 0, err);
    assert.equal([facade.asked[0].latents.dtype, facade.asked[0].latents.rows], ['float16', 240]);
  }
});

test('takes the first row of a CSV for names or numbers as it is told', async () => {
  const rowsWith = async (...argv: string[]) => {
    const facade = makeFakeFacade();
    const { code } = await runInProcess(['score', at('latents.npy'), at('factors.csv'), ...argv], { facade });
    return code === 0 ? facade.asked[0].factors.rows : code;
  };
  assert.is(await rowsWith(), 240);
  assert.is(await rowsWith('--header', 'no'), 240);
  // One row fewer than the latents have.
  assert.is(await rowsWith('--header', 'yes'), 65);
});

test('repeats notes as warnings beside JSON, and keeps them in the table otherwise', async () => {
  const facade = makeFakeFacade({ notes: ['looks swapped'], score: { notes: ['factor 1 is constant'] } });
  const json = await runInProcess(['score', ...pair(), '--json', '-m', 'mig'], { facade });
  assert.is(json.err, 'vaemetrics: warning: looks swapped\nvaemetrics: warning: mig: factor 1 is constant\n');
  const both = await runInProcess(['score', ...pair(), '--json'], { facade });
  assert.match(both.err, /\nvaemetrics: warning: mig, factor-vae-score: factor 1 is constant\n$/);
  const quiet = await runInProcess(['score', ...pair(), '--json', '-q'], { facade });
  assert.is(quiet.err, '');
  assert.equal((JSON.parse(quiet.out) as Report).notes, ['looks swapped']);
  const table = await runInProcess(['score', ...pair(), '-m', 'mig'], { facade });
  assert.is(table.err, '');
  assert.match(table.out, /- looks swapped\n- MIG: factor 1 is constant/);
});

test('warns of arrays that look swapped', async () => {
  const { err } = await runInProcess(['score', ...pair().reverse(), '--json', '-m', 'mig']);
  assert.match(err, /^vaemetrics: warning: .*look swapped/);
});

test('writes to a file instead, as JSON where its name says so', async () => {
  const json = await runInProcess(['score', ...pair(), '--out', at('report.json'), '-m', 'mig']);
  assert.equal([json.code, json.out], [0, '']);
  const printed = await runInProcess(['score', ...pair(), '--json', '-m', 'mig']);
  assert.is(readFileSync(at('report.json'), 'utf8'), printed.out);
  await runInProcess(['score', ...pair(), '--out', at('report.txt'), '-m', 'mig'], {
    columns: 100,
    env: { FORCE_COLOR: '1' },
  });
  const text = readFileSync(at('report.txt'), 'utf8');
  assert.match(text, /^240 samples/);
  assert.not.ok(text.includes('\u001b'));
});

test('writes nothing where the input is refused', async () => {
  const { code } = await runInProcess(['score', at('holed.npy'), at('factors.npy'), '--out', at('refused.json')]);
  assert.is(code, 65);
  assert.not.ok(existsSync(at('refused.json')));
  assert.not.ok(readdirSync(folder).some((name) => name.includes('refused')));
});

test('finds out that the output cannot be written before it computes', async () => {
  const facade = makeFakeFacade();
  const nowhere = await runInProcess(['score', ...pair(), '--out', at('no/report.json')], { facade });
  assert.is(nowhere.code, 73);
  assert.match(nowhere.err, /^vaemetrics: error: .*report\.json: cannot be written: there is no directory .*no\n$/);
  const directory = await runInProcess(['score', ...pair(), '--out', folder], { facade });
  assert.match(directory.err, /cannot be written: it is a directory\n$/);
  assert.is(facade.asked.length, 0);
});

test('shows what scores are made of when verbose', async () => {
  const { out } = await runInProcess(['score', ...pair(), '-m', 'mig', '--verbose'], { env: { COLUMNS: '100' } });
  assert.match(out, /\nfactors: .*factors\.npy; 0 \(2 values\), 1 \(3\s+values\), 2 \(4 values\)\n/);
  assert.match(out, /mutual information {2}latents down, factors across/);
});

test('adds seconds only where they are asked for', async () => {
  const without = await runInProcess(['score', ...pair(), '-m', 'mig', '--json']);
  assert.is((JSON.parse(without.out) as Report).timings, undefined);
  const timed = await runInProcess(['score', ...pair(), '-m', 'mig', '--json', '--timings']);
  assert.type((JSON.parse(timed.out) as Report).timings?.mig, 'number');
});

test('stops when it is aborted, with the exit code of the signal and nothing written', async () => {
  const { StopSignal } = await import('../../src/cli/terminal.js');
  for (const [name, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    const stop = new AbortController();
    const facade = makeFakeFacade({
      compute: async ({ options }) => {
        stop.abort(new StopSignal(name));
        options.signal?.throwIfAborted();
      },
    });
    const argv = ['score', ...pair(), '--out', at('stopped.json')];
    const { code, out, err } = await runInProcess(argv, { facade, signal: stop.signal });
    assert.equal([code, out, err], [expected, '', '']);
    assert.not.ok(existsSync(at('stopped.json')));
  }
});

test('stops a real computation that is aborted', async () => {
  const { StopSignal } = await import('../../src/cli/terminal.js');
  const stop = new AbortController();
  const running = runInProcess(['score', ...pair(), '--null', '1000000'], { signal: stop.signal });
  setTimeout(() => stop.abort(new StopSignal('SIGINT')), 200);
  const { code, out } = await running;
  assert.equal([code, out], [130, '']);
});

/** An archive of 60 rows, two latents and a factor, with these members beside them. */
async function writeArchive(
  name: string,
  beside: Readonly<Record<string, Matrix>>,
  latentsName = 'mu',
): Promise<string> {
  const factors = new Int32Array(60).map((_, row) => row % 3);
  const mu = new Matrix(
    Float32Array.from({ length: 120 }, (_, i) => (i % 2 === 0 ? factors[i / 2] : 0.01 * i)),
    60,
    2,
  );
  const members = { [latentsName]: mu, ...beside, factors: new Matrix(factors, 60, 1) };
  const chunks = [];
  for await (const chunk of writeNpz(Object.entries(members).map(([member, matrix]) => ({ name: member, matrix })))) {
    chunks.push(chunk);
  }
  writeFileSync(at(name), Buffer.concat(chunks));
  return at(name);
}

const filled = (value: number, rows = 60, columns = 2) =>
  new Matrix(new Float32Array(rows * columns).fill(value), rows, columns);

const reportOf = async (...argv: string[]) => {
  const { code, out, err } = await runInProcess(['score', ...argv, '--json']);
  assert.is(code, 0, err);
  return { report: JSON.parse(out) as Report, out, err };
};

test('scores the posterior that stands beside the latents in an archive, and names its members', async () => {
  const both = await writeArchive('posterior.npz', { logvar: filled(-6), z: filled(0.5), extra: filled(1) });
  const { report } = await reportOf(both);
  assert.equal(report.input.posterior, { mu: 'mu', logvar: 'logvar', z: 'z' });
  assert.equal(Object.keys(report.metrics).slice(0, 4), ['mig', 'rmig', 'mig-posterior', 'mig-sup']);
  const other = await writeArchive('other-names.npz', { mean: filled(0), log_var: filled(-6) }, 'latents');
  const found = await reportOf(other, '-m', 'mig-posterior');
  assert.equal(found.report.input.latents.member, 'latents');
  assert.equal(found.report.input.posterior, { mu: 'mean', logvar: 'log_var', z: null });
  const { notes } = found.report.metrics['mig-posterior'];
  assert.match(notes[0], /^latents 0 and 1 are constant/);
  const drawn = await writeArchive('no-samples.npz', { logvar: filled(-6) });
  const alone = await reportOf(drawn, '-m', 'posterior-mig', '--set', 'mig-posterior.samples=30', '--threads', '2');
  assert.equal(Object.keys(alone.report.metrics), ['mig-posterior']);
  assert.ok((alone.report.metrics['mig-posterior'].value as number) > 0.9);
  assert.is(alone.report.metrics['mig-posterior'].options.samples, 30);
});

test('scores the same beside a posterior that no metric asks for, and says that it is there', async () => {
  const beside = await writeArchive('with-logvar.npz', { logvar: filled(-1) });
  const without = await writeArchive('without-logvar.npz', {});
  const argv = ['-m', 'sap,mig'];
  const { report } = await reportOf(beside, ...argv);
  const other = (await reportOf(without, ...argv)).report;
  assert.equal([report.metrics, report.notes], [other.metrics, other.notes]);
  assert.equal(report.input.posterior, { mu: 'mu', logvar: 'logvar', z: null });
  const usual = (await reportOf(without)).report;
  assert.not.ok('mig-posterior' in usual.metrics || 'posterior' in usual.input);
});

test('says in a note why a posterior, or samples, are not used', async () => {
  const same = 'latent 0 is factor 0: the same numbers';
  const note = "'logvar' is (60, 3) where the latents are (60, 2): the posterior is not used";
  const wide = await reportOf(await writeArchive('wide.npz', { logvar: filled(-1, 60, 3) }));
  assert.equal(wide.report.notes, [same, note]);
  assert.match(wide.err, /the posterior is not used/);
  assert.not.ok('mig-posterior' in wide.report.metrics || 'posterior' in wide.report.input);
  const short = await reportOf(await writeArchive('short.npz', { logvar: filled(-1), z: filled(0, 20, 2) }));
  assert.equal(short.report.notes, [
    same,
    "'z' is (20, 2) where the latents are (60, 2): samples of the posterior are drawn",
  ]);
  assert.equal(short.report.input.posterior, { mu: 'mu', logvar: 'logvar', z: null });
});

test('refuses a metric of posteriors by name where there is none, and a damaged posterior with its place', async () => {
  const say = async (...argv: string[]) => {
    const { code, err } = await runInProcess(['score', ...argv, '--quiet']);
    return `${code} ${err.replaceAll(folder, '')}`;
  };
  const without = await writeArchive('without-logvar.npz', {});
  assert.match(
    await say(without, '-m', 'mig-posterior'),
    /^2 .*--metrics: mig-posterior needs mu and logvar, as large as the latents and in one archive with them: .*without-logvar\.npz: it holds 'mu' float32 \(60, 2\), 'factors' int32 \(60,/,
  );
  assert.match(await say(...pair(), '-m', 'mig-posterior'), /^2 .*latents\.npy: it holds one array without a name/);
  const holed = filled(-1);
  holed.data[7] = Number.NaN;
  const damaged = await writeArchive('holed.npz', { logvar: holed });
  assert.match(
    await say(damaged, '-m', 'mig-posterior'),
    /holed\.npz, member 'logvar', row 3, column 1: expected a finite number, got NaN/,
  );
  const { report } = await reportOf(damaged);
  const { value, notes } = report.metrics['mig-posterior'];
  const why = 'logvar, row 3, column 1: expected a finite number, got NaN';
  assert.equal([value, notes], [null, [`undefined: the posterior cannot be used: ${why}`]]);
  assert.is(report.notes.at(-1), `the posterior is not used: ${why}`);
  assert.is(report.metrics.mig.value, (await reportOf(without)).report.metrics.mig.value);
});

test.run();
