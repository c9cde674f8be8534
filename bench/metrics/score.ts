/** Scoring by the façade, with the seconds of its parts. */
import type { Matrix } from '../../src/matrix.js';
import { score } from '../../src/score.js';
import type { Score } from '../../src/types.js';

/** Scores with one metric, and remembers how long loading and computing took. */
export function scorer(latents: Matrix, factors: Matrix, metric: string) {
  const parts: { load: number[]; compute: number[] } = { load: [], compute: [] };
  const run = async (): Promise<Score> => {
    const { metrics, timings } = await score(latents, factors, { metrics: [metric], timings: true });
    parts.load.push(timings?.load ?? Number.NaN);
    parts.compute.push(timings?.[metric] ?? Number.NaN);
    return metrics[metric];
  };
  return { run, parts };
}
