/**
 * One regression tree on the residuals of gradient boosting: the best split of every column,
 * exactly, by bounds from histograms.
 *
 *   A split of n rows into l and n - l gains (S_l - l S / n)^2 n / (l (n - l)), S sums of residuals;
 *   leaf value = scale sum r / sum |r| (1 - |r|) for classes (|r| (1 - |r|) = p (1 - p)), sum r / n for squares.
 *
 * Source: Friedman 2001, Greedy Function Approximation: A Gradient Boosting Machine (its
 * L_K_TreeBoost and LS_Boost), with splits as scikit-learn 1.2 makes them: every value of every
 * column is tried, the gain is that of `friedman_mse`, nodes whose variance is at most 2^-52 are
 * leaves. Where gains are equal to 1e-10 of the largest, the tree splits by the lowest column and
 * its lowest threshold, and the gain is shared among the columns that have it (scikit-learn draws
 * one).
 *
 * How: columns come cut into bins of whole values. A node's histogram says what splits between bins
 * gain, and, since the sums within a bin stay between those of its negative and of its positive
 * residuals, what splits inside bins can gain at most; only bins that could hold the best split are
 * read row by row. Of two children the histogram of the smaller one is counted, that of the other
 * is the difference.
 * Cost: O(rows columns) a level, of that the smaller children alone; O(bins columns) a node.
 * Precision: for the search residuals are rounded to 2^-50 of the sum of their absolutes or less,
 * which makes float64 sums exact in any order, so that equal splits are found equal; leaves are
 * taken from the residuals as they are.
 *
 * Nodes are numbered as in a heap: those of i are 2i + 1, 2i + 2.
 */
import { TIE } from './bin-splits';
import { countRows, HISTOGRAM, makePairs } from './histograms';
import { finishLeaf, finishLeaves, varianceOf } from './leaves';
import { findSplit } from './search';

/** A variance that scikit-learn takes for none. */
const NO_VARIANCE: f64 = 2.220446049250313e-16;

/**
 * Grows one tree on residuals, f64[rows], and adds rate times its values to raw, f64[rows], and its
 * gains to importances, f64[columns]. scale: that of a class's leaves, 0 for squares. depth: 1 ..
 * 8, since nodeOf is a byte.
 *
 * The rows: x f64[columns][rows]; sorted u64[columns][rows], in the order of each column the rank
 * of the value (equal values have one) in the high word and the row in the low one; codes
 * u8[columns / 4][rows][4], the bin of each value; starts i32[columns][257], where the rows of a
 * bin begin in sorted; bins i32[columns][2], their number and whether splits within them are tried.
 *
 * Room for: pairs f64[rows][2]; lists i32[2][rows]; nodeOf u8[rows]; histograms f64[depth][columns
 * to a multiple of 4][256][2]; peaks f64[columns][2]; places i32[columns]; nodes i32[2^depth +
 * depth][4]. Nodes are 0 at first and then left alone: they keep the column each node split by,
 * where the next tree looks first.
 *
 * The tree: columnOf i32[2^depth - 1], -1 at a leaf; thresholds f64[2^depth - 1], a row at or below
 * goes left; values f64[2^(depth + 1) - 1], of leaves. Nodes below a leaf are not written.
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

  // Nodes to be split, the next one on top: of two children the smaller, so that `depth` histograms
  // are enough.
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
    // What a split gains is no more than there is: the variance is only asked for where that leaves
    // it open.
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

/**
 * Halfway between the node's rows on both sides of a place in a sorted column; the lower value
 * where that is no way.
 */
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

/**
 * Those at or below the threshold to the front, in the order they had; returns where the others
 * begin.
 */
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
