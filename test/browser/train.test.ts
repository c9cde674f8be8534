/**
 * The bundle of vaemetrics/train for browsers, in headless Chromium: the same losses on every
 * backend.
 */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { outputOf, repository } from '../package/installed.js';
import { testNeeding } from '../requirements.js';
import { chromiumPath, GRAPHICS_IN_SOFTWARE, launch, NO_CHROMIUM } from './chromium.js';
import { ISOLATION, type Site, serve } from './static-server.js';

interface Trained {
  readonly name: string;
  readonly answer: string;
  readonly device: string;
  readonly refused: ReadonlyArray<{ readonly name: string; readonly reason: string; readonly remedy?: string }>;
  readonly losses: readonly number[];
  readonly tensors: number;
  readonly error?: string;
}

const FOLDERS = { '/': join(repository, 'test/browser/page'), '/dist/': join(repository, 'dist') };
const TOLERANCE = 1e-4;

const training = suite('training in a browser');
const test = testNeeding(chromiumPath !== undefined, NO_CHROMIUM, training);

let plain: Browser;
let graphical: Browser;
let expected: readonly number[];

training.before(async () => {
  if (chromiumPath === undefined) return;
  [plain, graphical] = await Promise.all([launch(), launch(GRAPHICS_IN_SOFTWARE)]);
  const code = `
    import { openBackend } from './dist/train/node.js';
    import { smallLosses } from './test/browser/page/small-loss.js';
    const { tf, close } = await openBackend('cpu');
    process.stdout.write(JSON.stringify(await smallLosses(tf)));
    close();`;
  expected = JSON.parse(outputOf(process.execPath, ['--input-type=module', '-e', code], repository)).losses;
});

training.after(async () => {
  await Promise.all([plain?.close(), graphical?.close()]);
});

interface Visit {
  readonly headers?: Readonly<Record<string, string>>;
  readonly folders?: Readonly<Record<string, string>>;
  /** Runs in the page before anything else. */
  readonly first?: string;
}

async function train(
  browser: Browser,
  name: string,
  { headers, folders, first }: Visit = {},
  look: (page: Page, site: Site) => Promise<void> = async () => {},
): Promise<Trained> {
  const site = await serve({ ...FOLDERS, ...folders }, headers);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    if (first !== undefined) await page.addInitScript(first);
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(`${site.origin}/train.html`);
    await page.waitForFunction('window.page !== undefined', undefined, { timeout: 15_000 });
    const result = (await page.evaluate(`window.page.train({ name: '${name}' })`)) as Trained;
    await look(page, site);
    assert.equal(errors, []);
    return result;
  } finally {
    await context.close();
    await site.close();
  }
}

function expectLosses({ losses, tensors, error }: Trained): void {
  assert.is(error, undefined);
  assert.is(tensors, 0);
  assert.is(losses.length, expected.length);
  losses.forEach((loss, i) => {
    assert.ok(
      Math.abs(loss - expected[i]) <= TOLERANCE * Math.abs(expected[i]),
      `step ${i}: ${expected[i]}, got ${loss}`,
    );
  });
}

test('the losses to compare with go down', () => {
  assert.is(expected.length, 4);
  assert.ok(
    expected.every((loss, i) => i === 0 || loss < expected[i - 1]),
    `${expected}`,
  );
});

for (const [isolation, headers] of [
  ['without', {}],
  ['with', ISOLATION],
] as const) {
  test(`wasm computes the losses of Node, ${isolation} COOP and COEP`, async () => {
    const trained = await train(plain, 'wasm', { headers }, async (page, { requests }) => {
      assert.is(await page.evaluate('crossOriginIsolated'), isolation === 'with');
      assert.equal(requests.filter((path) => path.endsWith('.wasm')).sort(), [
        '/dist/train/tfjs-backend-wasm-simd.wasm',
        '/dist/training.relaxed.wasm',
      ]);
      // Nothing of the other backends is loaded, as they were not asked for.
      assert.equal(
        requests.filter((path) => /webgl|webgpu/.test(path)),
        [],
      );
    });
    expectLosses(trained);
    assert.is(trained.device, 'WebAssembly relaxed SIMD, one thread');
  });
}

test('a content security policy needs to allow no more than wasm-unsafe-eval', async () => {
  const headers = { 'Content-Security-Policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" };
  expectLosses(await train(plain, 'wasm', { headers }));
});

test('cpu computes the losses of Node', async () => {
  expectLosses(await train(plain, 'cpu'));
});

test('auto takes wasm where there are no graphics, and says why', async () => {
  const trained = await train(plain, 'auto', {
    first: 'delete globalThis.OffscreenCanvas; delete Navigator.prototype.gpu;',
  });
  assert.is(trained.name, 'wasm');
  assert.equal(
    trained.refused.map(({ name }) => name),
    ['webgpu', 'webgl'],
  );
  for (const { reason, remedy } of trained.refused) assert.ok(reason.length > 10 && remedy !== undefined, reason);
});

test('auto passes graphics in software over, and says so', async () => {
  const trained = await train(graphical, 'auto');
  assert.is(trained.name, 'wasm');
  assert.equal(
    trained.refused.map(({ name }) => name),
    ['webgpu', 'webgl'],
  );
  for (const { name, reason } of trained.refused) {
    assert.match(reason, /^only a software renderer is there \(.*swiftshader.*\)/i, name);
  }
  expectLosses(trained);
});

for (const name of ['webgpu', 'webgl']) {
  test(`${name} in software computes the losses of Node where it is named`, async () => {
    const trained = await train(graphical, name);
    assert.is(trained.answer, name);
    assert.match(trained.device, /swiftshader/i);
    expectLosses(trained);
  });

  test(`sums of three million values are within 1e-6 of float64 on ${name}`, async () => {
    await train(graphical, name, {}, async (page) => {
      const sums = await page.evaluate(`window.page.sums({ name: '${name}' })`);
      const { answer, errors } = sums as { answer: string; errors: Record<string, number> };
      assert.is(answer, name);
      assert.ok(Object.keys(errors).length > 0);
      for (const [what, error] of Object.entries(errors)) assert.ok(error < 1e-6, `${what}: ${error}`);
    });
  });

  test(`${name} that is named and not there is an error, and nothing takes its place`, async () => {
    const first = 'delete globalThis.OffscreenCanvas; delete Navigator.prototype.gpu;';
    const { error } = await train(plain, name, { first });
    assert.match(error ?? '', new RegExp(`^BackendError: backend ${name}: .*; `));
  });
}

test('backends of Node are refused by name', async () => {
  const { error } = await train(plain, 'tfjs-node-gpu');
  assert.is(
    error,
    'BackendError: backend tfjs-node-gpu: it is to be had in Node only; there are webgpu, webgl, wasm, cpu here',
  );
});

test('a WebAssembly file that is not served is named', async () => {
  const folders = { '/dist/train/tfjs-backend-wasm': join(repository, 'no-such-folder') };
  const { error } = await train(plain, 'wasm', { folders });
  assert.match(error ?? '', /expected http.*\/dist\/train\/tfjs-backend-wasm-simd\.wasm to be served, got HTTP 404/);
});

training.run();
