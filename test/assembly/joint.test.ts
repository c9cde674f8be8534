import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core } from '../../bindings/core.js';
import type { ComponentTree } from '../../bindings/kernels/joint.js';
import { growComponentTree } from '../../src/decomposition/component-tree.js';
import { jointLogDensities } from '../../src/decomposition/joint-density.js';
import { assertNear, assertSame, codes, normals, ROUNDING } from './samples.js';
import { COLUMN_COUNTS, LENGTHS, withWatchedCore } from './watched-core.js';

interface Numbers {
  readonly mu: Float64Array;
  readonly logvar: Float64Array;
  readonly columns: number;
}

const grow = (core: Core, { mu, logvar, columns }: Numbers): Promise<ComponentTree> =>
  growComponentTree(core, {
    mu: core.arena.upload('f64', mu),
    logvar: core.arena.upload('f64', logvar),
    latents: columns,
  });

const draw = (rows: number, columns: number): Numbers => ({
  mu: normals(rows * columns, rows + columns),
  logvar: normals(rows * columns, rows + columns + 1),
  columns,
});

/**
 * Looks at every node: it has the leaves of its children, and its box holds its components and not
 * more.
 */
function assertTree(tree: ComponentTree, { mu, logvar, columns }: Numbers, what: string): void {
  const { components, width } = tree;
  const [first, count, box, leaf, place, dims] = [
    tree.firsts,
    tree.counts,
    tree.boxes,
    tree.leaves,
    tree.places,
    tree.dims,
  ].map((block) => Array.from(block.array));
  const byPlace = new Array<number>(components).fill(-1);
  for (let j = 0; j < components; j++) byPlace[place[j]] = j;
  assert.ok(!byPlace.includes(-1), `${what}: every place is taken`);
  assertSame(
    [...dims].sort((a, b) => a - b),
    Array.from({ length: columns }, (_, d) => d),
    `${what}: dimensions`,
  );
  const weight = (j: number) => {
    let sum = 0;
    for (let d = 0; d < columns; d++) sum -= 0.5 * (Math.log(2 * Math.PI) + logvar[d * components + j]);
    return sum;
  };
  const span = 2 * Math.ceil(columns / 2);
  for (let node = 0; node < count.length; node++) {
    if (count[node] > 1) {
      const right = node + 2 * Math.ceil(count[node] / 2);
      assert.equal(
        [first[node + 1], count[node + 1] + count[right]],
        [first[node], count[node]],
        `${what}: node ${node}`,
      );
      assert.is(first[right], first[node] + count[node + 1], `${what}: node ${node}`);
    }
    const members = byPlace.slice(first[node] * width, (first[node] + count[node]) * width);
    const own = box.slice(node * (3 * span + 2), (node + 1) * (3 * span + 2));
    for (let d = 0; d < columns; d++) {
      const means = members.map((j) => mu[dims[d] * components + j]);
      const precisions = members.map((j) => Math.exp(-logvar[dims[d] * components + j] / 2) * Math.SQRT1_2);
      const [least, most] = [Math.min(...means), Math.max(...means)];
      assert.equal([own[d], own[span + d]], [least, most], `${what}: node ${node}, dimension ${d}`);
      const narrowest = Math.min(...precisions);
      assert.ok(
        own[2 * span + d] <= narrowest && own[2 * span + d] >= narrowest * (1 - 1e-13),
        `${what}: node ${node}`,
      );
    }
    const largest = Math.max(...members.map(weight));
    const slack = 1e-13 * (1 + columns) * (1 + Math.abs(largest));
    assert.ok(
      own[3 * span] >= largest - slack / 10 && own[3 * span] <= largest + slack,
      `${what}: weight of node ${node}`,
    );
  }
  for (let p = 0; p < Math.ceil(components / width) * width; p++) {
    const at = Math.floor(p / width) * (1 + 2 * columns) * width + (p % width);
    if (p >= components) assert.is(leaf[at], -Infinity, `${what}: place ${p}`);
    else assert.ok(Math.abs(leaf[at] - weight(byPlace[p])) <= 1e-14 * columns * 10, `${what}: weight at ${p}`);
    for (let d = 0; d < columns; d++) {
      const k = dims[d] * components + byPlace[p];
      const expected = p < components ? [mu[k], Math.exp(-logvar[k] / 2) * Math.SQRT1_2] : [0, 0];
      assert.is(leaf[at + (1 + 2 * d) * width], expected[0], `${what}: mean at ${p}`);
      assertNear([leaf[at + (2 + 2 * d) * width]], [expected[1]], 4 * ROUNDING * expected[1], `${what}: r at ${p}`);
    }
  }
}

test('a tree has every component in one place, and boxes that hold them', () =>
  withWatchedCore(async (core) => {
    for (const rows of LENGTHS.slice(1)) {
      for (const columns of COLUMN_COUNTS) {
        const numbers = draw(rows, columns);
        assertTree(await grow(core, numbers), numbers, `${rows} of ${columns}`);
        core.arena.reset();
      }
    }
  }));

test('a tree of components that repeat, or are all the same, is a tree', () =>
  withWatchedCore(async (core) => {
    const rows = 777;
    for (const values of [1, 2, 5]) {
      const mu = Float64Array.from(codes(3 * rows, values, values));
      const logvar = Float64Array.from(codes(3 * rows, values, values + 1), (code) => code - 1);
      const numbers = { mu, logvar, columns: 3 };
      assertTree(await grow(core, numbers), numbers, `${values} values`);
    }
    // In order, and in the order of an organ's pipes, which partitions by a middle pivot take
    // worst.
    for (const of of [(j: number) => j, (j: number) => -j, (j: number) => Math.min(j, rows - j)]) {
      const numbers = {
        mu: Float64Array.from({ length: rows }, (_, j) => of(j)),
        logvar: new Float64Array(rows),
        columns: 1,
      };
      assertTree(await grow(core, numbers), numbers, 'in order');
    }
  }));

test('in one dimension a tree is in the order of its means, leaf by leaf', () =>
  withWatchedCore(async (core) => {
    const mu = normals(5000, 3);
    const { firsts, counts, boxes } = await grow(core, { mu, logvar: new Float64Array(5000), columns: 1 });
    const [first, count, box] = [firsts.array, counts.array, boxes.array];
    const leaves = [...count.keys()].filter((node) => count[node] === 1).sort((a, b) => first[a] - first[b]);
    for (let i = 1; i < leaves.length; i++) assert.ok(box[8 * leaves[i - 1] + 2] <= box[8 * leaves[i]], `leaf ${i}`);
  }));

test('the first dimension is the one that tells most components apart', () =>
  withWatchedCore(async (core) => {
    const rows = 1000;
    const mu = normals(3 * rows, 4).map((x, at) => x * [1, 5, 1][Math.floor(at / rows)]);
    const logvar = Float64Array.from({ length: 3 * rows }, (_, at) => [0, 0, -8][Math.floor(at / rows)]);
    assertSame((await grow(core, { mu, logvar, columns: 3 })).dims.array, [2, 1, 0], 'dimensions');
  }));

test('a component by itself has its own density to the last digits, two far apart half of it', () =>
  withWatchedCore(async (core) => {
    const points = Float64Array.from({ length: 4001 }, (_, i) => (i - 2000) / 50);
    const at = core.arena.upload('f64', points);
    for (const mu of [[0], [0, 0], [0, 0.5], [0, 37]]) {
      const numbers = { mu: Float64Array.from(mu), logvar: new Float64Array(mu.length), columns: 1 };
      const { logDensities } = await jointLogDensities(core, await grow(core, numbers), at, { tolerance: 0 });
      const expected = points.map((z) => {
        const squares = mu.map((mean) => (z - mean) ** 2 / 2).sort((a, b) => a - b);
        const sum = squares.reduce((total, square) => total + Math.exp(squares[0] - square), 0);
        return -squares[0] + Math.log(sum) - Math.log(mu.length) - Math.log(2 * Math.PI) / 2;
      });
      assertNear(
        logDensities,
        expected,
        expected.map((x) => 17 * ROUNDING * (2 + Math.abs(x))),
        `means ${mu}`,
      );
    }
  }));

test.run();
