import { join } from 'node:path';
import type { Command } from 'commander';
import { type GivenOf, text } from '../options/rule.js';
import { formatCount } from '../report/format-number.js';
import { toJson } from '../report/json.js';
import { printable } from '../report/printable.js';
import { POINTS } from '../train/objectives/codes.js';
import { POSTERIOR_NAME, posteriorArrays, posteriorToNpz } from '../train/posterior-archive.js';
import { ENCODE_OPTIONS, ROWS_OF_OTHERS } from '../trained/declared-options.js';
import { type EncodedByRun, type EncodePlan, encode } from '../trained/encode-dataset.js';
import { checkEnding } from './check-ending.js';
import type { Context } from './command.js';
import { declareFlags, readFlags } from './flags/declare-flags.js';
import { describeExamples } from './help-text.js';
import { type ComputeFlags, declareCompute, inputsOf, readModelFlags, toModelOptions } from './model-flags.js';
import { JSON_OPTION, QUIET } from './output-options.js';
import { startProgress } from './progress.js';
import { tellNotes } from './tell-notes.js';
import { type Terminal, whileHeld } from './terminal.js';
import { UsageError } from './usage-error.js';
import { checkOutput, writeOutput } from './write-output.js';

const OPTIONS = {
  ...ENCODE_OPTIONS,
  out: text({
    placeholder: 'file.npz',
    defaultText: `${POSTERIOR_NAME} of the run, if no other flag is given`,
    description: 'where to',
  }),
  quiet: { ...QUIET, description: 'no progress, and no notes of the data' },
  json: JSON_OPTION,
};

type EncodeFlags = ComputeFlags & GivenOf<typeof OPTIONS>;

/** `vaemetrics encode`. */
export function define(command: Command, { terminal }: Context): void {
  command.description(
    'Encodes images with the model of a run: writes mu, logvar, z and the factors as .npz, which score reads.',
  );
  declareCompute(command);
  declareFlags(command, 'Rows and output:', OPTIONS);
  command
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
    .action((run: string) => runEncode(run, command, terminal));
}

async function runEncode(run: string, command: Command, terminal: Terminal): Promise<void> {
  const flags: EncodeFlags = { ...readModelFlags(command), ...readFlags(command, OPTIONS) };
  const { rows } = flags;
  const options = toModelOptions(flags, terminal, command);
  checkEnding('--out', flags.out, '.npz');
  const out = flags.out ?? defaultOutput(run, flags);
  // The folder of a run that there is not is no output that cannot be written.
  if (flags.out !== undefined) await checkOutput(out, await inputsOf(run, flags));
  const progress = flags.quiet ? null : startProgress(terminal);
  const encoded = await encode(run, {
    ...options,
    ...readFlags(command, ENCODE_OPTIONS),
    signal: terminal.signal,
    onOpened: (opened) => {
      if (!flags.quiet) tellNotes(terminal, command, opened);
    },
    onPlan: (plan) => {
      if (flags.out === undefined && plan.split !== 'test') throw needsOutput('the run held none out');
      if (!flags.quiet) tellPlan(plan, rows === undefined, terminal);
    },
    onProgress: ({ done, total }) => progress?.update({ metric: 'encode', phase: 'images', done, total }),
  }).finally(() => progress?.clear());
  await whileHeld(terminal, () => writeOutput(out, posteriorToNpz(encoded)));
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
