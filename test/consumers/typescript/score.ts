/** What a strict user writes; checked against the declarations of the package, and never run. */
import {
  type ArrayEntry,
  type ArrayFile,
  betaVaeScore,
  blobSource,
  type CommonOptions,
  checkCapacity,
  DataError,
  drawTable,
  type FactorType,
  factorVaeScore,
  factorVaeWeightedScore,
  findMetric,
  isCodedError,
  Matrix,
  type MatrixLike,
  type Metric,
  type MetricName,
  type MigParts,
  memorySource,
  metrics,
  mig,
  openArrays,
  type Progress,
  pickFactors,
  pickLatents,
  type Report,
  ready,
  type Sampler,
  type Score,
  type ScoreOptions,
  score,
  toMatrix,
  version,
  writeNpy,
} from 'vaemetrics';
import { score as scoreInline } from 'vaemetrics/inline';
import {
  type Backend,
  BackendError,
  type DatasetOptions,
  exportNpz,
  type FileOptions,
  factorSampler,
  openBackend,
  openDataset,
  type Refusal,
  splitRows,
  type TensorLibrary,
} from 'vaemetrics/train';

await ready();

// Every kind of input.
const inputs: MatrixLike[] = [
  [
    [0.1, 0.2],
    [0.3, 0.4],
  ],
  [new Float32Array([0.1, 0.2]), new Float32Array([0.3, 0.4])],
  new Float64Array([1, 2, 3]),
  [1, 2, 3],
  { data: new Int32Array(6), rows: 3, columns: 2 },
  { data: new BigInt64Array(6), rows: 3, columns: 2 },
  new Matrix(new Float32Array(6), 3, 2),
  toMatrix([1, 2, 3]),
];
const [latents, factors] = inputs as [MatrixLike, MatrixLike];

// One metric, typed parts and options.
const gap = await mig(latents, factors, { bins: 10, seed: 1, interval: 200 });
const value: number | null = gap.value;
const bins: number = gap.options.bins;
const information: number[][] = gap.parts.mutualInformation;
const low: number | undefined = gap.interval?.low;
await factorVaeScore(latents, factors, { seed: 2 });
await factorVaeWeightedScore(latents, factors);
await betaVaeScore(latents, factors);
// @ts-expect-error no such option
await mig(latents, factors, { bin: 10 });
// @ts-expect-error a string is no table of numbers
await mig('latents', factors);

// All of them.
const types: Array<FactorType | null> = ['discrete', null];
const stop = new AbortController();
const options: ScoreOptions = {
  metrics: ['mig', 'beta-vae-score'],
  options: { mig: { bins: 10 } },
  factorTypes: types,
  signal: stop.signal,
  onProgress: ({ metric, phase, done, total }: Progress) => void `${metric} ${phase} ${done / total}`,
};
const report: Report = await score(latents, factors, options);
const schema: 'vaemetrics/report@1' = report.schema;
// biome-ignore lint/complexity/useLiteralKeys: noPropertyAccessFromIndexSignature asks for them
const one: Score | undefined = report.metrics['mig'];
const sizes: ReadonlyArray<number | null> = report.input.factors.sizes;

// A metric of one's own.
const own: Metric = {
  name: 'own',
  aliases: [],
  title: 'Own',
  summary: 'nothing',
  needs: ['latents'],
  range: [0, 1],
  better: 'higher',
  isPlugIn: false,
  options: {},
  source: 'ours',
  compute: async (table) => ({ value: table.rows, parts: {}, notes: [] }),
};

// Names of metrics: those that are spelt out are checked, in any spelling; those found at run time
// are not.
const several = await score(latents, factors, { metrics: ['mig', 'FactorVAE', 'beta_vae', 'all', mig, own] });
const gaps: Array<number | null> = several.metrics.mig.parts.gap;
const edges: string = several.metrics.mig.options.edges;
const computed: string[] = 'mig,sap'.split(',');
await score(latents, factors, { metrics: computed, options: { FactorVAE: { batch: 32 } } });
const atRunTime: ScoreOptions<string> = { metrics: computed };
await score(latents, factors, atRunTime);
// @ts-expect-error no such metric
await score(latents, factors, { metrics: ['mig', 'migg'] });
// @ts-expect-error no such metric
const misspelt: ScoreOptions = { metrics: ['migg'] };
const known: MetricName = 'dci-es';
const same: Report = await scoreInline(latents, factors, options);

// A sampler.
const sampler: Sampler = {
  sizes: [3, 4],
  async encode(drawn: Int32Array, rows: number) {
    return { data: Float32Array.from(drawn), rows, columns: 2 };
  },
};
const drawn = await drawTable(sampler, 100, 1);
const common: CommonOptions = { sampler };
await mig(drawn.latents, drawn.factors, common);

// The registry.
const names: string[] = metrics.map(({ name }) => name);
const found: Metric | undefined = findMetric('mig');
checkCapacity(drawn.latents, drawn.factors);

// Files.
const archive: ArrayFile = await openArrays(blobSource(new Blob([])));
const entry: ArrayEntry = pickLatents(archive, 'mu');
const read: Matrix = await entry.read();
await mig(read, await pickFactors(archive).read());
for await (const { firstRow, matrix } of entry.chunks()) console.log(firstRow, matrix.get(0, 0));
await openArrays(memorySource(new Uint8Array()), { raw: { columns: 10, dtype: 'float32' }, role: 'latents' });
writeNpy satisfies (matrix: Matrix) => unknown;

// Training's backends.
const backend = await openBackend('auto');
const refused: readonly Refusal[] = backend.refused;
const library: TensorLibrary = backend.tf;
const theirs: Backend = await openBackend('wasm', { tf: library });
const sum = library.tidy(() => library.sum(library.ones([2, 3])));
console.log(refused, sum.dataSync()[0], theirs.device);
await openBackend('cpu').catch((error) => error instanceof BackendError && error.remedy);
// @ts-expect-error no such backend
await openBackend('cuda');

// Data sets.
const ofFiles: FileOptions = { size: 64, crop: 148 };
const howToOpen: DatasetOptions = { ...ofFiles, seed: 1 };
const dataset = await openDataset('images', howToOpen);
const { test } = await splitRows(dataset.size, 100, 0);
for await (const piece of exportNpz(dataset, test)) console.log(piece.length);
const fresh: Sampler = factorSampler(dataset, {
  latents: 1,
  encode: ({ values, count }) => ({ mu: new Float32Array(values.subarray(0, count)) }),
});
await mig(drawn.latents, drawn.factors, { sampler: fresh });

// Errors.
try {
  await score([], []);
} catch (error) {
  if (error instanceof DataError) console.error(error.path, error.row, error.column);
  else if (isCodedError(error)) {
    const code: 'ERR_OPTION' | 'ERR_DATA' | 'ERR_NO_INPUT' | 'ERR_NO_OUTPUT' | 'ERR_BACKEND' | 'ERR_DIVERGED' =
      error.code;
    console.error(code);
  }
}

export type { MigParts };
export { bins, edges, found, gaps, information, known, low, misspelt, names, one, same, schema, sizes, value, version };
