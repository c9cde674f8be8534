/** Arrays that are not what they seem: each is refused with a code by every function. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCodedError } from '../../src/errors.js';
import { agreement, decompose, Matrix, mig, score, udr } from '../../src/index.js';
import type { MatrixLike } from '../../src/matrix.js';
import { factors, latents, ROWS } from './table.js';

const flat = () => Float64Array.from(latents.flat());

/** A matrix whose buffer has gone to another thread. */
function detached(): Matrix {
  const matrix = new Matrix(flat(), ROWS, 3);
  structuredClone(matrix.data.buffer, { transfer: [matrix.data.buffer as ArrayBuffer] });
  return matrix;
}

/** A matrix of a buffer that has shrunk since. */
function shrunk(): Matrix {
  const buffer: ArrayBuffer & { resize?(length: number): void } = Reflect.construct(ArrayBuffer, [
    ROWS * 24,
    { maxByteLength: ROWS * 24 },
  ]);
  const matrix = new Matrix(new Float64Array(buffer), ROWS, 3);
  buffer.resize?.(80);
  return matrix;
}

const BAD: Readonly<Record<string, () => unknown>> = {
  'a detached matrix': detached,
  'a detached array': () => detached().data,
  'a matrix of a buffer that has shrunk': shrunk,
  'a proxied typed array': () => new Proxy(flat(), {}),
  'a proxied typed array with its shape': () => ({ data: new Proxy(flat(), {}), rows: ROWS, columns: 3 }),
  'rows that are proxied typed arrays': () => latents.map((row) => new Proxy(Float64Array.from(row), {})),
  'a matrix of BigInt': () => new Matrix(new BigInt64Array(ROWS * 3) as never, ROWS, 3),
  'BigInt beyond 2^53': () => BigInt64Array.from(latents, () => 2n ** 60n),
  'a DataView': () => new DataView(new ArrayBuffer(80)),
  'an object of rows': () => ({ ...latents }),
  'sizes that are not whole': () => ({ data: flat(), rows: 1.5, columns: (ROWS * 3) / 1.5 }),
  'sizes that are BigInt': () => ({ data: flat(), rows: BigInt(ROWS), columns: 3n }),
  'rows with a hole': () => [...latents.slice(1), undefined],
  'numbers with a text': () => [...latents.slice(1), ['1', '2', '3']],
};

const TAKERS: Readonly<Record<string, (bad: MatrixLike) => Promise<unknown>>> = {
  'score of latents': (bad) => score(bad, factors),
  'score of factors': (bad) => score(latents, bad),
  'a posterior of score': (bad) =>
    score(latents, factors, { posterior: { mu: latents, logvar: bad }, metrics: ['mig-posterior'] }),
  mig: (bad) => mig(bad, factors),
  decompose: (bad) => decompose({ mu: bad, logvar: bad }),
  udr: (bad) => udr([bad, bad]),
};

for (const [what, make] of Object.entries(BAD)) {
  for (const [taker, take] of Object.entries(TAKERS)) {
    test(`${taker}: ${what} is refused with a code`, async () => {
      let thrown: unknown = null;
      try {
        await take(make() as MatrixLike);
      } catch (error) {
        thrown = error;
      }
      assert.ok(isCodedError(thrown), String((thrown as Error | null)?.stack ?? 'nothing was thrown'));
    });
  }
}

test('takes what proxies of plain arrays hold, and BigInt that float64 holds', async () => {
  const metrics = ['mig'] as const;
  const { value } = (await score(latents, factors, { metrics })).metrics.mig;
  const proxied = new Proxy(
    latents.map((row) => new Proxy(row, {})),
    {},
  );
  const big = factors.map((row) => row.map(BigInt)) as unknown as number[][];
  assert.is((await score(proxied, big, { metrics })).metrics.mig.value, value);
});

test('refuses names of factors that are the same', async () => {
  await score(latents, factors, { factorNames: ['a', 'a'] }).then(
    () => assert.unreachable(),
    (error) =>
      assert.is(`${error.code} ${error.message}`, "ERR_OPTION factorNames: expected different names, got 'a' twice"),
  );
});

test('refuses reports that are none with a code', () => {
  for (const bad of [null, 3, [], { schema: 1 }, new Proxy([], {}), new Map()]) {
    assert.throws(() => agreement([bad] as never), isCodedError);
  }
});

test.run();
