import type { Command } from 'commander';
import { COMPARE_OPTIONS } from '../facade/compare-options.js';
import { SCORE_FILES_OPTIONS, type ScoreFilesOptions } from '../facade/files/score-files-options.js';
import { checkOptions } from '../options/check-options.js';
import { declareFlags, readFlags } from './flags/declare-flags.js';
import { describeExamples, describeExitCodes, FORMATS_TEXT } from './help-text.js';
import { checkReportName, JSON_OPTION, OUT, QUIET } from './output-options.js';
import { READING, SET } from './score-flags.js';

const { preset, bins, seed, rows, trainRows, testRows, threads, factorTypes } = SCORE_FILES_OPTIONS;

/** Of the scores of files; reports have theirs. */
const SCORING = { preset, bins, seed, rows, trainRows, testRows, threads, factorTypes, ...READING };

const { metrics, group, sort, against, level } = COMPARE_OPTIONS;

const OPTIONS = { metrics, group, sort, against, level, set: SET, json: JSON_OPTION, out: OUT, quiet: QUIET };

/** Declares what `vaemetrics compare` takes. */
export function declareCompare(command: Command): void {
  const { set, json, out, quiet, ...comparing } = OPTIONS;
  command
    .description('Tells which of several models is better, by how much, and whether that is more than chance.')
    .usage('[options] <models...>')
    .argument(
      '<models...>',
      'archives with latents and factors, pairs latents,factors, folders of runs, folders of these, and reports of score --json',
    );
  declareFlags(command, 'What to compare:', comparing);
  declareFlags(
    command,
    'How to score what is no report yet:',
    { ...SCORING, set },
    { set: { sets: { option: 'options' } } },
  );
  declareFlags(command, 'What to print:', { json, out, quiet });
  command.addHelpText('after', describeExamples(EXAMPLES) + FORMATS_TEXT + describeExitCodes());
}

const EXAMPLES = [
  { does: 'two methods, five seeds of each', command: 'vaemetrics compare vae-*.npz tcvae-*.npz' },
  { does: 'every run of a folder, by what is before the seed', command: "vaemetrics compare runs --group '(.*)-seed'" },
  { does: 'reports that are there already', command: 'vaemetrics compare reports/*.json -m mig,dci' },
  { does: 'how much better than one of them', command: 'vaemetrics compare runs --against vae --sort mig' },
];

/** What was given: of the command every option with its value; of `scoreFiles` as it takes them. */
export function readCompareFlags(command: Command) {
  const own = checkOptions({ name: 'compare' }, readFlags(command, OPTIONS), OPTIONS);
  const scoring = readFlags(command, SCORING) as ScoreFilesOptions<string>;
  checkReportName(own.out);
  return { own, scoring };
}
