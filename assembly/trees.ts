/**
 * One regression tree on the residuals of gradient boosting: the best split of every column, exactly, by bounds from histograms.
 *
 *   A split of n rows into l and n - l gains (S_l - l S / n)^2 n / (l (n - l)), S sums of residuals;
 *   leaf value = scale sum r / sum |r| (1 - |r|) for classes (|r| (1 - |r|) = p (1 - p)), sum r / n for squares.
 *
 * Source: Friedman 2001, Greedy Function Approximation: A Gradient Boosting Machine (its L_K_TreeBoost and LS_Boost), with
 * splits as scikit-learn 1.2 makes them: every value of every column is tried, the gain is that of `friedman_mse`, nodes
 * whose variance is at most 2^-52 are leaves. Where gains are equal to 1e-10 of the largest, the tree splits by the lowest
 * column and its lowest threshold, and the gain is shared among the columns that have it (scikit-learn draws one).
 *
 * How: columns come cut into bins of whole values. A node's histogram says what splits between bins gain, and, since the sums
 * within a bin stay between those of its negative and of its positive residuals, what splits inside bins can gain at most;
 * only bins that could hold the best split are read row by row. Of two children the histogram of the smaller one is
 * counted, that of the other is the difference.
 * Cost: O(rows columns) a level, of that the smaller children alone; O(bins columns) a node.
 * Precision: for the search residuals are rounded to 2^-50 of the sum of their absolutes or less, which makes float64 sums
 * exact in any order, so that equal splits are found equal; leaves are taken from the residuals as they are.
 *
 * Nodes are numbered as in a heap: those of i are 2i + 1, 2i + 2.
 */

import { fold_f64x2 } from './lanes';

/** A variance that scikit-learn takes for none. */
const NO_VARIANCE: f64 = 2.220446049250313e-16;
/** Below this a sum of p (1 - p) is taken for none, and the leaf says nothing. */
const NO_CURVATURE: f64 = 1e-150;
/** How much better a later split must be. */
const TIE: f64 = 1.0 + 1e-10;
/** Of the best gain so far: what a bound must reach for the bin to be read. Leaves room for ties and roundings. */
const WORTH_READING: f64 = 1.0 - 1e-9;
/** Bytes of a bin: the sum of residuals, and their number and absolutes in one float64. */
const BIN: usize = 16;
/** Bytes of the histogram of a column: 256 bins. */
const HISTOGRAM: usize = 4096;
/** How many bins are bounded together first. */
const GROUP: i32 = 4;

/**
 * Grows one tree on residuals, f64[rows], and adds rate times its values to raw, f64[rows], and its gains to
 * importances, f64[columns]. scale: that of a class's leaves, 0 for squares.
 *
 * The rows: x f64[columns][rows]; sorted u64[columns][rows], in the order of each column the rank of the value (equal values
 * have one) in the high word and the row in the low one; codes u8[columns / 4][rows][4], the bin of each value; starts
 * i32[columns][257], where the rows of a bin begin in sorted; bins i32[columns][2], their number and whether splits within them
 * are tried.
 *
 * Room for: pairs f64[rows][2]; lists i32[2][rows]; nodeOf u8[rows]; histograms f64[depth][columns to a multiple of 4][256][2];
 * peaks f64[columns][2]; places i32[columns]; nodes i32[2^depth + depth][4]. Nodes are 0 at first and then left alone: they keep
 * the column each node split by, where the next tree looks first.
 *
 * The tree: columnOf i32[2^depth - 1], -1 at a leaf; thresholds f64[2^depth - 1], a row at or below goes left;
 * values f64[2^(depth + 1) - 1], of leaves. Nodes below a leaf are not written.
 */
export function growTree(
  columnOf: usize,
  thresholds: usize,
  values: usize,
  raw: usize,
  importances: usize,
  residuals: usize,
  x: usize,
  sorted: usize,
  codes: usize,
  starts: usize,
  bins: usize,
  pairs: usize,
  lists: usize,
  nodeOf: usize,
  histograms: usize,
  peaks: usize,
  places: usize,
  nodes: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  scale: f64,
  rate: f64,
): void {
  const columnBytes = <usize>rows << 3;
  const slotBytes = <usize>((columns + 3) & ~3) * HISTOGRAM;
  const spare = lists + (<usize>rows << 2);
  const absoluteUnit = makePairs(pairs, residuals, rows);
  for (let row = 0; row < rows; row++) store<i32>(lists + (<usize>row << 2), row);
  memory.fill(nodeOf, 0, rows);
  countRows(histograms, pairs, codes, lists, 0, rows, rows, columns);
  store<i32>(nodes, 0);
  store<i32>(nodes, rows, 4);
  store<i32>(nodes, 0, 8);

  // Nodes to be split, the next one on top: of two children the smaller, so that `depth` histograms are enough.
  const stack = nodes + (<usize>((1 << depth) - 1) << 4);
  let waiting = 1;
  store<i32>(stack, 0);
  while (waiting > 0) {
    waiting--;
    const node = load<i32>(stack + (<usize>waiting << 2));
    const level = 31 - clz(node + 1);
    const own = nodes + (<usize>node << 4);
    const begin = load<i32>(own);
    const end = load<i32>(own, 4);
    const slot = load<i32>(own, 8);
    const n = <f64>(end - begin);
    const histogram = histograms + <usize>slot * slotBytes;

    const best = findSplit(
      histogram,
      absoluteUnit,
      pairs,
      sorted,
      starts,
      bins,
      nodeOf,
      peaks,
      places,
      node,
      load<i32>(own, 12),
      end - begin,
      rows,
      columns,
    );
    // What a split gains is no more than there is: the variance is only asked for where that leaves it open.
    if (best < 0 || (best <= 2.0 * NO_VARIANCE && varianceOf(residuals, lists, begin, end) <= NO_VARIANCE)) {
      store<i32>(columnOf + (<usize>node << 2), -1);
      finishLeaf(values + (<usize>node << 3), raw, residuals, lists, begin, end, scale, rate);
      continue;
    }

    let column = -1;
    let tied = 0;
    for (let c = columns - 1; c >= 0; c--) {
      if (load<f64>(peaks + (<usize>c << 4)) * TIE < best) continue;
      column = c;
      tied++;
    }
    for (let c = column; c < columns; c++) {
      if (load<f64>(peaks + (<usize>c << 4)) * TIE < best) continue;
      const sum = importances + (<usize>c << 3);
      store<f64>(sum, load<f64>(sum) + (best * n) / <f64>tied);
    }
    const ofColumn = x + <usize>column * columnBytes;
    const inOrder = sorted + <usize>column * columnBytes;
    const place = load<i32>(places + (<usize>column << 2));
    const threshold = thresholdAt(ofColumn, inOrder, place, nodeOf, node);
    store<i32>(columnOf + (<usize>node << 2), column);
    store<f64>(thresholds + (<usize>node << 3), threshold);
    store<i32>(own, column, 12);
    if (level == depth - 1) {
      const child = values + (<usize>(2 * node + 1) << 3);
      finishLeaves(child, raw, residuals, ofColumn, threshold, lists, begin, end, scale, rate);
      continue;
    }

    const middle = partition(lists, spare, nodeOf, ofColumn, threshold, begin, end, 2 * node + 1);
    const isLeftSmaller = middle - begin <= end - middle;
    const smaller = 2 * node + (isLeftSmaller ? 1 : 2);
    const larger = 2 * node + (isLeftSmaller ? 2 : 1);
    const counted = histograms + <usize>(level + 1) * slotBytes;
    countRows(counted, pairs, codes, lists, isLeftSmaller ? begin : middle, isLeftSmaller ? middle : end, rows, columns);
    for (let at: usize = 0; at < slotBytes; at += 16) {
      v128.store(histogram + at, f64x2.sub(v128.load(histogram + at), v128.load(counted + at)));
    }
    const left = nodes + (<usize>(2 * node + 1) << 4);
    store<i32>(left, begin);
    store<i32>(left, middle, 4);
    store<i32>(left, isLeftSmaller ? level + 1 : slot, 8);
    store<i32>(left, middle, 16);
    store<i32>(left, end, 20);
    store<i32>(left, isLeftSmaller ? slot : level + 1, 24);
    store<i32>(stack + (<usize>waiting << 2), larger);
    store<i32>(stack + (<usize>waiting << 2), smaller, 4);
    waiting += 2;
  }
}

/** The power of two that is at least x, of normal numbers. */
function powerAbove(x: f64): f64 {
  return reinterpret<f64>(((reinterpret<i64>(x) >> 52) + 1) << 52);
}

/** What one row counts for beside the absolutes, of which all rows together have less: no sum of either reaches 2^53. */
function countStep(rows: i32): f64 {
  return <f64>(<i64>1 << (21 + clz(rows)));
}

function sumOfAbsolutes(x: usize, count: i32): f64 {
  const end = x + (<usize>count << 3);
  let p = x;
  let a_f64x2 = f64x2.splat(0);
  let b_f64x2 = f64x2.splat(0);
  let c_f64x2 = f64x2.splat(0);
  let d_f64x2 = f64x2.splat(0);
  for (; p + 64 <= end; p += 64) {
    a_f64x2 = f64x2.add(a_f64x2, f64x2.abs(v128.load(p)));
    b_f64x2 = f64x2.add(b_f64x2, f64x2.abs(v128.load(p, 16)));
    c_f64x2 = f64x2.add(c_f64x2, f64x2.abs(v128.load(p, 32)));
    d_f64x2 = f64x2.add(d_f64x2, f64x2.abs(v128.load(p, 48)));
  }
  let total = fold_f64x2(f64x2.add(f64x2.add(a_f64x2, b_f64x2), f64x2.add(c_f64x2, d_f64x2)));
  for (; p < end; p += 8) total += Math.abs(load<f64>(p));
  return total;
}

/** Residuals as histograms add them, [rounded residual, countStep + |residual| in units, rounded up]; returns the unit. */
function makePairs(pairs: usize, residuals: usize, rows: i32): f64 {
  const end = residuals + (<usize>rows << 3);
  const bound = powerAbove(1e-100 + sumOfAbsolutes(residuals, rows));
  // A multiple of bound / 2^51 has that as its last bit here.
  const grid = f64x2.splat(bound * 3.0);
  const step = countStep(rows);
  const perUnit = f64x2.splat((0.5 * step) / bound);
  const one = f64x2.splat(step);
  for (let p = residuals, to = pairs; p < end; p += 8, to += 16) {
    const r = v128.load64_splat(p);
    const rounded = f64x2.sub(f64x2.add(r, grid), grid);
    const weight = f64x2.add(f64x2.ceil(f64x2.mul(f64x2.abs(r), perUnit)), one);
    v128.store(to, i64x2.shuffle(rounded, weight, 0, 3));
  }
  return (2.0 * bound) / step;
}

/** The histograms of rows lists[begin .. end) by every column. */
function countRows(
  histogram: usize,
  pairs: usize,
  codes: usize,
  lists: usize,
  begin: i32,
  end: i32,
  rows: i32,
  columns: i32,
): void {
  const first = lists + (<usize>begin << 2);
  const stop = lists + (<usize>end << 2);
  memory.fill(histogram, 0, <usize>((columns + 3) & ~3) * HISTOGRAM);
  // Four columns at a time: their histograms stay in the first cache.
  for (let c = 0; c < columns; c += 4) {
    const four = codes + <usize>c * <usize>rows;
    const h = histogram + <usize>c * HISTOGRAM;
    if (columns - c > 2) {
      for (let p = first; p < stop; p += 4) {
        const row = <usize>load<u32>(p);
        const pair = v128.load(pairs + (row << 4));
        const word = load<u32>(four + (row << 2));
        const a = h + <usize>((word & 255) << 4);
        const b = h + <usize>((word >> 4) & 0xff0);
        const d = h + <usize>((word >> 12) & 0xff0);
        const e = h + <usize>((word >> 24) << 4);
        v128.store(a, f64x2.add(v128.load(a), pair));
        v128.store(b, f64x2.add(v128.load(b, HISTOGRAM), pair), HISTOGRAM);
        v128.store(d, f64x2.add(v128.load(d, 2 * HISTOGRAM), pair), 2 * HISTOGRAM);
        v128.store(e, f64x2.add(v128.load(e, 3 * HISTOGRAM), pair), 3 * HISTOGRAM);
      }
    } else {
      for (let p = first; p < stop; p += 4) {
        const row = <usize>load<u32>(p);
        const pair = v128.load(pairs + (row << 4));
        const word = load<u32>(four + (row << 2));
        const a = h + <usize>((word & 255) << 4);
        const b = h + <usize>((word >> 4) & 0xff0);
        v128.store(a, f64x2.add(v128.load(a), pair));
        v128.store(b, f64x2.add(v128.load(b, HISTOGRAM), pair), HISTOGRAM);
      }
    }
  }
}

/**
 * The best (S_l - l S / n)^2 / (l (n - l)) of a node, below 0 where there is nothing to split; peaks has that of each column
 * (of those that reach it, others may be below 0) and, beside it, what its lowest equal split has; places where the rows to the
 * right of that begin in sorted.
 */
function findSplit(
  histogram: usize,
  absoluteUnit: f64,
  pairs: usize,
  sorted: usize,
  starts: usize,
  bins: usize,
  nodeOf: usize,
  peaks: usize,
  places: usize,
  node: i32,
  hint: i32,
  size: i32,
  rows: i32,
  columns: i32,
): f64 {
  const n = <f64>size;
  let total_f64x2 = f64x2.splat(0);
  for (let at: usize = 0; at < HISTOGRAM; at += 4 * BIN) {
    total_f64x2 = f64x2.add(total_f64x2, sumOfFour(histogram + at));
  }
  const mean = f64x2.extract_lane(total_f64x2, 0) / n;
  for (let c = 0; c < columns; c++) v128.store(peaks + (<usize>c << 4), f64x2.splat(-1));

  const step = countStep(rows);
  let best = boundaryGain(histogram + <usize>(hint & ~1) * HISTOGRAM, step, n, mean);
  if (best < 0) {
    for (let c = 0; c < columns; c += 2) {
      best = max(best, boundaryGain(histogram + <usize>c * HISTOGRAM, step, n, mean));
    }
  }
  const perStep_f64x2 = f64x2.splat(1.0 / step);
  const step_f64x2 = f64x2.splat(step);
  const halfUnit_f64x2 = f64x2.splat(0.5 * absoluteUnit);
  const n_f64x2 = f64x2.splat(n);
  const mean_f64x2 = f64x2.splat(mean);
  // The columns of the hint first: the sooner the best is known, the fewer bins are worth reading.
  const pairsOfColumns = (columns + 1) >> 1;
  let c = (hint & ~1) - 2;
  for (let done = 0; done < pairsOfColumns; done++) {
    c += 2;
    if (c >= columns) c = 0;
    const h = histogram + <usize>c * HISTOGRAM;
    const isPair = c + 1 < columns;
    const shape = bins + (<usize>c << 3);
    const isColumn_f64x2 = i64x2(-1, isPair ? -1 : 0);
    const isFine_f64x2 = i64x2(load<i32>(shape, 4) != 0 ? -1 : 0, isPair && load<i32>(shape, 12) != 0 ? -1 : 0);
    const count = max(load<i32>(shape), isPair ? load<i32>(shape, 8) : 0);
    let cut_f64x2 = f64x2.splat(best * WORTH_READING);
    let a_f64x2 = f64x2.splat(0);
    let b_f64x2 = f64x2.splat(0);
    // Of the rows below: sums, and numbers with absolutes.
    let sum_f64x2 = f64x2.splat(0);
    let l_f64x2 = f64x2.splat(0);
    let absolute_f64x2 = f64x2.splat(0);
    for (let group = 0; group < count; group += GROUP) {
      const from = h + <usize>group * BIN;
      const aBefore_f64x2 = a_f64x2;
      const bBefore_f64x2 = b_f64x2;
      // Sums are exact: in whatever order is quickest.
      a_f64x2 = f64x2.add(a_f64x2, sumOfFour(from));
      b_f64x2 = f64x2.add(b_f64x2, sumOfFour(from + HISTOGRAM));
      const sumBefore_f64x2 = sum_f64x2;
      const lBefore_f64x2 = l_f64x2;
      const absoluteBefore_f64x2 = absolute_f64x2;
      const weight_f64x2 = i64x2.shuffle(a_f64x2, b_f64x2, 1, 3);
      sum_f64x2 = i64x2.shuffle(a_f64x2, b_f64x2, 0, 2);
      l_f64x2 = f64x2.floor(f64x2.mul(weight_f64x2, perStep_f64x2));
      absolute_f64x2 = f64x2.sub(weight_f64x2, f64x2.mul(l_f64x2, step_f64x2));
      const isOpen = v128.or(
        reachesAt(sum_f64x2, l_f64x2, lBefore_f64x2, n_f64x2, mean_f64x2, cut_f64x2),
        v128.and(
          isColumn_f64x2,
          reachesWithin(
            sumBefore_f64x2,
            lBefore_f64x2,
            sum_f64x2,
            l_f64x2,
            f64x2.mul(f64x2.sub(absolute_f64x2, absoluteBefore_f64x2), halfUnit_f64x2),
            n_f64x2,
            mean_f64x2,
            cut_f64x2,
          ),
        ),
      );
      if (!v128.any_true(isOpen)) continue;

      let aHere_f64x2 = aBefore_f64x2;
      let bHere_f64x2 = bBefore_f64x2;
      let sumHere_f64x2 = sumBefore_f64x2;
      let lHere_f64x2 = lBefore_f64x2;
      let absoluteHere_f64x2 = absoluteBefore_f64x2;
      for (let bin = group; bin < group + GROUP; bin++) {
        aHere_f64x2 = f64x2.add(aHere_f64x2, v128.load(h + <usize>bin * BIN));
        bHere_f64x2 = f64x2.add(bHere_f64x2, v128.load(h + <usize>bin * BIN, HISTOGRAM));
        const sumNext_f64x2 = i64x2.shuffle(aHere_f64x2, bHere_f64x2, 0, 2);
        const weightNext_f64x2 = i64x2.shuffle(aHere_f64x2, bHere_f64x2, 1, 3);
        const lNext_f64x2 = f64x2.floor(f64x2.mul(weightNext_f64x2, perStep_f64x2));
        const absoluteNext_f64x2 = f64x2.sub(weightNext_f64x2, f64x2.mul(lNext_f64x2, step_f64x2));
        const outer_f64x2 = reachesAt(sumNext_f64x2, lNext_f64x2, lHere_f64x2, n_f64x2, mean_f64x2, cut_f64x2);
        const inner_f64x2 = v128.and(
          isFine_f64x2,
          reachesWithin(
            sumHere_f64x2,
            lHere_f64x2,
            sumNext_f64x2,
            lNext_f64x2,
            f64x2.mul(f64x2.sub(absoluteNext_f64x2, absoluteHere_f64x2), halfUnit_f64x2),
            n_f64x2,
            mean_f64x2,
            cut_f64x2,
          ),
        );
        if (v128.any_true(v128.or(inner_f64x2, outer_f64x2))) {
          const inner = i64x2.bitmask(inner_f64x2);
          const outer = i64x2.bitmask(outer_f64x2);
          for (let lane = 0; lane < 2; lane++) {
            if ((((inner | outer) >> lane) & 1) == 0) continue;
            const column = <usize>(c + lane);
            const peak = peaks + (column << 4);
            const place = places + (column << 2);
            const start = starts + (column * 257 + <usize>bin) * 4;
            if ((inner >> lane) & 1) {
              readBin(
                sorted + ((column * <usize>rows) << 3),
                load<i32>(start),
                load<i32>(start, 4),
                pairs,
                nodeOf,
                node,
                lane ? f64x2.extract_lane(sumHere_f64x2, 1) : f64x2.extract_lane(sumHere_f64x2, 0),
                lane ? f64x2.extract_lane(lHere_f64x2, 1) : f64x2.extract_lane(lHere_f64x2, 0),
                mean,
                n,
                best * WORTH_READING,
                peak,
                place,
              );
            }
            if ((outer >> lane) & 1) {
              const sum = lane ? f64x2.extract_lane(sumNext_f64x2, 1) : f64x2.extract_lane(sumNext_f64x2, 0);
              const l = lane ? f64x2.extract_lane(lNext_f64x2, 1) : f64x2.extract_lane(lNext_f64x2, 0);
              const diff = sum - l * mean;
              offer(peak, place, (diff * diff) / (l * (n - l)), load<i32>(start, 4));
            }
            best = max(best, load<f64>(peak));
          }
          cut_f64x2 = f64x2.splat(best * WORTH_READING);
        }
        sumHere_f64x2 = sumNext_f64x2;
        lHere_f64x2 = lNext_f64x2;
        absoluteHere_f64x2 = absoluteNext_f64x2;
      }
    }
  }
  return best;
}

// @ts-ignore: decorator
@inline
function sumOfFour(p: usize): v128 {
  return f64x2.add(f64x2.add(v128.load(p), v128.load(p, 16)), f64x2.add(v128.load(p, 32), v128.load(p, 48)));
}

/** Whether the split after l rows, of which some are in the last bin, gains as much as cut. */
// @ts-ignore: decorator
@inline
function reachesAt(sum: v128, l: v128, lBefore: v128, n: v128, mean: v128, cut: v128): v128 {
  const diff = f64x2.sub(sum, f64x2.mul(l, mean));
  const between = f64x2.mul(l, f64x2.sub(n, l));
  return v128.and(
    v128.and(f64x2.gt(between, f64x2.splat(0)), f64x2.gt(l, lBefore)),
    f64x2.ge(f64x2.mul(diff, diff), f64x2.mul(cut, between)),
  );
}

/**
 * Whether a split between two others could gain as much as cut: sums go no further up from the first than by the positive
 * residuals between them, and no further down than by the negative ones. halfAbsolute: half of the absolutes of all of these.
 */
// @ts-ignore: decorator
@inline
function reachesWithin(
  sumFirst: v128,
  first: v128,
  sumLast: v128,
  last: v128,
  halfAbsolute: v128,
  n: v128,
  mean: v128,
  cut: v128,
): v128 {
  const one = f64x2.splat(1);
  const m = f64x2.sub(last, first);
  const halfNet = f64x2.mul(f64x2.sub(sumLast, sumFirst), f64x2.splat(0.5));
  const diff = f64x2.sub(sumFirst, f64x2.mul(first, mean));
  // Each row takes a mean off, which adds to the way down, or up where the mean is negative.
  const means = f64x2.mul(m, mean);
  const up = f64x2.sub(f64x2.add(halfAbsolute, halfNet), f64x2.pmin(means, f64x2.splat(0)));
  const down = f64x2.add(f64x2.sub(halfAbsolute, halfNet), f64x2.pmax(means, f64x2.splat(0)));
  const most = f64x2.pmax(f64x2.add(diff, up), f64x2.sub(down, diff));
  const next = f64x2.add(first, one);
  const previous = f64x2.sub(last, one);
  const between = f64x2.pmin(f64x2.mul(next, f64x2.sub(n, next)), f64x2.mul(previous, f64x2.sub(n, previous)));
  return v128.and(f64x2.gt(m, one), f64x2.ge(f64x2.mul(most, most), f64x2.mul(cut, between)));
}

/** The best gain of splits between the bins of two neighbouring columns; below 0 where there is none. */
function boundaryGain(h: usize, step: f64, n: f64, mean: f64): f64 {
  const perStep_f64x2 = f64x2.splat(1.0 / step);
  const n_f64x2 = f64x2.splat(n);
  const mean_f64x2 = f64x2.splat(mean);
  const zero_f64x2 = f64x2.splat(0);
  let best = -1.0;
  let best_f64x2 = f64x2.splat(best);
  let a_f64x2 = zero_f64x2;
  let b_f64x2 = zero_f64x2;
  for (let at: usize = 0; at < HISTOGRAM; at += BIN) {
    a_f64x2 = f64x2.add(a_f64x2, v128.load(h + at));
    b_f64x2 = f64x2.add(b_f64x2, v128.load(h + at, HISTOGRAM));
    const sum_f64x2 = i64x2.shuffle(a_f64x2, b_f64x2, 0, 2);
    const weight_f64x2 = i64x2.shuffle(a_f64x2, b_f64x2, 1, 3);
    const l_f64x2 = f64x2.floor(f64x2.mul(weight_f64x2, perStep_f64x2));
    const diff_f64x2 = f64x2.sub(sum_f64x2, f64x2.mul(l_f64x2, mean_f64x2));
    const between_f64x2 = f64x2.mul(l_f64x2, f64x2.sub(n_f64x2, l_f64x2));
    const square_f64x2 = f64x2.mul(diff_f64x2, diff_f64x2);
    const isBetter_f64x2 = v128.and(
      f64x2.gt(between_f64x2, zero_f64x2),
      f64x2.gt(square_f64x2, f64x2.mul(best_f64x2, between_f64x2)),
    );
    if (v128.any_true(isBetter_f64x2)) {
      const gain_f64x2 = v128.and(f64x2.div(square_f64x2, between_f64x2), isBetter_f64x2);
      best = max(best, max(f64x2.extract_lane(gain_f64x2, 0), f64x2.extract_lane(gain_f64x2, 1)));
      best_f64x2 = f64x2.splat(best);
    }
  }
  return best;
}

/** Tries the splits within a bin, whose rows are at [from, to) of a sorted column, for gains of `cut`; sum and l are of the node's rows below it. */
function readBin(
  inOrder: usize,
  from: i32,
  to: i32,
  pairs: usize,
  nodeOf: usize,
  node: i32,
  sum: f64,
  l: f64,
  mean: f64,
  n: f64,
  cut: f64,
  peak: usize,
  place: usize,
): void {
  const stop = inOrder + (<usize>to << 3);
  let p = inOrder + (<usize>from << 3);
  // A bin of one value has no splits within.
  if (load<u32>(p, 4) == load<u32>(stop - 8, 4)) return;
  let bound = max(cut, load<f64>(peak));
  // The rank of the node's row before; none yet.
  let previous: u32 = u32.MAX_VALUE;
  for (; p < stop; p += 8) {
    const row = <usize>load<u32>(p);
    const rank = load<u32>(p, 4);
    const isOwn = load<u8>(nodeOf + row) == <u8>node;
    const diff = sum - l * mean;
    const between = l * (n - l);
    // Rarely so: asked first, since the other questions are harder to predict.
    if (diff * diff >= bound * between) {
      if (isOwn && rank != previous && previous != u32.MAX_VALUE) {
        offer(peak, place, (diff * diff) / between, <i32>((p - inOrder) >> 3));
        bound = max(bound, load<f64>(peak));
      }
    }
    previous = select(rank, previous, isOwn);
    // By bits, since engines make a branch of a choice between float64 values.
    sum += reinterpret<f64>(load<i64>(pairs + (row << 4)) & -(<i64>isOwn));
    l += f64(isOwn);
  }
}

/** Notes a gain of a column: its peak, and the first place to be as good. */
function offer(peak: usize, place: usize, gain: f64, at: i32): void {
  if (gain > load<f64>(peak, 8) * TIE) {
    store<f64>(peak, gain, 8);
    store<i32>(place, at);
  }
  store<f64>(peak, max(gain, load<f64>(peak)));
}

/** Halfway between the node's rows on both sides of a place in a sorted column; the lower value where that is no way. */
function thresholdAt(ofColumn: usize, inOrder: usize, place: i32, nodeOf: usize, node: i32): f64 {
  let p = inOrder + (<usize>(place - 1) << 3);
  while (load<u8>(nodeOf + <usize>load<u32>(p)) != <u8>node) p -= 8;
  const below = load<f64>(ofColumn + (<usize>load<u32>(p) << 3));
  p = inOrder + (<usize>place << 3);
  while (load<u8>(nodeOf + <usize>load<u32>(p)) != <u8>node) p += 8;
  const above = load<f64>(ofColumn + (<usize>load<u32>(p) << 3));
  const halfway = below * 0.5 + above * 0.5;
  return halfway >= below && halfway < above ? halfway : below;
}

/** Those at or below the threshold to the front, in the order they had; returns where the others begin. */
function partition(
  lists: usize,
  spare: usize,
  nodeOf: usize,
  ofColumn: usize,
  threshold: f64,
  begin: i32,
  end: i32,
  child: i32,
): i32 {
  const stop = lists + (<usize>end << 2);
  const start = lists + (<usize>begin << 2);
  let left = start;
  let right = spare;
  for (let p = start; p < stop; p += 4) {
    const row = load<u32>(p);
    const side = <usize>(load<f64>(ofColumn + (<usize>row << 3)) > threshold);
    store<u8>(nodeOf + <usize>row, <u8>(<usize>child + side));
    store<u32>(left, row);
    store<u32>(right, row);
    right += side << 2;
    left += (side ^ 1) << 2;
  }
  memory.copy(left, spare, right - spare);
  return <i32>((left - lists) >> 2);
}

function varianceOf(residuals: usize, lists: usize, begin: i32, end: i32): f64 {
  const n = <f64>(end - begin);
  let sum = 0.0;
  for (let i = begin; i < end; i++) sum += load<f64>(residuals + (<usize>load<u32>(lists + (<usize>i << 2)) << 3));
  const mean = sum / n;
  let squares = 0.0;
  for (let i = begin; i < end; i++) {
    const deviation = load<f64>(residuals + (<usize>load<u32>(lists + (<usize>i << 2)) << 3)) - mean;
    squares += deviation * deviation;
  }
  return squares / n;
}

/** The value of a leaf of n rows, from its sums of r and of |r| (1 - |r|). */
function leafValue(sums_f64x2: v128, n: f64, scale: f64): f64 {
  const sum = f64x2.extract_lane(sums_f64x2, 0);
  const curvature = f64x2.extract_lane(sums_f64x2, 1);
  if (scale == 0) return sum / n;
  return curvature < NO_CURVATURE ? 0 : (scale * sum) / curvature;
}

/** [r, |r| (1 - |r|)] of the residual at p. */
// @ts-ignore: decorator
@inline
function leafTerms(p: usize): v128 {
  const r = v128.load64_splat(p);
  const absolute = f64x2.abs(r);
  return i64x2.shuffle(r, f64x2.mul(absolute, f64x2.sub(f64x2.splat(1), absolute)), 0, 3);
}

function finishLeaf(
  value: usize,
  raw: usize,
  residuals: usize,
  lists: usize,
  begin: i32,
  end: i32,
  scale: f64,
  rate: f64,
): void {
  const start = lists + (<usize>begin << 2);
  const stop = lists + (<usize>end << 2);
  let sums_f64x2 = f64x2.splat(0);
  for (let p = start; p < stop; p += 4) {
    sums_f64x2 = f64x2.add(sums_f64x2, leafTerms(residuals + (<usize>load<u32>(p) << 3)));
  }
  const result = leafValue(sums_f64x2, <f64>(end - begin), scale);
  store<f64>(value, result);
  const change = rate * result;
  for (let p = start; p < stop; p += 4) {
    const at = raw + (<usize>load<u32>(p) << 3);
    store<f64>(at, load<f64>(at) + change);
  }
}

/** The two leaves that a last split makes. */
function finishLeaves(
  values: usize,
  raw: usize,
  residuals: usize,
  ofColumn: usize,
  threshold: f64,
  lists: usize,
  begin: i32,
  end: i32,
  scale: f64,
  rate: f64,
): void {
  const start = lists + (<usize>begin << 2);
  const stop = lists + (<usize>end << 2);
  const threshold_f64x2 = f64x2.splat(threshold);
  let left_f64x2 = f64x2.splat(0);
  let right_f64x2 = f64x2.splat(0);
  let rights_i64x2 = i64x2.splat(0);
  for (let p = start; p < stop; p += 4) {
    const shift = <usize>load<u32>(p) << 3;
    const isRight_f64x2 = f64x2.gt(v128.load64_splat(ofColumn + shift), threshold_f64x2);
    const terms_f64x2 = leafTerms(residuals + shift);
    left_f64x2 = f64x2.add(left_f64x2, v128.andnot(terms_f64x2, isRight_f64x2));
    right_f64x2 = f64x2.add(right_f64x2, v128.and(terms_f64x2, isRight_f64x2));
    rights_i64x2 = i64x2.sub(rights_i64x2, isRight_f64x2);
  }
  const rights = <i32>i64x2.extract_lane(rights_i64x2, 0);
  store<f64>(values, leafValue(left_f64x2, <f64>(end - begin - rights), scale));
  store<f64>(values, leafValue(right_f64x2, <f64>rights, scale), 8);
  for (let p = start; p < stop; p += 4) {
    const shift = <usize>load<u32>(p) << 3;
    const at = raw + shift;
    // Which leaf is hard to predict: looked up, not chosen by a branch.
    const side = <usize>(load<f64>(ofColumn + shift) > threshold);
    store<f64>(at, load<f64>(at) + rate * load<f64>(values + (side << 3)));
  }
}
