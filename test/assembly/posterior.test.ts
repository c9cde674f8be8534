import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core } from '../../bindings/core.js';
import { RandomStream } from '../../src/random.js';
import { withWatchedCore } from './watched-core.js';

const STREAM = 13;

/** N posteriors of D latents, a column after the other, with means and spreads of every size. */
function upload(core: Core, rows: number, latents: number) {
  const at = (i: number) => ((i * 7919) % 101) / 50 - 1;
  const mu = Float64Array.from({ length: rows * latents }, (_, i) => 5 * at(i));
  const logvar = Float64Array.from({ length: rows * latents }, (_, i) => 4 * at(i + 17) - 2);
  return { rows, latents, mu: core.arena.upload('f64', mu), logvar: core.arena.upload('f64', logvar) };
}

/** Normal numbers by the polar method from the words of the generator in TypeScript. */
function plainNormals(seed: number, row: number, count: number): number[] {
  const random = new RandomStream(seed, STREAM, row);
  const signed = () => {
    const [high, low] = [random.word() >>> 5, random.word() >>> 6];
    return (high * 2 ** 26 + low) * 2 ** -52 - 1;
  };
  const normals: number[] = [];
  while (normals.length < count) {
    const [u, v] = [signed(), signed()];
    const square = u * u + v * v;
    if (square >= 1 || square === 0) continue;
    const scale = Math.sqrt((-2 * Math.log(square)) / square);
    normals.push(u * scale, v * scale);
  }
  return normals.slice(0, count);
}

test('draws mean plus standard deviation times the polar method of the row’s own words, whatever is drawn beside', () =>
  withWatchedCore((core) => {
    for (const latents of [1, 2, 3, 10, 31]) {
      const posterior = upload(core, 9, latents);
      const owners = [8, 0, 3, 5];
      const [z, canary] = [core.arena.alloc('f64', latents * owners.length), core.arena.upload('f64', [42])];
      const draw = (from: number, to: number) =>
        core.posterior.drawPosteriorSamples(z, posterior, core.arena.upload('i32', owners), from, to, {
          seed: 2 ** 40 + 5,
          stream: STREAM,
        });
      draw(0, 4);
      const whole = z.array.slice();
      owners.forEach((row, i) => {
        plainNormals(2 ** 40 + 5, row, latents).forEach((normal, d) => {
          const at = d * 9 + row;
          const expected = posterior.mu.array[at] + Math.exp(posterior.logvar.array[at] / 2) * normal;
          const got = whole[d * owners.length + i];
          assert.ok(Math.abs(got - expected) <= 1e-13 * (1 + Math.abs(expected)), `${got} for ${expected}`);
        });
      });
      z.array.fill(0);
      for (const [from, to] of [
        [2, 4],
        [0, 1],
        [1, 2],
      ])
        draw(from, to);
      assert.equal(z.array.slice(), whole);
      assert.is(canary.array[0], 42);
    }
  }));

test('normal draws have the moments of the normal distribution', () =>
  withWatchedCore((core) => {
    const rows = 40_000;
    const posterior = {
      rows,
      latents: 2,
      mu: core.arena.zeros('f64', 2 * rows),
      logvar: core.arena.zeros('f64', 2 * rows),
    };
    const owners = core.arena.upload(
      'i32',
      Array.from({ length: rows }, (_, i) => i),
    );
    const z = core.arena.alloc('f64', 2 * rows);
    core.posterior.drawPosteriorSamples(z, posterior, owners, 0, rows, { seed: 1, stream: STREAM });
    const values = z.array;
    const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / values.length;
    // Five standard errors of each moment of 80,000 draws.
    const errors = [1, Math.SQRT2, Math.sqrt(15), Math.sqrt(96)].map(
      (deviation) => (5 * deviation) / Math.sqrt(2 * rows),
    );
    [0, 1, 0, 3].forEach((expected, i) => {
      assert.ok(Math.abs(moment(i + 1) - expected) < errors[i], `moment ${i + 1}: ${moment(i + 1)}`);
    });
    const product = Array.from({ length: rows }, (_, i) => values[i] * values[rows + i]).reduce((a, b) => a + b) / rows;
    assert.ok(Math.abs(product) < 5 / Math.sqrt(rows), `the two of a pair are not correlated: ${product}`);
  }));

test('gives log q(z|x) and log p(z) of each sample', () =>
  withWatchedCore((core) => {
    for (const latents of [1, 4, 7]) {
      const posterior = upload(core, 6, latents);
      const owners = core.arena.upload('i32', [5, 1, 2]);
      const z = core.arena.upload(
        'f64',
        Array.from({ length: 3 * latents }, (_, i) => Math.sin(i) * 3),
      );
      const [logPosterior, logPrior] = [core.arena.alloc('f64', 3), core.arena.zeros('f64', 3)];
      core.posterior.posteriorSampleTerms(logPosterior, logPrior, z, posterior, owners, 0, 3);
      [5, 1, 2].forEach((row, i) => {
        let [underPosterior, underPrior] = [0, 0];
        for (let d = 0; d < latents; d++) {
          const [value, at] = [z.array[d * 3 + i], d * 6 + row];
          const [mean, logvar] = [posterior.mu.array[at], posterior.logvar.array[at]];
          underPosterior -= (Math.log(2 * Math.PI) + logvar + (value - mean) ** 2 / Math.exp(logvar)) / 2;
          underPrior -= (Math.log(2 * Math.PI) + value ** 2) / 2;
        }
        const close = (got: number, expected: number) =>
          assert.ok(Math.abs(got - expected) <= 1e-12 * Math.abs(expected), `${got} for ${expected}`);
        close(logPosterior.array[i], underPosterior);
        close(logPrior.array[i], underPrior);
      });
    }
  }));

test.run();
