import type { Command } from 'commander';
import { DECOMPOSE_FILES_OPTIONS } from '../facade/files/decompose-files-options.js';
import { checkOptions } from '../options/check-options.js';
import { text } from '../options/rule.js';
import { checkEnding } from './check-ending.js';
import { declareFlags, readFlags } from './flags/declare-flags.js';
import { describeExamples, describeExitCodes } from './help-text.js';
import { checkReportName, JSON_OPTION, OUT, QUIET } from './output-options.js';

// On the command line the densities are written to a file.
const { perSample: _perSample, ...OPTIONS } = DECOMPOSE_FILES_OPTIONS;
const { estimator, samples, sampled, draw, activeThreshold, batchSize, datasetSize, seed, threads, timings } = OPTIONS;
const { tolerance, shortcuts, rows } = OPTIONS;
const { muMember, logvarMember, zMember, factorsMember, latentColumns, logvarColumns, zColumns } = OPTIONS;
const { latentsDtype, header, transpose, dropNan, strict } = OPTIONS;

/** Options of the command alone. */
const OWN_OPTIONS = {
  json: JSON_OPTION,
  out: OUT,
  perSample: text({
    placeholder: 'file.npz',
    names: 'files',
    description: 'write the log-densities of every sample beside',
  }),
  quiet: { ...QUIET, description: 'names and values only, and no warnings' },
};

/** Declares what `vaemetrics decompose` takes. */
export function declareDecompose(command: Command): void {
  command
    .description(
      'Splits the KL divergence of a posterior from its prior into mutual information, total correlation and dimension-wise KL, over the whole aggregated posterior: every sample against every component.',
    )
    .usage('[options] <posterior> | <mu> <logvar> [z]')
    .argument(
      '<mu>',
      'archive or table with mu and logvar, and perhaps z; or a file with the means; - is standard input',
    )
    .argument('[logvar]', 'file with the logarithms of the variances')
    .argument('[z]', 'file with a sample of each row (default: drawn from the seed)');
  declareFlags(command, 'What to compute:', {
    estimator,
    samples,
    sampled,
    draw,
    rows,
    activeThreshold,
    batchSize,
    datasetSize,
    seed,
    threads,
  });
  declareFlags(command, 'How exactly:', {
    tolerance,
    shortcuts: { ...shortcuts, description: 'sum every pair of a sample and a component' },
  });
  declareFlags(command, 'How to read the files:', {
    muMember,
    logvarMember,
    zMember,
    factorsMember,
    latentColumns,
    logvarColumns,
    zColumns,
    latentsDtype,
    header,
    transpose,
    dropNan,
    strict,
  });
  declareFlags(command, 'What to print:', { ...OWN_OPTIONS, timings });
  command.addHelpText('after', describeExamples(EXAMPLES) + FILES_TEXT + describeExitCodes());
}

/**
 * What was given: of the command alone, every option with its value; of `decomposeFiles`, as it
 * takes them.
 */
export function readDecomposeFlags(command: Command) {
  const own = checkOptions({ name: 'decompose' }, readFlags(command, OWN_OPTIONS), OWN_OPTIONS);
  checkReportName(own.out);
  checkEnding('--per-sample', own.perSample ?? undefined, '.npz');
  return { own, options: { ...readFlags(command, OPTIONS), perSample: own.perSample !== null } };
}

export type DecomposeFlags = ReturnType<typeof readDecomposeFlags>['own'];

const EXAMPLES = [
  {
    does: 'from PyTorch: numpy.savez("posterior.npz", mu=mu.cpu().numpy(), logvar=logvar.cpu().numpy())',
    command: 'vaemetrics decompose posterior.npz',
  },
  {
    does: 'one table with columns of both',
    command: "vaemetrics decompose posterior.csv --latent-columns 'mu*' --logvar-columns 'logvar*'",
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
  if its members have usual names: mu (mean, z_mean ...), logvar (log_var, z_log_var ...) and z (samples ...); of one with
  factors, the mutual information gap is told too. All formats of score.
`;
