/**
 * The best split of a node, exactly: splits between bins from their sums, splits within bins where
 * bounds leave it open.
 *
 * Cost: O(bins columns), and the rows of the bins that are read.
 * Precision: gains are those of the same formula wherever they come from; a bin is passed over only
 * where its bound is 1e-9 below a gain that was found.
 */
import { offer, readBin } from './bin-splits';
import { reachesAt, reachesWithin } from './bounds';
import { BIN, countStep, HISTOGRAM, sumOfFour } from './histograms';

/**
 * Of the best gain so far: what a bound must reach for the bin to be read. Leaves room for ties and
 * roundings.
 */
const WORTH_READING: f64 = 1.0 - 1e-9;
/** How many bins are bounded together first. */
const GROUP: i32 = 4;

/**
 * The best (S_l - l S / n)^2 / (l (n - l)) of a node, below 0 where there is nothing to split;
 * peaks has that of each column (of those that reach it, others may be below 0) and, beside it,
 * what its lowest equal split has; places where the rows to the right of that begin in sorted.
 */
export function findSplit(
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

/**
 * The best gain of splits between the bins of two neighbouring columns; below 0 where there is
 * none.
 */
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
