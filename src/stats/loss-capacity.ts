/**
 * What a loss-capacity curve says of a representation: how soon the loss falls as the probe may do
 * more. Source: Eastwood et al. 2023.
 */
import type { Core } from '../../bindings/core.js';

/** The loss of each of a family of probes. */
export interface LossCurve {
  /** How much each probe can do, increasing, above 0. */
  readonly capacities: readonly number[];
  readonly losses: readonly number[];
  /** The loss of a constant, above 0. */
  readonly baseline: number;
}

/**
 * The triangle that the area is a share of: from the constant's loss at the least capacity to the
 * loss that was reached, where it was reached; or to a loss of 0 at the largest capacity.
 */
export const NORMALISERS = ['reached', 'whole'] as const;

/** What a curve says. */
export interface CurveScore {
  /**
   * E = 1 - area / Z, Z = (kappa* - kappa_0) (l_b - l*) / 2: 1 where the first probe is the best, 0
   * where the loss falls in a line from the constant's, towards -1 where nothing helps before the
   * most capable. 0 where no probe is better than the constant. `whole`: Z = (kappa_T - kappa_0)
   * l_b / 2, kappa_T the largest capacity; 1 where no probe is better than the first, or the
   * constant.
   */
  readonly explicitness: number;
  /** The least loss, at most the baseline. */
  readonly best: number;
}

/** Losses that differ by less, relatively to the baseline, are equal. */
const TIE = 1e-12;

/**
 * The area is that between the curve and its lowest loss l* over the logarithm of the capacity, by
 * trapezoids, from the least capacity to the first that reaches l*. A probe counts as no worse than
 * those of less capacity, or than the constant.
 */
export function scoreCurve(
  core: Core,
  { capacities, losses, baseline }: LossCurve,
  normaliser: (typeof NORMALISERS)[number],
): CurveScore {
  let least = baseline;
  const reached = losses.map((loss) => {
    least = Math.min(least, loss);
    return least;
  });
  if (!(least < baseline - TIE * baseline)) return { explicitness: normaliser === 'whole' ? 1 : 0, best: baseline };
  const last = reached.findIndex((loss) => loss <= least + TIE * baseline);
  if (last === 0) return { explicitness: 1, best: least };
  const kappa = capacities.map((capacity) => core.information.naturalLogarithm(capacity));
  let area = 0;
  for (let i = 1; i <= last; i++) {
    area += (kappa[i] - kappa[i - 1]) * ((reached[i] + reached[i - 1]) / 2 - least);
  }
  const [end, floor] = normaliser === 'whole' ? [kappa.length - 1, 0] : [last, least];
  const triangle = ((kappa[end] - kappa[0]) * (baseline - floor)) / 2;
  return { explicitness: Math.max(-1, 1 - area / triangle), best: least };
}
