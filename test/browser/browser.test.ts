/** The bundle for browsers, in headless Chromium: the same report as in Node, to the byte. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memorySource, openArrays } from '../../src/files.js';
import type { Report } from '../../src/index.js';
import { encodeTables } from '../fuzz/table-files.js';
import { digits, outputOf, repository } from '../package/installed.js';
import { testNeeding } from '../requirements.js';
import { chromiumPath, launch, NO_CHROMIUM } from './chromium.js';
import { readArrays } from './page/read-arrays.js';
import { ISOLATION, type Site, serve } from './static-server.js';

const FOLDERS = {
  '/': join(repository, 'test/browser/page'),
  '/dist/': join(repository, 'dist'),
  '/digits/': join(repository, 'examples/digits'),
  '/consumers/': join(repository, 'test/consumers'),
};
const OPTIONS = { seed: 3, interval: 3, null: 3 };

const browsing = suite('browser');
const test = testNeeding(chromiumPath !== undefined, NO_CHROMIUM, browsing);

let browser: Browser;
let expected: string;

browsing.before(async () => {
  if (chromiumPath === undefined) return;
  browser = await launch();
  expected = scoreInNode();
});

browsing.after(async () => {
  await browser?.close();
});

function scoreInNode(): string {
  const code = `
    import { readFileSync } from 'node:fs';
    import { score } from './dist/node.js';
    import { parseVmat } from './test/consumers/vmat.js';
    const [latents, factors] = ${JSON.stringify(digits)}.map((path) => parseVmat(readFileSync(path)));
    process.stdout.write(JSON.stringify(await score(latents, factors, ${JSON.stringify(OPTIONS)})));`;
  return outputOf(process.execPath, ['--input-type=module', '-e', code], repository);
}

function decomposeInNode(options: object): string {
  const code = `
    import { readFileSync } from 'node:fs';
    import { decompose } from './dist/node.js';
    import { posteriorAround } from './test/consumers/posterior.js';
    import { parseVmat } from './test/consumers/vmat.js';
    const posterior = posteriorAround(parseVmat(readFileSync(${JSON.stringify(digits[0])})));
    process.stdout.write(JSON.stringify(await decompose(posterior, ${JSON.stringify(options)})));`;
  return outputOf(process.execPath, ['--input-type=module', '-e', code], repository);
}

interface Visit {
  readonly headers?: Readonly<Record<string, string>>;
  readonly types?: Readonly<Record<string, string | null>>;
  readonly folders?: Readonly<Record<string, string>>;
}

/** Opens the page on a server of its own; a page that logs an error fails the test. */
async function visit<R>({ headers, types, folders }: Visit, use: (page: Page, site: Site) => Promise<R>): Promise<R> {
  const site = await serve({ ...FOLDERS, ...folders }, headers, types);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(`${site.origin}/index.html`);
    await page.waitForFunction('window.page !== undefined', undefined, { timeout: 15_000 });
    const result = await use(page, site);
    assert.equal(errors, []);
    return result;
  } finally {
    await context.close();
    await site.close();
  }
}

/** Calls a function of window.page. */
const call = <R>(page: Page, name: string, options: unknown = {}) =>
  page.evaluate(`window.page.${name}(${JSON.stringify(options)})`) as Promise<R>;

test('Node gives a whole report to compare with', () => {
  const { metrics } = JSON.parse(expected) as Report;
  assert.ok(Object.keys(metrics).length >= 4);
  for (const { value, spread, null: chance } of Object.values(metrics)) {
    assert.type(value, 'number');
    assert.ok(spread && chance);
  }
});

for (const [isolation, headers] of [
  ['without', {}],
  ['with', ISOLATION],
] as const) {
  for (const place of ['score', 'scoreInWorker'] as const) {
    const where = place === 'score' ? 'the page' : 'a module worker';
    test(`${where}, ${isolation} COOP and COEP, gives the report of Node`, async () => {
      await visit({ headers }, async (page, { requests }) => {
        assert.is(await page.evaluate('crossOriginIsolated'), isolation === 'with');
        assert.is(await call(page, place, OPTIONS), expected);
        assert.equal(
          requests.filter((path) => path.endsWith('.wasm')),
          ['/dist/core.wasm'],
        );
      });
    });
  }
}

for (const place of ['score', 'scoreInWorker'] as const) {
  test(`threads give the report of one, asked for in ${place === 'score' ? 'the page' : 'a module worker'}`, async () => {
    const headers = { 'Content-Security-Policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" };
    await visit({ headers }, async (page, { requests }) => {
      assert.is(await call(page, place, { ...OPTIONS, threads: 2 }), expected);
      assert.ok(requests.includes('/dist/browser.worker.js'));
    });
  });
}

test('decomposes a posterior to the digits of Node, with threads and without', async () => {
  const options = { seed: 5, samples: 900 };
  const inNode = decomposeInNode(options);
  assert.ok(JSON.parse(inNode).totalCorrelation > 0);
  await visit({}, async (page) => {
    for (const threads of [1, 2]) assert.is(await call(page, 'decompose', { ...options, threads }), inNode);
  });
});

const { tables } = await encodeTables();
for (const [format, files] of Object.entries(tables)) {
  test(`reads ${format} as Node does, and refuses what it refuses`, () =>
    visit({}, async (page) => {
      for (const { name, bytes } of files) {
        const inNode = await readArrays({ openArrays }, memorySource(bytes, name));
        const base64 = Buffer.from(bytes).toString('base64');
        assert.is(await call(page, 'readFile', { name, base64 }), inNode, name);
      }
    }));
}

test('a worker that is not served is an error, and no wait without end', () => {
  const folders = { '/dist/browser.worker': join(repository, 'no-such-folder') };
  return visit({ folders }, async (page) => {
    const message = await call<string>(page, 'score', { threads: 2 }).catch(String);
    assert.match(message, /worker: /);
  });
});

for (const type of ['application/octet-stream', 'application/wasm; charset=utf-8', 'text/html', null]) {
  test(`a server that sends .wasm as ${type ?? 'nothing in particular'} does`, () =>
    visit({ types: { '.wasm': type } }, async (page) => {
      assert.is(await call(page, 'score', OPTIONS), expected);
    }));
}

test('a content security policy needs to allow no more than wasm-unsafe-eval', () => {
  const headers = { 'Content-Security-Policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" };
  return visit({ headers }, async (page) => {
    assert.is(await call(page, 'score', OPTIONS), expected);
  });
});

test('a WebAssembly file that is not served is named', () => {
  const folders = { '/dist/core': join(repository, 'no-such-folder') };
  return visit({ folders }, async (page, { origin }) => {
    const message = await call<string>(page, 'score').catch(String);
    assert.match(message, `expected ${origin}/dist/core.wasm to be served, got HTTP 404`);
  });
});

test('wrong input is refused as in Node', () =>
  visit({}, async (page) => {
    assert.equal(await call(page, 'refuse'), {
      name: 'RangeError',
      code: 'ERR_DATA',
      message: 'factors: expected 2 rows to match latents, got 1',
    });
  }));

test('progress arrives, and an AbortSignal stops the work soon after', () =>
  visit({}, async (page) => {
    type Cancelled = { ending: string; progress: Array<Record<string, unknown>>; seconds: number };
    const { ending, progress, seconds } = await call<Cancelled>(page, 'cancel');
    assert.is(ending, 'cancelled');
    assert.is(progress.length, 1);
    assert.equal(Object.keys(progress[0]), ['metric', 'phase', 'done', 'total']);
    assert.ok((progress[0].done as number) < (progress[0].total as number));
    // 100,000 permutations take minutes; the bound is far from what it takes to stop.
    assert.ok(seconds < 30, `${seconds} s`);
    assert.ok((await call<string>(page, 'score', OPTIONS)).length > 100, 'scores again afterwards');
  }));

test('the page gets its turns while it computes', () =>
  visit({}, async (page) => {
    assert.ok((await call<number>(page, 'countTurns')) >= 2);
  }));

browsing.run();
