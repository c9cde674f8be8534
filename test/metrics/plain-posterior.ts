/**
 * Entropies of mixtures of posteriors as one writes them down: every component at every sample, one
 * value after the other.
 */
import { RandomStream, STREAMS } from '../../src/random.js';

type Rows = ReadonlyArray<ArrayLike<number>>;

/** H(z_d) and H(z_d | v_k), of each latent. */
export function plainInformation(
  { mu, logvar, z }: { readonly mu: Rows; readonly logvar: Rows; readonly z: Rows },
  factors: Rows,
  { weights, samples, seed }: { weights: 'values' | 'rows'; samples: number; seed: number },
): { marginal: number[]; conditional: number[][] } {
  const all = shuffle(mu.length, samples, seed);
  const latents = Array.from({ length: mu[0].length }, (_, d) => d);
  const entropy = (rows: readonly number[], d: number) => {
    const sampled = rows.slice(0, samples);
    const logs = sampled.map((i) => {
      const terms = rows.map(
        (j) => -0.5 * (Math.log(2 * Math.PI) + logvar[j][d] + (z[i][d] - mu[j][d]) ** 2 / Math.exp(logvar[j][d])),
      );
      const largest = terms.reduce((a, b) => Math.max(a, b));
      return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0) / rows.length);
    });
    return -logs.reduce((sum, log) => sum + log, 0) / sampled.length;
  };
  const conditional = latents.map((d) =>
    Array.from(factors[0], (_, k) => {
      const values = [...new Set(all.map((row) => factors[row][k]))];
      const groups = values.map((value) => all.filter((row) => factors[row][k] === value));
      const weightOf = (group: readonly number[]) =>
        weights === 'rows' ? group.length / all.length : 1 / groups.length;
      return groups.reduce((sum, group) => sum + weightOf(group) * entropy(group, d), 0);
    }),
  );
  return { marginal: latents.map((d) => entropy(all, d)), conditional };
}

/** 0 .. n - 1, shuffled from the front where not all are sampled. */
function shuffle(n: number, samples: number, seed: number): number[] {
  const rows = Array.from({ length: n }, (_, row) => row);
  if (n <= samples) return rows;
  const words = new RandomStream(seed, STREAMS.mixtureRows, 0);
  for (let i = 0; i < n; i++) {
    const j = i + words.below(n - i);
    [rows[i], rows[j]] = [rows[j], rows[i]];
  }
  return rows;
}
