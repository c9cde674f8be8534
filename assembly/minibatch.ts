/**
 * Log-densities of the samples of a minibatch under the aggregated posterior, estimated from the
 * posteriors of that batch.
 *
 *   l_ijd = ln N(z_id; mu_jd, exp(logvar_jd)),   w_ij the weight of a pair
 *   log q(z_i)  = logsumexp_j (times * ln w_ij + sum_d l_ijd) - ln normaliser
 *   log q(z_id) = logsumexp_j (ln w_ij + l_ijd) - ln normaliser
 *   log q(z_i|x_i) = sum_d l_iid,   log p(z_i) = -1/2 sum_d (ln 2 pi + z_id^2)
 *
 * Source: Chen et al. 2018, "Isolating Sources of Disentanglement in VAEs", section 4.1 and
 * appendix C; the weights are those of src/decomposition/estimators.ts. Cost: O(count^2 * latents),
 * one exponential each; no matrix of pairs.
 * Precision: float64 throughout; differences z - mu before anything else, and the largest
 * term is taken out of each sum, so that a sample far from every mean has a finite answer.
 *
 * A batch is f64[4][latents][stride]: means, -1/2 exp(-logvar), -1/2 (ln 2 pi + logvar), samples;
 * stride is the multiple of 4 from count. What fills up a row has log-weight -Infinity.
 */
import { exp_f64x2, fold_f64x2 } from './lanes';

const LOG_2_PI: f64 = 1.8378770664093453;

/**
 * Fills a batch with posteriors `chosen`, i32[count], of mu, logvar and z, f64[latents][rows];
 * stride as above.
 */
export function fillMinibatch(
  batch: usize,
  mu: usize,
  logvar: usize,
  z: usize,
  chosen: usize,
  rows: i32,
  latents: i32,
  count: i32,
  stride: i32,
): void {
  const part = (<usize>latents * <usize>stride) << 3;
  let out = batch;
  for (let d = 0; d < latents; d++) {
    const column = (<usize>d * <usize>rows) << 3;
    for (let i = 0; i < stride; i++) {
      let mean = 0.0;
      let curvature = 0.0;
      let peak = 0.0;
      let sample = 0.0;
      if (i < count) {
        const at = column + (<usize>load<u32>(chosen + (<usize>i << 2)) << 3);
        const log = load<f64>(logvar + at);
        mean = load<f64>(mu + at);
        curvature = -0.5 * Math.exp(-log);
        peak = -0.5 * (LOG_2_PI + log);
        sample = load<f64>(z + at);
      }
      store<f64>(out, mean);
      store<f64>(out + part, curvature);
      store<f64>(out + 2 * part, peak);
      store<f64>(out + 3 * part, sample);
      out += 8;
    }
  }
}

/**
 * Writes log q(z), sum_d log q(z_d), log q(z|x) and log p(z) of samples [first, last) of a batch,
 * f64[count] each.
 * logWeights: f64[stride], of every row but for what follows; diagonals: f64[diagonalCount], the
 * log-weights of j = i, i + 1 ... modulo count; entries: f64[entryCount][3], row, column and
 * log-weight of single pairs; scratch: f64[3][stride].
 */
export function minibatchDensities(
  logJoint: usize,
  logMarginals: usize,
  logPosterior: usize,
  logPrior: usize,
  batch: usize,
  logWeights: usize,
  diagonals: usize,
  entries: usize,
  scratch: usize,
  diagonalCount: i32,
  entryCount: i32,
  jointTimes: f64,
  logNormaliser: f64,
  latents: i32,
  count: i32,
  stride: i32,
  first: i32,
  last: i32,
): void {
  const rowBytes = <usize>stride << 3;
  const part = <usize>latents * rowBytes;
  const weights = scratch;
  const terms = scratch + rowBytes;
  const joint = terms + rowBytes;
  for (let i = first; i < last; i++) {
    memory.copy(weights, logWeights, rowBytes);
    for (let k = 0; k < diagonalCount; k++) {
      store<f64>(weights + (<usize>((i + k) % count) << 3), load<f64>(diagonals + (<usize>k << 3)));
    }
    for (let k = 0, entry = entries; k < entryCount; k++, entry += 24) {
      if (<i32>load<f64>(entry) != i) continue;
      store<f64>(weights + (<usize>load<f64>(entry, 8) << 3), load<f64>(entry, 16));
    }

    const times_f64x2 = f64x2.splat(jointTimes);
    for (let j: usize = 0; j < rowBytes; j += 16) v128.store(joint + j, f64x2.mul(times_f64x2, v128.load(weights + j)));

    const own = <usize>i << 3;
    let posterior = 0.0;
    let prior = 0.0;
    let marginals = 0.0;
    for (let d = 0, column = batch; d < latents; d++, column += rowBytes) {
      const sample = load<f64>(column + 3 * part + own);
      const deviation = sample - load<f64>(column + own);
      posterior += deviation * deviation * load<f64>(column + part + own) + load<f64>(column + 2 * part + own);
      prior -= 0.5 * (LOG_2_PI + sample * sample);
      const sample_f64x2 = f64x2.splat(sample);
      for (let j: usize = 0; j < rowBytes; j += 16) {
        const at = column + j;
        const deviation_f64x2 = f64x2.sub(sample_f64x2, v128.load(at));
        const log_f64x2 = f64x2.add(
          f64x2.mul(f64x2.mul(deviation_f64x2, deviation_f64x2), v128.load(at + part)),
          v128.load(at + 2 * part),
        );
        v128.store(terms + j, f64x2.add(log_f64x2, v128.load(weights + j)));
        v128.store(joint + j, f64x2.add(log_f64x2, v128.load(joint + j)));
      }
      marginals += logSumExp(terms, rowBytes) - logNormaliser;
    }
    store<f64>(logJoint + own, logSumExp(joint, rowBytes) - logNormaliser);
    store<f64>(logMarginals + own, marginals);
    store<f64>(logPosterior + own, posterior);
    store<f64>(logPrior + own, prior);
  }
}

/** ln sum exp of f64 lanes, a multiple of 32 bytes of them, of which one at least is finite. */
function logSumExp(terms: usize, bytes: usize): f64 {
  let most0_f64x2 = v128.load(terms);
  let most1_f64x2 = v128.load(terms, 16);
  for (let j: usize = 32; j < bytes; j += 32) {
    most0_f64x2 = f64x2.pmax(most0_f64x2, v128.load(terms + j));
    most1_f64x2 = f64x2.pmax(most1_f64x2, v128.load(terms + j, 16));
  }
  most0_f64x2 = f64x2.pmax(most0_f64x2, most1_f64x2);
  const most = max(f64x2.extract_lane(most0_f64x2, 0), f64x2.extract_lane(most0_f64x2, 1));
  const most_f64x2 = f64x2.splat(most);
  let sum0_f64x2 = f64x2.splat(0);
  let sum1_f64x2 = sum0_f64x2;
  for (let j: usize = 0; j < bytes; j += 32) {
    sum0_f64x2 = f64x2.add(sum0_f64x2, exp_f64x2(f64x2.sub(v128.load(terms + j), most_f64x2)));
    sum1_f64x2 = f64x2.add(sum1_f64x2, exp_f64x2(f64x2.sub(v128.load(terms + j, 16), most_f64x2)));
  }
  return most + Math.log(fold_f64x2(f64x2.add(sum0_f64x2, sum1_f64x2)));
}
