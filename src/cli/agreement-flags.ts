import { type Command, Option } from 'commander';
import type { Dtype } from '../matrix.js';
import { describeExamples, describeExitCodes, FORMATS_TEXT } from './help-text.js';
import { dtypeName, numberBetween, wholeNumber, wordList } from './parse-values.js';
import { UsageError } from './usage-error.js';

/** What the options below come to. */
export interface AgreementFlags {
  readonly metrics?: readonly string[];
  readonly raw?: boolean;
  readonly udr?: 'spearman' | 'lasso';
  readonly threshold?: number;
  readonly latentsMember?: string;
  readonly latentColumns?: number;
  readonly latentsDtype?: Dtype;
  readonly header?: boolean;
  readonly json?: boolean;
  readonly out?: string;
  readonly quiet?: boolean;
}

/** Declares what `vaemetrics agreement` takes. */
export function declareAgreement(command: Command): void {
  command
    .description(
      'Tells whether metrics agree on which of many models are better: Spearman rank correlations of their scores. With --udr: which of several models, trained alike from different seeds, the others agree with.',
    )
    .usage('[options] <files...>')
    .argument('<files...>', 'reports of score --json, one or an array in each; with --udr files of latents');
  const group = (heading: string, ...options: Option[]) => {
    for (const option of options) command.addOption(option.helpGroup(heading));
  };
  group(
    'What to compute:',
    new Option('-m, --metrics <names>', 'metrics, with commas between, or all (default: all there are)').argParser(
      wordList('--metrics'),
    ),
    new Option('--raw', 'do not negate metrics where lower is better'),
    new Option('--udr <similarity>', 'rank models by how alike their latents are, by spearman or lasso').argParser(
      similarity,
    ),
    new Option('--threshold <nats>', 'with --udr: divergence of an informative latent (default: 0.01)').argParser(
      numberBetween('--threshold', 0, 1e6),
    ),
  );
  group(
    'How to read the files of --udr:',
    new Option('--latents-member <name>', 'array of an archive to take as latents'),
    new Option('--latent-columns <n>', 'columns of bare values').argParser(wholeNumber('--latent-columns', 1)),
    new Option('--latents-dtype <dtype>', 'type of bare values (default: float32)').argParser(
      dtypeName('--latents-dtype'),
    ),
    new Option('--header', 'the first row of a CSV holds names (default: looks)'),
    new Option('--no-header', 'the first row of a CSV holds numbers'),
  );
  group(
    'What to print:',
    new Option('--json', 'one JSON document, with counts and p-values'),
    new Option('-o, --out <file>', 'write to a file instead: a heat map if it ends in .svg, JSON if in .json'),
    new Option('-q, --quiet', 'no warnings'),
  );
  command.addHelpText('after', describeExamples(EXAMPLES) + FORMATS_TEXT + describeExitCodes());
}

const EXAMPLES = [
  { does: 'one report for each model, then the table', command: 'vaemetrics agreement runs/*.json' },
  { does: 'as a figure', command: 'vaemetrics agreement runs/*.json -o agreement.svg' },
  { does: 'three metrics, for a program', command: 'vaemetrics agreement runs/*.json -m mig,dci,sap --json' },
  { does: 'which of ten seeds to trust, without factors', command: 'vaemetrics agreement --udr spearman seed-*.npz' },
];

function similarity(text: string): 'spearman' | 'lasso' {
  if (text !== 'spearman' && text !== 'lasso') throw new UsageError(`--udr: expected spearman or lasso, got '${text}'`);
  return text;
}

/** What would hold a table, or JSON, and could not be opened. */
const PICTURES = ['.png', '.pdf', '.jpg', '.jpeg', '.eps', '.gif', '.webp'];

/** An option that has no effect is a misunderstanding, so it is refused. */
export function refuseContradictions(files: readonly string[], flags: AgreementFlags): void {
  if (files.filter((path) => path === '-').length > 1) throw new UsageError('only one file can be standard input');
  if (flags.json && flags.out?.endsWith('.svg')) throw new UsageError('--json and --out with .svg exclude each other');
  const picture = PICTURES.find((suffix) => flags.out?.toLowerCase().endsWith(suffix));
  if (picture !== undefined) throw new UsageError(`--out: heat maps are drawn as .svg, got '${flags.out}'`);
  if (flags.udr === undefined) {
    const { threshold, latentsMember, latentColumns, latentsDtype, header } = flags;
    const lost = {
      threshold,
      'latents-member': latentsMember,
      'latent-columns': latentColumns,
      'latents-dtype': latentsDtype,
      header,
    };
    for (const [name, value] of Object.entries(lost))
      if (value !== undefined) throw new UsageError(`--${name} needs --udr`);
    return;
  }
  if (flags.metrics !== undefined) throw new UsageError('--metrics and --udr exclude each other');
  if (flags.raw) throw new UsageError('--raw and --udr exclude each other');
  if (files.length < 2) throw new UsageError('--udr: expected at least 2 files, got 1');
}
