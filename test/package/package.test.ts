import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Report } from '../../src/index.js';
import { digits, installPackage, outputOf, repository, runProgram } from './installed.js';

const INSTALLED_LIMIT_BYTES = 15e6;
// Most of it is tfjs, for those who train.
const TARBALL_LIMIT_BYTES = 3e6;

const installed = installPackage();
const manifest = JSON.parse(readFileSync(join(installed.package, 'package.json'), 'utf8'));
const files = readdirSync(installed.package, { recursive: true, encoding: 'utf8' }).filter((file) =>
  statSync(join(installed.package, file)).isFile(),
);
const read = (file: string) => readFileSync(join(installed.package, file), 'utf8');

/** What a bundle imports: `on use` are its import() calls. */
function importsOf(file: string, when: 'at once' | 'on use'): string[] {
  const before = when === 'at once' ? /(?:\bfrom|\bimport)\s*"([a-z@.][\w:/@.-]*)"/g : /\bimport\(\s*"([^"]+)"/g;
  return [...read(file).matchAll(before)].map(([, name]) => name);
}

/** A bundle and the chunks that it loads at once, or also those that it loads on use. */
function closure(file: string, withThoseOnUse: boolean, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const names = [...importsOf(file, 'at once'), ...(withThoseOnUse ? importsOf(file, 'on use') : [])];
  for (const name of names) if (name.startsWith('.')) closure(join(dirname(file), name), withThoseOnUse, seen);
  return seen;
}

test('has no dependencies, and brings none', () => {
  for (const kind of ['dependencies', 'optionalDependencies', 'bundleDependencies']) {
    assert.is(manifest[kind], undefined, kind);
  }
  // What some uses want is never installed unasked.
  const peers = Object.keys(manifest.peerDependencies);
  assert.equal(peers, ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu', 'webgpu']);
  for (const peer of peers) assert.equal(manifest.peerDependenciesMeta[peer], { optional: true }, peer);
  assert.equal(
    readdirSync(join(installed.folder, 'node_modules')).filter((name) => !name.startsWith('.')),
    ['vaemetrics'],
  );
});

test('is smaller than 15 MB when installed', () => {
  const bytes = files.reduce((sum, file) => sum + statSync(join(installed.package, file)).size, 0);
  assert.ok(bytes > 100_000 && bytes < INSTALLED_LIMIT_BYTES, `${bytes} bytes`);
});

test('is smaller than 3 MB when packed', () => {
  const bytes = statSync(installed.tarball).size;
  assert.ok(bytes > 100_000 && bytes < TARBALL_LIMIT_BYTES, `${bytes} bytes`);
});

test('holds the build, the licences and the documents, and no sources or tests', () => {
  for (const file of [
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
    'dist/THIRD-PARTY-NOTICES.txt',
    'dist/browser.js',
    'dist/browser.worker.js',
    'dist/cli.js',
    'dist/core.wasm',
    'dist/inline.js',
    'dist/node.js',
    'dist/train/browser.js',
    'dist/train/browser.worker.js',
    'dist/train/node.js',
    'dist/train/tfjs-backend-wasm-simd.wasm',
    'dist/train/worker.js',
    'dist/training.relaxed.wasm',
    'dist/training.wasm',
    'dist/worker.js',
  ]) {
    assert.ok(files.includes(file), file);
  }
  const strange = files.filter(
    (file) => !/^(dist\/.*\.(d\.ts|js|wasm|txt)|docs\/.*\.(md|svg|png)|[A-Z]+(\.md)?|package\.json)$/.test(file),
  );
  assert.equal(strange, []);
});

interface Notice {
  readonly name: string;
  readonly version?: string;
  readonly licence: string;
  readonly text: string;
}

/** The names that the notices begin with, and the entries after them. */
function readNotices(): { readonly bundled: readonly string[]; readonly entries: ReadonlyMap<string, Notice> } {
  const [first, ...rest] = read('dist/THIRD-PARTY-NOTICES.txt').split(`\n\n${'-'.repeat(80)}\n\n`);
  const entries = rest.map((section): [string, Notice] => {
    const found = /^(\S+)(?: (\d+\.\d+\.\d+))? \(([\w.-]+)\)(?:\n|$)([\s\S]*)$/.exec(section);
    assert.ok(found, section.slice(0, 200));
    const [, name, version, licence, text] = found;
    return [name, { name, version, licence, text: text.trim() }];
  });
  return { bundled: first.split('\n').slice(2), entries: new Map(entries) };
}

/** A sentence that the text of every licence of the name has. */
const SENTENCES: Readonly<Record<string, RegExp>> = {
  'Apache-2.0': /Grant of Copyright License\. Subject to the terms and conditions of/,
  'BSD-2-Clause': /Redistributions in binary form must reproduce the above copyright/,
  'BSD-3-Clause': /Redistributions in binary form must reproduce the above copyright[\s\S]*Neither the name/,
  ISC: /Permission to use, copy, modify, and\/or distribute this software for any purpose/,
  MIT: /copies of the Software, and to\s+permit\s+persons\s+to\s+whom\s+the\s+Software\s+is\s+furnished/,
};

test('carries the licence of every library in a bundle, with its text', () => {
  const { bundled, entries } = readNotices();
  // A chunk of a library is named after it.
  const named = Object.keys(manifest.devDependencies).filter((name) =>
    files.some((file) => file.endsWith(`.${name.replace('/', '-')}.js`)),
  );
  assert.ok(named.length >= 7, named.join());
  for (const library of [...named, '@assemblyscript/loader', '@tensorflow/tfjs-core', 'seedrandom', 'vega']) {
    assert.ok(bundled.includes(library), library);
  }
  assert.equal(
    bundled.filter((name) => entries.get(name)?.version === undefined),
    [],
  );
  for (const { name, licence, text } of entries.values()) {
    assert.match(text, SENTENCES[licence], `${name} (${licence})`);
  }
  const tfjs = [...entries.values()].filter(({ name }) => name.startsWith('@tensorflow/'));
  assert.ok(tfjs.length >= 5, `${tfjs.length}`);
  for (const { name, text } of tfjs) assert.match(text, /^Copyright Google LLC\n\n\s*Apache License/, name);
});

test('carries the licences of what is compiled into WebAssembly', () => {
  const { entries } = readNotices();
  assert.is(entries.get('assemblyscript')?.licence, 'Apache-2.0');
  // Not a package: an entry says where the library is, and where its text is from.
  const compiledIn = [...entries.values()].filter(({ version }) => version === undefined);
  for (const { name, text } of compiledIn) {
    assert.match(text, 'train/tfjs-backend-wasm-simd.wasm', name);
    assert.match(text, /^Text: .*https:\/\//m, name);
  }
  const tfjs = readFileSync(join(installed.package, 'dist/train/tfjs-backend-wasm-simd.wasm'));
  const module = new WebAssembly.Module(tfjs);
  const exports = WebAssembly.Module.exports(module).map(({ name }) => name);
  const imports = WebAssembly.Module.imports(module).map(({ name }) => name);
  const marks: ReadonlyArray<readonly [library: string, isThere: boolean]> = [
    ['XNNPACK', tfjs.includes('xnn_create_softmax_nc_f32')],
    ['pthreadpool', exports.includes('get_threads_count')],
    ['Emscripten', imports.some((name) => name.startsWith('emscripten_'))],
    ['musl', tfjs.includes('-+   0X0x')],
  ];
  for (const [library, isThere] of marks) {
    assert.ok(isThere, `${library} is in the WebAssembly`);
    assert.ok(entries.has(library), `${library} has an entry`);
  }
});

test('nothing but training and the doctor loads tfjs, and only on use', () => {
  // A kernel that tfjs has, and that nothing of ours names.
  const mark = 'DepthwiseConv2dNativeBackpropFilter';
  const isTfjs = (file: string) => read(file).includes(mark);
  const isOfTraining = (file: string) => file.includes('train/') || isTfjs(file);
  for (const entry of ['dist/node.js', 'dist/browser.js', 'dist/inline.js', 'dist/worker.js']) {
    assert.equal([...closure(entry, true)].filter(isOfTraining), [], entry);
  }
  // Of runs without a logvar it asks, on use, what their objective is.
  assert.equal([...closure('dist/chunk.score.js', false)].filter(isOfTraining), []);
  assert.equal([...closure('dist/chunk.score.js', true)].filter(isTfjs), []);
  const commands = [...closure('dist/cli.js', true)].filter((file) => !isOfTraining(file));
  const leadsToTfjs = (from: string, name: string) =>
    name.includes('train/') && [...closure(join(dirname(from), name), true)].some(isTfjs);
  const loading = commands.filter((file) => importsOf(file, 'on use').some((name) => leadsToTfjs(file, name)));
  assert.equal(loading, ['dist/chunk.doctor.js']);
  for (const entry of ['dist/train/node.js', 'dist/train/browser.js']) {
    for (const file of closure(entry, false)) assert.not.match(read(file), mark, `${entry}, ${file}`);
    const chunks = [...closure(entry, true)];
    assert.ok(
      chunks.some((file) => read(file).includes(mark)),
      `${entry}: tfjs is loaded on use`,
    );
    for (const backend of ['cpu', 'wasm', 'webgpu']) {
      assert.ok(
        chunks.some((file) => file.includes(`tfjs-backend-${backend}`)),
        `${entry}: a chunk of ${backend}`,
      );
    }
  }
});

test('the installed vaemetrics/train computes on the bundled wasm, and leaves a tfjs of the project alone', () => {
  const code = `
    import { openBackend } from 'vaemetrics/train';
    const { name, tf, refused, close } = await openBackend('auto');
    const product = tf.matMul(tf.ones([2, 3]), tf.ones([4, 3]), false, true);
    console.log(JSON.stringify([name, [...product.dataSync()], refused.map(({ remedy }) => remedy), globalThis._tfengine === undefined]));
    close();`;
  const out = outputOf(process.execPath, ['--input-type=module', '-e', code], installed.folder);
  assert.equal(JSON.parse(out), [
    'wasm',
    Array(8).fill(3),
    ['npm install @tensorflow/tfjs-node-gpu', 'npm install webgpu', 'npm install @tensorflow/tfjs-node'],
    true,
  ]);
});

test('the declarations name no types of tfjs', () => {
  const declarations = files.filter((file) => file.endsWith('.d.ts'));
  assert.ok(declarations.includes('dist/types/src/train.d.ts'));
  for (const file of declarations) assert.not.match(read(file), /@tensorflow\/tfjs-(core|backend)['"/]/, file);
});

test('the façade loads no command line and no Parquet reader with itself', () => {
  for (const entry of ['dist/node.js', 'dist/browser.js']) {
    for (const file of closure(entry, false)) {
      assert.not.match(file, /commander|hyparquet|cli/);
      assert.not.match(read(file), /CommanderError|does not end as Parquet does/, file);
    }
    assert.ok(closure(entry, true).size > closure(entry, false).size, `${entry} loads Parquet on use`);
  }
});

test('only the command that draws loads vega, and only to draw', () => {
  for (const entry of ['dist/node.js', 'dist/browser.js', 'dist/inline.js']) {
    for (const file of closure(entry, true)) assert.not.match(read(file), 'vega.github.io', `${entry}, ${file}`);
  }
  const drawing = [...closure('dist/cli.js', true)].filter((file) => read(file).includes('vega.github.io'));
  assert.equal(drawing, ['dist/chunk.charts.js']);
  const loading = [...closure('dist/cli.js', true)].filter((file) =>
    importsOf(file, 'on use').includes('./chunk.charts.js'),
  );
  assert.equal(loading, ['dist/chunk.draw-agreement.js']);
  assert.ok([...closure('dist/chunk.agreement.js', false)].every((file) => !file.includes('charts')));
});

test('the installed command draws', () => {
  const command = join(installed.folder, 'node_modules', '.bin', 'vaemetrics');
  const folder = mkdtempSync(join(tmpdir(), 'vaemetrics-draw-'));
  try {
    for (const bins of ['5', '10', '20']) {
      const argv = [
        'score',
        ...digits,
        '--metrics',
        'mig,jemmig',
        '--bins',
        bins,
        '-q',
        '-o',
        join(folder, `${bins}.json`),
      ];
      outputOf(command, argv, installed.folder);
    }
    const reports = ['5', '10', '20'].map((bins) => join(folder, `${bins}.json`));
    outputOf(command, ['agreement', ...reports, '-q', '-o', join(folder, 'a.svg')], installed.folder);
    const svg = readFileSync(join(folder, 'a.svg'), 'utf8');
    assert.match(svg, /^<svg role="img" [\s\S]*<title>Do metrics agree[\s\S]*>JEMMIG<[\s\S]*<\/svg>\n$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the inline bundle is one file', () => {
  assert.equal([...closure('dist/inline.js', true)], ['dist/inline.js']);
});

test('the bundles for browsers import nothing of Node, those for Node nothing else', () => {
  for (const entry of ['node', 'cli', 'browser', 'inline', 'train/node', 'train/browser']) {
    for (const file of closure(`dist/${entry}.js`, true)) {
      const names = [...importsOf(file, 'at once'), ...importsOf(file, 'on use')];
      const others = names.filter((name) => !/^\.\.?\//.test(name));
      const ofNode = others.filter((name) => name.startsWith('node:'));
      assert.equal(others, /browser|inline/.test(entry) ? [] : ofNode, file);
    }
  }
});

test('the WebAssembly can be reached by name', () => {
  for (const name of ['core.wasm', 'training.wasm', 'training.relaxed.wasm', 'tfjs.wasm']) {
    const code = `console.log(import.meta.resolve('vaemetrics/${name}'))`;
    const url = outputOf(process.execPath, ['--input-type=module', '-e', code], installed.folder);
    assert.equal([...readFileSync(new URL(url.trim())).subarray(0, 4)], [0, 97, 115, 109], name);
  }
});

test('the command runs from the tarball alone, in an empty folder', () => {
  const empty = mkdtempSync(join(tmpdir(), 'vaemetrics-empty-'));
  try {
    const out = outputOf(
      'npx',
      ['--offline', '--yes', '--package', installed.tarball, 'vaemetrics', 'score', ...digits, '--json'],
      empty,
      installed.npmEnvironment,
    );
    assert.is(readdirSync(join(installed.npmCache, '_npx')).length, 1);
    const report = JSON.parse(out) as Report;
    assert.is(report.schema, 'vaemetrics/report@1');
    assert.is(report.version, manifest.version);
    assert.is(report.input.latents.rows, 1797);
    assert.ok(Object.keys(report.metrics).includes('mig'));
    assert.equal(readdirSync(empty), []);
  } finally {
    rmSync(empty, { recursive: true });
  }
});

test('the installed command prints the same report as the library', () => {
  const command = join(installed.folder, 'node_modules', '.bin', 'vaemetrics');
  const printed = JSON.parse(outputOf(command, ['score', ...digits, '--json'], installed.folder));
  for (const script of ['score.js', 'score-files.js']) {
    const computed = outputOf(process.execPath, [`consumers/node/${script}`, ...digits], installed.folder);
    const report = JSON.parse(computed);
    // Only whoever reads files knows their names.
    const { latents, factors } = printed.input;
    const [z, v] = digits;
    assert.equal([latents.file, factors.file], [z, v]);
    const files = { latents: { file: z }, factors: { file: v } };
    for (const role of ['latents', 'factors'] as const) Object.assign(report.input[role], files[role]);
    assert.equal(report, printed, script);
  }
});

test('a CommonJS script reaches it by import()', () => {
  assert.is(outputOf(process.execPath, ['consumers/node/required.cjs'], installed.folder), '1');
});

test('vaemetrics/inline gives the same report, and needs no file beside it', () => {
  const [byFile, byItself] = ['score.js', 'score-inline.js'].map((script) =>
    outputOf(process.execPath, [`consumers/node/${script}`, ...digits], installed.folder),
  );
  assert.is(byItself, byFile);
  const alone = `import('data:text/javascript,' + encodeURIComponent(fs.readFileSync(process.argv[1], 'utf8')))
    .then(({ mig }) => mig([[0], [0], [1], [1], [2], [2]], [0, 0, 1, 1, 2, 2])).then(({ value }) => console.log(value))`;
  const inline = join(installed.package, 'dist/inline.js');
  assert.is(outputOf(process.execPath, ['-e', alone, inline], tmpdir()).trim(), '1');
});

test('inner files are not for importing', () => {
  for (const path of ['vaemetrics/dist/train/node.js', 'vaemetrics/dist/node.js', 'vaemetrics/dist/cli.js']) {
    const code = `import('${path}').then(() => 'imported', ({ code }) => code).then((code) => console.log(code))`;
    assert.is(outputOf(process.execPath, ['-e', code], installed.folder).trim(), 'ERR_PACKAGE_PATH_NOT_EXPORTED');
  }
});

test('Node and browsers get the same exports', async () => {
  const names = (entry: string) => {
    const code = `import(${JSON.stringify(join(installed.package, 'dist', entry))}).then((module) => console.log(Object.keys(module).join()))`;
    return outputOf(process.execPath, ['-e', code], installed.folder).trim().split(',');
  };
  const inNode = names('node.js');
  const inBrowsers = names('browser.js');
  assert.ok(inBrowsers.length > 10);
  assert.equal(names('inline.js'), inBrowsers);
  // Node's may add files.
  assert.equal(
    inBrowsers.filter((name) => !inNode.includes(name)),
    [],
  );
});

test('publint has nothing to say', () => {
  const out = outputOf(
    process.execPath,
    [join(repository, 'node_modules/publint/src/cli.js'), '--strict', installed.tarball],
    installed.folder,
    { NO_COLOR: '1' },
  );
  assert.match(out, 'All good!');
});

test('attw has nothing to say about an ESM package', () => {
  const attw = join(repository, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  // The .wasm files are files; how a bundler types an import of one is its own affair.
  const files = ['--exclude-entrypoints', 'core.wasm', 'training.wasm', 'training.relaxed.wasm', 'tfjs.wasm'];
  const { code, out, err } = runProgram(
    process.execPath,
    [attw, installed.tarball, '--profile', 'esm-only', ...files],
    installed.folder,
  );
  assert.is(code, 0, out + err);
});

const resolutions: ReadonlyArray<readonly string[]> = [
  ['--module', 'nodenext', '--moduleResolution', 'nodenext'],
  ['--module', 'node16', '--moduleResolution', 'node16'],
  ['--module', 'esnext', '--moduleResolution', 'bundler'],
  ['--module', 'nodenext', '--lib', 'ES2022', '--types', 'node', '--skipLibCheck'],
];
for (const flags of resolutions) {
  test(`a strict TypeScript project compiles against it with ${flags.join(' ')}`, () => {
    installed.lend('@types/node', 'undici-types');
    const tsc = join(repository, 'node_modules/typescript/bin/tsc');
    const project = join(installed.folder, 'consumers', 'typescript');
    const { code, out } = runProgram(
      process.execPath,
      [tsc, '-p', project, '--pretty', 'false', ...flags],
      installed.folder,
    );
    assert.is(code, 0, out);
  });
}

test.run();
