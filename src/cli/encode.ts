import { join } from 'node:path';
import type { Command } from 'commander';
import { BASELINE_OPTIONS } from '../baselines/options.js';
import { type GivenOf, other, text } from '../options/rule.js';
import { formatCount } from '../report/format-number.js';
import { toJson } from '../report/json.js';
import { POSTERIOR_NAME, posteriorToNpz } from '../train/posterior-archive.js';
import { ENCODE_OPTIONS } from '../trained/declared-options.js';
import { encode } from '../trained/encode-dataset.js';
import { ENCODERS, optionsOf, runNamed } from '../trained/open-encoder.js';
import { checkEnding } from './check-ending.js';
import type { Context } from './command.js';
import { encodeByName, refuseFlags } from './encode-by-name.js';
import { declareFlags, readFlags } from './flags/declare-flags.js';
import { describeExamples } from './help-text.js';
import { type ComputeFlags, declareCompute, inputsOf, readModelFlags, toModelOptions } from './model-flags.js';
import { JSON_OPTION, QUIET } from './output-options.js';
import { describe, render, SCHEMA, tellPlan } from './present-encoded.js';
import { startProgress } from './progress.js';
import { tellNotes } from './tell-notes.js';
import { type Terminal, whileHeld } from './terminal.js';
import { UsageError } from './usage-error.js';
import { checkOutput, writeOutput } from './write-output.js';

const ENCODER_NAMES = ENCODERS.map(({ name }) => name);

/** What takes the place of a run. */
const ENCODER = {
  encoder: other<string>({
    expected: `one of ${ENCODER_NAMES.join(', ')}`,
    accepts: (value) => typeof value === 'string',
    parse: (name) => name,
    // A shell completes those that are whole.
    words: ENCODER_NAMES.filter((name) => runNamed(name) === null),
    placeholder: 'name',
    description: `what encodes in place of a run: ${ENCODER_NAMES.join(', ')}`,
  }),
};
const { seed: _, ...FITTING } = BASELINE_OPTIONS;

const OUTPUT = {
  out: text({
    placeholder: 'file.npz',
    defaultText: `${POSTERIOR_NAME} of the run, if no other flag is given`,
    description: 'where to',
  }),
  quiet: { ...QUIET, description: 'no progress, and no notes of the data' },
  json: JSON_OPTION,
};

const OPTIONS = {
  ...ENCODE_OPTIONS,
  seed: {
    ...ENCODE_OPTIONS.seed,
    defaultText: "the run's, or 0",
    description: `${ENCODE_OPTIONS.seed.description}; without a run of everything`,
  },
  ...OUTPUT,
};

type EncodeFlags = ComputeFlags & GivenOf<typeof OPTIONS>;

/** `vaemetrics encode`. */
export function define(command: Command, { terminal }: Context): void {
  command.description(
    'Encodes images with the model of a run, or with a baseline: writes mu, logvar, z and the factors as .npz, which score reads.',
  );
  declareCompute(command, '[run]');
  declareFlags(command, 'Without a run:', { ...ENCODER, ...FITTING });
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
        { does: 'a baseline', command: 'vaemetrics encode --encoder pca --data sprites --rows 10000 --out pca.npz' },
      ]),
    )
    .action((run: string | undefined) => chooseEncoder(run, command, terminal));
}

/** By a run, or by an encoder that is named. */
async function chooseEncoder(run: string | undefined, command: Command, terminal: Terminal): Promise<void> {
  const { encoder, ...fitting } = readFlags(command, { ...ENCODER, ...FITTING });
  if (encoder === undefined) {
    if (run === undefined) throw new UsageError('expected the folder of a run, or --encoder and a name');
    refuseFlags('a run', fitting);
    return runEncode(run, command, terminal);
  }
  if (run !== undefined) throw new UsageError(`--encoder: expected none beside the run '${run}', got '${encoder}'`);
  // Refuses a name that there is not, before anything that depends on it.
  optionsOf(encoder);
  const path = runNamed(encoder);
  if (path === null) {
    const model = readModelFlags(command);
    const output = readFlags(command, OUTPUT);
    return encodeByName(
      encoder,
      { model, fitting, rows: readFlags(command, ENCODE_OPTIONS), output },
      command,
      terminal,
    );
  }
  refuseFlags(encoder, fitting);
  return runEncode(path, command, terminal);
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
  const { step, backend, device } = encoded;
  const json = { schema: SCHEMA, run, step, backend, device, ...describe(out, encoded) };
  terminal.stdout.write(flags.json ? toJson(json) : render(out, encoded, `after ${formatCount(step)} steps`));
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
