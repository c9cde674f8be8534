import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { loadPosterior } from '../../src/decomposition/posterior.js';
import { sampleTerms } from '../../src/decomposition/samples.js';
import { describeUnlikely, meanSquaredDistance } from '../../src/decomposition/unlikely-samples.js';
import { Matrix } from '../../src/matrix.js';
import { normals } from '../assembly/samples.js';

const latentsNoted = (meanSquares: readonly number[], samples: number) =>
  withCore((core) => describeUnlikely(core, meanSquares, samples));

/** -ln of Chernoff's bound of a mean square of t over M samples. */
const surprise = (t: number, samples: number) => (samples / 2) * (t - 1 - Math.log(t));

test('is the mean square of what is written down, however far and at whatever scale', async () => {
  const [rows, count] = [50, 20];
  const [means, logarithms, noise] = [normals(rows, 1), normals(rows, 2), normals(count, 3)];
  for (const [scale, far] of [
    [1, 1],
    [1e-20, 1],
    [1e20, 1e30],
  ]) {
    const mu = means.map((mean) => scale * mean);
    const logvar = logarithms.map((x) => x + 2 * Math.log(scale));
    const owners = Int32Array.from({ length: count }, (_, i) => 2 * i + 1);
    const z = noise.map((x, i) => mu[owners[i]] + far * x * Math.exp(logvar[owners[i]] / 2));
    const expected = z.reduce((sum, x, i) => sum + (x - mu[owners[i]]) ** 2 / Math.exp(logvar[owners[i]]) / count, 0);
    await withCore((core) => {
      const posterior = loadPosterior(core, { mu: new Matrix(mu, rows, 1), logvar: new Matrix(logvar, rows, 1) });
      const samples = { count, owners: core.arena.upload('i32', owners), z: core.arena.upload('f64', z) };
      const { logPosterior } = sampleTerms(core, posterior, samples);
      const actual = meanSquaredDistance(logPosterior, posterior.logvar, samples.owners);
      assert.ok(Math.abs(actual / expected - 1) < 1e-9, `${scale}, ${far}: ${actual}, not ${expected}`);
    });
  }
});

for (const [samples, latents, none, noted] of [
  // Two rows of a latent: four standard deviations are nothing to speak of.
  [2, 1, 23, 25],
  [2, 50, 28, 30],
  [2000, 1, 1.21, 1.23],
  [2000, 1, 0.81, 0.79],
  [2000, 50, 1.23, 1.25],
  // So many rows that less would be impossible, too, but makes no difference.
  [1_000_000, 1, 1.09, 1.11],
  [1_000_000, 1, 0.91, 0.89],
] as const) {
  test(`notes a mean square of ${noted}, and not of ${none}, of ${samples} samples of ${latents} latents`, async () => {
    const bound = Math.log(latents / 1e-9);
    const isSmall = (t: number) => Math.abs(t - 1) < 0.1;
    assert.ok(surprise(none, samples) < bound || isSmall(none), 'above the bound');
    assert.ok(surprise(noted, samples) > bound && !isSmall(noted), 'below the bound');
    const others = new Array(latents - 1).fill(1);
    assert.equal(await latentsNoted([none, ...others], samples), []);
    const [note, ...more] = await latentsNoted([noted, ...others], samples);
    assert.is(note.code, 'unlikely-samples');
    assert.is(note.option, 'z');
    assert.match(note.text as string, /^latent 0: z is /);
    assert.equal(more, []);
  });
}

test('names latents and distances, of one and of several, and of samples that are the means', async () => {
  const [{ text, suggestion }] = await latentsNoted([1, 1.44e60, 1, 0, 1.05], 1000);
  assert.is(
    text,
    'latents 1, 3: z is 0.00 to 1.20e+30 standard deviations from the means of its posteriors (root mean square), ' +
      'and not 1 as samples of them are',
  );
  assert.is(
    suggestion,
    'expected z of the same rows and model, and natural logarithms of variances; without z it is drawn',
  );
  const [one] = await latentsNoted([9, 1], 1000);
  assert.match(one.text as string, /^latent 0: z is 3\.00 standard deviations /);
});

test('notes none of the samples that posteriors have, in a thousand draws', async () => {
  const noise = normals(1000 * 40, 7);
  const meanSquares = Array.from({ length: 1000 }, (_, draw) =>
    noise.subarray(draw * 40, (draw + 1) * 40).reduce((sum, x) => sum + (x * x) / 40, 0),
  );
  assert.ok(Math.max(...meanSquares) > 1.5 && Math.min(...meanSquares) < 0.6, 'draws that scatter');
  assert.equal(await latentsNoted(meanSquares, 40), []);
});

test.run();
