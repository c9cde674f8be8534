import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { type MatrixLike, toMatrix } from '../../src/index.js';
import { loadTable } from '../../src/stats/load-table.js';
import { type NeighbourInformation, neighbourInformation } from '../../src/stats/neighbour-information.js';
import { type Factor, Table } from '../../src/stats/table.js';
import type { FactorType } from '../../src/types.js';
import { codes, normals } from '../assembly/samples.js';
import { plainClassTerms, plainPlaneTerms, psi } from './plain-neighbours.js';

const golden = JSON.parse(readFileSync(new URL('../golden/neighbors.json', import.meta.url), 'utf8'));

const estimate = (
  latents: MatrixLike,
  factors: MatrixLike,
  type: FactorType,
  neighbours = 10,
): Promise<NeighbourInformation> =>
  withCore((core) => {
    const of = toMatrix(factors, 'factors');
    const types = Array.from({ length: of.columns }, () => type);
    return neighbourInformation(loadTable(core, toMatrix(latents, 'latents'), of, types), neighbours, () => {});
  });

const columns = (...lists: ArrayLike<number>[]) => Array.from(lists[0], (_, row) => lists.map((list) => list[row]));

function near(actual: number, expected: number, what: string, tolerance = 1e-12): void {
  const isNear = Math.abs(actual - expected) <= tolerance;
  assert.ok(isNear, `${what}: expected ${expected} to within ${tolerance}, got ${actual}`);
}

test("agrees with scikit-learn's estimate for a number and a class", async () => {
  for (const [name, byClass] of Object.entries<Record<string, number>>(golden.ofClass)) {
    for (const [to, expected] of Object.entries(byClass)) {
      const { matrix } = await estimate(columns(golden.numbers[name]), columns(golden.classes[to]), 'discrete');
      near(matrix[0], expected, `${name}, ${to}`);
    }
  }
  const { lonelyValues } = await estimate(
    columns(golden.numbers.noise),
    columns(golden.classes.uneven, golden.classes.five),
    'discrete',
  );
  assert.equal(lonelyValues, [2, 0]);
});

test("agrees with scikit-learn's estimate for two numbers, and for a number and itself", async () => {
  for (const [name, byNumber] of Object.entries<Record<string, number>>(golden.ofNumber)) {
    for (const [to, expected] of Object.entries(byNumber)) {
      const { matrix, factorEntropies } = await estimate(
        columns(golden.numbers[name]),
        columns(golden.numbers[to]),
        'continuous',
      );
      near(matrix[0], expected, `${name}, ${to}`);
      near(factorEntropies[0] as number, golden.ofNumber[to][to], `${to} and itself`);
    }
  }
});

test('numbers that classes share are what scikit-learn makes of them, those that repeat within one its mean over many draws', async () => {
  const { across, repeated } = golden.numbers;
  const { matrix } = await estimate(columns(across, repeated), columns(golden.classes.five), 'discrete');
  near(matrix[0], golden.across, 'across');
  near(matrix[1], golden.repeated, 'repeated', 0.02);
});

test('agrees with every distance taken by itself, repeated numbers and rare values among them', async () => {
  const rows = 400;
  const factors = [codes(rows, 4, 1), codes(rows, 150, 2)];
  const latents = [normals(rows, 3), codes(rows, 9, 4), normals(rows, 5).map((x, i) => factors[0][i] + 0.3 * x)];
  const { matrix } = await estimate(columns(...latents), columns(...factors), 'discrete', 5);
  latents.forEach((x, d) => {
    factors.forEach((of, k) => {
      const expected = Math.max(0, plainClassTerms(x, of, 5).information);
      near(matrix[d * 2 + k], expected, `latent ${d}, factor ${k}`, 1e-11);
    });
  });
  const scaleOf = (x: ArrayLike<number>) => {
    const mean = Array.from(x).reduce((sum, value) => sum + value, 0) / rows;
    return Math.sqrt(rows / Array.from(x).reduce((sum, value) => sum + (value - mean) ** 2, 0));
  };
  const continuous = await estimate(columns(...latents), columns(...factors), 'continuous', 5);
  latents.forEach((x, d) => {
    factors.forEach((of, k) => {
      const terms = plainPlaneTerms(x, of, [scaleOf(x), scaleOf(of)], 5);
      near(continuous.matrix[d * 2 + k], Math.max(0, psi(rows) + terms / rows), `latent ${d}, factor ${k}`, 1e-11);
    });
  });
});

test('a latent that is the factor has all of its information, in equal numbers as in different ones', async () => {
  const factor = codes(3000, 6, 6);
  const { matrix, factorEntropies } = await estimate(
    columns(
      factor,
      normals(3000, 7).map((x, i) => factor[i] + 0.01 * x),
    ),
    columns(factor),
    'discrete',
  );
  const entropy = factorEntropies[0] as number;
  near(matrix[0] / entropy, 1, 'equal numbers', 1e-3);
  near(matrix[1] / entropy, 1, 'different numbers', 1e-3);
});

test('repeated numbers that know nothing have next to no information', async () => {
  // As many rows of a number and a value as neighbours: some radii are 0, others are not.
  const { matrix } = await estimate(columns(codes(2000, 10, 8)), columns(codes(2000, 20, 9)), 'discrete');
  near(matrix[0], 0, 'classes', 0.03);
  const plane = await estimate(columns(codes(2000, 10, 8)), columns(codes(2000, 20, 9)), 'continuous');
  near(plane.matrix[0], 0, 'plane', 0.03);
});

test('correlated normal numbers have -ln(1 - rho^2) / 2 nats', async () => {
  const [a, b] = [normals(20_000, 10), normals(20_000, 11)];
  for (const rho of [0.3, 0.9, -0.99]) {
    const mixed = a.map((x, i) => rho * x + Math.sqrt(1 - rho ** 2) * b[i]);
    const { matrix } = await estimate(columns(mixed), columns(a), 'continuous');
    near(matrix[0], -0.5 * Math.log(1 - rho ** 2), `rho = ${rho}`, 0.03);
  }
});

test('order, sign and scale of a latent change nothing', async () => {
  const factor = codes(500, 5, 12);
  const latent = normals(500, 13).map((x, i) => Math.fround(factor[i] + x));
  for (const type of ['discrete', 'continuous'] as const) {
    const { matrix } = await estimate(
      columns(
        latent,
        latent.map((x) => -1024 * x),
      ),
      columns(factor),
      type,
    );
    near(matrix[1], matrix[0], `${type}, scale`);
    const turned = await estimate(columns(latent.slice().reverse()), columns(factor.slice().reverse()), type);
    near(turned.matrix[0], matrix[0], `${type}, order`);
  }
});

test('a factor that has no value twice cannot be told about; a constant latent tells nothing', async () => {
  // Such a factor is refused as it comes, but may be what a subsample of few rows has.
  const { matrix, factorEntropies, lonelyValues } = await withCore((core) => {
    const rows = 50;
    const factorOf = (codeOf: (row: number) => number, size: number): Factor => {
      const codes = core.arena.upload(
        'i32',
        Int32Array.from({ length: rows }, (_, row) => codeOf(row)),
      );
      return { type: 'discrete', isConstant: false, codes, size, levels: null, values: null };
    };
    const latents = core.arena.upload('f64', columns(normals(rows, 14), new Float64Array(rows).fill(3)).flat());
    const factors = [factorOf((row) => row, rows), factorOf((row) => row % 2, 2)];
    return neighbourInformation(new Table(core, rows, 2, latents, factors), 10, () => {});
  });
  assert.is(factorEntropies[0], null);
  near(factorEntropies[1] as number, Math.LN2, 'entropy');
  assert.equal(lonelyValues, [50, 0]);
  assert.equal([matrix[0], matrix[2], matrix[3]], [0, 0, 0]);
});

test.run();
