/**
 * That metrics which nothing is drawn for are their definitions: values of a plain implementation
 * that was written from the pages alone.
 */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ScoreOptions, score } from '../../src/index.js';
import { uniforms } from '../assembly/samples.js';

const plain: Record<string, Record<string, Record<string, number | null>>> = JSON.parse(
  readFileSync(new URL('../golden/plain.json', import.meta.url), 'utf8'),
);
const SETTINGS: Record<string, ScoreOptions> = {
  n20: {},
  n10: { bins: 10 },
  unit: { preset: 'ubisoft' },
  paper: { preset: 'paper' },
};

/** The tables of make-plain.py. */
function table(name: string, rows: number) {
  const u = uniforms(name.length);
  const latents: number[][] = [];
  const factors: number[][] = [];
  for (let row = 0; row < rows; row++) {
    const [a, b, c, d, e] = [u(), u(), u(), u(), u()];
    const [v, w] = [Math.floor(7 * a * a), Math.floor(3 * b)];
    if (name === 'uneven') {
      factors.push([v, w, Math.floor(12 * a * c)]);
      latents.push([v + d, w - 2 * e, v + w + c, e]);
    } else if (name === 'constants') {
      factors.push([v, 5, w]);
      latents.push([v + d, 1.5, v + d, w * e]);
    } else {
      factors.push([v, b, a * c]);
      latents.push([1e6 + v, b + d, 1e-6 * a * c, (d * e) / (0.01 + c)]);
    }
  }
  return { latents, factors };
}

for (const [name, settings] of Object.entries(plain)) {
  test(`metrics of the table "${name}" are their definitions`, async () => {
    const { latents, factors } = table(name, 150);
    for (const [setting, expected] of Object.entries(settings)) {
      const metrics = Object.keys(expected);
      const report = await score(latents, factors, { ...SETTINGS[setting], metrics });
      for (const metric of metrics) {
        const ours = report.metrics[metric].value;
        const theirs = expected[metric];
        const what = `${metric}, ${setting}: expected ${theirs}, got ${ours}`;
        if (theirs === null || ours === null) assert.is(ours, theirs, what);
        else assert.ok(Math.abs(ours - theirs) <= 1e-9, what);
      }
    }
  });
}

test.run();
