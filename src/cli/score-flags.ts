import type { Command } from 'commander';
import { SCORE_FILES_OPTIONS, type ScoreFilesOptions } from '../facade/files/score-files-options.js';
import { checkOptions } from '../options/check-options.js';
import { boolean, other } from '../options/rule.js';
import { declareFlags, readFlags } from './flags/declare-flags.js';
import { describeExamples, describeExitCodes, FORMATS_TEXT } from './help-text.js';
import { checkReportName, JSON_OPTION, OUT, QUIET } from './output-options.js';

const {
  metrics,
  preset,
  bins,
  zeroBin,
  seed,
  trainRows,
  testRows,
  threads,
  factorTypes,
  interval,
  level,
  timings,
  rows,
} = SCORE_FILES_OPTIONS;
const { latentsMember, factorsMember, latentColumns, factorColumns, latentsDtype, factorsDtype } = SCORE_FILES_OPTIONS;
const { transpose, dropNan, oneHot, header, strict } = SCORE_FILES_OPTIONS;

/** How files of latents and factors are read. */
export const READING = {
  latentsMember,
  factorsMember,
  latentColumns,
  factorColumns,
  latentsDtype,
  factorsDtype,
  header,
  transpose,
  dropNan,
  oneHot,
  strict,
};

/** Options of metrics, one at a time. */
export const SET = other<readonly string[]>({
  expected: 'settings of metrics',
  accepts: Array.isArray,
  parse: (text, previous) => [...(previous ?? []), text],
  placeholder: 'setting',
  names: 'settings',
  description: 'option of a metric, as metric.option=value; may be repeated',
});

/** Options of the command alone. */
const OWN_OPTIONS = {
  set: SET,
  json: JSON_OPTION,
  out: OUT,
  verbose: boolean({
    default: false,
    description: 'what each score is made of, factor by factor',
    excludes: ['quiet'],
  }),
  quiet: { ...QUIET, description: 'names and values only, and no warnings' },
};

/**
 * Declares what `vaemetrics score` takes. `metricNames` is for help, and null if nobody reads it.
 */
export function declareScore(command: Command, metricNames: readonly string[] | null): void {
  command
    .description('Scores how well the latents of an encoder stand for the factors of the data.')
    .usage('[options] <latents> [factors]')
    .argument('<latents>', 'file with the latents, or one archive with both; - is standard input')
    .argument('[factors]', 'file with the factors; - is standard input');
  const known = metricNames === null ? '' : `: ${metricNames.join(', ')}`;
  const { set, json, out, verbose, quiet } = OWN_OPTIONS;
  declareFlags(
    command,
    'What to compute:',
    {
      metrics: { ...metrics, description: metrics.description + known },
      set,
      preset,
      bins,
      zeroBin,
      seed,
      rows,
      trainRows,
      testRows,
      threads,
      factorTypes,
    },
    { set: { sets: { option: 'options' } } },
  );
  declareFlags(command, 'How sure it is:', { interval, level, null: SCORE_FILES_OPTIONS.null });
  declareFlags(command, 'How to read the files:', READING);
  declareFlags(command, 'What to print:', { json, out, verbose, quiet, timings });
  command.addHelpText('after', describeExamples(EXAMPLES) + FORMATS_TEXT + describeExitCodes());
}

/**
 * What was given: of the command alone, every option with its value; of `scoreFiles`, as it takes
 * them.
 */
export function readScoreFlags(command: Command) {
  const options = readFlags(command, SCORE_FILES_OPTIONS) as ScoreFilesOptions<string>;
  const own = checkOptions({ name: 'score' }, readFlags(command, OWN_OPTIONS), OWN_OPTIONS);
  checkReportName(own.out);
  return { own, options };
}

export type ScoreFlags = ReturnType<typeof readScoreFlags>['own'];

const EXAMPLES = [
  {
    does: 'from PyTorch: numpy.savez("posterior.npz", latents=mu.cpu().numpy(), factors=factors)',
    command: 'vaemetrics score posterior.npz',
  },
  {
    does: 'with the posterior itself: an archive of mu, logvar, factors, and z where there is one',
    command: 'vaemetrics score posterior.npz --metrics mig,mig-posterior',
  },
  {
    does: 'two CSV files, one metric, with an interval',
    command: 'vaemetrics score z.csv labels.csv --metrics mig --interval 200',
  },
  {
    does: 'bare float32 values, ten to a row, and int32 factors, five to a row',
    command: 'vaemetrics score z.bin v.bin --latent-columns 10 --factor-columns 5',
  },
  { does: 'from a pipe', command: 'python encode.py | vaemetrics score - factors.npy' },
  { does: 'for a program', command: "vaemetrics score posterior.npz --json | jq '.metrics.mig.value'" },
  {
    does: 'other members, another setting, everything it is made of',
    command: 'vaemetrics score run.npz --latents-member z --set factor-vae.batch=128 --verbose',
  },
];
