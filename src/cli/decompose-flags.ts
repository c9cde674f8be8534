import { type Command, Option } from 'commander';
import { ESTIMATOR_NAMES } from '../decomposition/estimators.js';
import type { DecomposeOptions } from '../facade/decompose-options.js';
import type { Dtype } from '../matrix.js';
import { describeExamples, describeExitCodes } from './help-text.js';
import { dtypeName, numberBetween, oneOf, wholeNumber } from './parse-values.js';
import { UsageError } from './usage-error.js';

/** What the options below come to. */
export interface DecomposeFlags
  extends Pick<
    DecomposeOptions,
    'seed' | 'threads' | 'estimator' | 'sampled' | 'samples' | 'datasetSize' | 'shortcuts' | 'tolerance' | 'timings'
  > {
  readonly batchSize?: number;
  readonly active?: number;
  readonly draw?: boolean;
  readonly muMember?: string;
  readonly logvarMember?: string;
  readonly zMember?: string;
  readonly factorsMember?: string;
  readonly latentColumns?: number;
  readonly latentsDtype?: Dtype;
  readonly header?: boolean;
  readonly json?: boolean;
  readonly out?: string;
  readonly perSample?: string;
  readonly quiet?: boolean;
}

/** Declares what `vaemetrics decompose` takes. */
export function declareDecompose(command: Command): void {
  command
    .description(
      'Splits the KL divergence of a posterior from its prior into mutual information, total correlation and dimension-wise KL, over the whole aggregated posterior: every sample against every component.',
    )
    .usage('[options] <posterior> | <mu> <logvar> [z]')
    .argument('<mu>', 'archive with mu and logvar, and perhaps z; or a file with the means; - is standard input')
    .argument('[logvar]', 'file with the logarithms of the variances')
    .argument('[z]', 'file with a sample of each row (default: drawn from the seed)');
  const group = (heading: string, ...options: Option[]) => {
    for (const option of options) command.addOption(option.helpGroup(heading));
  };
  group(
    'What to compute:',
    new Option(
      '--estimator <name>',
      `exact, or as training sees it: ${ESTIMATOR_NAMES.join(', ')} (default: exact)`,
    ).argParser(oneOf('--estimator', ['exact', ...ESTIMATOR_NAMES])),
    new Option('--samples <n>', 'rows to average over, drawn from the seed (default: 10,000, or all)').argParser(
      wholeNumber('--samples', 2),
    ),
    new Option('--sampled', 'log q(z|x) and log p(z) of the samples, not their closed forms'),
    new Option('--draw', 'draw z from the seed even where the files have one'),
    new Option('--active <variance>', 'of the mean of an active unit (default: 0.01)').argParser(
      numberBetween('--active', 0, 1e300),
    ),
    new Option('--batch-size <n>', 'of an estimator: rows of a batch (default: 64)').argParser(
      wholeNumber('--batch-size', 2),
    ),
    new Option('--dataset-size <n>', 'of an estimator: rows that it is told (default: those there are)').argParser(
      wholeNumber('--dataset-size', 2),
    ),
    new Option('--seed <n>', 'seed of every random draw (default: 0)').argParser(wholeNumber('--seed', 0)),
    new Option(
      '--threads <n>',
      'threads; results do not depend on it (default: all, where there is work for them)',
    ).argParser(wholeNumber('--threads', 1, 64)),
  );
  group(
    'How exactly:',
    new Option('--tolerance <share>', 'what shortcuts may change of a density (default: 1e-9)').argParser(
      numberBetween('--tolerance', 1e-11, 1e-6),
    ),
    new Option('--no-shortcuts', 'sum every pair of a sample and a component'),
  );
  group(
    'How to read the files:',
    new Option('--mu-member <name>', 'array of an archive to take as means'),
    new Option('--logvar-member <name>', 'array of an archive to take as logarithms of variances'),
    new Option('--z-member <name>', 'array of an archive to take as samples'),
    new Option('--factors-member <name>', 'array of an archive to take as factors'),
    new Option('--latent-columns <n>', 'columns of bare values').argParser(wholeNumber('--latent-columns', 1)),
    new Option('--latents-dtype <dtype>', 'type of bare values (default: float32)').argParser(
      dtypeName('--latents-dtype'),
    ),
    new Option('--header', 'the first row of a CSV holds names (default: looks)'),
    new Option('--no-header', 'the first row of a CSV holds numbers'),
  );
  group(
    'What to print:',
    new Option('--json', 'one JSON document'),
    new Option('-o, --out <file>', 'write to a file instead, whole or not at all; JSON if it ends in .json'),
    new Option('--per-sample <file.npz>', 'write the log-densities of every sample beside'),
    new Option('-q, --quiet', 'names and values only, and no warnings'),
    new Option('--timings', 'seconds'),
  );
  command.addHelpText('after', describeExamples(EXAMPLES) + FILES_TEXT + describeExitCodes());
}

const EXAMPLES = [
  {
    does: 'from PyTorch: numpy.savez("posterior.npz", mu=mu.cpu().numpy(), logvar=logvar.cpu().numpy())',
    command: 'vaemetrics decompose posterior.npz',
  },
  { does: 'three arrays', command: 'vaemetrics decompose mu.npy logvar.npy z.npy' },
  {
    does: 'what a batch of 64 sees in training',
    command: 'vaemetrics decompose posterior.npz --estimator mws --batch-size 64',
  },
  { does: 'for a program', command: 'vaemetrics decompose posterior.npz --json | jq .totalCorrelation' },
];

const FILES_TEXT = `
Files:
  Rows of data are rows: mu, logvar and z (N, D); logvar is the natural logarithm of the variance. An archive needs no options
  where its members are called mu (or mean, latents), logvar (or log_var) and z (or samples); of one with factors, the mutual
  information gap is told too. All formats of score.
`;

/** An option that has no effect is a misunderstanding, so it is refused. */
export function refuseContradictions(files: ReadonlyArray<string | undefined>, flags: DecomposeFlags): void {
  if (files.filter((path) => path === '-').length > 1) throw new UsageError('only one file can be standard input');
  if (flags.draw && files[2] !== undefined) throw new UsageError('--draw and a file with z exclude each other');
  if (flags.draw && flags.zMember !== undefined) throw new UsageError('--draw and --z-member exclude each other');
  const isExact = (flags.estimator ?? 'exact') === 'exact';
  const lost = isExact
    ? { 'batch-size': flags.batchSize, 'dataset-size': flags.datasetSize }
    : {
        'factors-member': flags.factorsMember,
        samples: flags.samples,
        tolerance: flags.tolerance,
        shortcuts: flags.shortcuts === false || undefined,
      };
  for (const [name, value] of Object.entries(lost)) {
    if (value === undefined) continue;
    const option = name === 'shortcuts' ? '--no-shortcuts' : `--${name}`;
    throw new UsageError(isExact ? `${option} needs a minibatch --estimator` : `${option} is for --estimator exact`);
  }
  if (flags.tolerance !== undefined && flags.shortcuts === false) {
    throw new UsageError('--tolerance and --no-shortcuts exclude each other');
  }
}
