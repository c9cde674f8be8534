/**
 * The gap between the latent that is meant for a factor and its strongest rival: what DMIG, XMIG
 * and DLIG are the mean of.
 */
import { wrongValue } from '../errors.js';
import { type Note, note } from '../note.js';
import { parseNumbers } from '../options/parse-lists.js';
import { type OtherRule, ValueProblem, type ValuesOf } from '../options/rule.js';
import { assign } from '../stats/assignment.js';
import { conditionalEntropy } from '../stats/factor-entropy.js';
import { type MutualInformation, mutualInformation } from '../stats/mutual-information.js';
import type { Pause } from '../stats/pause.js';
import type { Table } from '../stats/table.js';
import { toRows } from './matrix-rows.js';
import { meanOfDefined } from './mean-of-defined.js';
import type { Outcome } from './metric.js';
import { describeConstants, FEWER_LATENTS_THAN_FACTORS, NO_FACTOR_VARIES } from './notes.js';
import { BINNED } from './shared-options.js';
import { findTopTwo } from './top-two.js';

/** What a mean gap was made of; matrices are [latent][factor]. */
export interface DependencyGapParts {
  /** I(z_d; v_k) in nats, D rows of K. */
  readonly mutualInformation: number[][];
  /** H(v_k) in nats, K. */
  readonly entropy: number[];
  /** The latent that is meant for each factor, K; null if there is none. */
  readonly regularLatent: Array<number | null>;
  /** The rival of each factor, K: a latent, of DLIG another factor; null if there is none. */
  readonly rival: Array<number | null>;
  /** What each gap is divided by, in nats, K: H(v_k), or H(v_k | v_l); null without a gap. */
  readonly normaliser: Array<number | null>;
  /** The gap of each factor, K; null if it is undefined. */
  readonly gap: Array<number | null>;
}

const isWhole = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;

const REGULAR: OtherRule<'best' | readonly number[]> = {
  kind: 'other',
  default: 'best',
  expected: 'best, or a latent for each factor',
  accepts: (value) => value === 'best' || (Array.isArray(value) && value.every(isWhole)),
  parse: readRegular,
  placeholder: '0,1,2',
  description: 'the latent meant for each factor: those that together know most, or as listed',
};

/** @throws ValueProblem for what is neither */
function readRegular(text: string): 'best' | readonly number[] {
  if (/^[\d, ]+$/.test(text)) return parseNumbers(text);
  if (text.trim() === 'best') return 'best';
  throw new ValueProblem(`expected ${REGULAR.expected}, got '${text}'`);
}

/** What the authors' library does otherwise. */
export const LATTE_LIMIT =
  'information of bins and the best pairing; its authors take nearest neighbours and latent k for factor k';

/** Options of these metrics. */
export const GAP_OPTIONS = { ...BINNED, regular: REGULAR };
type Options = ValuesOf<typeof GAP_OPTIONS>;

/** What a rival is chosen by. */
export interface Ground {
  readonly latentCount: number;
  readonly varyingFactors: readonly number[];
  /** I(z_d; v_k) in nats. */
  information(d: number, k: number): number;
  /** The factor that each latent is meant for, if any. */
  readonly factorOf: ReadonlyMap<number, number>;
}

/** What the latent of a factor is compared with. */
export interface Rival {
  /** The latent, of DLIG the factor; null if there is none to compare with. */
  readonly index: number | null;
  /** What it knows, in nats. */
  readonly information: number;
  /** The factor whose values are given in the entropy that the gap is divided by; null for none. */
  readonly given: number | null;
}

/** What tells these metrics apart. */
export interface GapKind {
  readonly name: string;
  /** What no gap is above; corrected entropies may say so. */
  readonly most?: number;
  /** Why there is no gap at all; null if there is. */
  undefinedWhy(ground: Ground): Note | null;
  /** The rival of the latent d that is meant for factor k. */
  rivalOf(ground: Ground, d: number, k: number): Rival;
  /** What else is to be said. */
  notes?(table: Table): Note[];
}

/** Mean over factors of the gap between the latent that is meant for each and its rival. */
export async function meanDependencyGap(
  table: Table,
  options: Options,
  pause: Pause,
  kind: GapKind,
): Promise<Outcome<DependencyGapParts>> {
  const found = await mutualInformation(table, options, pause);
  const { matrix, factorEntropies } = found;
  const { latentCount, factorCount, varyingFactors } = table;
  const regularLatent = chooseRegular(table, found, options.regular, kind.name);
  const ground: Ground = {
    latentCount,
    varyingFactors,
    information: (d, k) => matrix[d * factorCount + k],
    factorOf: new Map(regularLatent.flatMap((d, k) => (d === null ? [] : [[d, k] as const]))),
  };
  const whole = findReason(ground, kind);
  const none = () => new Array<number | null>(factorCount).fill(null);
  const [rival, normaliser, gap] = [none(), none(), none()];
  const notes: Note[] = [];
  for (const k of whole === null ? varyingFactors : []) {
    const d = regularLatent[k] as number;
    const { index, information, given } = kind.rivalOf(ground, d, k);
    const entropy = given === null ? factorEntropies[k] : await conditionalEntropy(table, k, given, options);
    rival[k] = index;
    normaliser[k] = entropy;
    if (entropy > 0) {
      gap[k] = Math.min(kind.most ?? Number.POSITIVE_INFINITY, (ground.information(d, k) - information) / entropy);
    } else notes.push(note('dependent-factors', `factor ${k} is a function of factor ${given}: left out`));
  }
  const value = meanOfDefined(gap);
  const isDependent = value === null && whole === null;
  return {
    value,
    parts: {
      mutualInformation: toRows(matrix, latentCount, factorCount),
      entropy: Array.from(factorEntropies),
      regularLatent,
      rival,
      normaliser,
      gap,
    },
    notes: [
      ...(whole === null ? [] : [whole]),
      ...(isDependent ? [note('dependent-factors', 'undefined: every factor is a function of another')] : []),
      ...describeConstants(table, 'no mutual information'),
      ...notes,
      ...(whole === null ? (kind.notes?.(table) ?? []) : []),
    ],
  };
}

/** Where the largest of `count` values of at least 0 is, but for some; ties go to the lowest. */
export function findLargest(
  count: number,
  isAsked: (index: number) => boolean,
  valueAt: (index: number) => number,
): number {
  return findTopTwo(count, (index) => (isAsked(index) ? valueAt(index) : -1)).index;
}

function findReason(ground: Ground, kind: GapKind): Note | null {
  const { varyingFactors, latentCount } = ground;
  if (varyingFactors.length === 0) return NO_FACTOR_VARIES;
  return latentCount < varyingFactors.length ? FEWER_LATENTS_THAN_FACTORS : kind.undefinedWhy(ground);
}

/** The latent that is meant for each factor; null if it is constant, or no latent is left. */
function chooseRegular(
  table: Table,
  { matrix, factorEntropies }: MutualInformation,
  regular: Options['regular'],
  owner: string,
): Array<number | null> {
  const { latentCount, factorCount, varyingFactors } = table;
  if (regular !== 'best') return checkRegular(table, regular, owner);
  const columns = varyingFactors.length;
  const shares = Float64Array.from({ length: latentCount * columns }, (_, i) => {
    const k = varyingFactors[i % columns];
    return matrix[Math.floor(i / columns) * factorCount + k] / factorEntropies[k];
  });
  const latentOf = new Array<number | null>(factorCount).fill(null);
  assign(shares, latentCount, columns).forEach((d, i) => {
    if (d >= 0) latentOf[varyingFactors[i]] = d;
  });
  return latentOf;
}

function checkRegular({ latentCount, factorCount }: Table, given: readonly number[], owner: string): number[] {
  const wrong = (problem: string) => wrongValue({ option: 'regular', owner, problem });
  if (given.length !== factorCount) {
    throw wrong(`expected a latent for each of ${factorCount} factors, got ${given.length}`);
  }
  const beyond = given.find((d) => d >= latentCount);
  if (beyond !== undefined) throw wrong(`expected latents from 0 to ${latentCount - 1}, got ${beyond}`);
  const twice = given.find((d, k) => given.indexOf(d) !== k);
  if (twice !== undefined) throw wrong(`expected a latent of its own for each factor, got ${twice} twice`);
  return [...given];
}
