/** Scores and decompositions of files: by path, in memory, one archive or several files. */
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DecomposeInput } from '../../../src/facade/decompose.js';
import {
  decomposeFiles as decomposeBlobs,
  memorySource,
  readFactorLabels,
  readFactors,
  score,
  scoreFiles as scoreBlobs,
  writeNpy,
  writeNpz,
} from '../../../src/files.js';
import { Matrix } from '../../../src/matrix.js';
import { decompose, decomposeFiles, scoreFiles } from '../../../src/node.js';
import { makeFolder } from '../../cli/sample-files.js';

const { at, remove } = makeFolder();
test.after(remove);

const ROWS = 48;
const factors = new Matrix(
  Int32Array.from({ length: ROWS * 2 }, (_, i) => (i % 2 === 0 ? (i / 2) % 3 : Math.floor(i / 6) % 2)),
  ROWS,
  2,
);
const like = (of: (row: number, d: number) => number) =>
  new Matrix(
    Float32Array.from({ length: ROWS * 2 }, (_, i) => of(Math.floor(i / 2), i % 2)),
    ROWS,
    2,
  );
const mu = like((row, d) => factors.get(row, d) + 0.1 * Math.sin(row));
const logvar = like((row, d) => -2 - d - 0.1 * Math.cos(row));
const z = like((row, d) => mu.get(row, d) + 0.01 * row);
const short = new Matrix(factors.data.subarray(0, 20), 10, 2);

async function bytesOf(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk.slice());
  return new Uint8Array(Buffer.concat(all));
}

/** An archive with these members, and the names and kinds of the factors. */
const archiveOf = (members: Readonly<Record<string, Matrix>>) =>
  bytesOf(
    writeNpz([
      ...Object.entries(members).map(([name, matrix]) => ({ name, matrix })),
      { name: 'factor_names', strings: ['shape', 'side'] },
      { name: 'factor_types', strings: ['discrete', 'discrete'] },
    ]),
  );

test('scores an archive with the names of its factors and its posterior, and says where all came from', async () => {
  const bytes = await archiveOf({ mu, logvar, z, factors });
  const report = await scoreBlobs(new Blob([bytes]));
  const expected = await score(mu, factors, {
    posterior: { mu, logvar, z },
    factorNames: ['shape', 'side'],
    factorTypes: ['discrete', 'discrete'],
    origin: {
      latents: { file: 'blob', member: 'mu' },
      factors: { file: 'blob', member: 'factors' },
      posterior: { mu: 'mu', logvar: 'logvar', z: 'z' },
    },
  });
  assert.equal(report, expected);
  assert.ok('mig-posterior' in report.metrics);
});

test('gives the same report of bytes, ranges, a path, and a file for each array', async () => {
  const bytes = await archiveOf({ mu, factors });
  writeFileSync(at('both.npz'), bytes);
  writeFileSync(at('latents.npy'), await bytesOf(writeNpy(mu)));
  const options = { metrics: ['mig', 'FactorVAE'] as const, seed: 4 };
  const reports = [
    await scoreBlobs(bytes, options),
    await scoreBlobs(memorySource(bytes), options),
    await scoreFiles(at('both.npz'), options),
    await scoreFiles({ latents: at('both.npz'), factors: at('both.npz') }, options),
  ];
  const files = ['memory', 'memory', at('both.npz'), at('both.npz')];
  for (const [i, { input, ...scored }] of reports.entries()) {
    const { input: _, ...first } = reports[0];
    assert.equal(scored, first);
    assert.equal([input.latents.file, input.factors.file], [files[i], files[i]]);
  }
  const { metrics } = await scoreFiles({ latents: at('latents.npy'), factors: at('both.npz') }, options);
  assert.equal(metrics, reports[0].metrics);
});

test('takes what options say before what the archive says', async () => {
  const bytes = await archiveOf({ mu, z, factors });
  const report = await scoreBlobs(bytes, {
    metrics: ['mig'],
    latentsMember: 'z',
    factorNames: ['a', 'b'],
    factorTypes: ['continuous', 'discrete'],
  });
  assert.equal(report.input.factors.names, ['a', 'b']);
  assert.equal(report.input.factors.types, ['continuous', 'discrete']);
  assert.is(report.input.latents.member, 'z');
});

test('leaves out what needs a posterior where there is none, and says why one was not used', async () => {
  const without = await scoreBlobs(await archiveOf({ mu, factors }), { metrics: ['all'], threads: 1, options: FAST });
  assert.not.ok('mig-posterior' in without.metrics);
  const other = await archiveOf({ latents: new Matrix(mu.data, 2 * ROWS, 1), mu, logvar, factors: long() });
  const { notes, input } = await scoreBlobs(other);
  assert.is(input.posterior, undefined);
  assert.equal(notes, ["'mu' is (48, 2) where the latents are (96, 1): the posterior is not used"]);
});

const FAST = { dci: { stages: 2 }, 'dci-es': { width: 2 } };
const long = () =>
  new Matrix(
    Int32Array.from({ length: 2 * ROWS * 2 }, (_, i) => i % 4),
    2 * ROWS,
    2,
  );

const REFUSALS: ReadonlyArray<[what: string, work: () => Promise<unknown>, message: RegExp]> = [
  [
    'a metric whose posterior is not there',
    async () => scoreBlobs(await archiveOf({ mu, factors }), { metrics: ['mig-posterior'] }),
    /^metrics: mig-posterior needs mu and logvar, .* in one archive with them: memory: it holds 'mu' float32/,
  ],
  [
    'a metric nobody knows, before it reads',
    () => scoreBlobs(new Uint8Array(9), { metrics: ['migg'] as string[] }),
    /^metrics: unknown name 'migg'; did you mean 'mig'\?$/,
  ],
  [
    'one array without a name',
    async () => scoreBlobs(await bytesOf(writeNpy(mu))),
    /^factors: expected a second file, or factorColumns: memory holds one array without a name$/,
  ],
  [
    'columns of a file that says them',
    async () => scoreBlobs(await archiveOf({ mu, factors }), { latentColumns: 2 }),
    /^latentColumns: expected only for bare values, and memory is npz$/,
  ],
  [
    'columns of factors without a file of theirs',
    async () => scoreBlobs(await archiveOf({ mu, factors }), { factorColumns: 2 }),
    /^factorColumns: expected only with a second file, of bare values$/,
  ],
  [
    'factors of other rows, by their place',
    async () => scoreBlobs(await archiveOf({ mu, factors: short })),
    /^memory, member 'factors': expected 48 rows to match the latents, got 10$/,
  ],
  [
    'a number that is not finite, by its place',
    async () => {
      const broken = like((row, d) => (row === 5 && d === 1 ? Number.NaN : row));
      return scoreBlobs(await archiveOf({ mu: broken, factors }));
    },
    /^memory, member 'mu', row 5, column 1: expected a finite number, got NaN; dropNan leaves such rows out$/,
  ],
  [
    'an option nobody knows',
    async () => scoreBlobs(await archiveOf({ mu, factors }), { posterior: { mu, logvar } } as object),
    /^posterior: not an option of scoreFiles; expected metrics, .*header$/,
  ],
  [
    'a posterior without logvar',
    async () => decomposeBlobs(await archiveOf({ mu })),
    /^memory: found no 'logvar' or 'log_var' or .* beside the means/,
  ],
  [
    'a member of factors beside files for each array',
    async () => {
      const [means, variances] = [await bytesOf(writeNpy(mu)), await bytesOf(writeNpy(logvar))];
      return decomposeBlobs({ mu: means, logvar: variances }, { factorsMember: 'factors' });
    },
    /^factorsMember: expected only with one archive that has all arrays$/,
  ],
  [
    'a log variance without density, by its place',
    async () => decomposeBlobs(await archiveOf({ mu, logvar: like(() => 300) })),
    /^memory, member 'logvar', row 0, column 0: expected logarithms of variances from -200 to 200, got 300$/,
  ],
];
for (const [what, work, message] of REFUSALS) {
  test(`refuses ${what}`, async () => {
    const error = await work().then(
      () => null,
      (caught: Error) => caught,
    );
    assert.match(error?.message ?? 'no error', message);
  });
}

test('decomposes an archive or files alike, with its samples and its factors where they are', async () => {
  const bytes = await archiveOf({ mu, logvar, z, factors });
  writeFileSync(at('posterior.npz'), bytes);
  const withOrigin = async (input: DecomposeInput, origin: object) => {
    const report = await decompose(input, { seed: 2 });
    return { ...report, input: { ...report.input, origin } };
  };
  const of = (file: string, ...members: string[]) =>
    Object.fromEntries(members.map((member) => [member, { file, member }]));
  const path = at('posterior.npz');
  const whole = await withOrigin({ mu, logvar, z, factors }, of(path, 'mu', 'logvar', 'z', 'factors'));
  assert.equal(await decomposeFiles(path, { seed: 2 }), whole);
  const blob = { ...whole, input: { ...whole.input, origin: of('blob', 'mu', 'logvar', 'z', 'factors') } };
  assert.equal(await decomposeBlobs(new Blob([bytes]), { seed: 2 }), blob);
  const drawn = await decomposeBlobs(bytes, { seed: 2, draw: true });
  assert.equal(drawn, await withOrigin({ mu, logvar, factors }, of('memory', 'mu', 'logvar', 'factors')));
  const [means, variances] = [await bytesOf(writeNpy(mu)), await bytesOf(writeNpy(logvar))];
  const apart = await decomposeBlobs({ mu: means, logvar: variances }, { seed: 2 });
  const memory = { file: 'memory' };
  assert.equal(apart, await withOrigin({ mu, logvar }, { mu: memory, logvar: memory }));
});

test('says which array was taken for every role, if another has a usual name of it', async () => {
  const plus = like((row, d) => logvar.get(row, d) + 1);
  const wide = new Matrix(
    Float32Array.from({ length: ROWS * 3 }, (_, i) => Math.sin(i)),
    ROWS,
    3,
  );
  const ofScore: ReadonlyArray<readonly [Readonly<Record<string, Matrix>>, readonly string[]]> = [
    [{ mu, logvar, z, factors }, []],
    [
      { mu, logvar, log_var: plus, factors },
      ["memory: 'logvar' is taken for the logvar, and not 'log_var', unless the file is saved without"],
    ],
    [
      { mu, logvar, z, samples: z, factors },
      ["memory: 'z' is taken for the z, and not 'samples', unless the file is saved without"],
    ],
    [
      { latents: z, mu, logvar, factors },
      ["memory: 'latents' is taken for the latents, and not 'mu', unless latentsMember = mu"],
    ],
    // What has other columns cannot be samples of the means.
    [{ mu, z: wide, factors }, ["memory: 'mu' is taken for the latents, and not 'z', unless latentsMember = z"]],
  ];
  for (const [members, expected] of ofScore) {
    const bytes = await archiveOf(members);
    const { notes } = await scoreBlobs(bytes, { metrics: ['mig'] });
    assert.equal(
      notes.filter((text) => text.includes('is taken for')),
      expected,
    );
    if (expected.length === 0) continue;
    const error = await scoreBlobs(bytes, { metrics: ['mig'], strict: true }).catch((caught: Error) => caught);
    assert.match((error as Error).message, expected[0].split(', unless')[0]);
  }
  const ofDecompose: typeof ofScore = [
    [{ mu, logvar, z, factors }, []],
    [{ latents: z, mu, logvar }, ["memory: 'mu' is taken for the mu, and not 'latents', unless muMember = latents"]],
    [
      { mu, logvar, log_var: plus, z_sample: z, samples: z },
      [
        "memory: 'logvar' is taken for the logvar, and not 'log_var', unless logvarMember = log_var",
        "memory: 'samples' is taken for the z, and not 'z_sample', unless zMember = z_sample",
      ],
    ],
    [
      { mu, logvar, factors, labels: factors },
      ["memory: 'factors' is taken for the factors, and not 'labels', unless factorsMember = labels"],
    ],
  ];
  for (const [members, expected] of ofDecompose) {
    const bytes = await archiveOf(members);
    assert.equal((await decomposeBlobs(bytes)).notes, expected);
    if (expected.length === 0) continue;
    const error = await decomposeBlobs(bytes, { strict: true }).catch((caught: Error) => caught);
    assert.match((error as Error).message, expected[0].split(', unless')[0]);
  }
  const asked = { muMember: 'mu', logvarMember: 'logvar' };
  assert.equal((await decomposeBlobs(await archiveOf({ latents: z, mu, logvar, log_var: plus }), asked)).notes, []);
});

test('says once that a row vector of MATLAB is a column, and only of one that is taken', async () => {
  const bytes = new Uint8Array(readFileSync(new URL('../../io/fixtures/plain.mat', import.meta.url)));
  const options = { latentsMember: 'column', factorsMember: 'labels', metrics: ['mig'] as const };
  const { notes } = await scoreBlobs(bytes, options);
  const texts = notes.filter((text) => text.includes('row vector'));
  assert.equal(texts, ["memory: 'labels' is a row vector, and read as one column"]);
  await scoreBlobs(bytes, { ...options, factorsMember: 'column', strict: true }).catch((error: Error) =>
    assert.not.match(error.message, 'row vector'),
  );
});

test('what is no file, or has another role, is refused by name', async () => {
  const bytes = await bytesOf(writeNpy(mu));
  for (const [call, message] of [
    [
      () => scoreFiles(undefined as never),
      'latents: expected a path, a Blob, bytes, or a source of ranges, got nothing',
    ],
    [() => scoreFiles(3 as never), 'latents: expected a path, a Blob, bytes, or a source of ranges, got number'],
    [
      () => scoreFiles({ latents: 3, factors: bytes } as never),
      'latents: expected a path, a Blob, bytes, or a source of ranges, got number',
    ],
    [
      () => scoreFiles({ factors: bytes } as never),
      'latents: expected a path, a Blob, bytes, or a source of ranges, got nothing',
    ],
    [() => scoreFiles({ latent: bytes } as never), 'latent: not an option of scoreFiles; did you mean latents?'],
    [() => scoreBlobs('a.npz' as never), 'latents: expected a Blob, bytes, or a source of ranges, got string'],
    [
      () => decomposeFiles({ mu: bytes, logvar: null } as never),
      'logvar: expected a path, a Blob, bytes, or a source of ranges, got null',
    ],
  ] as const) {
    const error = await call().catch((thrown) => thrown);
    assert.equal([error.code, error.message], ['ERR_OPTION', message]);
  }
});

const text = (lines: readonly unknown[][], header: string | null = null) =>
  new TextEncoder().encode(
    `${[...(header === null ? [] : [header]), ...lines.map((line) => line.join())].join('\n')}\n`,
  );
const rowsOf = ({ data, rows, columns }: Matrix) =>
  Array.from({ length: rows }, (_, row) => Array.from(data.subarray(row * columns, (row + 1) * columns)));
const numbered = (matrix: Matrix, from = 0) => rowsOf(matrix).map((row, i) => [i + from, ...row]);
const textOf = (matrix: Matrix, header: string | null = null) => text(rowsOf(matrix), header);

/** The scores, and the notes on the files. */
async function outcomeOf(...[input, options]: Parameters<typeof scoreBlobs>) {
  const { metrics, notes, input: read } = await scoreBlobs(input, { metrics: ['mig', 'sap'], ...options });
  const values = Object.values(metrics).map(({ value }) => value);
  return { values, notes, read };
}

const exact = new Matrix(Float64Array.from(mu.data), ROWS, 2);

test('the row names of a table are no latent, and no factor', async () => {
  const { values } = await outcomeOf({ latents: textOf(exact), factors: textOf(factors) });
  const named = await outcomeOf({
    latents: text(numbered(exact), ',a,b'),
    factors: text(numbered(factors, 1), '"","shape","side"'),
  });
  assert.equal(named.values, values);
  assert.equal(
    named.notes.map((note) => note.replace(/^[^:]*: /, '')),
    [
      'the first column names the rows and is left out, latentColumns = 0:3 keeps it',
      'the first column names the rows and is left out, factorColumns = 0:3 keeps it',
    ],
  );
  const kept = await outcomeOf(
    { latents: text(numbered(exact), ',a,b'), factors: textOf(factors) },
    { latentColumns: '0:3' },
  );
  assert.not.equal(kept.values, values);
  assert.equal(kept.notes, [
    'memory: the first column names the rows and is taken as data, latentColumns = 1:3 leaves it out',
  ]);
});

test('the readers of one file leave row names out too, with the names and kinds of the rest', async () => {
  const words = ['square', 'heart', 'ellipse'];
  const table = text(
    rowsOf(factors).map(([a, b], i) => [i, words[a], b]),
    ',shape,side',
  );
  assert.equal([(await readFactors(table)).columns, (await readFactors(table, { columns: ':' })).columns], [2, 3]);
  assert.equal(await readFactorLabels(table), { names: ['shape', 'side'], types: ['discrete', null] });
});

test('a line that numbers the columns is no sample, on either side', async () => {
  const three = (matrix: Matrix) =>
    text(
      rowsOf(matrix).map(([a, b]) => [a, b, a + b]),
      '0,1,2',
    );
  const bare = (matrix: Matrix) => text(rowsOf(matrix).map(([a, b]) => [a, b, a + b]));
  for (const [latents, factorsGiven, same] of [
    [three(exact), textOf(factors, '0,1'), { latents: bare(exact), factors: textOf(factors) }],
    [textOf(exact, '0,1'), three(factors), { latents: textOf(exact), factors: bare(factors) }],
  ] as const) {
    const { values, notes } = await outcomeOf({ latents, factors: factorsGiven });
    assert.equal(values, (await outcomeOf(same)).values);
    assert.is(notes.filter((note) => note.includes('numbers the columns')).length, 2);
  }
  // Without such a line beside it, it is a row too many.
  await refused(
    { latents: textOf(exact), factors: textOf(factors, '0,1') },
    /expected 48 rows to match the latents, got 49/,
  );
});

test('one table serves for both by the names of its columns, and words are discrete factors', async () => {
  const words = ['square', 'heart', 'ellipse'];
  const table = text(
    rowsOf(exact).map((row, i) => [...row, words[factors.get(i, 0)], factors.get(i, 1)]),
    'z0,z1,shape,side',
  );
  const { values } = await outcomeOf({ latents: textOf(exact), factors: textOf(factors) });
  for (const options of [
    { latentColumns: 'z0,z1', factorColumns: 'shape,side' },
    { latentColumns: 'z*', factorColumns: '2:4' },
    { latentColumns: ':2', factorColumns: 's*' },
  ]) {
    const { values: got, notes, read } = await outcomeOf(table, options);
    assert.ok(
      got.every((value, i) => Math.abs((value as number) - (values[i] as number)) < 1e-12),
      String(got),
    );
    assert.match(notes[0], "words are numbered in their order: 'shape' has ellipse, heart, square");
    assert.equal(read.factors.names, ['shape', 'side']);
  }
  await refused(table, /factorColumns.*holds one array without a name/, {});
  await refused(table, /latentColumns: z0,zz: found no column 'zz'; did you mean z0 or z1\?/, {
    latentColumns: 'z0,zz',
    factorColumns: 'shape',
  });
  await refused(table, /expected other columns than the latents, got 'z1'/, {
    latentColumns: 'z*',
    factorColumns: 'z1',
  });
  await refused(table, /expected numbers, got words in 'shape'/, { latentColumns: 'z0,shape', factorColumns: 'side' });
  await refused(table, /expected every column once, got 'z0' twice/, { latentColumns: 'z0,z*', factorColumns: 'side' });
});

async function refused(
  input: Parameters<typeof scoreBlobs>[0],
  message: RegExp,
  options: Parameters<typeof scoreBlobs>[1] = {},
): Promise<void> {
  const error = await scoreBlobs(input, { metrics: ['mig'], ...options }).then(
    () => assert.unreachable('it was scored'),
    (thrown: Error & { code?: string }) => thrown,
  );
  assert.match((error as Error).message, message);
  assert.ok(['ERR_DATA', 'ERR_OPTION'].includes((error as { code?: string }).code ?? ''));
}

test.run();
