import type { Command } from 'commander';
import { wrongValue } from '../errors.js';
import { AGREEMENT_OPTIONS } from '../facade/agreement-options.js';
import { READING_OPTIONS } from '../facade/files/reading-options.js';
import { UDR_OPTIONS } from '../facade/udr-options.js';
import { extensionOf } from '../io/extension.js';
import { checkOptions } from '../options/check-options.js';
import { STRICT } from '../options/common-rules.js';
import { choice, type NumberRule } from '../options/rule.js';
import { mention, phrase } from '../phrase.js';
import { declareFlags, readFlags } from './flags/declare-flags.js';
import { describeExamples, describeExitCodes, FORMATS_TEXT } from './help-text.js';
import { checkReportName, JSON_OPTION, OUT, QUIET, REPORT_ENDINGS } from './output-options.js';
import { UsageError } from './usage-error.js';

const { metrics, raw } = AGREEMENT_OPTIONS;
const { similarity, threshold } = UDR_OPTIONS;
const { latentsMember, latentColumns, latentsDtype, header, dropNan } = READING_OPTIONS;

const ofUdr = { needs: { option: 'udr' } };
const ofReports = { excludes: ['udr'] };

const OPTIONS = {
  metrics: { ...metrics, ...ofReports },
  raw: { ...raw, ...ofReports },
  udr: choice(['spearman', 'lasso'], {
    description: `rank models instead, by the ${similarity.description}`,
  }),
  threshold: { ...threshold, default: null, defaultText: String(threshold.default), ...ofUdr } as NumberRule,
  latentsMember: { ...latentsMember, ...ofUdr },
  latentColumns: { ...latentColumns, ...ofUdr },
  latentsDtype: { ...latentsDtype, ...ofUdr },
  header: { ...header, ...ofUdr },
  transpose: choice(['latents', 'none'], { description: READING_OPTIONS.transpose.description, ...ofUdr }),
  dropNan: { ...dropNan, description: 'leave out rows in which a number of any model is missing', ...ofUdr },
  strict: { ...STRICT, ...ofUdr },
  json: { ...JSON_OPTION, description: 'one JSON document, with counts and p-values' },
  out: { ...OUT, description: 'write to a file instead: a heat map if it ends in .svg, JSON if in .json' },
  quiet: QUIET,
};

/** Declares what `vaemetrics agreement` takes. */
export function declareAgreement(command: Command): void {
  command
    .description(
      'Tells whether metrics agree on which of many models are better: Spearman rank correlations of their scores. Or else which of several models, trained alike from different seeds, the others agree with.',
    )
    .usage('[options] <files...>')
    .argument('<files...>', 'reports that score printed as JSON, one or an array in each; or files of latents');
  const { metrics, raw, udr, threshold, json, out, quiet, ...reading } = OPTIONS;
  declareFlags(command, 'What to compute:', { metrics, raw, udr, threshold });
  declareFlags(command, 'How to read files of latents:', reading);
  declareFlags(command, 'What to print:', { json, out, quiet });
  command.addHelpText('after', describeExamples(EXAMPLES) + FORMATS_TEXT + describeExitCodes());
}

const EXAMPLES = [
  { does: 'one report for each model, then the table', command: 'vaemetrics agreement runs/*.json' },
  { does: 'as a figure', command: 'vaemetrics agreement runs/*.json -o agreement.svg' },
  { does: 'three metrics, for a program', command: 'vaemetrics agreement runs/*.json -m mig,dci,sap --json' },
  { does: 'which of ten seeds to trust, without factors', command: 'vaemetrics agreement --udr spearman seed-*.npz' },
];

/** Whether a file is written as a picture. */
export function isPicture(out: string | null): boolean {
  return out !== null && extensionOf(out) === 'svg';
}

/**
 * Every option with its value.
 * @throws OptionError for those that do not go together or with the files: what has no effect is a
 * misunderstanding
 */
export function readAgreementFlags(command: Command, files: readonly string[]) {
  const flags = checkOptions({ name: 'agreement' }, readFlags(command, OPTIONS), OPTIONS);
  const { json, out, udr } = flags;
  if (files.filter((path) => path === '-').length > 1) throw new UsageError('only one file can be standard input');
  if (json && out !== null && isPicture(out)) {
    throw wrongValue({
      option: 'json',
      problem: phrase`expected no ${mention('out', out)} beside it, which is a picture`,
    });
  }
  checkReportName(out, [...REPORT_ENDINGS, 'svg']);
  if (udr !== null && files.length < 2)
    throw wrongValue({ option: 'udr', problem: 'expected at least 2 files, got 1' });
  return flags;
}

export type AgreementFlags = ReturnType<typeof readAgreementFlags>;
