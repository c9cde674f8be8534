import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { MixtureComponents } from '../../bindings/kernels/mixture.js';
import type { Pause } from '../stats/pause.js';

/**
 * Components whose deviations are within a factor of 2, side by side in the order of their means.
 */
export interface MixtureClass {
  /** Where they are among the components. */
  readonly from: number;
  readonly to: number;
  /** No deviation is less. */
  readonly deviation: number;
  /** No 1 / deviation is larger. */
  readonly largestWeight: number;
  /** No 1 / (2 variance) is less. */
  readonly leastPrecision: number;
  /** The largest weight, divided by that of the class of largest deviations: a power of 2. */
  readonly weightRatio: number;
}

/** The components of a mixture class by class; blocks live in the caller's scope. */
export interface ArrangedMixture {
  readonly components: MixtureComponents;
  /** Those that have components, smallest deviations first. */
  readonly classes: readonly MixtureClass[];
}

/** Components per kernel call: a few milliseconds, and an even number. */
const COMPONENTS_PER_CALL = 2 ** 16;
/**
 * Bounds are taken this much wider than they are, so that what rounds off of them does not matter.
 */
const SLACK = 1e-9;
const PER_TWO_LN2 = 0.7213475204444817;

/** Room for the components of a mixture. */
export function allocComponents(core: Core, count: number): MixtureComponents {
  return {
    means: core.arena.alloc('f64', count),
    halves: core.arena.alloc('f64', count),
    weights: core.arena.alloc('f64', count),
    precisions: core.arena.alloc('f64', count),
  };
}

/** Fills weights and precisions from halves. */
export async function fillTerms(core: Core, components: MixtureComponents, pause: Pause): Promise<void> {
  const count = components.halves.length;
  for (let from = 0; from < count; from += COMPONENTS_PER_CALL) {
    await pause('mixture components', from, count);
    core.mixture.componentTerms(components, from, Math.min(from + COMPONENTS_PER_CALL, count));
  }
}

/**
 * Puts the components with the given means and logarithms of variances, f64[N], N > 0, in classes.
 */
export async function arrangeMixture(
  core: Core,
  means: Block<'f64'>,
  logvars: Block<'f64'>,
  pause: Pause,
): Promise<ArrangedMixture> {
  const { arena, mixture } = core;
  const count = means.length;
  const { minima, maxima } = core.moments.columnExtremes(logvars, count, 1);
  const least = minima[0];
  const counts = arena.zeros('i32', Math.floor((maxima[0] - least) * PER_TWO_LN2) + 1);
  mixture.countClasses(counts, logvars, least);
  const sizes = Array.from(counts.array);
  const components = allocComponents(core, count);

  // By the kernel's exponential: JavaScript's differs between engines.
  const largestWeight = arena.borrow(() => {
    const lone = allocComponents(core, 1);
    lone.halves.array[0] = -0.5 * least;
    mixture.componentTerms(lone, 0, 1);
    return lone.weights.array[0];
  });
  const classes: MixtureClass[] = [];
  const starts: number[] = [];
  let from = 0;
  for (let c = 0; c < sizes.length; c++) {
    starts.push(from);
    if (sizes[c] > 0) classes.push(describeClass(from, from + sizes[c], largestWeight, c, sizes.length - 1));
    from += sizes[c];
  }

  await arena.scope(async () => {
    const { keys, order } = sortedCopy(core, means);
    const cursors = arena.upload('i32', starts);
    for (let first = 0; first < count; first += COMPONENTS_PER_CALL) {
      await pause('mixture components', first, count);
      const last = Math.min(first + COMPONENTS_PER_CALL, count);
      mixture.placeComponents(components, keys, order, logvars, cursors, least, first, last);
    }
  });
  await fillTerms(core, components, pause);
  return { components, classes };
}

function describeClass(from: number, to: number, weight: number, c: number, last: number): MixtureClass {
  const deviation = 2 ** c / weight;
  return {
    from,
    to,
    deviation: deviation * (1 - SLACK),
    largestWeight: (1 + SLACK) / deviation,
    leastPrecision: (1 - SLACK) / (8 * deviation * deviation),
    weightRatio: 2 ** (last - c),
  };
}

/** Numbers in increasing order, and which each was. */
export function sortedCopy(core: Core, numbers: Block<'f64'>): { keys: Block<'f64'>; order: Block<'i32'> } {
  const keys = core.arena.copy(numbers);
  const order = core.arena.alloc('i32', numbers.length);
  const places = order.array;
  for (let i = 0; i < places.length; i++) places[i] = i;
  core.rows.sortRows(keys, order);
  return { keys, order };
}
