/**
 * Codes that a metric says yes to though they are bad, or no to though they are good: our own
 * constructions, after the kinds of S. Joshi et al. 2026, Who Guards the Guardians (arXiv
 * 2602.24278). 1,000 rows of five factors.
 */
import { normals, uniforms } from '../assembly/samples.js';

type Rows = number[][];

/** What draws numbers, one after the other. */
interface Draws {
  readonly normal: () => number;
  readonly uniform: () => number;
}

export interface CounterExample {
  readonly name: string;
  /** What the code is worth. */
  readonly code: string;
  readonly make: (draws: Draws) => { latents: Rows; factors: Rows };
}

const K = 5;
const ROWS = 1000;

/** Draws of a seed. */
export function drawsOf(seed: number): Draws {
  const numbers = normals(120_000, seed);
  let next = 0;
  return { normal: () => numbers[next++], uniform: uniforms(seed + 1_000_000) };
}

const table = (rows: number, columns: number, draw: () => number): Rows =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, draw));
const independent = ({ normal }: Draws, rows = ROWS) => table(rows, K, normal);

/** Normal factors, each two with correlation .9. */
function correlated({ normal }: Draws): Rows {
  return table(ROWS, K, normal).map((row) => {
    const common = Math.sqrt(0.9) * normal();
    return row.map((own) => common + Math.sqrt(0.1) * own);
  });
}

function shuffled({ uniform }: Draws): number[] {
  const order = Array.from({ length: K }, (_, k) => ({ k, key: uniform() }));
  return order.sort((a, b) => a.key - b.key).map(({ k }) => k);
}

/** Latents that are factors, with scales of .5 to 2 and random signs. */
function scaled({ uniform }: Draws, factors: Rows, which: readonly number[]): Rows {
  const scales = which.map(() => (0.5 + 1.5 * uniform()) * (uniform() < 0.5 ? -1 : 1));
  return factors.map((row) => which.map((k, d) => scales[d] * row[k]));
}

/** Vectors at right angles, drawn at random. */
function rightAngles(count: number, length: number, normal: () => number): Rows {
  const basis: Rows = [];
  while (basis.length < count) {
    let own = Array.from({ length }, normal);
    for (const other of [...basis, ...basis]) {
      const share = own.reduce((sum, x, i) => sum + x * other[i], 0);
      own = own.map((x, i) => x - share * other[i]);
    }
    const size = Math.hypot(...own);
    basis.push(own.map((x) => x / size));
  }
  return basis;
}

/** A dense linear map to so many latents, with singular values falling evenly from 1 to .1. */
function mixed({ normal }: Draws, factors: Rows, latents: number): Rows {
  const [from, to] = [rightAngles(K, K, normal), rightAngles(K, latents, normal)];
  return factors.map((row) => {
    const out = new Array<number>(latents).fill(0);
    for (let s = 0; s < K; s++) {
      const share = (1 - (0.9 * s) / (K - 1)) * row.reduce((sum, x, k) => sum + x * from[s][k], 0);
      for (let d = 0; d < latents; d++) out[d] += share * to[s][d];
    }
    return out;
  });
}

const one = (name: string, code: string, make: (draws: Draws, factors: Rows) => Rows, draw = independent) => ({
  name,
  code,
  make: (draws: Draws) => {
    const factors = draw(draws);
    return { factors, latents: make(draws, factors) };
  },
});
const copied = (draws: Draws) => independent(draws).map(([a, , c, d, e]) => [a, Math.tanh(a), c, d, e]);
const permuted = (draws: Draws, factors: Rows) => scaled(draws, factors, shuffled(draws));
const noise = (latents: number) => (draws: Draws, factors: Rows) => table(factors.length, latents, draws.normal);

export const COUNTER_EXAMPLES: readonly CounterExample[] = [
  one('permuted and scaled', 'good', permuted),
  one('the same, factors correlated .9', 'good', permuted, correlated),
  one('the same, one factor a bent copy of another', 'good', permuted, copied),
  one('each bent by its own cube', 'good up to bends', (draws, factors) =>
    permuted(draws, factors).map((row) => row.map((x) => x ** 3)),
  ),
  one('dense mixing', 'bad', (draws, factors) => mixed(draws, factors, K)),
  one('dense mixing, factors correlated .9', 'bad', (draws, factors) => mixed(draws, factors, K), correlated),
  one('three of five factors kept', 'good, incomplete', (draws, factors) => scaled(draws, factors, [2, 3, 4])),
  one('ten latents, copies', 'good, redundant', (draws, factors) =>
    scaled(draws, factors, [0, 1, 2, 3, 4, ...Array.from({ length: K }, () => Math.floor(K * draws.uniform()))]),
  ),
  one('ten latents, dense mixing', 'bad', (draws, factors) => mixed(draws, factors, 10)),
  one('fifty latents, dense mixing', 'bad', (draws, factors) => mixed(draws, factors, 50)),
  one('sine and cosine of each', 'good, split', (_, factors) =>
    factors.map((row) => [...row.map(Math.sin), ...row.map(Math.cos)]),
  ),
  one('noise, 50 rows', 'none', noise(K), (draws) => independent(draws, 50)),
  one('noise, 1,000 rows', 'none', noise(K)),
  one('noise, 1,000 rows, fifty latents', 'none', noise(50)),
];
