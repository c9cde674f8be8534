import type { Split } from '../stats/split.js';
import type { Table } from '../stats/table.js';

/** `latent 3`, `latents 1, 4 and 7`. */
export function nameColumns(kind: string, indices: readonly number[]): string {
  const last = indices[indices.length - 1];
  return indices.length === 1 ? `${kind} ${last}` : `${kind}s ${indices.slice(0, -1).join(', ')} and ${last}`;
}

/** `latent 3 is`, `latents 1, 4 and 7 are`. */
function subject(kind: string, indices: readonly number[]): string {
  return `${nameColumns(kind, indices)} ${indices.length === 1 ? 'is' : 'are'}`;
}

/** Names the constant columns and says what became of them. */
export function describeConstants(table: Table, ofLatents: string, ofFactors = 'left out'): string[] {
  return [...describeConstantLatents(table, ofLatents), ...describeConstantFactors(table, ofFactors)];
}

/** As {@link describeConstants}, of the factors alone. */
export function describeConstantFactors({ constantFactors }: Pick<Table, 'constantFactors'>, ofFactors = 'left out') {
  return constantFactors.length === 0 ? [] : [`${subject('factor', constantFactors)} constant: ${ofFactors}`];
}

/** Names latents whose posteriors are the same in all rows. */
export function describeConstantPosteriors(latents: readonly number[]): string[] {
  if (latents.length === 0) return [];
  return [`${subject('latent', latents)} constant, with one posterior for all rows: no mutual information`];
}

/** As {@link describeConstants}, for metrics that do not look at factors. */
export function describeConstantLatents({ constantLatents }: Table, ofLatents: string): string[] {
  return constantLatents.length === 0 ? [] : [`${subject('latent', constantLatents)} constant: ${ofLatents}`];
}

/** Names latents whose variance is no number above 0 though they vary. */
export function describeVanishing(latents: readonly number[]): string[] {
  return latents.length === 0 ? [] : [`${subject('latent', latents)} as good as constant, below 1e-145: left out`];
}

/** Why latents cannot be compared with each other. */
export const FEWER_THAN_TWO_LATENTS = 'undefined: fewer than two latents vary';

/** Why nothing can be scored where no factor varies. */
export const NO_FACTOR_VARIES = 'undefined: every factor is constant';

/** Names the values of a factor that cannot be learned, or not be tested. */
export function describeSplit(k: number, { untaught, untested }: Pick<Split, 'untaught' | 'untested'>): string[] {
  const say = (count: number) => (count === 1 ? '1 value is' : `${count} values are`);
  return [
    ...(untaught > 0 ? [`factor ${k}: ${say(untaught)} not among the training rows and cannot be told`] : []),
    ...(untested > 0 ? [`factor ${k}: ${say(untested)} not among the test rows: learnt from, not judged on`] : []),
  ];
}

/** Says that learners of numbers learn the values of a discrete factor by their order. */
export function describeNumbers({ factors, varyingFactors }: Table): string[] {
  const isDiscrete = varyingFactors.some((k) => factors[k].type === 'discrete');
  return isDiscrete ? ['the values of discrete factors are taken as numbers, 0, 1, 2 ... in their order'] : [];
}
