import { type Command, Option } from 'commander';
import type { Dtype } from '../matrix.js';
import { parseFactorTypes, parseRows } from '../options/parse-lists.js';
import type { FactorType, Preset, RowSelection } from '../types.js';
import { describeExamples, describeExitCodes, FORMATS_TEXT } from './help-text.js';
import { dtypeName, numberBetween, oneOf, wholeNumber, wordList } from './parse-values.js';

/** What the options below come to. */
export interface ScoreFlags {
  readonly metrics?: readonly string[];
  readonly set?: readonly string[];
  readonly bins?: number;
  readonly preset?: Preset;
  readonly trainRows?: RowSelection;
  readonly testRows?: RowSelection;
  readonly seed?: number;
  readonly factorTypes?: ReadonlyArray<FactorType | null>;
  readonly interval?: number;
  readonly level?: number;
  readonly null?: number;
  readonly latentsMember?: string;
  readonly factorsMember?: string;
  readonly latentColumns?: number;
  readonly factorColumns?: number;
  readonly latentsDtype?: Dtype;
  readonly factorsDtype?: Dtype;
  readonly header?: boolean;
  readonly json?: boolean;
  readonly out?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly timings?: boolean;
  readonly threads?: number;
}

/** Declares what `vaemetrics score` takes. `metricNames` is for help, and null where nobody reads it. */
export function declareScore(command: Command, metricNames: readonly string[] | null): void {
  command
    .description('Scores how well the latents of an encoder stand for the factors of the data.')
    .usage('[options] <latents> [factors]')
    .argument('<latents>', 'file with the latents, or one archive with both; - is standard input')
    .argument('[factors]', 'file with the factors; - is standard input');

  const known = metricNames === null ? '' : `: ${metricNames.join(', ')}`;
  const group = (heading: string, ...options: Option[]) => {
    for (const option of options) command.addOption(option.helpGroup(heading));
  };
  group(
    'What to compute:',
    new Option(
      '-m, --metrics <names>',
      `metrics, with commas between, or all (default: all but the slow)${known}`,
    ).argParser(wordList('--metrics')),
    new Option('--set <setting>', 'option of a metric, as metric.option=value; may be repeated').argParser(
      (text: string, previous: readonly string[] = []) => [...previous, text],
    ),
    new Option(
      '--preset <name>',
      'settings of the paper, disentanglement-lib or ubisoft; options given go before them',
    ).argParser(oneOf('--preset', ['paper', 'disentanglement-lib', 'ubisoft'])),
    new Option('--bins <n>', 'bins of every metric that counts in bins').argParser(wholeNumber('--bins', 2)),
    new Option('--seed <n>', 'seed of every random draw (default: 0)').argParser(wholeNumber('--seed', 0)),
    new Option('--train-rows <range>', 'rows to learn from, as 0:6666 (default: a random part)').argParser(parseRows),
    new Option('--test-rows <range>', 'rows to be judged on, as 6666:10000').argParser(parseRows),
    new Option(
      '--threads <n>',
      'threads; results do not depend on it (default: all, where there is slow work)',
    ).argParser(wholeNumber('--threads', 1, 64)),
    new Option(
      '--factor-types <list>',
      'd (discrete), c (continuous) or - (by its values) per factor: d,c,- (default: as the archive says, or by values)',
    ).argParser(parseFactorTypes),
  );
  group(
    'How sure it is:',
    new Option('--interval <n>', 'confidence interval from n resamples').argParser(wholeNumber('--interval', 0)),
    new Option('--level <p>', 'level of the interval (default: 0.95)').argParser(numberBetween('--level', 0.5, 0.999)),
    new Option('--null <n>', 'null distribution from n permutations of the factors').argParser(
      wholeNumber('--null', 0),
    ),
  );
  group(
    'How to read the files:',
    new Option('--latents-member <name>', 'array of an archive to take as latents'),
    new Option('--factors-member <name>', 'array of an archive to take as factors'),
    new Option('--latent-columns <n>', 'columns of bare values').argParser(wholeNumber('--latent-columns', 1)),
    new Option('--factor-columns <n>', 'columns of bare values').argParser(wholeNumber('--factor-columns', 1)),
    new Option('--latents-dtype <dtype>', 'type of bare values (default: float32)').argParser(
      dtypeName('--latents-dtype'),
    ),
    new Option('--factors-dtype <dtype>', 'type of bare values (default: int32)').argParser(
      dtypeName('--factors-dtype'),
    ),
    new Option('--header', 'the first row of a CSV holds names (default: looks)'),
    new Option('--no-header', 'the first row of a CSV holds numbers'),
  );
  group(
    'What to print:',
    new Option('--json', 'one JSON document'),
    new Option('-o, --out <file>', 'write to a file instead, whole or not at all; JSON if it ends in .json'),
    new Option('-v, --verbose', 'what each score is made of, factor by factor'),
    new Option('-q, --quiet', 'names and values only, and no warnings'),
    new Option('--timings', 'seconds per metric'),
  );
  command.addHelpText('after', describeExamples(EXAMPLES) + FORMATS_TEXT + describeExitCodes());
}

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
