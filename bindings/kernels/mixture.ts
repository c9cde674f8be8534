/**
 * Kernels of assembly/mixture.ts, mixture-grid.ts and mixture-interpolation.ts: one-dimensional
 * mixtures of normal densities.
 */
import { type Arena, type Block, pointersOf } from '../arena.js';

/** What they export. */
export interface MixtureExports {
  countClasses(counts: number, logvars: number, least: number, count: number, classes: number): void;
  placeComponents(
    means: number,
    halves: number,
    rows: number,
    sorted: number,
    order: number,
    logvars: number,
    cursors: number,
    least: number,
    classes: number,
    from: number,
    to: number,
  ): void;
  splitComponents(
    means: number,
    halves: number,
    weights: number,
    precisions: number,
    allMeans: number,
    allHalves: number,
    allWeights: number,
    allPrecisions: number,
    parts: number,
    cursors: number,
    from: number,
    to: number,
  ): void;
  componentTerms(weights: number, precisions: number, halves: number, from: number, to: number): void;
  plainLogDensities(
    out: number,
    points: number,
    means: number,
    halves: number,
    precisions: number,
    count: number,
    offset: number,
    from: number,
    to: number,
  ): void;
  farLogDensities(
    out: number,
    points: number,
    list: number,
    means: number,
    halves: number,
    precisions: number,
    bounds: number,
    limits: number,
    spans: number,
    classes: number,
    offset: number,
    from: number,
    to: number,
  ): number;
  cutRuns(
    lows: number,
    highs: number,
    bases: number,
    nodes: number,
    firsts: number,
    slots: number,
    points: number,
    count: number,
    h: number,
    useNodes: number,
  ): number;
  addComponents(
    values: number,
    partial: number,
    starts: number,
    ends: number,
    means: number,
    weights: number,
    precisions: number,
    lows: number,
    highs: number,
    bases: number,
    nodes: number,
    firsts: number,
    slots: number,
    points: number,
    runs: number,
    h: number,
    reachPerDeviation: number,
    from: number,
    to: number,
  ): number;
  addRuns(
    sums: number,
    errors: number,
    values: number,
    starts: number,
    ends: number,
    bases: number,
    nodes: number,
    firsts: number,
    slots: number,
    points: number,
    basis: number,
    h: number,
    perComponent: number,
    rounding: number,
    run: number,
    from: number,
    to: number,
  ): number;
  takeLogDensities(
    out: number,
    far: number,
    largest: number,
    sums: number,
    errors: number,
    leftOut: number,
    rounding: number,
    tolerance: number,
    offset: number,
    listed: number,
    from: number,
    to: number,
  ): number;
}

/** Components of a mixture, f64[N] each: means, -logvar / 2, 1 / deviation, 1 / (2 variance). */
export interface MixtureComponents {
  readonly means: Block<'f64'>;
  readonly halves: Block<'f64'>;
  readonly weights: Block<'f64'>;
  readonly precisions: Block<'f64'>;
}

/**
 * Points in increasing order, cut into runs that are summed at nodes or at the points; see
 * assembly/mixture-grid.ts.
 */
export interface MixtureRuns {
  /** f64[M] */
  readonly points: Block<'f64'>;
  /** f64[M] each, of which one element per run is used. */
  readonly lows: Block<'f64'>;
  readonly highs: Block<'f64'>;
  readonly bases: Block<'f64'>;
  /** i32[M] */
  readonly nodes: Block<'i32'>;
  /** i32[M + 1] each. */
  readonly firsts: Block<'i32'>;
  readonly slots: Block<'i32'>;
}

/** What is summed in the slots of runs: f64[4 M + 1] twice, i32[4 M] twice. */
export interface MixtureValues {
  readonly values: Block<'f64'>;
  readonly partial: Block<'f64'>;
  readonly starts: Block<'i32'>;
  readonly ends: Block<'i32'>;
}

/** Densities of one-dimensional mixtures. */
export function bindMixture(wasm: MixtureExports, arena: Arena) {
  return {
    /**
     * Adds to counts how many of logvars fall into each class of deviations; `least` is their
     * minimum.
     */
    countClasses(counts: Block<'i32'>, logvars: Block<'f64'>, least: number): void {
      wasm.countClasses(...pointersOf(counts, logvars), least, logvars.length, counts.length);
    },

    /**
     * Fills means and halves, class by class, with components [from, to) of those in the order of
     * their means, sorted and order [N], and rows [N] with which each is. cursors [classes], where
     * the next of each class goes, move on.
     */
    placeComponents(
      { means, halves }: MixtureComponents,
      rows: Block<'i32'>,
      sorted: Block<'f64'>,
      order: Block<'i32'>,
      logvars: Block<'f64'>,
      cursors: Block<'i32'>,
      least: number,
      from: number,
      to: number,
    ): void {
      const pointers = pointersOf(means, halves, rows, sorted, order, logvars, cursors);
      wasm.placeComponents(...pointers, least, cursors.length, from, to);
    },

    /**
     * Fills `out`, part by part, with components [from, to) of `all`; parts [N], the part of each.
     * cursors [parts], where the next of each part goes, move on.
     */
    splitComponents(
      out: MixtureComponents,
      all: MixtureComponents,
      parts: Block<'i32'>,
      cursors: Block<'i32'>,
      from: number,
      to: number,
    ): void {
      wasm.splitComponents(
        ...pointersOf(out.means, out.halves, out.weights, out.precisions),
        ...pointersOf(all.means, all.halves, all.weights, all.precisions, parts, cursors),
        from,
        to,
      );
    },

    /** Fills weights and precisions of components [from, to), `from` even, from halves. */
    componentTerms({ weights, precisions, halves }: MixtureComponents, from: number, to: number): void {
      wasm.componentTerms(...pointersOf(weights, precisions, halves), from, to);
    },

    /**
     * out = ln sum of the terms of all components, plus offset, at points [from, to): nothing left
     * out.
     */
    plainLogDensities(
      out: Block<'f64'>,
      points: Block<'f64'>,
      { means, halves, precisions }: MixtureComponents,
      offset: number,
      from: number,
      to: number,
    ): void {
      const pointers = pointersOf(out, points, means, halves, precisions);
      wasm.plainLogDensities(...pointers, means.length, offset, from, to);
    },

    /**
     * The same at the points that list names at [from, to), of components class by class (bounds
     * [classes + 1]), with what is too small to matter by limits [classes][2] left out. Returns the
     * number of pairs looked at.
     */
    farLogDensities(
      out: Block<'f64'>,
      points: Block<'f64'>,
      list: Block<'i32'>,
      { means, halves, precisions }: MixtureComponents,
      bounds: Block<'i32'>,
      limits: Block<'f64'>,
      offset: number,
      from: number,
      to: number,
    ): number {
      return arena.borrow(() => {
        const classes = bounds.length - 1;
        const spans = arena.alloc('i32', 2 * classes);
        const pointers = pointersOf(out, points, list, means, halves, precisions, bounds, limits, spans);
        return wasm.farLogDensities(...pointers, classes, offset, from, to);
      });
    },

    /** Cuts the points into runs for nodes h apart, or without nodes, and returns how many. */
    cutRuns(runs: MixtureRuns, h: number, useNodes: boolean): number {
      const { points, lows, highs, bases, nodes, firsts, slots } = runs;
      const pointers = pointersOf(lows, highs, bases, nodes, firsts, slots, points);
      return wasm.cutRuns(...pointers, points.length, h, useNodes ? 1 : 0);
    },

    /**
     * Adds components [from, to) of one class to `count` runs; returns the number of exponentials
     * it stands for.
     */
    addComponents(
      { values, partial, starts, ends }: MixtureValues,
      { means, weights, precisions }: MixtureComponents,
      { lows, highs, bases, nodes, firsts, slots, points }: MixtureRuns,
      count: number,
      h: number,
      reachPerDeviation: number,
      from: number,
      to: number,
    ): number {
      return wasm.addComponents(
        ...pointersOf(values, partial, starts, ends, means, weights, precisions),
        ...pointersOf(lows, highs, bases, nodes, firsts, slots, points),
        count,
        h,
        reachPerDeviation,
        from,
        to,
      );
    },

    /**
     * Adds the values of runs to sums [M] at points [from, to), and what each may be off to errors
     * [M]. Points are taken in order: `run` is that of point `from`, returned is that of point
     * `to`.
     */
    addRuns(
      sums: Block<'f64'>,
      errors: Block<'f64'>,
      { values, starts, ends }: MixtureValues,
      { bases, nodes, firsts, slots, points }: MixtureRuns,
      basis: Block<'f64'>,
      h: number,
      perComponent: number,
      rounding: number,
      run: number,
      from: number,
      to: number,
    ): number {
      return wasm.addRuns(
        ...pointersOf(sums, errors, values, starts, ends),
        ...pointersOf(bases, nodes, firsts, slots, points, basis),
        h,
        perComponent,
        rounding,
        run,
        from,
        to,
      );
    },

    /**
     * out = ln sums + offset at points [from, to) where that is within tolerance, and largest [1]
     * the largest error that was accepted; the other points go to far [M] from `listed` on. Returns
     * how many are listed then.
     */
    takeLogDensities(
      out: Block<'f64'>,
      far: Block<'i32'>,
      largest: Block<'f64'>,
      sums: Block<'f64'>,
      errors: Block<'f64'>,
      allowed: { readonly leftOut: number; readonly rounding: number; readonly tolerance: number },
      offset: number,
      listed: number,
      from: number,
      to: number,
    ): number {
      const { leftOut, rounding, tolerance } = allowed;
      const pointers = pointersOf(out, far, largest, sums, errors);
      return wasm.takeLogDensities(...pointers, leftOut, rounding, tolerance, offset, listed, from, to);
    },
  };
}
