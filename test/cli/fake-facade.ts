import type { Facade } from '../../src/cli/facade.js';
import { agreement } from '../../src/facade/agreement.js';
import { decompose } from '../../src/facade/decompose.js';
import type { ScoreOptions, ScoreReport } from '../../src/facade/score.js';
import { udr } from '../../src/facade/udr.js';
import { type Matrix, type MatrixLike, toMatrix } from '../../src/matrix.js';
import { isNamed } from '../../src/metrics/index.js';
import type { Metric } from '../../src/metrics/metric.js';
import * as option from '../../src/options/rule.js';
import type { Report, Score } from '../../src/types.js';

/** What a fake was asked to score. */
export interface Asked {
  readonly latents: Matrix;
  readonly factors: Matrix;
  readonly options: ScoreOptions<string>;
}

export interface FakeOptions {
  readonly notes?: readonly string[];
  readonly score?: Partial<Score>;
  /** Whether mig is one of the slow metrics. */
  readonly isMigSlow?: boolean;
  /** Called in place of computing. */
  readonly compute?: (asked: Asked) => void | Promise<void>;
}

/** A façade that computes nothing: it remembers what it was asked, and answers a report of its making. */
export function makeFakeFacade(fake: FakeOptions = {}): Facade & { asked: Asked[] } {
  const asked: Asked[] = [];
  const metrics = [
    {
      ...metric('mig', 'MIG', ['mig-score'], {
        bins: option.integer({ default: 20, minimum: 0, description: 'the bins' }),
      }),
      isSlow: fake.isMigSlow ?? false,
    },
    metric('factor-vae-score', 'FactorVAE score', ['factor-vae'], {
      batch: option.integer({ default: 64, minimum: 0, description: 'the batch' }),
      prune: option.boolean({ default: true, description: 'the prune' }),
      threshold: option.number({ default: 0.05, minimum: 0, description: 'the threshold' }),
    }),
  ];
  const findMetric = (name: string) => metrics.find((known) => isNamed(known, name));
  return {
    asked,
    version: '0.0.0-fake',
    metrics,
    findMetric,
    agreement,
    decompose,
    udr,
    checkCapacity() {},
    ready: async () => {},
    async score(latentsLike: MatrixLike, factorsLike: MatrixLike, options: ScoreOptions<string> = {}) {
      const [latents, factors] = [toMatrix(latentsLike), toMatrix(factorsLike)];
      asked.push({ latents, factors, options });
      await fake.compute?.({ latents, factors, options });
      const names = (options.metrics as string[] | undefined) ?? metrics.map(({ name }) => name);
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
    },
  };
}

function metric(name: string, title: string, aliases: string[], options: Metric['options']): Metric {
  return {
    name,
    title,
    aliases,
    summary: `what ${title} means`,
    needs: ['latents', 'factors'],
    range: [0, 1],
    better: 'higher',
    options,
    source: 'Somebody 2018',
    isPlugIn: false,
    async compute() {
      return { value: null, parts: {}, notes: [] };
    },
  };
}
