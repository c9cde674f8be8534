/** Batches whose rows share factors. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Dataset } from '../../src/data/dataset.js';
import { type DrawnRows, openFactorBatches, type SharedFactors } from '../../src/data/factor-batches.js';
import { type RowSplit, splitRows } from '../../src/data/split.js';

/** Factors of 3, 4 and 5 values, every combination twice. */
const SIZES = [3, 4, 5];
const grid: Dataset = {
  name: 'grid',
  identity: {},
  size: 120,
  image: { height: 1, width: 1, channels: 1 },
  isBinary: false,
  factors: SIZES.map((size, i) => ({ name: `f${i}`, size })),
  readImages: (_, out) => void out.fill(0),
  readFactors(rows, out) {
    for (let i = 0; i < rows.length; i++) out.set(factorsOf(rows[i]), 3 * i);
  },
};

function factorsOf(row: number): number[] {
  return [row % 3, Math.floor(row / 3) % 4, Math.floor(row / 12) % 5];
}

/** One factor along a line, one of 4 values, drawn on demand. */
const line: Dataset = {
  ...grid,
  name: 'line',
  factors: [
    { name: 'x', size: null, range: [-2, 2] },
    { name: 'kind', size: 4 },
  ],
  renderFactors: () => {},
};

const eachOf = (count: number) => Array.from({ length: count }, (_, i) => [i]);
const split = (dataset: Dataset) => splitRows(dataset.size, 20, 0);

/** The factors of the rows of a batch. */
function tableOf(drawn: DrawnRows, columns: number): number[][] {
  if ('rows' in drawn) return Array.from(drawn.rows, factorsOf);
  const rows = drawn.values.length / columns;
  return Array.from({ length: rows }, (_, i) => [...drawn.values.subarray(i * columns, (i + 1) * columns)]);
}

async function drawSome(dataset: Dataset, shared: SharedFactors, batches: number, batchSize = 8, seed = 3) {
  const draw = openFactorBatches(dataset, await split(dataset), shared, batchSize, seed);
  const drawn: DrawnRows[] = [];
  for (let index = 0; index < batches; index++) drawn.push(await draw(index));
  return drawn;
}

const valuesIn = (table: number[][], column: number) => new Set(table.map((row) => row[column])).size;

for (const [dataset, columns] of [
  [grid, 3],
  [line, 2],
] as const) {
  test(`one factor of ${dataset.name} varies, and the others are shared`, async () => {
    const drawn = await drawSome(dataset, { kind: 'varying', groups: eachOf(columns) }, 60);
    const counts = new Array<number>(columns).fill(0);
    let varied = 0;
    for (const batch of drawn) {
      const table = tableOf(batch, columns);
      const [group, ...more] = batch.groups;
      assert.equal(more, []);
      assert.is(table.length, 8);
      counts[group]++;
      for (let column = 0; column < columns; column++) if (column !== group) assert.is(valuesIn(table, column), 1);
      if (valuesIn(table, group) > 1) varied++;
    }
    // Eight draws of three values or more are all alike once in two thousand batches.
    assert.ok(varied >= 58, `${varied} of 60`);
    // Six standard deviations of a binomial number of 60 are 22 and 24.
    assert.ok(Math.min(...counts) >= 2, `${counts}`);
  });

  test(`rows of ${dataset.name} in pairs share one factor`, async () => {
    const drawn = await drawSome(dataset, { kind: 'pairs', groups: eachOf(columns) }, 30);
    let others = 0;
    for (const batch of drawn) {
      const table = tableOf(batch, columns);
      assert.is(batch.groups.length, 4);
      for (const [pair, group] of batch.groups.entries()) {
        const [a, b] = table.slice(2 * pair, 2 * pair + 2);
        assert.is(a[group], b[group]);
        if (a.some((value, column) => value !== b[column])) others++;
      }
    }
    assert.ok(others > 80, `${others} of 120 pairs differ in something`);
  });
}

test('a batch is a function of the seed and its number, whatever was drawn before', async () => {
  for (const dataset of [grid, line]) {
    const shared: SharedFactors = { kind: 'varying', groups: eachOf(dataset.factors.length) };
    const drawn = await drawSome(dataset, shared, 4);
    const draw = openFactorBatches(dataset, await split(dataset), shared, 8, 3);
    assert.equal(await draw(3), drawn[3]);
    assert.not.equal(drawn[2], drawn[3]);
    assert.not.equal((await drawSome(dataset, shared, 4, 8, 4))[3], drawn[3]);
  }
});

test('rows are those that are trained on', async () => {
  const { test: held } = await split(grid);
  const drawn = await drawSome(grid, { kind: 'varying', groups: eachOf(3) }, 60);
  const rows = new Set(drawn.flatMap((batch) => ('rows' in batch ? [...batch.rows] : [])));
  assert.ok(rows.size > 60, `${rows.size}`);
  for (const row of held) assert.not.ok(rows.has(row));
});

test('images that are drawn have factors in their ranges, and noise of their own', async () => {
  const drawn = await drawSome(line, { kind: 'pairs', groups: [[1]] }, 20);
  for (const [i, batch] of drawn.entries()) {
    for (const [x, kind] of tableOf(batch, 2)) assert.ok(x >= -2 && x < 2 && [0, 1, 2, 3].includes(kind));
    assert.is('index' in batch && batch.index, 8 * i);
  }
});

test('groups of several factors are drawn as often as they weigh', async () => {
  const shared: SharedFactors = { kind: 'varying', groups: [[0], [1, 2]], weights: [1, 9] };
  const drawn = await drawSome(grid, shared, 200);
  const count = drawn.filter(({ groups: [group] }) => group === 0).length;
  // 20 expected; six standard deviations are 25.
  assert.ok(count > 0 && count < 46, `${count}`);
  for (const batch of drawn) {
    const table = tableOf(batch, 3);
    if (batch.groups[0] === 1) assert.is(valuesIn(table, 0), 1);
  }
});

const unlike: Dataset = { ...grid, size: 60 };
const REFUSED: ReadonlyArray<readonly [dataset: Dataset, shared: SharedFactors, batchSize: number, message: RegExp]> = [
  [grid, { kind: 'varying', groups: [[3]] }, 8, /^data: grid: expected groups of its 3 factors, got \[\[3\]\]$/],
  [grid, { kind: 'varying', groups: [] }, 8, /^data: grid: expected groups of its 3 factors, got \[\]$/],
  [grid, { kind: 'pairs', groups: [[0]] }, 7, /^batchSize: expected an even number, of rows in pairs, got 7$/],
  [
    { ...line, renderFactors: undefined },
    { kind: 'pairs', groups: [[0]] },
    8,
    /^data: line: expected factors with a number/,
  ],
  // Nothing but noise would vary, of which there is none.
  [
    unlike,
    { kind: 'varying', groups: [[]] as number[][] },
    8,
    /^data: grid: expected rows of the same f0, f1, f2, got none/,
  ],
];

for (const [dataset, shared, batchSize, message] of REFUSED) {
  test(`what cannot be drawn is refused: ${message}`, async () => {
    const rows: RowSplit = await split(dataset);
    try {
      await openFactorBatches(dataset, rows, shared, batchSize, 0)(0);
      assert.unreachable('it was drawn');
    } catch (error) {
      assert.match((error as Error).message, message);
      assert.is((error as { code?: string }).code, 'ERR_OPTION');
    }
  });
}

test.run();
