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

/** All components of a mixture, and which each is. */
export interface WholeMixture extends ArrangedMixture {
  /** i32[N] */
  readonly rows: Block<'i32'>;
}

/** Components per kernel call: a few milliseconds, and an even number. */
const COMPONENTS_PER_CALL = 2 ** 16;
/**
 * Bounds are taken this much wider than they are, so that what rounds off of them does not matter.
 */
const SLACK = 1e-9;
const PER_TWO_LN2 = 0.7213475204444817;

/** Room for the components of a mixture. */
function allocComponents(core: Core, count: number): MixtureComponents {
  return {
    means: core.arena.alloc('f64', count),
    halves: core.arena.alloc('f64', count),
    weights: core.arena.alloc('f64', count),
    precisions: core.arena.alloc('f64', count),
  };
}

/** Fills weights and precisions from halves. */
async function fillTerms(core: Core, components: MixtureComponents, pause: Pause): Promise<void> {
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
): Promise<WholeMixture> {
  const { arena, mixture } = core;
  const count = means.length;
  const { minima, maxima } = core.moments.columnExtremes(logvars, count, 1);
  const least = minima[0];
  const counts = arena.zeros('i32', Math.floor((maxima[0] - least) * PER_TWO_LN2) + 1);
  mixture.countClasses(counts, logvars, least);
  const sizes = counts.array.slice();
  const components = allocComponents(core, count);
  const rows = arena.alloc('i32', count);

  // By the kernel's exponential: JavaScript's differs between engines.
  const largestWeight = arena.borrow(() => {
    const lone = allocComponents(core, 1);
    lone.halves.array[0] = -0.5 * least;
    mixture.componentTerms(lone, 0, 1);
    return lone.weights.array[0];
  });
  const starts = startsOf(sizes);
  const classes = Array.from(sizes).flatMap((size, c) =>
    size === 0 ? [] : [describeClass(starts[c], starts[c] + size, largestWeight / 2 ** c, 2 ** (sizes.length - 1 - c))],
  );

  await arena.scope(async () => {
    const { keys, order } = sortedCopy(core, means);
    const cursors = arena.upload('i32', starts);
    for (let first = 0; first < count; first += COMPONENTS_PER_CALL) {
      await pause('mixture components', first, count);
      const last = Math.min(first + COMPONENTS_PER_CALL, count);
      mixture.placeComponents(components, rows, keys, order, logvars, cursors, least, first, last);
    }
  });
  await fillTerms(core, components, pause);
  return { components, rows, classes };
}

/** Where parts of these sizes begin, side by side. */
function startsOf(sizes: Int32Array): Int32Array {
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return start - size;
  });
}

function describeClass(from: number, to: number, weight: number, weightRatio: number): MixtureClass {
  const deviation = 1 / weight;
  return {
    from,
    to,
    deviation: deviation * (1 - SLACK),
    largestWeight: (1 + SLACK) / deviation,
    leastPrecision: (1 - SLACK) / (8 * deviation * deviation),
    weightRatio,
  };
}

/**
 * The mixtures of the components of each part, in place of as many calls of {@link arrangeMixture}:
 * means need not be sorted again. Blocks are of the caller's scope.
 * @param partOf the part of each row, 0 .. parts - 1, each of which has one
 */
export async function splitMixture(
  core: Core,
  { components: all, rows, classes }: WholeMixture,
  partOf: Block<'i32'>,
  parts: number,
  pause: Pause,
): Promise<ArrangedMixture[]> {
  const count = rows.length;
  const out = allocComponents(core, count);
  const mark = core.arena.mark();
  const ofComponents = core.arena.alloc('i32', count);
  core.rows.gatherColumn(ofComponents, partOf, rows, count);
  const part = ofComponents.array;
  // Part by part, and class by class within.
  const sizes = new Int32Array(parts * classes.length);
  classes.forEach(({ from, to }, c) => {
    for (let i = from; i < to; i++) sizes[part[i] * classes.length + c]++;
  });
  const starts = startsOf(sizes);
  for (const [c, { from, to }] of classes.entries()) {
    const cursors = core.arena.upload(
      'i32',
      Array.from({ length: parts }, (_, p) => starts[p * classes.length + c]),
    );
    for (let first = from; first < to; first += COMPONENTS_PER_CALL) {
      await pause('mixture components', first, count);
      core.mixture.splitComponents(out, all, ofComponents, cursors, first, Math.min(first + COMPONENTS_PER_CALL, to));
    }
  }
  core.arena.release(mark);
  return Array.from({ length: parts }, (_, p) => {
    const own = Array.from(classes, (_, c) => p * classes.length + c);
    const begin = starts[own[0]];
    const length = own.reduce((sum, i) => sum + sizes[i], 0);
    const present = classes.flatMap((one, c) =>
      sizes[own[c]] > 0 ? [{ ...one, at: starts[own[c]] - begin, size: sizes[own[c]] }] : [],
    );
    const least = present.at(-1)?.weightRatio ?? 1;
    return {
      components: {
        means: out.means.slice(begin, length),
        halves: out.halves.slice(begin, length),
        weights: out.weights.slice(begin, length),
        precisions: out.precisions.slice(begin, length),
      },
      classes: present.map(({ at, size, ...one }) => {
        return { ...one, from: at, to: at + size, weightRatio: one.weightRatio / least };
      }),
    };
  });
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
