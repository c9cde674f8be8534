/** Who may know whom: the table of docs/architecture.md, enforced from the import statements. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const repository = fileURLToPath(new URL('../..', import.meta.url));

interface Import {
  /** A file of ours from the root, such as `src/matrix.ts`, or the name of a package. */
  readonly target: string;
  /** `type` is gone when compiled, `on use` is an `import()`. */
  readonly when: 'type' | 'at once' | 'on use';
}

/** The rooms, by the files that belong to them: the first that matches has it. */
const ROOMS: ReadonlyArray<readonly [room: string, files: RegExp]> = [
  ['assembly', /^assembly\//],
  ['bindings', /^bindings\//],
  ['leaves', /^src\/(matrix|errors|random|suggest|types|version)\.ts$/],
  ['files', /^src\/(files|inline|read-matrix)\.ts$/],
  ['node', /^src\/node\.ts$/],
  ['façade', /^src\/[\w-]+\.ts$/],
  ...['io', 'charts', 'stats', 'learners', 'decomposition', 'baselines', 'ranking', 'metrics'].map(inFolder),
  ...['data', 'train', 'report', 'sweep', 'cli', 'web'].map(inFolder),
];

/** What each room may import beside itself. `index.ts` and the files that only it is made of are the façade. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  assembly: [],
  bindings: [],
  leaves: [],
  io: ['leaves'],
  charts: ['leaves'],
  stats: ['bindings', 'leaves'],
  learners: ['bindings', 'leaves'],
  decomposition: ['stats', 'learners', 'bindings', 'leaves'],
  baselines: ['stats', 'learners', 'bindings', 'leaves'],
  ranking: ['learners', 'stats', 'bindings', 'leaves'],
  metrics: ['decomposition', 'learners', 'stats', 'bindings', 'leaves'],
  façade: ['metrics', 'ranking', 'decomposition', 'baselines', 'stats', 'bindings', 'leaves'],
  files: ['façade', 'io', 'leaves'],
  node: ['files', 'io', 'leaves'],
  data: ['io', 'bindings', 'leaves'],
  train: ['data', 'façade', 'metrics', 'decomposition', 'io', 'bindings', 'leaves'],
  report: ['charts', 'leaves'],
  sweep: ['train', 'metrics', 'report', 'io', 'leaves'],
  cli: ROOMS.map(([room]) => room).filter((room) => room !== 'web'),
  web: ROOMS.map(([room]) => room).filter((room) => room !== 'cli'),
};

/** Where what is not ours may be imported. */
const PACKAGES: ReadonlyArray<readonly [name: RegExp, files: RegExp]> = [
  [/^@assemblyscript\/loader$/, /^bindings\/load\.ts$/],
  // Shared with the scripts that build: in a bundle its user gives way to text.
  [/^bindings\/sources\.mjs\.ts$/, /^bindings\/expected-sources\.ts$/],
  [/^inline:/, /^bindings\/wasm-source\.inline\.ts$/],
  [/^commander$/, /^src\/cli\//],
  [/^@tensorflow\/tfjs-(core|backend-\w+)(\/|$)/, /^src\/train\/backends\//],
  [/^vega(-lite)?$/, /^src\/charts\//],
  [/^hyparquet(-compressors)?$/, /^src\/io\/parquet\.ts$/],
  [/^fast-png$/, /^src\/data\/(contact-sheet|files\/decode-picture)\.ts$/],
  [/^jpeg-js$/, /^src\/data\/files\/decode-picture\.ts$/],
  [/^h5wasm(\/node)?$/, /^src\/data\/files\/hdf5-library\.ts$/],
  [/^gifenc$/, /^src\/data\/animation\.ts$/],
  [
    /^node:/,
    /^(bindings\/(wasm-source|worker-host)|src\/node|src\/io\/file-source|src\/io\/write-file|src\/(cli|data|train|sweep)\/.*)\.ts$/,
  ],
];

function inFolder(room: string): readonly [string, RegExp] {
  return [room, new RegExp(`^src/${room}/`)];
}

function roomOf(file: string): string | undefined {
  return ROOMS.find(([, files]) => files.test(file))?.[0];
}

function listFiles(): string[] {
  return ['assembly', 'bindings', 'src']
    .flatMap((folder) =>
      readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
    )
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
}

/** The import statements of a file, those of types included. */
function importsOf(file: string): Import[] {
  const code = readFileSync(join(repository, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const statements = /^(?:import|export)\b(\s+type\b)?[^;'"]*?\bfrom\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]/gm;
  const calls = /\bimport\(\s*['"]([^'"]+)['"]/g;
  return [
    ...[...code.matchAll(statements)].map(([, type, from, bare]) => ({
      target: locate(file, from ?? bare),
      when: type === undefined ? ('at once' as const) : ('type' as const),
    })),
    ...[...code.matchAll(calls)].map(([, name]) => ({ target: locate(file, name), when: 'on use' as const })),
  ];
}

function locate(file: string, name: string): string {
  if (!name.startsWith('.')) return name;
  return `${relative(repository, join(repository, dirname(file), name)).replace(/\.js$/, '')}.ts`;
}

const files = new Map(listFiles().map((file) => [file, importsOf(file)]));
const imports = [...files].flatMap(([file, list]) => list.map((entry) => ({ file, ...entry })));
const ours = imports.filter(({ target }) => files.has(target));

test('every import is either a file of ours or a package that may be imported there', () => {
  assert.ok(files.size > 50 && imports.length > 100, `${files.size} files, ${imports.length} imports`);
  const strange = imports.filter(({ file, target }) => {
    if (files.has(target)) return false;
    return !PACKAGES.some(([name, where]) => name.test(target) && where.test(file));
  });
  assert.equal(strange, []);
});

test('every file belongs to a room', () => {
  assert.equal(
    [...files.keys()].filter((file) => roomOf(file) === undefined),
    [],
  );
});

test('rooms import only the rooms they may', () => {
  const broken = ours.filter(({ file, target }) => {
    const [from, to] = [roomOf(file) as string, roomOf(target) as string];
    return from !== to && !MAY_IMPORT[from].includes(to);
  });
  assert.equal(
    broken.map(({ file, target }) => `${file} imports ${target}`),
    [],
  );
});

/** Where the lanes.ts of a kernel is: a kernel of several files has a folder within. */
function homeOf(kernel: string): string {
  return (/^assembly\/training(?=\/)/.exec(kernel) ?? ['assembly'])[0];
}

test('kernels import only lanes.ts, random.ts, and the files of the same kernel, where it has a folder', () => {
  const broken = ours.filter(
    ({ file, target }) =>
      roomOf(file) === 'assembly' &&
      !/^assembly\/(training\/)?index\.ts$/.test(file) &&
      !['lanes.ts', 'random.ts'].some((name) => target === join(homeOf(file), name)) &&
      !(dirname(file) !== homeOf(file) && dirname(target) === dirname(file)),
  );
  assert.equal(
    broken.map(({ file, target }) => `${file} imports ${target}`),
    [],
  );
});

test('families of kernels import only the arena and each other', () => {
  const families = [...files.keys()].filter((file) => file.startsWith('bindings/kernels/'));
  assert.ok(families.length > 10, `${families}`);
  const broken = ours.filter(
    ({ file, target }) => families.includes(file) && ![...families, 'bindings/arena.ts'].includes(target),
  );
  assert.equal(
    broken.map(({ file, target }) => `${file} imports ${target}`),
    [],
  );
});

test('metrics do not import each other', () => {
  // What is no metric in that folder is shared by them: the contract and the wording of notes.
  const registered = importsOf('src/metrics/index.ts').map(({ target }) => target);
  const metrics = registered.filter((file) => file !== 'src/metrics/metric.ts');
  assert.ok(metrics.length >= 3, `${metrics}`);
  const broken = ours.filter(({ file, target }) => metrics.includes(target) && /^src\/metrics\/(?!index)/.test(file));
  assert.equal(
    broken.map(({ file, target }) => `${file} imports ${target}`),
    [],
  );
});

/** Everything that a file imports, and what that imports. */
function reachedFrom(start: string): string[] {
  const reached = new Set<string>();
  const visit = (file: string): void => {
    // Bundles for browsers put other modules in their place.
    if (reached.has(file) || /^bindings\/(wasm-source|worker-host)\.ts$/.test(file)) return;
    reached.add(file);
    for (const { target } of files.get(file) ?? []) visit(target);
  };
  visit(start);
  assert.ok(reached.size > 20, `${reached.size}`);
  return [...reached];
}

test('what computes reaches no reader of files', () => {
  const strange = /^(node:|hyparquet|commander|src\/(io|cli|report|node|files))/;
  assert.equal(
    reachedFrom('src/index.ts').filter((file) => strange.test(file)),
    [],
  );
});

test('what runs anywhere reaches no module of Node', () => {
  const strange = /^(node:|commander|src\/(cli|report|node)|src\/io\/(file-source|write-file))/;
  assert.equal(
    reachedFrom('src/files.ts').filter((file) => strange.test(file)),
    [],
  );
});

test('nothing imports in circles', () => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) assert.unreachable([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (done.has(file)) return;
    for (const { target, when } of files.get(file) ?? []) if (when === 'at once') visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of files.keys()) visit(file, []);
});

test.run();
