/** Reports over many models as pictures. Loads what draws when it is called. */
import type { AgreementReport, UdrReport } from '../types.js';

/** The heat map of rank correlations, an SVG. */
export async function drawAgreement({ metrics, correlations, models, counts }: AgreementReport): Promise<string> {
  const { heatMap, toSvg } = await import('../charts/charts.js');
  const negated = metrics.filter(({ isNegated }) => isNegated).map(({ title }) => title);
  const fewest = Math.min(...counts.flat());
  const title = 'Do metrics agree on which models are better?';
  const over = fewest === models.length ? `${models.length}` : `${fewest} to ${models.length}`;
  const subtitle = [
    `Spearman rank correlation over ${over} models`,
    ...(negated.length === 0 ? [] : [`negated, since lower is better: ${negated.join(', ')}`]),
  ];
  const labels = metrics.map(({ title }) => title);
  const specification = heatMap({
    title,
    subtitle,
    labels,
    values: correlations,
    scale: 'diverging',
    legend: 'rank correlation',
  });
  return toSvg(specification, { title, text: describeMatrix(subtitle[0], labels, correlations) });
}

/** The heat map of the scores of pairs of models, an SVG. */
export async function drawUdr({ models, pairs, similarity }: UdrReport): Promise<string> {
  const { heatMap, toSvg } = await import('../charts/charts.js');
  const title = 'Which models find the same latents?';
  const what = `Unsupervised disentanglement ranking by ${similarity}, each pair of ${models.length} models`;
  const labels = models.map(({ name, score }) => `${name} (${score === null ? 'undefined' : score.toFixed(2)})`);
  const subtitle = [what, 'in brackets the score of the model, the median of its pairs'];
  const specification = heatMap({
    title,
    subtitle,
    labels,
    values: pairs,
    scale: 'sequential',
    legend: 'score of pair',
  });
  return toSvg(specification, { title, text: describeMatrix(what, labels, pairs) });
}

/** The numbers of the upper half, in words. */
function describeMatrix(
  what: string,
  labels: readonly string[],
  values: ReadonlyArray<ReadonlyArray<number | null>>,
): string {
  const pairs = labels.flatMap((a, i) =>
    labels.slice(i + 1).map((b, k) => `${a} and ${b} ${values[i][i + 1 + k]?.toFixed(2) ?? 'undefined'}`),
  );
  return `${what}: ${pairs.join('; ')}.`;
}
