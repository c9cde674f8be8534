/**
 * Entropy and mutual information of counts, in nats.
 *
 *   H = ln N - (1/N) sum c ln c;   I(B; V) = H(B) + H(V) - H(B, V), clipped at 0.
 *
 * The plug-in entropy is too small by about (m - 1) / 2N, m the occupied cells (Miller 1955, Note
 * on the bias of information estimates); the counts of cells that this correction needs are taken
 * here as well.
 *
 * Written with c ln c so that one logarithm is taken per occupied cell. Cost: O(cells).
 * Precision: float64 throughout; absolute error below cells * 2^-53 * ln N nats: 1e-13 up to 20 x
 * 20 cells, 4e-12 measured at 1,000 x 300.
 */

// @ts-ignore: decorator
@inline
function countTimesLog(count: u32): f64 {
  return count > 1 ? <f64>count * Math.log(<f64>count) : 0;
}

/** Entropy of counts, u32[n], that sum to total. */
export function entropyOfCounts(counts: usize, n: i32, total: f64): f64 {
  let sum = 0.0;
  for (let i = 0; i < n; i++) sum += countTimesLog(load<u32>(counts + (<usize>i << 2)));
  return Math.log(total) - sum / total;
}

/**
 * Mutual information of joint counts, u32[bins][values], that sum to total. sums: u32[values], any
 * content.
 */
export function mutualInformationOfCounts(joint: usize, sums: usize, bins: i32, values: i32, total: f64): f64 {
  memory.fill(sums, 0, <usize>values << 2);
  let jointSum = 0.0;
  let binSum = 0.0;
  let p = joint;
  for (let bin = 0; bin < bins; bin++) {
    let count: u32 = 0;
    for (let value = 0; value < values; value++) {
      const c = load<u32>(p);
      p += 4;
      if (c == 0) continue;
      count += c;
      const q = sums + (<usize>value << 2);
      store<u32>(q, load<u32>(q) + c);
      jointSum += countTimesLog(c);
    }
    binSum += countTimesLog(count);
  }
  let valueSum = 0.0;
  for (let value = 0; value < values; value++) valueSum += countTimesLog(load<u32>(sums + (<usize>value << 2)));
  return max(0, Math.log(total) + (jointSum - binSum - valueSum) / total);
}

/** How many of counts, u32[n], are not 0. */
export function countOccupied(counts: usize, n: i32): i32 {
  let occupied = 0;
  for (let i = 0; i < n; i++) occupied += i32(load<u32>(counts + (<usize>i << 2)) != 0);
  return occupied;
}

/**
 * Occupied bins plus occupied values minus occupied cells of joint counts, u32[bins][values], minus
 * 1: 2N times the correction of their mutual information. marks: u32[values], any content.
 */
export function countOccupiedMargins(joint: usize, marks: usize, bins: i32, values: i32): i32 {
  memory.fill(marks, 0, <usize>values << 2);
  let sum = -1;
  let p = joint;
  for (let bin = 0; bin < bins; bin++) {
    let any: u32 = 0;
    for (let value = 0; value < values; value++) {
      const c = load<u32>(p);
      p += 4;
      if (c == 0) continue;
      any = 1;
      sum--;
      store<u32>(marks + (<usize>value << 2), 1);
    }
    sum += <i32>any;
  }
  return sum + countOccupied(marks, values);
}

/** ln x: the host's own may differ from platform to platform. */
export function naturalLogarithm(x: f64): f64 {
  return Math.log(x);
}
