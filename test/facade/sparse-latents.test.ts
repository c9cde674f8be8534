/** Latents whose zeros are not stored score as the same latents with all their zeros. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scoreFiles } from '../../src/files.js';
import { type MatrixLike, type ScoreOptions, SparseMatrix, score } from '../../src/index.js';
import { Matrix } from '../../src/matrix.js';
import { RandomStream } from '../../src/random.js';
import { littleEndian, npyBytes, zipBytes } from '../io/builders.js';

const [ROWS, LATENTS, FACTORS] = [500, 40, 7];

/** Few values but 0; one latent without any, one full, one of zeros that are stored, and -0. */
function makeTable(Data: typeof Float32Array | typeof Float64Array | typeof Int32Array | typeof Uint8Array) {
  const words = new RandomStream(9, 0, 0);
  const isSigned = Data !== Uint8Array;
  const factors = new Matrix(
    Int32Array.from({ length: ROWS * FACTORS }, (_, i) => words.below(2 + (i % 3))),
    ROWS,
    FACTORS,
  );
  const values: number[] = [];
  const rowOf: number[] = [];
  const starts = [0];
  for (let d = 0; d < LATENTS; d++) {
    for (let row = 0; row < ROWS; row++) {
      const isStored = d === 1 || (d !== 0 && words.below(12) < factors.get(row, d % FACTORS));
      if (!isStored) continue;
      rowOf.push(row);
      const value = words.below(50) + factors.get(row, (d + 1) % FACTORS);
      values.push(d === 2 ? (isSigned ? -0 : 0) : isSigned && d % 5 === 0 ? value - 30 : value);
    }
    starts.push(values.length);
  }
  const latents = new SparseMatrix({
    rows: ROWS,
    columns: LATENTS,
    values: Data.from(values),
    rowOf: Int32Array.from(rowOf),
    starts: Float64Array.from(starts),
  });
  return { latents, factors };
}

const COUNTED = [
  'mig',
  'rmig',
  'mig-sup',
  'jemmig',
  'dcimig',
  'dmig',
  'xmig',
  'dlig',
  'modularity',
  'minimality',
  'sufficiency',
] as const;

async function assertSame(table: { latents: SparseMatrix; factors: MatrixLike }, options: ScoreOptions, what: string) {
  const { latents, factors } = table;
  const whole = JSON.stringify(await score(latents.toMatrix(), factors, options));
  for (const threads of [1, 2]) {
    assert.is(
      JSON.stringify(await score(latents, factors, { ...options, threads })),
      whole,
      `${what}, ${threads} threads`,
    );
  }
}

for (const Data of [Float32Array, Float64Array, Int32Array, Uint8Array]) {
  test(`counts what is stored, and infers the zeros: ${Data.name}`, async () => {
    const table = makeTable(Data);
    for (const zeroBin of [false, true]) {
      await assertSame(table, { metrics: COUNTED, zeroBin, options: { rmig: { limit: 5 } } }, `zeroBin ${zeroBin}`);
    }
    await assertSame(table, { metrics: COUNTED, preset: 'ubisoft' }, 'edges of scaled latents');
    await assertSame(table, { metrics: ['mig', 'modularity'], preset: 'disentanglement-lib' }, 'edges of float32');
  });
}

test('counts factors of very many values', async () => {
  const { latents } = makeTable(Float32Array);
  const factors = Int32Array.from({ length: ROWS }, (_, row) => (row * 7) % 400);
  await assertSame({ latents, factors }, { metrics: COUNTED, bins: 300 }, 'wide');
});

test('fills in the zeros for metrics that read all numbers, and for resamples', async () => {
  const table = makeTable(Float32Array);
  await assertSame(table, { metrics: ['mig', 'irs', 'med', 'sap'] }, 'read');
  await assertSame(table, { metrics: ['mig'], interval: 3, null: 3 }, 'resampled');
});

test('takes a sample of the rows', async () => {
  await assertSame(makeTable(Float32Array), { metrics: COUNTED, rows: 200, seed: 4 }, 'sampled');
});

test('knows latents that are factors, and latents that look like factors', async () => {
  const { latents } = makeTable(Int32Array);
  const columns = latents.toMatrix();
  const factors = Int32Array.from({ length: ROWS * 2 }, (_, i) => columns.get(i >> 1, i % 2 === 0 ? 7 : 1));
  await assertSame({ latents, factors: { data: factors, rows: ROWS, columns: 2 } }, { metrics: ['mig'] }, 'same');
  const real = Float64Array.from({ length: ROWS }, (_, row) => row / 7);
  await assertSame({ latents, factors: real }, { metrics: ['mig'] }, 'swapped');
});

test('names the place of what is no number', async () => {
  const { latents, factors } = makeTable(Float32Array);
  const at = latents.starts[8] + 3;
  latents.values[at] = Number.NaN;
  for (const metrics of [['mig'], ['irs']] as const) {
    const error = await score(latents, factors, { metrics }).catch((caught) => caught);
    assert.is(error.message, `latents, row ${latents.rowOf[at]}, column 8: expected a finite number, got NaN`);
  }
});

test('refuses parts that contradict each other', () => {
  const parts = { rows: 3, columns: 2, values: Float32Array.of(1, 2), rowOf: Int32Array.of(0, 2) };
  const message = (changed: object) => {
    try {
      new SparseMatrix({ ...parts, starts: Float64Array.of(0, 1, 2), ...changed });
      return 'none';
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.is(message({}), 'none');
  assert.match(message({ rowOf: Int32Array.of(0) }), 'expected a row for each of 2 values, got 1');
  assert.match(message({ starts: Float64Array.of(0, 2) }), 'expected 3 starts from 0 to 2');
  assert.match(message({ starts: Float64Array.of(0, 3, 2) }), 'expected starts that rise');
  assert.match(message({ starts: Float64Array.of(0, 2, 2), rowOf: Int32Array.of(2, 2) }), 'expected rows that rise');
  assert.match(message({ rowOf: Int32Array.of(0, 3) }), 'expected rows that rise from 0 to 2 in column 1, got 3');
});

/** As scipy.sparse.save_npz writes a table of compressed rows. */
function csrArchive({ columns, data }: Matrix): Uint8Array {
  const [indices, indptr, values]: number[][] = [[], [0], []];
  data.forEach((value, i) => {
    if (value !== 0) {
      indices.push(i % columns);
      values.push(value);
    }
    if (i % columns === columns - 1) indptr.push(values.length);
  });
  const ints = (of: readonly number[]) => npyBytes({ descr: '<i4', shape: [of.length], data: littleEndian(4, ...of) });
  const members = {
    indices: ints(indices),
    indptr: ints(indptr),
    format: npyBytes({ descr: '|S3', shape: [], data: new TextEncoder().encode('csr') }),
    shape: npyBytes({ descr: '<i8', shape: [2], data: littleEndian(8, indptr.length - 1, columns) }),
    data: npyBytes({ descr: '<f4', shape: [values.length], data: new Uint8Array(Float32Array.from(values).buffer) }),
  };
  return zipBytes(Object.entries(members).map(([name, content]) => ({ name: `${name}.npy`, content })));
}

test('a file that stores no zeros is scored without them, even if they would not fit into memory', async () => {
  const { latents, factors } = makeTable(Float32Array);
  const archive = csrArchive(latents.toMatrix());
  const ofFactors = npyBytes({
    descr: '<i4',
    shape: [ROWS, FACTORS],
    data: new Uint8Array(factors.data.buffer as ArrayBuffer),
  });
  const files = { latents: archive, factors: ofFactors };
  const { metrics } = await scoreFiles(files, { metrics: COUNTED, threads: 1 });
  assert.equal(metrics, (await score(latents, factors, { metrics: COUNTED })).metrics);
  const { metrics: read } = await scoreFiles(files, { metrics: ['irs'], threads: 1 });
  assert.equal(read, (await score(latents.toMatrix(), factors, { metrics: ['irs'] })).metrics);
});

test.run();
