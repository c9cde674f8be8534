/** Zeros with a bin of their own, beside a slow count of every cell. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ScoreOptions, score } from '../../src/index.js';
import { Matrix } from '../../src/matrix.js';
import { RandomStream } from '../../src/random.js';

const [ROWS, LATENTS, FACTORS] = [400, 7, 3];

/**
 * Activations that are 0 in nine rows of ten; one latent that never is, one that always is, one of
 * two values, and one with both signs.
 */
function makeTable(Data: typeof Float32Array | typeof Float64Array) {
  const words = new RandomStream(4, 0, 0);
  const factors = new Matrix(
    Int32Array.from({ length: ROWS * FACTORS }, (_, i) => words.below(2 + (i % FACTORS))),
    ROWS,
    FACTORS,
  );
  const latents = new Data(ROWS * LATENTS);
  for (let row = 0, i = 0; row < ROWS; row++) {
    for (let d = 0; d < LATENTS; d++, i++) {
      const factor = factors.get(row, d % FACTORS);
      const isActive = words.below(20) < 1 + 2 * factor;
      const value = (1 + words.below(1000)) / 300 + factor;
      if (d === 4) latents[i] = value - 6;
      else if (d === 5) latents[i] = 0;
      else if (isActive) latents[i] = d === 6 ? 1 : d === 3 && words.below(2) === 0 ? -value : value;
    }
  }
  return { latents: new Matrix(latents, ROWS, LATENTS), factors };
}

/** Bin 0 .. bins - 1 between the extremes of what is not 0, and `bins` for zeros. */
function binColumn(column: Float64Array, bins: number, limit?: number): number[] {
  const others = [...column].filter((value) => value !== 0);
  let [low, high] = limit === undefined ? [Math.min(...others), Math.max(...others)] : [-limit, limit];
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const step = (high - low) / bins;
  return [...column].map((value) => {
    if (value === 0) return bins;
    let bin = 0;
    while (bin + 1 < bins && (bin + 1) * step + low <= value) bin++;
    return bin;
  });
}

function entropyOf(labels: ReadonlyArray<string | number>): number {
  const counts = new Map<string | number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / ROWS) * Math.log(count / ROWS), 0);
}

function informationOf(a: readonly number[], b: readonly number[]): number {
  return Math.max(0, entropyOf(a) + entropyOf(b) - entropyOf(a.map((value, i) => `${value} ${b[i]}`)));
}

function assertClose(got: number, expected: number, what: string): void {
  assert.ok(Math.abs(got - expected) < 1e-12, `${what}: ${got} for ${expected}`);
}

const METRICS = [
  'mig',
  'rmig',
  'mig-sup',
  'jemmig',
  'dcimig',
  'modularity',
  'mutual-information-score',
  'med',
] as const;
const options: ScoreOptions = {
  metrics: METRICS,
  zeroBin: true,
  bins: 6,
  options: { rmig: { limit: 2 }, med: { testShare: 0.5 } },
};

for (const Data of [Float32Array, Float64Array]) {
  test(`counts zeros apart from all other values: ${Data.name}`, async () => {
    const { latents, factors } = makeTable(Data);
    const { metrics } = await score(latents, factors, options);
    const codes = Array.from({ length: FACTORS }, (_, k) => [...factors.column(k)]);
    const binned = (limit?: number) =>
      Array.from({ length: LATENTS }, (_, d) => binColumn(latents.column(d), 6, limit));
    const usual = binned();
    for (const name of ['mig', 'mig-sup', 'jemmig', 'dcimig', 'modularity', 'rmig'] as const) {
      const bins = name === 'rmig' ? binned(2) : usual;
      metrics[name].parts.mutualInformation.forEach((row, d) => {
        row.forEach((nats, k) => {
          assertClose(nats, informationOf(bins[d], codes[k]), `${name}, latent ${d}, factor ${k}`);
        });
      });
    }
    const between = metrics['mutual-information-score'].parts.informationBetweenLatents;
    for (let d = 0; d < LATENTS; d++) {
      assertClose(metrics['mig-sup'].parts.entropy[d], entropyOf(usual[d]), `entropy of latent ${d}`);
      for (let e = 0; e < LATENTS; e++) assertClose(between[d][e], informationOf(usual[d], usual[e]), `${d} and ${e}`);
    }
    const { score: scores, jointEntropy } = metrics.jemmig.parts;
    codes.forEach((values, k) => {
      const all = usual.map((bins) => informationOf(bins, values)).sort((a, b) => b - a);
      const worst = entropyOf(values) + Math.log(7);
      const expected = 1 - ((jointEntropy[k] as number) - all[0] + all[1]) / worst;
      assertClose(scores[k] as number, expected, `jemmig of factor ${k}`);
    });
  });
}

test('MED counts zeros of its training rows apart', async () => {
  const { latents, factors } = makeTable(Float64Array);
  const of = async (zeroBin: boolean) =>
    (await score(latents, factors, { ...options, metrics: ['med'], zeroBin, options: {} })).metrics.med;
  const [apart, together] = [await of(true), await of(false)];
  assert.is(apart.options.zeroBin, true);
  // Latents 0 to 2 are 0 in most rows, and small activations share the first bin with zeros.
  for (const d of [0, 1, 2]) {
    const nats = (of: typeof apart) => of.parts.mutualInformation[d][d];
    assert.ok(nats(apart) > nats(together), `latent ${d}`);
  }
});

test('with no zeros changes nothing, and with zeros alone leaves no information', async () => {
  const { latents, factors } = makeTable(Float32Array);
  const of = async (zeroBin: boolean) =>
    (await score(latents, factors, { metrics: ['mig'], zeroBin })).metrics.mig.parts.mutualInformation;
  const [apart, together] = [await of(true), await of(false)];
  assert.equal(apart[4], together[4]);
  assert.equal(apart[5], [0, 0, 0]);
});

test('keeps to the edges of presets', async () => {
  const { latents, factors } = makeTable(Float32Array);
  for (const edges of ['float32', 'unit'] as const) {
    const { parts } = (
      await score(latents, factors, { metrics: ['mig'], zeroBin: true, bins: 6, options: { mig: { edges } } })
    ).metrics.mig;
    for (let d = 0; d < LATENTS; d++) {
      const bins = binColumn(latents.column(d), 6);
      // No value of the table lies so near to an edge that kinds of edges would disagree.
      parts.mutualInformation[d].forEach((nats, k) => {
        const expected = informationOf(bins, [...factors.column(k)]);
        assert.ok(Math.abs(nats - expected) < 1e-12, `${edges}: latent ${d}, factor ${k}`);
      });
    }
  }
});

test.run();
