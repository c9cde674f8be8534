import type { Facade } from '../../src/cli/facade.js';
import { agreement } from '../../src/facade/agreement.js';
import { compare } from '../../src/facade/compare.js';
import type { ScoreFilesInput } from '../../src/facade/files/find-scored.js';
import { withScoreInput } from '../../src/facade/files/score-files.js';
import type { ScoreFilesOptions } from '../../src/facade/files/score-files-options.js';
import type { ScoreReport } from '../../src/facade/score.js';
import type { ScoreOptions } from '../../src/facade/score-options.js';
import { udr } from '../../src/facade/udr.js';
import { type Matrix, type MatrixLike, toMatrix } from '../../src/matrix.js';
import { findMetric, metrics } from '../../src/metrics/index.js';
import { type ByteSource, decomposeFiles, openFileSource, type PathOrInput } from '../../src/node.js';
import { type Latents, SparseMatrix } from '../../src/sparse-matrix.js';
import type { Report, Score } from '../../src/types.js';

/** What a fake was asked to score. */
export interface Asked {
  readonly latents: Latents;
  readonly factors: Matrix;
  readonly options: ScoreOptions<string>;
}

export interface FakeOptions {
  readonly notes?: readonly string[];
  readonly score?: Partial<Score>;
  /** Called in place of computing. */
  readonly compute?: (asked: Asked) => void | Promise<void>;
}

/**
 * A façade that computes nothing: it remembers what it was asked, and answers a report of its
 * making.
 */
export function makeFakeFacade(fake: FakeOptions = {}): Facade & { asked: Asked[] } {
  const asked: Asked[] = [];
  const compute = async ({ latents, factors, options }: Asked) => {
    asked.push({ latents, factors, options });
    await fake.compute?.({ latents, factors, options });
    const names = options.metrics?.map((metric) => findMetric(String(metric))?.name ?? '') ?? [
      'mig',
      'factor-vae-score',
    ];
    const score: Score = { value: 0.678584123, range: [0, 1], parts: {}, options: {}, notes: [], ...fake.score };
    const report: Report = {
      schema: 'vaemetrics/report@1',
      version: '0.0.0-fake',
      seed: options.seed ?? 0,
      input: {
        latents: { rows: latents.rows, columns: latents.columns, dtype: latents.dtype },
        factors: {
          rows: factors.rows,
          columns: factors.columns,
          dtype: factors.dtype,
          sizes: Array(factors.columns).fill(2),
          types: Array(factors.columns).fill('discrete'),
        },
      },
      metrics: Object.fromEntries(names.map((name) => [name, score])),
      notes: fake.notes ?? [],
    };
    return report as ScoreReport;
  };
  return {
    asked,
    version: '0.0.0-fake',
    metrics,
    findMetric,
    agreement,
    compare,
    decomposeFiles,
    udr,
    ready: async () => {},
    score: (latents: MatrixLike | SparseMatrix, factors: MatrixLike, options: ScoreOptions<string> = {}) =>
      compute({
        latents: latents instanceof SparseMatrix ? latents : toMatrix(latents),
        factors: toMatrix(factors),
        options,
      }),
    async scoreFiles(input: ScoreFilesInput<PathOrInput>, options: ScoreFilesOptions<string> = {}) {
      const { latents, factors } = input as { latents: string; factors?: string };
      const open = async (path: string | undefined) => (path === undefined ? undefined : openFileSource(path));
      const [ofLatents, ofFactors] = [await open(latents), await open(factors)];
      try {
        const files = { latents: ofLatents as ByteSource, ...(ofFactors && { factors: ofFactors }) };
        return await withScoreInput(files, options, compute);
      } finally {
        await ofLatents?.close?.();
        await ofFactors?.close?.();
      }
    },
  };
}
