/**
 * A tree of a random forest: bootstrap rows, columns drawn at each node, exact splits until pure.
 *
 *   classes: a split gains sum_c L_c^2 / l + sum_c R_c^2 / r - sum_c T_c^2 / n (what Gini's impurity, weighted by rows, falls by);
 *   values:  (sum of the left's deviations from the node's mean)^2 n / (l r) (what the squares fall by).
 *
 * Source: Breiman 2001, Random Forests, with what scikit-learn 1.2 decides: columns are drawn
 * without replacement until there are enough and one of them varies; a split that gains nothing is
 * taken too; nodes whose impurity is at most 2^-52 are leaves. Where gains are equal to 1e-12 of
 * the largest, the column drawn first has it, then the lowest threshold. (Two rows are split by
 * every column alike: were it the lowest column, the importance of columns would hang on their
 * order.)
 * Cost: a node of n rows sorts them by each drawn column, by rank: by insertion, or by a radix sort
 * of the bits that differ.
 * Precision: float64; counts are exact.
 *
 * Rows drawn more than once are kept once, with a weight. Node 0 is the root. columnOf i32, -1 at a
 * leaf; thresholds f64, a row at or below goes left; links i32[2]: of an inner node its children,
 * of a leaf where its shares begin and end. Shares are pairs of a class (0 for values) and f64 its
 * part of the leaf's rows (the mean). There are at most 2 rows - 1 nodes.
 */
import { drawColumns } from './draws';
import { sortByRank } from './sort';

/** An impurity that scikit-learn takes for none. */
const NO_IMPURITY: f64 = 2.220446049250313e-16;
/** How much better a later split must be. */
const TIE: f64 = 1.0 + 1e-12;

/**
 * Grows the tree by nodes until it is done, which is returned, or about `work` rows of columns have
 * been looked at.
 * importances: f64[columns], to which gains are added; x: f64[columns][rows]; ranks:
 * u32[columns][rows]; labels: i32[rows] where classes > 0; targets: f64[rows] else. sums:
 * f64[classes][2], zeros, and so they are left; drawn: i32[columns], some order of the columns;
 * chosen: i32[columns]; keys, otherKeys: u64[rows]; counts: u32[256]; the rest as in
 * startForestTree.
 */
export function growForestTree(
  columnOf: usize,
  thresholds: usize,
  links: usize,
  shareClasses: usize,
  shares: usize,
  importances: usize,
  x: usize,
  ranks: usize,
  labels: usize,
  targets: usize,
  weights: usize,
  order: usize,
  sums: usize,
  drawn: usize,
  chosen: usize,
  keys: usize,
  otherKeys: usize,
  counts: usize,
  stack: usize,
  progress: usize,
  rows: i32,
  columns: i32,
  classes: i32,
  columnsPerSplit: i32,
  depth: i32,
  work: i32,
  state: usize,
): bool {
  let nodes = load<i32>(progress);
  let height = load<i32>(progress, 4);
  while (height > 0 && work > 0) {
    height--;
    const entry = stack + (<usize>height << 4);
    const begin = load<i32>(entry);
    const end = load<i32>(entry, 4);
    const level = load<i32>(entry, 8);
    const node = <usize>load<i32>(entry, 12);
    const first = order + (<usize>begin << 2);
    const last = order + (<usize>end << 2);
    const count = end - begin;

    let total = 0.0;
    let squares = 0.0;
    let mean = 0.0;
    let isLeaf = level >= depth;
    if (classes > 0) {
      for (let p = first; p < last; p += 4) {
        const row = <usize>load<i32>(p) << 2;
        const weight = <f64>load<u32>(weights + row);
        const sum = sums + (<usize>load<i32>(labels + row) << 4);
        const before = load<f64>(sum);
        squares += weight * (2.0 * before + weight);
        store<f64>(sum, before + weight);
        total += weight;
      }
      if (1.0 - squares / (total * total) <= NO_IMPURITY) isLeaf = true;
    } else {
      const start = load<f64>(targets + (<usize>load<i32>(first) << 3));
      for (let p = first; p < last; p += 4) {
        const row = <usize>load<i32>(p);
        const weight = <f64>load<u32>(weights + (row << 2));
        total += weight;
        mean += weight * (load<f64>(targets + (row << 3)) - start);
      }
      mean = start + mean / total;
      for (let p = first; p < last; p += 4) {
        const row = <usize>load<i32>(p);
        const deviation = load<f64>(targets + (row << 3)) - mean;
        squares += <f64>load<u32>(weights + (row << 2)) * deviation * deviation;
      }
      if (squares / total <= NO_IMPURITY) isLeaf = true;
    }

    let found = 0;
    if (!isLeaf) {
      found = drawColumns(drawn, chosen, ranks, first, last, rows, columns, columnsPerSplit, state);
      work -= count * (found + 1);
    }
    let best = -1.0;
    let bestColumn = -1;
    let below: usize = 0;
    let above: usize = 0;
    for (let f = 0; f < found; f++) {
      const column = load<i32>(chosen + (<usize>f << 2));
      const own = ranks + ((<usize>column * <usize>rows) << 2);
      const sorted = sortByRank(keys, otherKeys, counts, own, first, last);
      const stop = sorted + (<usize>(count - 1) << 3);
      let left = 0.0;
      let leftSquares = 0.0;
      let rightSquares = squares;
      let columnBest = best < 0 ? -1.0 : best * TIE;
      for (let p = sorted; p < stop; p += 8) {
        const row = <usize>load<u32>(p);
        const weight = <f64>load<u32>(weights + (row << 2));
        left += weight;
        if (classes > 0) {
          const sum = sums + (<usize>load<i32>(labels + (row << 2)) << 4);
          const onLeft = load<f64>(sum, 8);
          const onRight = load<f64>(sum) - onLeft;
          leftSquares += weight * (2.0 * onLeft + weight);
          rightSquares -= weight * (2.0 * onRight - weight);
          store<f64>(sum, onLeft + weight, 8);
        } else {
          leftSquares += weight * (load<f64>(targets + (row << 3)) - mean);
        }
        if (load<u32>(p, 4) == load<u32>(p, 12)) continue;
        const right = total - left;
        const product = left * right;
        const score = classes > 0 ? leftSquares * right + rightSquares * left : leftSquares * leftSquares * total;
        // Rarely better: divided only then.
        if (score <= columnBest * product) continue;
        best = score / product;
        columnBest = best * TIE;
        bestColumn = column;
        below = row;
        above = <usize>load<u32>(p, 8);
      }
      if (classes > 0) {
        for (let p = first; p < last; p += 4) {
          store<f64>(sums + (<usize>load<i32>(labels + (<usize>load<i32>(p) << 2)) << 4), 0, 8);
        }
      }
    }

    if (bestColumn < 0) {
      store<i32>(columnOf + (node << 2), -1);
      store<i32>(links + (node << 3), begin);
      let written = begin;
      if (classes > 0) {
        for (let p = first; p < last; p += 4) {
          const label = load<i32>(labels + (<usize>load<i32>(p) << 2));
          const sum = sums + (<usize>label << 4);
          const own = load<f64>(sum);
          if (own == 0) continue;
          store<i32>(shareClasses + (<usize>written << 2), label);
          store<f64>(shares + (<usize>written << 3), own / total);
          store<f64>(sum, 0);
          written++;
        }
      } else {
        store<i32>(shareClasses + (<usize>written << 2), 0);
        store<f64>(shares + (<usize>written << 3), mean);
        written++;
      }
      store<i32>(links + (node << 3), written, 4);
      continue;
    }

    if (classes > 0) {
      for (let p = first; p < last; p += 4) {
        store<f64>(sums + (<usize>load<i32>(labels + (<usize>load<i32>(p) << 2)) << 4), 0);
      }
    }
    const gains = importances + (<usize>bestColumn << 3);
    store<f64>(gains, load<f64>(gains) + (classes > 0 ? max(0.0, best - squares / total) : best));
    const values = x + ((<usize>bestColumn * <usize>rows) << 3);
    const low = load<f64>(values + (below << 3));
    const high = load<f64>(values + (above << 3));
    const halfway = low * 0.5 + high * 0.5;
    store<i32>(columnOf + (node << 2), bestColumn);
    store<f64>(thresholds + (node << 3), halfway >= low && halfway < high ? halfway : low);
    store<i32>(links + (node << 3), nodes);
    store<i32>(links + (node << 3), nodes + 1, 4);
    const own = ranks + ((<usize>bestColumn * <usize>rows) << 2);
    const middle = partition(order, otherKeys, own, begin, end, load<u32>(own + (below << 2)));
    v128.store(stack + (<usize>height << 4), i32x4(middle, end, level + 1, nodes + 1));
    v128.store(stack + (<usize>(height + 1) << 4), i32x4(begin, middle, level + 1, nodes));
    height += 2;
    nodes += 2;
  }
  store<i32>(progress, nodes);
  store<i32>(progress, height, 4);
  return height == 0;
}

/**
 * Moves rows of a rank at or below to the front, keeping the order on both sides; returns where the
 * others begin.
 */
function partition(order: usize, scratch: usize, ranks: usize, begin: i32, end: i32, rank: u32): i32 {
  const start = order + (<usize>begin << 2);
  const stop = order + (<usize>end << 2);
  let left = start;
  let right = scratch;
  for (let p = start; p < stop; p += 4) {
    const row = load<i32>(p);
    if (load<u32>(ranks + (<usize>row << 2)) <= rank) {
      store<i32>(left, row);
      left += 4;
    } else {
      store<i32>(right, row);
      right += 4;
    }
  }
  memory.copy(left, scratch, right - scratch);
  return <i32>((left - order) >> 2);
}
