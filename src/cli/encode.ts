import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { formatCount } from '../report/format-number.js';
import { toJson } from '../report/json.js';
import { printable } from '../report/printable.js';
import { POINTS } from '../train/objectives/codes.js';
import { POSTERIOR_NAME, posteriorArrays, posteriorToNpz } from '../train/posterior-archive.js';
import { type EncodedByRun, type EncodePlan, encode, ROWS_OF_OTHERS, SPLITS } from '../trained/encode-dataset.js';
import { checkEnding } from './check-ending.js';
import type { Context } from './command.js';
import { describeExamples } from './help-text.js';
import { type ComputeFlags, declareCompute, inputsOf, toModelOptions } from './model-flags.js';
import { wholeNumber } from './parse-values.js';
import { startProgress } from './progress.js';
import { tellNotes } from './tell-notes.js';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';
import { checkOutput, writeOutput } from './write-output.js';

interface EncodeFlags extends ComputeFlags {
  readonly out?: string;
  readonly rows?: number;
  readonly split?: (typeof SPLITS)[number];
  readonly seed?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** `vaemetrics encode`. */
export function define(command: Command, { terminal }: Context): void {
  declareCompute(command)
    .description(
      'Encodes images with the model of a run: writes mu, logvar, z and the factors as .npz, which score reads.',
    )
    .option('--out <file.npz>', `where to (default: ${POSTERIOR_NAME} of the run, where no other flag is given)`)
    .addOption(
      new Option('--split <name>', "rows of the run's own data (default: test, what was held out)").choices(SPLITS),
    )
    .addOption(
      new Option(
        '--rows <n>',
        `how many of them (default: all of the split; of other data ${ROWS_OF_OTHERS}, where no split is named)`,
      ).argParser(wholeNumber('--rows', 1)),
    )
    .addOption(
      new Option(
        '--seed <n>',
        "seed of the samples z, and of which rows --rows takes of train or all: of test the first (default: the run's, its --data-seed for rows)",
      ).argParser(wholeNumber('--seed', 0)),
    )
    .option('-q, --quiet', 'no progress, and no notes of the data')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      describeExamples([
        {
          does: 'the best checkpoint, scored',
          command: 'vaemetrics encode runs/first --checkpoint best --out best.npz',
        },
        {
          does: 'the same images before training',
          command: 'vaemetrics encode runs/first --untrained --out before.npz',
        },
        { does: 'other images', command: 'vaemetrics encode runs/first --data digits.npz --out digits-posterior.npz' },
      ]),
    )
    .action((run: string, flags: EncodeFlags) => runEncode(run, flags, terminal));
}

async function runEncode(run: string, flags: EncodeFlags, terminal: Terminal): Promise<void> {
  const { split, rows, seed } = flags;
  const options = toModelOptions(flags, terminal);
  checkEnding('--out', flags.out, '.npz');
  const out = flags.out ?? defaultOutput(run, flags);
  // The folder of a run that there is not is no output that cannot be written.
  if (flags.out !== undefined) await checkOutput(out, await inputsOf(run, flags));
  const progress = flags.quiet ? null : startProgress(terminal);
  const encoded = await encode(run, {
    ...options,
    ...(split !== undefined && { split }),
    ...(rows !== undefined && { rows }),
    ...(seed !== undefined && { seed }),
    signal: terminal.signal,
    onOpened: (opened) => {
      if (!flags.quiet) tellNotes(terminal, opened);
    },
    onPlan: (plan) => {
      if (flags.out === undefined && plan.split !== 'test') throw needsOutput('the run held none out');
      if (!flags.quiet) tellPlan(plan, rows === undefined, terminal);
    },
    onProgress: ({ done, total }) => progress?.update({ metric: 'encode', phase: 'images', done, total }),
  }).finally(() => progress?.clear());
  await writeOutput(out, posteriorToNpz(encoded));
  terminal.stdout.write(flags.json ? toJson(describe(run, out, encoded)) : render(out, encoded));
}

/** What nobody asked for by number, and what takes long. */
function tellPlan({ data, rows, available, bytes }: EncodePlan, isUnasked: boolean, { stderr }: Terminal): void {
  if (isUnasked && rows < available) {
    stderr.write(
      `${formatCount(rows)} of the ${formatCount(available)} rows of ${printable(data)}; --rows N takes others\n`,
    );
  } else if (rows > ROWS_OF_OTHERS) {
    const size = `about ${formatCount(Math.ceil(bytes / 1e6))} MB`;
    const hint = isUnasked ? '; --rows N takes fewer' : '';
    stderr.write(`encoding ${formatCount(rows)} rows of ${printable(data)}, ${size}${hint}\n`);
  }
}

/** The archive that training leaves at its end is not replaced by another. */
function defaultOutput(run: string, { checkpoint, data, split, rows, seed, untrained }: EncodeFlags): string {
  const isSame = [data, rows, seed, untrained].every((flag) => flag === undefined) && (split ?? 'test') === 'test';
  if (isSame && (checkpoint ?? 'last') === 'last') return join(run, POSTERIOR_NAME);
  throw needsOutput();
}

function needsOutput(why?: string): UsageError {
  const what = `${POSTERIOR_NAME} of a run is of the last weights and the rows held out`;
  return new UsageError(`expected --out and a file to write: ${what}${why === undefined ? '' : `; ${why}`}`);
}

function describe(run: string, out: string, encoded: EncodedByRun): object {
  const { step, backend, device, data, mu, logvar, factorNames } = encoded;
  const size = { rows: mu.rows, latents: mu.columns, factors: factorNames };
  const reasons = logvar === null ? { reasons: { logvar: POINTS } } : {};
  const arrays = posteriorArrays(encoded).map(({ name }) => name);
  return { schema: 'vaemetrics/encode@1', run, step, backend, device, data, ...size, arrays, out, ...reasons };
}

function render(out: string, encoded: EncodedByRun): string {
  const { mu, logvar, factors, data, step } = encoded;
  const lacking = [
    ...(logvar === null ? [`no logvar, and z is mu: ${POINTS}`] : []),
    ...(factors === null ? ['no factors are known'] : []),
  ];
  const names = posteriorArrays(encoded).map(({ name }) => name);
  const arrays = `${names.join(', ')}${lacking.length > 0 ? ` (${lacking.join('; ')})` : ''}`;
  const rows = `${formatCount(mu.rows)} rows of ${printable(data)}, ${mu.columns} latents, after ${formatCount(step)} steps`;
  return `wrote ${printable(out)}: ${arrays} of ${rows}\n`;
}
