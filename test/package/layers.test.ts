/**
 * Who may know whom: the table of docs/architecture.md, read from there and enforced from the
 * import statements.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
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

interface Room {
  readonly name: string;
  /** Folders and files. */
  readonly paths: readonly string[];
  /** Names of rooms, and files. */
  readonly mayImport: readonly string[];
}

/** The rows of the table: of what may be imported, what stands before a semicolon. */
function readRooms(): Room[] {
  const [, section] = readFileSync(join(repository, 'docs', 'architecture.md'), 'utf8').split('\n## Rooms\n');
  const [, , ...rows] = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.map((row) => {
    const [place, , allowed] = row.split('|').slice(1, -1);
    const [first, ...others] = [...place.matchAll(/`([^`]+)`/g)].map(([, path]) => path);
    const name = /^ (\S+): /.exec(place)?.[1] ?? first.replace(/^src\/|\.ts$/g, '');
    const mayImport = allowed.split(';')[0].split(',').map(nameOf);
    return {
      name,
      paths: [first, ...others.map((file) => join(dirname(first), file))],
      mayImport: mayImport.join() === 'nothing' ? [] : mayImport,
    };
  });
}

/** ` the façade` is the façade, `` `src/a.ts` `` the file. */
function nameOf(words: string): string {
  return words.trim().replace(/^the /, '').replaceAll('`', '');
}

const EVERYTHING = 'everything';
const rooms = readRooms();

/** Where what is not ours may be imported. */
const PACKAGES: ReadonlyArray<readonly [name: RegExp, files: RegExp]> = [
  [/^@assemblyscript\/loader$/, /^bindings\/load\.ts$/],
  // Shared with the scripts that build: in a bundle its user gives way to text.
  [/^build\/sources\.mjs\.ts$/, /^bindings\/expected-sources\.ts$/],
  [/^inline:/, /^bindings\/wasm-source\.inline\.ts$/],
  [/^commander$/, /^src\/cli\//],
  [/^@tensorflow\/tfjs-(core|backend-\w+)(\/|$)/, /^src\/train\/backends\//],
  [/^vega(-lite)?$/, /^src\/charts\//],
  [/^hyparquet-compressors$/, /^src\/io\/parquet\/unpack-brotli\.browser\.ts$/],
  [/^fast-png$/, /^src\/data\/contact-sheet\.ts$/],
  [/^jpeg-js$/, /^src\/data\/files\/decode-jpeg\.ts$/],
  [/^gifenc$/, /^src\/data\/animation\.ts$/],
  [
    /^node:/,
    /^(bindings\/(wasm-source|worker-host)|src\/node|src\/io\/file-source|src\/io\/write-file|src\/io\/make-folder|src\/io\/output-error|src\/io\/parquet\/unpack-brotli|src\/(cli|data|train)\/.*)\.ts$/,
  ],
];

const isWithin = (file: string, path: string) => file === path || file.startsWith(`${path}/`);
const holds = (room: Room, file: string) => room.paths.some((path) => isWithin(file, path));

/** The innermost room of a file. */
function roomOf(file: string): Room | undefined {
  const depth = ({ paths }: Room) =>
    Math.max(...paths.filter((path) => isWithin(file, path)).map((path) => path.length));
  return rooms.filter((room) => holds(room, file)).sort((a, b) => depth(b) - depth(a))[0];
}

/** Whether a permission is one for a file: it is the file, or the name of a room that holds it. */
function covers(permission: string, file: string): boolean {
  const room = rooms.find(({ name }) => name === permission);
  return permission === file || permission === EVERYTHING || (room !== undefined && holds(room, file));
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

test('every file belongs to a room, and every room is there', () => {
  assert.ok(rooms.length > 15, `${rooms.length} rooms`);
  assert.equal(
    [...files.keys()].filter((file) => roomOf(file) === undefined),
    [],
  );
  const permitted = rooms.flatMap(({ mayImport }) => mayImport);
  const places = [...permitted.filter((name) => name.endsWith('.ts')), ...rooms.flatMap(({ paths }) => paths)];
  assert.equal(
    places.filter((path) => !existsSync(join(repository, path))),
    [],
  );
  const names = [...rooms.map(({ name }) => name), ...places, EVERYTHING];
  assert.equal(
    permitted.filter((name) => !names.includes(name)),
    [],
  );
});

test('rooms import only the rooms they may', () => {
  const broken = ours.filter(({ file, target }) => {
    const from = roomOf(file) as Room;
    return !holds(from, target) && !from.mayImport.some((permission) => covers(permission, target));
  });
  assert.equal(
    broken.map(({ file, target }) => `${file} imports ${target}`),
    [],
  );
});

/**
 * A path from a file back to itself, types and what is loaded on use included; null if there is
 * none.
 */
function findCycle(): string[] | null {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    path.push(file);
    for (const { target } of files.get(file) ?? []) {
      const cycle = files.has(target) ? visit(target) : null;
      if (cycle !== null) return cycle;
    }
    path.pop();
    done.add(file);
    return null;
  };
  for (const file of files.keys()) {
    const cycle = visit(file);
    if (cycle !== null) return cycle;
  }
  return null;
}

test('no file imports itself by way of others', () => {
  assert.equal(findCycle(), null);
});

test('rooms may import only what they do', () => {
  const unused = rooms.flatMap((room) => {
    const targets = ours.filter(({ file }) => roomOf(file) === room).map(({ target }) => target);
    const isUsed = (permission: string) => targets.some((target) => !holds(room, target) && covers(permission, target));
    return room.mayImport
      .filter((permission) => !isUsed(permission))
      .map((permission) => `${room.name}: ${permission}`);
  });
  assert.equal(unused, []);
});

/** Where the lanes.ts of a kernel is: a kernel of several files has a folder within. */
function homeOf(kernel: string): string {
  return (/^assembly\/training(?=\/)/.exec(kernel) ?? ['assembly'])[0];
}

test('kernels import only lanes.ts, random.ts, and the files of the same kernel, where it has a folder', () => {
  const broken = ours.filter(
    ({ file, target }) =>
      file.startsWith('assembly/') &&
      !/^assembly\/(training\/)?index\.ts$/.test(file) &&
      !['lanes.ts', 'random.ts'].some((name) => target === join(homeOf(file), name)) &&
      !(dirname(file) !== homeOf(file) && dirname(target) === dirname(file)),
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
    if (reached.has(file) || /^(bindings\/(wasm-source|worker-host)|src\/io\/parquet\/unpack-brotli)\.ts$/.test(file))
      return;
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
  const strange =
    /^(node:|commander|src\/(cli|report|node)|src\/io\/(file-source|write-file|make-folder|output-error))/;
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

/** Files that quote a command line of another program. */
const QUOTING: readonly string[] = ['src/train/backends/gpu-source.ts'];

test('no layer below the command line names a flag', () => {
  const below = [...files.keys()].filter((file) => file.startsWith('src/') && !file.startsWith('src/cli/'));
  assert.ok(below.length > 100);
  const naming = below.filter((file) => /(['"`])(?:(?!\1)[^\n])*--[a-z]/.test(codeOf(file)));
  assert.equal(naming, QUOTING);
});

/** The text of a file without its comments. */
function codeOf(file: string): string {
  return readFileSync(join(repository, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$|\s\/\/ .*$/gm, '');
}

test.run();
