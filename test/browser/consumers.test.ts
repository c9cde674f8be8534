/**
 * The installed package in the hands of browser users: bundled, from a static server, and where
 * nothing can be fetched.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { digits, type Installed, installPackage, outputOf, repository } from '../package/installed.js';
import { testNeeding } from '../requirements.js';
import { chromiumPath, launch, NO_CHROMIUM } from './chromium.js';
import { type Site, serve } from './static-server.js';

const consuming = suite('consumers');
const test = testNeeding(chromiumPath !== undefined, NO_CHROMIUM, consuming);

let browser: Browser;
let installed: Installed;
let site: Site;
let report: string;

consuming.before(async () => {
  if (chromiumPath === undefined) return;
  browser = await launch();
  installed = installPackage();
  installed.lend('esbuild');
  site = await serve({ '/': installed.folder, '/digits/': join(repository, 'examples/digits') });
  report = outputOf(process.execPath, ['consumers/node/score.js', ...digits], installed.folder);
});

consuming.after(async () => {
  await browser?.close();
  await site?.close();
});

/** Opens a page and returns what it shows once it shows anything. */
async function shown(url: string, act?: (page: Page) => Promise<void>): Promise<string> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(url);
    await act?.(page);
    await page.waitForFunction(`document.querySelector('output').textContent !== ''`, undefined, { timeout: 30_000 });
    assert.equal(errors, []);
    return (await page.textContent('output')) ?? '';
  } finally {
    await context.close();
  }
}

const bundle = (consumer: string) => outputOf(process.execPath, [`consumers/${consumer}/build.js`], installed.folder);

function gapInNode(): string {
  const code = `
    import { mig } from 'vaemetrics';
    import { factors, latents } from './consumers/inline/samples.js';
    process.stdout.write(JSON.stringify(await mig(latents, factors)));`;
  return outputOf(process.execPath, ['--input-type=module', '-e', code], installed.folder);
}

test('a bundle with the WebAssembly copied beside it works', async () => {
  bundle('bundler');
  assert.is(await shown(`${site.origin}/consumers/bundler/index.html`), report);
});

test('a bundle that trains, with the WebAssembly copied to where it looks for it, computes what Node does', async () => {
  bundle('bundler');
  const env = { VAEMETRICS_WASM: 'simd' };
  const inNode = outputOf(process.execPath, ['consumers/node/train.js'], installed.folder, env);
  const { backend, steps, losses, mu, lines, columns } = JSON.parse(inNode);
  assert.equal([backend, steps, lines, columns], ['wasm', 2, 3, 3]);
  assert.ok(losses.length === 2 && losses.every((loss: number) => loss > 0), `${losses}`);
  assert.ok(mu.length === 16 * 3 && new Set(mu).size > 16, `${mu}`);
  assert.is(await shown(`${site.origin}/consumers/bundler/train.html`), inNode);
});

test('a plain page with a module script works from a static server', async () => {
  assert.is(await shown(`${site.origin}/consumers/page/index.html`), report);
});

test('vaemetrics/inline works in a page opened from a folder', async () => {
  bundle('inline');
  const page = pathToFileURL(join(installed.folder, 'consumers/inline/page.html'));
  assert.is(await shown(page.href), gapInNode());
});

for (const kind of ['blob:', 'data:']) {
  test(`vaemetrics/inline works in a worker from a ${kind} address`, async () => {
    bundle('inline');
    const source = JSON.stringify(readFileSync(join(installed.folder, 'consumers/inline/out/worker.js'), 'utf8'));
    const page = `${site.origin}/consumers/inline/worker.html`;
    const got = await shown(page, (opened) => opened.evaluate(`start(${source}, '${kind}')`));
    assert.is(got, gapInNode());
  });
}

test('the example page shows a score per metric', async () => {
  const repositorySite = await serve({ '/': repository });
  const page = await browser.newPage();
  try {
    await page.goto(`${repositorySite.origin}/examples/web/index.html`);
    await page.waitForSelector('table:not([hidden]), [role="alert"]', { timeout: 30_000 });
    assert.match((await page.textContent('#status')) ?? '', '1797 samples, 10 latents, seed 0');
    const rows = await page.locator('tbody tr').allTextContents();
    assert.is(rows.length, Object.keys(JSON.parse(report).metrics).length);
    for (const row of rows) assert.match(row, /\d\.\d{4}(0|-1|-∞) to (1|∞)/);
  } finally {
    await page.close();
    await repositorySite.close();
  }
});

consuming.run();
