/** Training in threads in headless Chromium: the numbers of Node, to the bit. */
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { outputOf, repository } from '../package/installed.js';
import { testNeeding } from '../requirements.js';
import { chromiumPath, launch, NO_CHROMIUM } from './chromium.js';
import { ISOLATION, serve } from './static-server.js';

const FOLDERS = { '/': join(repository, 'test/browser/page'), '/dist/': join(repository, 'dist') };
const POLICY = { 'Content-Security-Policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" };

const training = suite('training in threads in a browser');
const test = testNeeding(chromiumPath !== undefined, NO_CHROMIUM, training);

let browser: Browser;
let expected: Readonly<Record<'simd' | 'relaxed', string>>;

training.before(async () => {
  if (chromiumPath === undefined) return;
  browser = await launch();
  expected = { simd: trainInNode('simd', 1), relaxed: trainInNode('relaxed', 1) };
});

training.after(async () => {
  await browser?.close();
});

function trainInNode(build: string, threads: number): string {
  const code = `
    import * as library from './dist/train/node.js';
    import { trainShortly } from './test/browser/page/short-training.js';
    process.stdout.write(await trainShortly(library, { threads: ${threads} }));`;
  return outputOf(process.execPath, ['--input-type=module', '-e', code], repository, { VAEMETRICS_WASM: build });
}

interface Visit {
  readonly build?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly folders?: Readonly<Record<string, string>>;
}

interface Outcome {
  /** What `trainShortly` gives, or the message of an error. */
  readonly said: string;
  readonly requests: readonly string[];
  readonly console: readonly string[];
}

async function trainInPage(threads: number, { build = 'simd', headers, folders }: Visit = {}): Promise<Outcome> {
  const site = await serve({ ...FOLDERS, ...folders }, headers);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const printed: string[] = [];
    page.on('pageerror', (error) => printed.push(String(error)));
    page.on('console', (message) => printed.push(message.text()));
    await page.goto(`${site.origin}/threads.html?build=${build}`);
    await page.waitForFunction('window.page !== undefined', undefined, { timeout: 15_000 });
    const call = `window.page.train({ threads: ${threads} }).catch(({ message }) => message)`;
    return { said: (await page.evaluate(call)) as string, requests: site.requests, console: printed };
  } finally {
    await context.close();
    await site.close();
  }
}

test('the package in Node trains in two threads to the numbers of one', () => {
  const steps = JSON.parse(expected.simd) as Array<{ loss: number }>;
  assert.is(steps.length, 6);
  assert.ok(steps.every(({ loss }) => loss > 0));
  assert.is(trainInNode('simd', 2), expected.simd);
});

for (const [isolation, headers] of [
  ['without COOP and COEP', {}],
  ['with COOP and COEP', ISOLATION],
  ['under a content security policy', POLICY],
] as const) {
  for (const threads of [1, 2]) {
    test(`${threads} thread${threads === 1 ? '' : 's'} in a page ${isolation} give the numbers of Node`, async () => {
      const { said, requests, console } = await trainInPage(threads, { headers });
      assert.is(said, expected.simd);
      assert.equal(console, []);
      assert.is(requests.includes('/dist/train/browser.worker.js'), threads > 1);
      // What the page forces its workers compute with as well.
      assert.not(requests.some((path) => path.includes('relaxed')));
    });
  }
}

test('the relaxed build trains in two threads to the numbers of one in Node', async () => {
  assert.is((await trainInPage(2, { build: 'relaxed' })).said, expected.relaxed);
});

test('a worker that is not served is an error, and no wait without end', async () => {
  const folders = { '/dist/train/browser.worker.js': join(repository, 'no-such-folder') };
  assert.match((await trainInPage(2, { folders })).said, /^worker: /);
});

test('what a worker lacks is an error, too', async () => {
  const folders = { '/dist/train/tfjs-backend-wasm-simd.wasm': join(repository, 'no-such-folder') };
  assert.match((await trainInPage(2, { folders })).said, /tfjs-backend-wasm-simd\.wasm to be served, got HTTP 404/);
});

training.run();
