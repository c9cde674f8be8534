import { type Note, note } from '../note.js';
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
export function describeConstants(table: Table, ofLatents: string, ofFactors = 'left out'): Note[] {
  return [...describeConstantLatents(table, ofLatents), ...describeConstantFactors(table, ofFactors)];
}

/** As {@link describeConstants}, of the factors alone. */
export function describeConstantFactors(
  { constantFactors }: Pick<Table, 'constantFactors'>,
  ofFactors = 'left out',
): Note[] {
  return constantFactors.length === 0
    ? []
    : [note('constant-factors', `${subject('factor', constantFactors)} constant: ${ofFactors}`)];
}

/** Names latents whose posteriors are the same in all rows. */
export function describeConstantPosteriors(latents: readonly number[]): Note[] {
  if (latents.length === 0) return [];
  const text = `${subject('latent', latents)} constant, with one posterior for all rows: no mutual information`;
  return [note('constant-posteriors', text)];
}

/** As {@link describeConstants}, for metrics that do not look at factors. */
export function describeConstantLatents({ constantLatents }: Table, ofLatents: string): Note[] {
  return constantLatents.length === 0
    ? []
    : [note('constant-latents', `${subject('latent', constantLatents)} constant: ${ofLatents}`)];
}

/** Names latents whose variance is no number above 0 though they vary. */
export function describeVanishing(latents: readonly number[]): Note[] {
  if (latents.length === 0) return [];
  return [note('vanishing-latents', `${subject('latent', latents)} as good as constant, below 1e-145: left out`)];
}

/** Why latents cannot be compared with each other. */
export const FEWER_THAN_TWO_LATENTS = note('few-latents', 'undefined: fewer than two latents vary');

/** Why factors cannot have a latent each. */
export const FEWER_LATENTS_THAN_FACTORS = note(
  'fewer-latents-than-factors',
  'undefined: fewer latents than factors, and each factor needs one of its own',
);

/** Why nothing can be scored where no factor varies. */
export const NO_FACTOR_VARIES = note('no-factor-varies', 'undefined: every factor is constant');

/** Why nothing can be scored where no latent varies. */
export const NO_LATENT_VARIES = note('no-latent-varies', 'undefined: every latent is constant');

/** Why nothing can be scored where no two rows share a value of a factor. */
export const NONE_HELD_FIXED = note('no-fixable-factor', 'undefined: no factor can be held fixed');

/** Why nothing can be scored where test rows say nothing. */
export const NONE_JUDGED = note('no-judged-factor', 'undefined: no factor can be judged');

/** One factor can always be told. */
export const ONE_FACTOR_SCORES_1 = note('one-factor', 'one factor: any representation scores 1');

/** A gap between factors, where there is one. */
export const NO_SECOND_FACTOR = note('one-factor', 'one factor: the runner-up of each gap is 0');

/** A gap between latents, where there is one. */
export const NO_SECOND_LATENT = note('one-latent', 'one latent: the runner-up of each gap is 0');

/** Completeness of one latent. */
export const NO_COMPLETENESS = note('one-latent', 'one latent: completeness, which compares latents, is undefined');

/** Why a quantity that compares factors is undefined where one varies. */
export function describeSingleFactor(what: string): Note {
  return note('single-factor', `undefined: a single factor varies, and ${what} compares factors`);
}

/** A fit that was given up says a little less than what is defined. */
export function describeUnfinished(what: string, converged: boolean): Note[] {
  return converged ? [] : [note('unfinished-fit', `${what} stopped before its optimum`)];
}

/** Names the values of a factor that cannot be learned, or not be tested. */
export function describeSplit(k: number, { untaught, untested }: Pick<Split, 'untaught' | 'untested'>): Note[] {
  const say = (count: number) => (count === 1 ? '1 value is' : `${count} values are`);
  return [
    ...(untaught > 0
      ? [note('untaught-values', `factor ${k}: ${say(untaught)} not among the training rows and cannot be told`)]
      : []),
    ...(untested > 0
      ? [note('untested-values', `factor ${k}: ${say(untested)} not among the test rows: learnt from, not judged on`)]
      : []),
  ];
}

/** Says that learners of numbers learn the values of a discrete factor by their order. */
export function describeNumbers({ factors, varyingFactors }: Table): Note[] {
  const isDiscrete = varyingFactors.some((k) => factors[k].type === 'discrete');
  const text = 'the values of discrete factors are taken as numbers, 0, 1, 2 ... in their order';
  return isDiscrete ? [note('ordered-values', text)] : [];
}

/** Names the factors whose values have an order only if they are no names. */
export function describeUnordered({ factors, varyingFactors }: Table): Note[] {
  const named = varyingFactors.filter((k) => (factors[k].size ?? 0) > 2);
  if (named.length === 0) return [];
  const text = `${nameColumns('factor', named)}: values are taken as numbers, in their order; if they are names, what is found of them means nothing`;
  return [note('unordered-values', text)];
}
