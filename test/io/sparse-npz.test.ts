import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { concatenate, littleEndian, npyBytes, zipBytes } from './builders.js';
import { fixture, open, rowsOf, survivesDamage } from './fixtures.js';
import { errorOf } from './matrices.js';

const TABLE = [
  [0, 2, 0, 0],
  [1.5, 0, 0, -1],
  [0, 0, 0, 0],
  [0, 0, 4, 8],
];

for (const format of ['coo', 'csr', 'csc', 'bsr', 'dia']) {
  test(`reads ${format} as scipy.sparse.save_npz writes it`, async () => {
    const { arrays } = await open(fixture(`${format}.npz`), 'a.npz');
    assert.equal(
      arrays.map(({ name, dtype, shape }) => [name, dtype, shape]),
      [[null, 'float64', [4, 4]]],
    );
    assert.equal(await rowsOf(arrays[0]), TABLE);
  });

  test(`survives damage of ${format}`, () => survivesDamage(fixture(`${format}.npz`), 'a.npz'));
}

test('reads sparse arrays, and diagonals that end outside', async () => {
  const { arrays } = await open(fixture('csr-array.npz'), 'a.npz');
  assert.equal([arrays[0].dtype, arrays[0].shape], ['int16', [4, 3]]);
  assert.equal(await rowsOf(arrays[0]), [
    [0, 2, 0],
    [0, 0, 0],
    [5, 0, 1],
    [0, -3, 0],
  ]);
  const wide = await open(fixture('dia-wide.npz'), 'a.npz');
  assert.equal(await rowsOf(wide.arrays[0]), [
    [0, 0, 3, 0, 0],
    [6, 0, 0, 4, 0],
    [0, 7, 0, 0, 5],
  ]);
});

interface Parts {
  readonly format?: string;
  readonly shape?: readonly number[];
  readonly indices?: readonly number[];
  readonly indptr?: readonly number[];
  readonly data?: Uint8Array;
  readonly descr?: string;
  readonly without?: string;
}

function csrBytes(parts: Parts = {}): Uint8Array {
  const { format = 'csr', shape = [2, 2], indices = [1, 1], indptr = [0, 2, 2], without } = parts;
  const { data = Uint8Array.of(1, 1), descr = '|u1' } = parts;
  const ints = (values: readonly number[]) =>
    npyBytes({ descr: '<i4', shape: [values.length], data: littleEndian(4, ...values) });
  const members = {
    indices: ints(indices),
    indptr: ints(indptr),
    format: npyBytes({ descr: `|S${format.length}`, shape: [], data: concatenate(format) }),
    shape: npyBytes({ descr: '<i8', shape: [shape.length], data: littleEndian(8, ...shape) }),
    data: npyBytes({ descr, shape: [indices.length], data }),
  };
  const kept = Object.entries(members).filter(([name]) => name !== without);
  return zipBytes(kept.map(([name, content]) => ({ name: `${name}.npy`, content })));
}

test('adds up values for one place: numbers by adding, truth values by or', async () => {
  assert.equal(await rowsOf((await open(csrBytes(), 'a.npz')).arrays[0]), [
    [0, 2],
    [0, 0],
  ]);
  assert.equal(await rowsOf((await open(csrBytes({ descr: '|b1' }), 'a.npz')).arrays[0]), [
    [0, 1],
    [0, 0],
  ]);
});

test('refuses what is out of place', async () => {
  const message = async (parts: Parts) => {
    const error = await errorOf(async () => {
      for (const entry of (await open(csrBytes(parts), 'a.npz')).arrays) await entry.read();
    });
    return error.message;
  };
  assert.is(await message({ indices: [1, 2] }), 'a.npz: expected a value within shape (2, 2), got one at (0, 2)');
  assert.is(await message({ indices: [1, -1] }), 'a.npz: expected a value within shape (2, 2), got one at (0, -1)');
  const starts = 'a.npz: expected starts of rows or columns that rise from 0 to 2, got';
  assert.is(await message({ indptr: [0, 2, 1] }), `${starts} 2 and 1`);
  assert.is(await message({ indptr: [0, 3, 3] }), `${starts} 0 and 3`);
  assert.is(await message({ indptr: [1, 2, 2] }), `${starts} 1 and 2`);
  assert.is(await message({ indptr: [0, 2] }), 'a.npz: expected 3 starts of rows or columns, got 2');
  assert.is(
    await message({ format: 'lil' }),
    `a.npz, member 'format': expected a sparse format of csr, csc, bsr, coo, dia, got 'lil'`,
  );
  assert.is(await message({ shape: [2] }), 'a.npz: expected a sparse table of rows and columns, got shape (2,)');
  assert.is(await message({ shape: [2, -1] }), "a.npz, member 'shape': expected whole numbers, got 2, -1");
  assert.match(
    await message({ shape: [1e6, 1e6] }),
    /expected a sparse table of at most \d+ numbers in a file of \d+ bytes, got shape \(1000000, 1000000\); save the columns that vary: table\[:, numpy\.unique\(table\.nonzero\(\)\[1\]\)\]$/,
  );
  assert.match(await message({ shape: [2 ** 40, 2 ** 40] }), 'is beyond what can be addressed');
  assert.match(await message({ descr: '<c8', data: new Uint8Array(16) }), "expected numbers, got complex64 ('<c8')");
});

test('fills in as many zeros as fit a gibibyte with what is computed, whatever type they are of', async () => {
  const refusal = async (shape: readonly number[], descr: string, data: Uint8Array) =>
    (await open(csrBytes({ shape, descr, data }), 'a.npz')).arrays[0].read().then(
      () => '',
      ({ message }) => message,
    );
  // 192 MiB of float64, and 64 bytes for each byte of the file.
  const most = (192 << 20) / 16;
  const wide = [2, most + 2 ** 17];
  assert.is(await refusal([2, most], '|i1', Uint8Array.of(1, 1)), '');
  assert.match(await refusal(wide, '|i1', Uint8Array.of(1, 1)), 'save the columns that vary');
  assert.match(await refusal(wide, '<f8', new Uint8Array(16)), 'save the columns that vary');
});

test('takes an archive for what it is if a part is missing', async () => {
  const { arrays } = await open(csrBytes({ without: 'indptr' }), 'a.npz');
  assert.equal(
    arrays.map(({ name }) => name),
    ['indices', 'format', 'shape', 'data'],
  );
});

test.run();
