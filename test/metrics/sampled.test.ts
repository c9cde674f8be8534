/**
 * That presets reproduce scores that draw samples: means over seeds, of ours and of what the
 * authors' programs return (test/golden/make-sampled.py).
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { betaVaeScore, factorVaeScore, type Preset, zMaxVariance } from '../../src/index.js';
import { memorySource, openArrays } from '../../src/io/index.js';
import type { Matrix } from '../../src/matrix.js';

interface Theirs {
  readonly mean: number;
  /** Standard deviation of a run. */
  readonly deviation: number;
  readonly seeds: number;
}

const SEEDS = 20;
/** Of the difference of two means. */
const MOST_STANDARD_ERRORS = 4;

const golden = new URL('../golden/', import.meta.url);
const results: Record<string, Record<string, Record<string, Theirs>>> = JSON.parse(
  readFileSync(new URL('sampled.json', golden), 'utf8'),
);
const archive = await openArrays(memorySource(await readFile(new URL('sampled.npz', golden)), 'sampled.npz'));
const read = (name: string) => archive.arrays.find((array) => array.name === name)?.read() as Promise<Matrix>;

const METRICS = { 'factor-vae-score': factorVaeScore, 'z-max-variance': zMaxVariance, 'beta-vae-score': betaVaeScore };
/** What the script asks of theirs, if that is not what the preset says. */
const VOTES = { train: 1000, evaluation: 1000 };

const test = suite('sampled scores');

for (const [preset, cases] of Object.entries(results)) {
  for (const [name, metrics] of Object.entries(cases)) {
    for (const [metric, { mean: theirs, deviation, seeds }] of Object.entries(metrics)) {
      test(`${preset}: ${metric} of ${name}`, async () => {
        const [latents, factors] = [await read(`${name}_latents`), await read(`${name}_factors`)];
        const isDefault = preset === 'ubisoft' && metric !== 'beta-vae-score';
        const given = { preset: preset as Preset, ...(isDefault ? {} : VOTES) };
        const ours: number[] = [];
        for (let seed = 0; seed < SEEDS; seed++) {
          const { value } = await METRICS[metric as keyof typeof METRICS](latents, factors, { ...given, seed });
          ours.push(value as number);
        }
        const mean = ours.reduce((sum, value) => sum + value, 0) / SEEDS;
        const variance = ours.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (SEEDS - 1);
        const standardError = Math.sqrt(variance / SEEDS + deviation ** 2 / seeds);
        const what = `${mean.toFixed(4)} and ${theirs.toFixed(4)}, standard error ${standardError.toFixed(4)}`;
        if (process.env.VAEMETRICS_PRINT) console.log(preset, name, metric, what);
        // Where every run of theirs is the same, so is every one of ours.
        if (standardError === 0) assert.is(mean, theirs);
        else assert.ok(Math.abs(mean - theirs) <= MOST_STANDARD_ERRORS * standardError, what);
      });
    }
  }
}

test.run();
