/** What is compared with Python: names of score.py, and how ours is asked for the same. */
import { metrics } from '../../src/metrics/index.js';
import type { PosteriorKind } from '../posterior.js';

export interface PeerContest {
  /** The name in score.py, unless `peer` is that. */
  readonly name: string;
  readonly peer: string;
  /** `decompose` is the function of that name, all others are metrics. */
  readonly metric: string;
  /**
   * What is measured: a table of latents and factors, one of ten of each with a million values, or
   * such a posterior with samples and factors, of 10,000 rows at most.
   */
  readonly input: 'table' | 'square' | PosteriorKind;
  /** Options of the metric. */
  readonly options?: object;
  /** Ours: a threaded contest is against one thread of Python all the same. */
  readonly threads: number;
  /** The other styles of score.py than `straightforward`, if any. */
  readonly isVectorised: boolean;
  /** Whether `vectorised` computes something that need not agree. */
  readonly isAnother: boolean;
  /** Whether rows are held back: both sides learn from the first two thirds. */
  readonly isSplit: boolean;
  /** Whether all factors are taken as continuous. */
  readonly isContinuous: boolean;
  /**
   * Beside the usual: in Python `slow` takes seconds and is called once in each turn, `slowest`
   * minutes and has one turn. Both run only where they are named.
   */
  readonly pace: 'usual' | 'slow' | 'slowest';
  readonly agreement: Agreement;
  /** What has to agree in place of the value. */
  readonly part?: string;
}

/** How near both values must be. */
export type Agreement =
  /** To this difference. */
  | number
  /** To four standard errors of the difference of two means of 5,000 draws. */
  | 'sampled';

const DEFAULTS = {
  input: 'table',
  threads: 1,
  isVectorised: false,
  isAnother: false,
  isSplit: false,
  isContinuous: false,
  pace: 'usual',
} as const;

/** Of a posterior: beyond these, samples would be drawn, by either side its own. */
export const MOST_POSTERIORS = 10_000;

/** torch's sums over 10,000 terms in float32 are off by less. */
const IN_FLOAT32 = 1e-5;

const EXACT = 1e-9;

/** Every contest, in the order that it runs. */
export const contests: readonly PeerContest[] = [
  { name: 'mig', isVectorised: true, agreement: EXACT },
  { name: 'rmig', agreement: EXACT },
  { name: 'mig-sup', agreement: EXACT },
  { name: 'jemmig', agreement: EXACT },
  { name: 'dcimig', agreement: EXACT },
  { name: 'dmig', agreement: EXACT },
  { name: 'xmig', agreement: EXACT },
  { name: 'dlig', agreement: EXACT },
  { name: 'modularity', agreement: EXACT },
  { name: 'minimality', agreement: EXACT },
  { name: 'sufficiency', agreement: EXACT },
  { name: 'med', isSplit: true, agreement: EXACT },
  { name: 'irs', agreement: EXACT },
  { name: 'mutual-information-score', agreement: EXACT },
  { name: 'gaussian-total-correlation', agreement: EXACT },
  { name: 'gaussian-wasserstein-correlation', agreement: 1e-7 },
  // scikit-learn's classifier stops a little before its optimum.
  { name: 'explicitness', isSplit: true, agreement: 1e-5 },
  // It adds 1e-10 of noise to the latents: of one that informs on nothing, InfoM is what the noise
  // makes of it.
  { name: 'infomec', agreement: 1e-4, part: 'infoC' },
  { name: 'mcc', input: 'square' as const, isVectorised: true, isContinuous: true, agreement: EXACT },
  {
    name: 'mcc-spearman',
    metric: 'mcc',
    input: 'square' as const,
    options: { correlation: 'spearman' },
    isContinuous: true,
    agreement: EXACT,
  },
  {
    name: 'r2',
    input: 'square' as const,
    isVectorised: true,
    isSplit: true,
    isContinuous: true,
    agreement: EXACT,
  },
  // Its support vector machines stop before theirs, by more; an accuracy moves by the rows between
  // two lines.
  { name: 'sap', isSplit: true, agreement: 0.005 },
  // Of pairings of bins and values that tie, SciPy may take another.
  { name: 'snc', isSplit: true, agreement: 0.005 },
  { name: 'sap-continuous', metric: 'sap', isContinuous: true, agreement: EXACT },
  { name: 'factor-vae-score', isVectorised: true, agreement: 'sampled' as const },
  { name: 'factor-vae-weighted-score', isVectorised: true, agreement: 'sampled' as const },
  { name: 'z-max-variance', agreement: 'sampled' as const },
  { name: 'beta-vae-score', isVectorised: true, agreement: 'sampled' as const },
  // Where splits are equal theirs draws. XGBoost's gains are those of second order: other
  // importances, not compared.
  { name: 'dci', isVectorised: true, isAnother: true, isSplit: true, pace: 'slowest' as const, agreement: 0.05 },
  { name: 'mig-posterior', input: 'vae' as const, isVectorised: true, pace: 'slow' as const, agreement: IN_FLOAT32 },
  ...decompositions('vae', 'decomposition'),
  ...decompositions('collapsed', 'decomposition-collapsed'),
].map((contest) => ({ metric: contest.name, peer: contest.name, ...DEFAULTS, ...contest }));

/** One with each number of threads. */
function decompositions(input: PosteriorKind, name: string) {
  const one = { peer: 'decomposition', metric: 'decompose', input, isVectorised: true, agreement: IN_FLOAT32 };
  return [1, 2].map((threads) => ({
    ...one,
    name: threads === 1 ? name : `${name}-${threads}-threads`,
    threads,
    pace: 'slow' as const,
  }));
}

/** The contests of these names; all of the usual pace where there are none. */
export function chooseContests(names: readonly string[] | null): PeerContest[] {
  if (names === null) return contests.filter(({ pace }) => pace === 'usual');
  return names.map((name) => {
    const contest = contests.find((known) => known.name === name);
    if (contest) return contest;
    throw new Error(`--metrics: expected any of ${contests.map((known) => known.name).join(', ')}, got '${name}'`);
  });
}

/** Metrics that have no peer yet. */
export const withoutPeer = metrics
  .map(({ name }) => name)
  .filter((name) => !contests.some(({ metric }) => metric === name));
