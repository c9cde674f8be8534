/**
 * Samples of diagonal Gaussian posteriors, and their log-densities under posterior and prior.
 *
 *   z_d = mu_d + exp(logvar_d / 2) e_d,    e_d standard normal by the polar method
 *   log q(z|x) = -1/2 sum_d (ln 2 pi + logvar_d + (z_d - mu_d)^2 / exp(logvar_d))
 *   log p(z)   = -1/2 sum_d (ln 2 pi + z_d^2)
 *
 * Sources: Kingma & Welling 2014; G. Marsaglia, T. A. Bray, "A convenient method for generating
 * normal variables", SIAM Review 1964.
 * Cost: O(samples * latents). Precision: float64; logarithms and exponentials are those of
 * AssemblyScript's library, so that every engine draws the same samples.
 */
import { nextWord, openStream } from './random';

const LOG_2_PI: f64 = 1.8378770664093453;

/** A number in [-1, 1) from the next two words, in steps of 2^-52. */
// @ts-ignore: decorator
@inline
function nextSigned(state: usize): f64 {
  const high = <f64>(nextWord(state) >>> 5);
  const low = <f64>(nextWord(state) >>> 6);
  return (high * 67108864.0 + low) * 2.220446049250313e-16 - 1.0;
}

/**
 * Draws one sample of each posterior that `rows` (i32[count]) names: z, f64[latents][count]; mu and
 * logvar: f64[latents][posteriors]. A row's sample is a function of the seed, the stream and the
 * row's number alone.
 */
export function drawPosteriorSamples(
  z: usize,
  mu: usize,
  logvar: usize,
  rows: usize,
  posteriors: i32,
  latents: i32,
  count: i32,
  from: i32,
  to: i32,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  state: usize,
): void {
  for (let i = from; i < to; i++) {
    const row = load<u32>(rows + (<usize>i << 2));
    openStream(state, seedLow, seedHigh, stream, row);
    let spare: f64 = 0;
    for (let d = 0; d < latents; d++) {
      let normal = spare;
      if (!(d & 1)) {
        let u: f64 = 0;
        let v: f64 = 0;
        let square: f64 = 0;
        do {
          u = nextSigned(state);
          v = nextSigned(state);
          square = u * u + v * v;
        } while (square >= 1.0 || square == 0.0);
        const scale = Math.sqrt((-2.0 * Math.log(square)) / square);
        normal = u * scale;
        spare = v * scale;
      }
      const at = (<usize>d * <usize>posteriors + <usize>row) << 3;
      const mean = load<f64>(mu + at);
      store<f64>(z + ((<usize>d * <usize>count + <usize>i) << 3), mean + Math.exp(0.5 * load<f64>(logvar + at)) * normal);
    }
  }
}

/**
 * Writes log q(z|x) and log p(z) of samples [from, to), f64[count] each; the rest as in
 * {@link drawPosteriorSamples}.
 */
export function posteriorSampleTerms(
  logPosterior: usize,
  logPrior: usize,
  z: usize,
  mu: usize,
  logvar: usize,
  rows: usize,
  posteriors: i32,
  latents: i32,
  count: i32,
  from: i32,
  to: i32,
): void {
  for (let i = from; i < to; i++) {
    const row = <usize>load<u32>(rows + (<usize>i << 2));
    let posterior: f64 = 0;
    let prior: f64 = 0;
    for (let d = 0; d < latents; d++) {
      const at = (<usize>d * <usize>posteriors + row) << 3;
      const value = load<f64>(z + ((<usize>d * <usize>count + <usize>i) << 3));
      const log = load<f64>(logvar + at);
      const deviation = (value - load<f64>(mu + at)) * Math.exp(-0.5 * log);
      posterior += LOG_2_PI + log + deviation * deviation;
      prior += LOG_2_PI + value * value;
    }
    store<f64>(logPosterior + (<usize>i << 3), -0.5 * posterior);
    store<f64>(logPrior + (<usize>i << 3), -0.5 * prior);
  }
}
