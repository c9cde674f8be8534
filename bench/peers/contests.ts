/** What is compared with Python: names of score.py, and how ours is asked for the same. */
import { metrics } from '../../src/metrics/index.js';

export interface PeerContest {
  /** The name in score.py; that of the metric unless `metric` says otherwise. */
  readonly name: string;
  readonly metric: string;
  /** The other styles of score.py than `straightforward`, if any. */
  readonly isVectorised: boolean;
  /** Whether `vectorised` computes something that need not agree. */
  readonly isAnother: boolean;
  /** Whether rows are held back: both sides learn from the first two thirds. */
  readonly isSplit: boolean;
  /** Whether all factors are taken as continuous. */
  readonly isContinuous: boolean;
  /** Takes minutes in Python: called once, and only where it is named. */
  readonly isSlow: boolean;
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

const DEFAULTS = { isVectorised: false, isAnother: false, isSplit: false, isContinuous: false, isSlow: false };

const EXACT = 1e-9;

/** Every contest, in the order that it runs. */
export const contests: readonly PeerContest[] = [
  { name: 'mig', isVectorised: true, agreement: EXACT },
  { name: 'rmig', agreement: EXACT },
  { name: 'mig-sup', agreement: EXACT },
  { name: 'jemmig', agreement: EXACT },
  { name: 'dcimig', agreement: EXACT },
  { name: 'modularity', agreement: EXACT },
  { name: 'med', isSplit: true, agreement: EXACT },
  { name: 'irs', agreement: EXACT },
  { name: 'mutual-information-score', agreement: EXACT },
  { name: 'gaussian-total-correlation', agreement: EXACT },
  { name: 'gaussian-wasserstein-correlation', agreement: 1e-7 },
  // scikit-learn's classifier stops a little before its optimum.
  { name: 'explicitness', isSplit: true, agreement: 1e-5 },
  // It adds 1e-10 of noise to the latents: of one that informs on nothing, InfoM is what the noise makes of it.
  { name: 'infomec', agreement: 1e-4, part: 'infoC' },
  // Its support vector machines stop before theirs, by more; an accuracy moves by the rows between two lines.
  { name: 'sap', isSplit: true, agreement: 0.005 },
  { name: 'sap-continuous', metric: 'sap', isContinuous: true, agreement: EXACT },
  { name: 'factor-vae-score', isVectorised: true, agreement: 'sampled' as const },
  { name: 'factor-vae-weighted-score', isVectorised: true, agreement: 'sampled' as const },
  { name: 'z-max-variance', agreement: 'sampled' as const },
  { name: 'beta-vae-score', isVectorised: true, agreement: 'sampled' as const },
  // Where splits are equal theirs draws. XGBoost's gains are those of second order: other importances, not compared.
  { name: 'dci', isVectorised: true, isAnother: true, isSplit: true, isSlow: true, agreement: 0.05 },
].map((contest) => ({ metric: contest.name, ...DEFAULTS, ...contest }));

/** The contests of these names; all but the slow where there are none. */
export function chooseContests(names: readonly string[] | null): PeerContest[] {
  if (names === null) return contests.filter(({ isSlow }) => !isSlow);
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
