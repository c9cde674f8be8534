/**
 * A run in memory in headless Chromium: its posterior, pictures and exported networks are those of
 * Node, byte for byte.
 */
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { outputOf, repository } from '../package/installed.js';
import { testNeeding } from '../requirements.js';
import { chromiumPath, launch, NO_CHROMIUM } from './chromium.js';
import { serve } from './static-server.js';

const FOLDERS = { '/': join(repository, 'test/browser/page'), '/dist/': join(repository, 'dist') };
const POLICY = { 'Content-Security-Policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" };

const looking = suite('after training in a browser');
const test = testNeeding(chromiumPath !== undefined, NO_CHROMIUM, looking);

function lookInNode(): string {
  const code = `
    import * as library from './dist/train/node.js';
    import { lookAfterTraining } from './test/browser/page/short-after.js';
    process.stdout.write(await lookAfterTraining(library));`;
  return outputOf(process.execPath, ['--input-type=module', '-e', code], repository, { VAEMETRICS_WASM: 'simd' });
}

test('a page makes the files that Node makes', async () => {
  const expected = JSON.parse(lookInNode());
  const names = ['posterior', 'grid', 'png', 'gif', 'line', 'encoder/model.json', 'decoder/weights.bin'];
  for (const name of names) assert.ok(expected[name][0] > 0, name);
  const browser = await launch();
  const site = await serve(FOLDERS, POLICY);
  try {
    const page = await browser.newPage();
    const printed: string[] = [];
    page.on('pageerror', (error) => printed.push(String(error)));
    page.on('console', (message) => printed.push(message.text()));
    await page.goto(`${site.origin}/after.html?build=simd`);
    await page.waitForFunction('window.page !== undefined', undefined, { timeout: 15_000 });
    const said = (await page.evaluate('window.page.look().catch(({ stack }) => JSON.stringify(stack))')) as string;
    assert.equal(JSON.parse(said), expected);
    assert.equal(printed, []);
  } finally {
    await browser.close();
    await site.close();
  }
});

looking.run();
