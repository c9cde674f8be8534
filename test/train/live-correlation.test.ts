/**
 * Total correlation of few rows: what independent latents show, against what they have by numerical
 * integration.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decompose } from '../../src/node.js';
import { RandomStream } from '../../src/random.js';
import { correlationOfIndependent } from '../../src/train/held-out.js';

/**
 * I(x; z) in nats of z = mu + sigma e with mu uniform on -a .. a: h(z) - h(z|x). The density of z
 * is the mass of a normal between z - a and z + a; both integrals are sums over the same grid, by
 * trapezia.
 */
function informationOf(a: number, sigma: number): number {
  const [step, reach] = [sigma / 40, a + 9 * sigma];
  const half = Math.round(a / step);
  const ends = Math.ceil(reach / step) + half;
  const mass = new Float64Array(2 * ends + 1);
  const normal = (i: number) => Math.exp(-((i * step) ** 2) / (2 * sigma ** 2)) / (sigma * Math.sqrt(2 * Math.PI));
  for (let i = 1; i < mass.length; i++) mass[i] = mass[i - 1] + ((normal(i - 1 - ends) + normal(i - ends)) * step) / 2;
  let entropy = 0;
  for (let i = half; i < mass.length - half; i++) {
    const density = (mass[i + half] - mass[i - half]) / (2 * half * step);
    if (density > 0) entropy -= density * Math.log(density) * step;
  }
  return entropy - 0.5 * Math.log(2 * Math.PI * Math.E * sigma ** 2);
}

/**
 * Posteriors of so many latents whose means are uniform and independent, and whose q(z_d) has
 * variance 1: KL is -ln sigma.
 */
function independent(rows: number, columns: number, kl: number) {
  const sigma = Math.exp(-kl);
  const a = Math.sqrt(3 * (1 - sigma ** 2));
  const words = new RandomStream(1, 300, 0);
  const mu = Float64Array.from({ length: rows * columns }, () => a * ((words.word() + 0.5) / 2 ** 31 - 1));
  const logvar = new Float64Array(rows * columns).fill(2 * Math.log(sigma));
  const shape = { rows, columns };
  return {
    posterior: { mu: { data: mu, ...shape }, logvar: { data: logvar, ...shape } },
    information: informationOf(a, sigma),
  };
}

test('the integral is that of a narrow posterior, ln(2a) - h(z|x), with its two edges', () => {
  const [a, sigma] = [1, 1e-3];
  const narrow = Math.log(2 * a) - 0.5 * Math.log(2 * Math.PI * Math.E * sigma ** 2);
  assert.ok(Math.abs(informationOf(a, sigma) - narrow) < 2e-3);
  assert.ok(informationOf(a, sigma) > narrow);
});

// Of N rows and D latents of so many nats. The true total correlation of all is 0.
for (const [rows, latents, kl, least] of [
  [3000, 3, 1, 0],
  [3000, 3, 3, 0.8],
  [3000, 3, 3.6, 2.2],
  [1000, 3, 3.6, 3],
  [1000, 5, 2, 2.3],
] as const) {
  test(`${rows} rows of ${latents} independent latents of ${kl} nats show what is said`, async () => {
    const { posterior, information } = independent(rows, latents, kl);
    const report = await decompose(posterior, { samples: 1000 });
    const informations = report.mutualInformationPerDimension as number[];
    for (const one of informations) assert.ok(Math.abs(one - information) < 0.1, `${one}, expected ${information}`);
    const floor = correlationOfIndependent(informations, rows);
    assert.ok(report.totalCorrelation >= least, String(report.totalCorrelation));
    assert.ok(Math.abs(report.totalCorrelation - floor) < 0.15, `${report.totalCorrelation} against ${floor}`);
  });
}

test('the floor is ln(1 + exp(I) / N), and neither overflows nor is less than 0', () => {
  assert.ok(Math.abs(correlationOfIndependent([1, 2], 100) - Math.log(1 + Math.exp(3) / 100)) < 1e-14);
  assert.ok(Math.abs(correlationOfIndependent([1000, 1000], Math.E ** 8) - 1992) < 1e-9);
  assert.ok(correlationOfIndependent([], 1e300) >= 0);
});

test.run();
