/**
 * Our metrics beside Python on the same files, in turns, one thread each. Agreement is checked
 * before anything is told.
 *
 *   npm run bench:peers                                       the metrics of the usual pace, 100,000 rows
 *   npm run bench:peers -- --rows 10000,737280 --metrics mig --repeats 3
 *   npm run bench:peers -- --metrics decomposition,decomposition-collapsed --rows 10000
 *   npm run bench:peers -- --metrics training                 steps of training, against PyTorch (training-burgess, training-threads)
 *   PYTHON=.venv/bin/python npm run bench:peers               with another Python
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeSyntheticTable } from '../../src/cli/synthetic-table.js';
import { writeNpy, writeNpz } from '../../src/io/index.js';
import { writeFileAtomically } from '../../src/io/write-file.js';
import type { Matrix } from '../../src/matrix.js';
import { formatCount } from '../../src/report/format-number.js';
import { parseArguments } from '../arguments.js';
import { drawFrom, makePosterior, type PosteriorKind } from '../posterior.js';
import { describeMachine, formatRatio, formatSpread, formatTime, medianOf } from '../report.js';
import { checkAgreement } from './agreement.js';
import { chooseContests, MOST_POSTERIORS, type PeerContest, withoutPeer } from './contests.js';
import { findPython, threadsOf } from './python.js';
import { compareTraining, TRAINING_CONTESTS } from './training-steps.js';

/** What a contender prints. */
interface Outcome {
  readonly value: number | null;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly seconds: readonly number[];
}

interface OurOutcome extends Outcome {
  readonly first: number;
}

interface Turn {
  readonly ours: OurOutcome;
  readonly straightforward: Outcome;
  readonly vectorised: Outcome | null;
}

/** Calls in one process, after those that warm it up. */
const OUR_CALLS = 15;
const PYTHON_CALLS = 3;

/** Values of ten factors. */
const SQUARE_SIZES: readonly number[] = Array(10).fill(2 ** 20);

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const { rows: rowCounts, metrics: names, repeats } = parseArguments({ rows: [100_000], repeats: 5 });
const metrics = names?.filter((name) => !(name in TRAINING_CONTESTS)) ?? null;
const contests = chooseContests(metrics);
const python = findPython();
const built = here('../../dist/node.js');
const library = existsSync(built) ? built : here('../../src/node.ts');
/** What Python computed a contest with, where that is not numpy and scikit-learn. */
const libraries = new Map<string, unknown>();
const folder = mkdtempSync(join(tmpdir(), 'vaemetrics-peers-'));
try {
  for (const name of names ?? []) {
    if (name in TRAINING_CONTESTS) await compareTraining(TRAINING_CONTESTS[name], python.command, repeats);
  }
  if (metrics === null || metrics.length > 0) await compareMetrics();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function compareMetrics(): Promise<void> {
  console.log(describeMachine());
  console.log(`ours: ${describeLibrary()}`);
  console.log(`${python.command}: Python ${python.versions}; one thread`);
  console.log(`${repeats} turns of ours, straightforward, vectorised; median [minimum–maximum] of all calls,`);
  console.log('ratios of medians in the same turn; first: the first call of ours in a fresh process, with compiling\n');
  console.log(
    '| metric | N | ours | first | straightforward | vectorised | straightforward / ours | vectorised / ours |',
  );
  console.log('|---|---:|---:|---:|---:|---:|---:|---:|');
  for (const rows of rowCounts) {
    const written = new Map<PeerContest['input'], Files>();
    for (const contest of contests) {
      const { input } = contest;
      const files =
        written.get(input) ??
        (input === 'table' || input === 'square' ? writeTable(rows, input) : await writePosterior(rows, input));
      written.set(input, files);
      const turns: Turn[] = [];
      for (let turn = 0; turn < (contest.pace === 'slowest' ? 1 : repeats); turn++)
        turns.push(takeTurn(contest, files));
      console.log(`| ${describeTurns(contest.name, files.rows, turns).join(' | ')} |`);
      for (const { straightforward } of turns) libraries.set(contest.name, straightforward.detail.library);
    }
  }
  for (const [name, library] of libraries) if (library !== undefined) console.log(`\n${name}: Python by ${library}`);
  if (names === null && withoutPeer.length > 0) console.log(`\nwithout a peer: ${withoutPeer.join(', ')}`);
}

function takeTurn(contest: PeerContest, files: Files): Turn {
  const outcomes = {
    ours: runOurs(contest, files),
    straightforward: runPython(contest, 'straightforward', files),
    ...(contest.isVectorised ? { vectorised: runPython(contest, 'vectorised', files) } : {}),
  };
  const { ours, straightforward } = outcomes;
  checkAgreement(contest, contest.isAnother ? { ours, straightforward } : outcomes);
  return { vectorised: null, ...outcomes };
}

function describeLibrary(): string {
  const name = relative(process.cwd(), library);
  if (library !== built) return `${name} (there is no bundle: npm run build)`;
  const sources = ['assembly', 'bindings', 'src'].flatMap((room) => {
    const files = readdirSync(here(`../../${room}`), { recursive: true, encoding: 'utf8' });
    return files.filter((file) => file.endsWith('.ts')).map((file) => here(`../../${room}/${file}`));
  });
  const newest = Math.max(...sources.map((file) => statSync(file).mtimeMs));
  return newest > statSync(built).mtimeMs ? `${name}, older than its sources (npm run build)` : name;
}

interface Files {
  readonly rows: number;
  /** By the name of the argument of score.py. */
  readonly paths: Readonly<Record<string, string>>;
}

function writeTable(rows: number, input: 'table' | 'square'): Files {
  const table = makeSyntheticTable({ rows, ...(input === 'square' && { sizes: SQUARE_SIZES }) });
  const write = (name: string, matrix: Matrix) => {
    const path = join(folder, `${input}-${name}-${rows}.npy`);
    writeFileSync(path, Buffer.concat([...writeNpy(matrix)]));
    return path;
  };
  return { rows, paths: { latents: write('latents', table.latents), factors: write('factors', table.factors) } };
}

async function writePosterior(asked: number, kind: PosteriorKind): Promise<Files> {
  const rows = Math.min(asked, MOST_POSTERIORS);
  const { mu, logvar, factors } = makePosterior(rows, kind);
  const z = await drawFrom({ mu, logvar }, kind);
  const path = join(folder, `${kind}-${rows}.npz`);
  const entries = Object.entries({ mu, logvar, z, factors }).map(([name, matrix]) => ({ name, matrix }));
  await writeFileAtomically(path, writeNpz(entries));
  return { rows, paths: { posterior: path } };
}

function runOurs(
  { metric, input, options: own, isSplit, isContinuous, pace, threads }: PeerContest,
  { paths, rows }: Files,
): OurOutcome {
  const middle = Math.floor((2 * rows) / 3);
  const options = {
    ...(isSplit ? { trainRows: { from: 0, to: middle }, testRows: { from: middle, to: rows } } : {}),
    ...(threads > 1 ? { threads } : {}),
    ...(own ? { options: { [metric]: own } } : {}),
    ...(isContinuous ? { factorTypes: Array(input === 'square' ? SQUARE_SIZES.length : 5).fill('continuous') } : {}),
  };
  const loader = library === built ? [] : ['--import', 'tsx'];
  const calls = String(pace === 'slowest' ? 1 : OUR_CALLS);
  const argv = [...loader, here('ours.mjs'), library, metric, JSON.stringify(paths), calls, JSON.stringify(options)];
  return run(process.execPath, argv) as OurOutcome;
}

function runPython({ peer, pace }: PeerContest, style: string, { paths }: Files): Outcome {
  const inputs = Object.entries(paths).flatMap(([name, path]) => [`--${name}`, path]);
  const argv = ['--metric', peer, '--style', style, ...inputs];
  const isUsual = pace === 'usual';
  const calls = isUsual ? ['--repeat', String(PYTHON_CALLS), '--warmup', '1'] : ['--repeat', '1', '--warmup', '0'];
  return run(python.command, [here('score.py'), ...argv, ...calls]);
}

function run(command: string, argv: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(command, argv, {
    encoding: 'utf8',
    env: { ...process.env, ...threadsOf(1) },
    maxBuffer: 64 * 1024 ** 2,
  });
  if (status === 0) return JSON.parse(stdout);
  throw new Error(`${command} ${argv.join(' ')}: exit code ${status}\n${stderr}`);
}

function describeTurns(name: string, rows: number, turns: readonly Turn[]): string[] {
  const of = (side: keyof Turn) => turns.flatMap((turn) => turn[side] ?? []);
  const all = (side: keyof Turn) => {
    const seconds = of(side).flatMap((outcome) => outcome.seconds);
    return seconds.length === 0 ? '' : formatSpread(seconds);
  };
  const ratio = (side: keyof Turn) => {
    const others = of(side);
    if (others.length === 0) return '';
    return formatRatio(others.map(({ seconds }, i) => medianOf(seconds) / medianOf(turns[i].ours.seconds)));
  };
  return [
    name,
    formatCount(rows),
    all('ours'),
    formatTime(medianOf(turns.map(({ ours }) => ours.first))),
    all('straightforward'),
    all('vectorised'),
    ratio('straightforward'),
    ratio('vectorised'),
  ];
}
