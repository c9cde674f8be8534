/**
 * Uniform and normal numbers in single precision, each a function of (seed, stream, index, its
 * place) alone, so that a sequence may be made in pieces.
 *
 *   uniform_i = floor(w_i / 2^8) / 2^24                                              in [0, 1)
 *   normal_2p = r_p cos(a_p),  normal_2p+1 = r_p sin(a_p),   r_p = sqrt(-2 ln((w_2p + 1/2) / 2^32)),  a_p = 2 pi w_2p+1 / 2^32
 *
 * with w_i the words of the generator. Source: G. E. P. Box, M. E. Muller, "A note on the
 * generation of random normal deviates", Annals of Mathematical Statistics 1958; the polar method,
 * which rejects pairs, would not let a sequence be begun in its middle.
 * Cost: O(count). Precision: float64, rounded once at the end; logarithm, sine and cosine are those
 * of AssemblyScript's library, so that every engine gives the same bits. No normal is further from
 * 0 than 6.77, where a standard normal number is once in 8e10.
 */
import { nextWord, openStream, seekWord } from './random';

const TURN: f64 = 6.283185307179586 / 4294967296.0;

/** Fills out (f32[count]) with the uniform numbers `from` .. `from + count - 1` of a stream. */
export function fillUniform(
  out: usize,
  count: i32,
  from: u32,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  index: u32,
  state: usize,
): void {
  openStream(state, seedLow, seedHigh, stream, index);
  seekWord(state, from);
  for (const end = out + (<usize>count << 2); out < end; out += 4) {
    store<f32>(out, <f32>(nextWord(state) >>> 8) * <f32>5.960464477539063e-8);
  }
}

/** Fills out (f32[count]) with the normal numbers `from` .. `from + count - 1` of a stream. */
export function fillNormals(
  out: usize,
  count: i32,
  from: u32,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  index: u32,
  state: usize,
): void {
  openStream(state, seedLow, seedHigh, stream, index);
  seekWord(state, from & ~1);
  const end = out + (<usize>count << 2);
  // A sequence that begins with the second of a pair begins before its block.
  if (from & 1) out -= 4;
  const begin = end - (<usize>count << 2);
  while (out < end) {
    const radius = Math.sqrt(-2.0 * Math.log((<f64>nextWord(state) + 0.5) * 2.3283064365386963e-10));
    const angle = <f64>nextWord(state) * TURN;
    if (out >= begin) store<f32>(out, <f32>(radius * Math.cos(angle)));
    out += 4;
    if (out < end) store<f32>(out, <f32>(radius * Math.sin(angle)));
    out += 4;
  }
}
