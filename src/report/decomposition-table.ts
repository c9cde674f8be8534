import { gatherNotes, rewriteNotes } from '../note.js';
import type { DecompositionReport, DecompositionTerms } from '../types.js';
import type { AgreementTableOptions } from './agreement-table.js';
import { alignColumns } from './align-columns.js';
import { formatCount, formatScore } from './format-number.js';
import { renderNotes } from './notes-block.js';
import { describeOrigin, LISTED, listFew } from './origin.js';
import { printable } from './printable.js';
import { createStyle, type Style } from './style.js';
import { wrapBehind, wrapItems } from './wrap-text.js';

const WIDEST = 110;
const NARROWEST = 40;

/** What each term is called, and what it is. */
const TERMS: ReadonlyArray<readonly [keyof DecompositionTerms, string, string]> = [
  ['mutualInformation', 'Mutual information', 'of a row’s number and its code'],
  ['totalCorrelation', 'Total correlation', 'what latents share'],
  ['dimensionwiseKl', 'Dimension-wise KL', 'of single latents from their prior'],
  ['kl', 'KL', 'the sum of the three'],
  ['marginalKl', 'Marginal KL', 'of q(z) from p(z): KL without mutual information'],
];

/** A decomposition as a person reads it in a terminal. */
export function renderDecomposition(report: DecompositionReport, options: AgreementTableOptions = {}): string {
  const width = Math.max(NARROWEST, Math.min(options.width ?? 80, WIDEST));
  const style = createStyle(options.color ?? false);
  const tell = (notes: readonly string[]) => rewriteNotes(notes, options.nameOption);
  const blocks = [
    renderInput(report, style, width),
    renderTerms(report, style),
    renderLatents(report, style),
    renderRest(report, width),
    renderNotes(
      [...tell(report.notes), ...gatherNotes([['MIG', tell(report.migPosterior?.notes ?? [])]])],
      style,
      width,
    ),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function renderInput(
  { input, samples, components, estimator, batch, seed, sampled }: DecompositionReport,
  style: Style,
  width: number,
): string[] {
  const items = [
    `${formatCount(input.rows)}${input.totalRows === undefined ? '' : ` of ${formatCount(input.totalRows)}`} posteriors`,
    `${formatCount(input.latents)} latent${input.latents === 1 ? '' : 's'} (${printable(input.dtype)})`,
    `z ${input.z}`,
    `${formatCount(samples)} samples`,
    estimator === 'exact'
      ? `exact${sampled ? ', sampled terms' : ''}`
      : `${estimator}, batches of ${formatCount(batch ?? 0)} of ${formatCount(components)}`,
    `seed ${seed}`,
  ];
  const read = Object.entries(input.origin ?? {}).flatMap(([name, origin]) => {
    const columns = listFew(origin.columnNames ?? [], LISTED);
    return wrapBehind(`${name}: `, describeOrigin(origin, columns), width);
  });
  return [...wrapItems(items, ' · ', width), ...read].map(style.dim);
}

function renderTerms(report: DecompositionReport, style: Style): string[] {
  const rows = TERMS.map(([key, title, meaning]) => {
    const error = report.standardError?.[key];
    const spread = error === undefined ? '' : error === 0 ? 'exact' : `± ${formatScore(error)}`;
    return [title, formatScore(report[key]), spread, meaning];
  });
  const [header, ...lines] = alignColumns([['Term', 'Nats', '', ''], ...rows.map((row) => row.slice(0, 3))]);
  const widest = Math.max(...lines.map((line) => line.length));
  return [style.bold(header), ...lines.map((line, i) => `${line.padEnd(widest)}  ${style.dim(rows[i][3])}`)];
}

function renderLatents(report: DecompositionReport, style: Style): string[] {
  const {
    klPerDimension,
    dimensionwiseKlPerDimension: own,
    mutualInformationPerDimension: shared,
    standardErrorPerDimension: errors,
    meanVariances,
  } = report;
  const order = [...klPerDimension.keys()].sort((a, b) => klPerDimension[b] - klPerDimension[a]);
  const header = ['Latent', 'KL', ...(own ? ['information', 'from prior', '±'] : []), 'variance of mean', 'active'];
  const lines = alignColumns([
    header,
    ...order.map((d) => [
      String(d),
      formatScore(klPerDimension[d]),
      ...(own && shared && errors
        ? [
            formatScore(shared[d]),
            formatScore(own[d]),
            formatScore(Math.max(errors[d].mutualInformation, errors[d].dimensionwiseKl)),
          ]
        : []),
      formatScore(meanVariances[d]),
      report.activeUnits.includes(d) ? 'yes' : 'no',
    ]),
  ]);
  return [style.bold(lines[0]), ...lines.slice(1)];
}

function renderRest(
  { gaussian, activeUnits, input, activeThreshold, migPosterior, accuracy, timings }: DecompositionReport,
  width: number,
): string[] {
  const { totalCorrelationOfSamples: samples, totalCorrelationOfMeans: means } = gaussian;
  const shown = (value: number | null) => (value === null ? 'undefined' : formatScore(value));
  const items = [
    `active units ${activeUnits.length} of ${input.latents} (variance above ${activeThreshold})`,
    `total correlation by covariances: of samples ${shown(samples)}, of means ${shown(means)}`,
    ...(migPosterior ? [`mutual information gap of the factors, by densities: ${shown(migPosterior.value)}`] : []),
    ...(accuracy
      ? [
          `densities within ${Math.max(accuracy.jointErrorBound, accuracy.marginalErrorBound).toExponential(1)} of themselves (${accuracy.arithmetic})`,
          `pairs looked at: joint ${percent(accuracy.jointShare)}, single latents ${percent(accuracy.marginalShare)}`,
        ]
      : []),
    ...(timings ? [`${timings.total.toFixed(2)} s`] : []),
  ];
  return items.flatMap((item) => wrapBehind('', item, width));
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}
