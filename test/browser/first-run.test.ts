/**
 * The packed bundle trains in headless Chromium: to the bits of Node, stopped and resumed, and on
 * graphics in software to their digits.
 */
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { objectives } from '../../src/train/objectives/index.js';
import { type Installed, installPackage, outputOf, repository } from '../package/installed.js';
import { testNeeding } from '../requirements.js';
import { chromiumPath, GRAPHICS_IN_SOFTWARE, launch, NO_CHROMIUM } from './chromium.js';
import { ISOLATION, serve } from './static-server.js';

const TOLERANCE = 1e-4;

const training = suite('first run in a browser');
const test = testNeeding(chromiumPath !== undefined, NO_CHROMIUM, training);

let installed: Installed;
let plain: Browser;
let graphical: Browser;
let expected: string;

/** Runs one of stopped-training.js by the installed package in Node. */
function callInNode(call: string): string {
  const code = `
    import * as library from 'vaemetrics/train';
    const trainings = await import(process.argv[1]);
    process.stdout.write(await trainings.${call});`;
  const trainings = join(repository, 'test/browser/page/stopped-training.js');
  const args = ['--input-type=module', '-e', code, trainings];
  return outputOf(process.execPath, args, installed.folder, { VAEMETRICS_WASM: 'simd' });
}

async function callInPage(
  browser: Browser,
  headers: Readonly<Record<string, string>>,
  ...call: string[]
): Promise<{ said: string; isIsolated: boolean; requests: readonly string[] }> {
  const folders = { '/': join(repository, 'test/browser/page'), '/dist/': join(installed.package, 'dist') };
  const site = await serve(folders, headers);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const printed: string[] = [];
    page.on('pageerror', (error) => printed.push(String(error)));
    await page.addInitScript("globalThis.VAEMETRICS_WASM = 'simd'");
    await page.goto(`${site.origin}/stopped.html`);
    await page.waitForFunction('window.page !== undefined', undefined, { timeout: 15_000 });
    const words = call.map((word) => JSON.stringify(word)).join();
    const said = (await page.evaluate(`window.page.call(${words})`)) as string;
    const isIsolated = (await page.evaluate('crossOriginIsolated')) as boolean;
    assert.equal(printed, []);
    return { said, isIsolated, requests: site.requests };
  } finally {
    await context.close();
    await site.close();
  }
}

training.before(async () => {
  if (chromiumPath === undefined) return;
  installed = installPackage();
  [plain, graphical] = await Promise.all([launch(), launch(GRAPHICS_IN_SOFTWARE)]);
  expected = callInNode('trainWhole(library)');
});

training.after(async () => {
  await Promise.all([plain?.close(), graphical?.close()]);
});

test('the run to compare with has 60 steps that learn, and leaves the files of a run', () => {
  const { steps, files } = JSON.parse(expected);
  assert.is(steps.length, 60);
  assert.ok(steps[59].loss < 0.5 * steps[0].loss, `${steps[0].loss} to ${steps[59].loss}`);
  assert.equal(files, [
    'checkpoints/best.safetensors',
    'checkpoints/step-000000040.safetensors',
    'checkpoints/step-000000060.safetensors',
    'config.json',
    'events.out.tfevents.TIME.vaemetrics',
    'log.jsonl',
    'posterior.npz',
  ]);
});

for (const [isolation, headers] of [
  ['without', {}],
  ['with', ISOLATION],
] as const) {
  test(`a page ${isolation} COOP and COEP trains 60 steps to the bits of Node`, async () => {
    const { said, isIsolated } = await callInPage(plain, headers, 'trainWhole');
    assert.is(isIsolated, isolation === 'with');
    assert.is(said, expected);
  });

  test(`a page ${isolation} COOP and COEP is stopped by a signal, and resumes from the files of a run in memory`, async () => {
    const { said } = await callInPage(plain, headers, 'trainInTwo');
    const { reason, made, first, outcome } = JSON.parse(said);
    assert.equal([reason, made, first], ['enough', 37, 38]);
    const [got, whole] = [JSON.parse(outcome), JSON.parse(expected)];
    assert.equal(got.steps, whole.steps);
    // The checkpoint of step 37 is gone by now: the last two are kept.
    assert.equal(got.files, whole.files);
  });
}

for (const backend of ['webgpu', 'webgl']) {
  test(`${backend} in software, where it is named, trains two steps as wasm does`, async () => {
    const [got, whole] = [
      (await callInPage(graphical, {}, 'trainBriefly', backend)).said,
      callInNode("trainBriefly(library, 'wasm')"),
    ];
    assert.ok(got.startsWith('{'), got);
    const { device, steps } = JSON.parse(got);
    assert.match(device, /swiftshader/i);
    const { steps: others } = JSON.parse(whole);
    assert.is(steps.length, 2);
    for (const [i, other] of others.entries()) {
      for (const name of ['loss', 'reconstruction', 'kl']) {
        const [a, b] = [steps[i][name], other[name]];
        // The KL of a latent near its prior is what is left of numbers near 1, each rounded to
        // 6e-8.
        const rounding = name === 'kl' ? 1e-6 : 0;
        assert.ok(Math.abs(a - b) <= TOLERANCE * Math.abs(b) + rounding, `step ${i + 1}, ${name}: ${a}, on wasm ${b}`);
      }
    }
  });
}

test('webgl in software has the losses of wasm for every objective', async () => {
  const names = objectives.map(({ name }) => name).join(' ');
  const { said } = await callInPage(graphical, {}, 'trainEach', 'webgl', names);
  assert.ok(said.startsWith('{'), said);
  const [got, whole] = [JSON.parse(said), JSON.parse(callInNode(`trainEach(library, 'wasm', '${names}')`))];
  assert.match(got.device, /swiftshader/i);
  assert.is(Object.keys(whole.losses).length, objectives.length);
  for (const [name, losses] of Object.entries<number[]>(whole.losses)) {
    assert.is.not(losses[0].toFixed(3), losses[1].toFixed(3), `${name} learns`);
    for (const [i, loss] of losses.entries()) {
      const other = got.losses[name][i];
      assert.ok(
        Math.abs(other - loss) <= TOLERANCE * Math.abs(loss),
        `${name}, step ${i + 1}: ${other}, on wasm ${loss}`,
      );
    }
  }
});

test('a page asks a server for its files alone, and for none of backends that it does not use', async () => {
  const { requests } = await callInPage(plain, {}, 'trainBriefly', 'wasm');
  assert.ok(requests.includes('/dist/training.wasm'));
  assert.equal(
    requests.filter((path) => /webgl|webgpu|relaxed|worker/.test(path)),
    [],
  );
});

training.run();
