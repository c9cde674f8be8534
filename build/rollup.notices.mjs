/**
 * dist/THIRD-PARTY-NOTICES.txt: the licences of everything that stands in a bundle. It begins with
 * the names of the packages, as rollup counts them by its modules; an entry for each follows, and
 * one for what is compiled into WebAssembly of others.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import license from 'rollup-plugin-license';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const readPackage = (file) => readFileSync(here(`../node_modules/${file}`), 'utf8');
const RULE = `\n\n${'-'.repeat(80)}\n\n`;

/** Libraries in any of the bundles, by name, with the texts of their licences. */
const libraries = new Map();

/** Names of the packages whose modules are in any of the bundles. */
const bundled = new Set();

/** Texts of licences that are not in a file of their own, or not in the package. */
const TEXTS = {
  // The loader comes without the text of the compiler's licence, which is its own: they are of one
  // repository.
  '@assemblyscript/loader': readCompilerLicence,
  seedrandom: readSeedrandomLicence,
};

/** Writes the licences of what has been bundled so far; the last bundle completes them. */
export function notices() {
  return [collectLicences(), writeNotices()];
}

function collectLicences() {
  return license({
    thirdParty(dependencies) {
      for (const { name, version, license, licenseText } of dependencies) {
        libraries.set(name, { version, license, text: TEXTS[name]?.() ?? licenseText ?? '' });
      }
      // tfjs' packages come without the text of their licence, Apache 2.0, and without a NOTICE:
      // long's copy of it is the same.
      const apache = libraries.get('long')?.text;
      for (const [name, library] of libraries) {
        if (apache && name.startsWith('@tensorflow/')) library.text = `Copyright Google LLC\n\n${apache}`;
      }
      // The compiler puts its own standard library into core.wasm.
      const { version, license } = JSON.parse(readPackage('assemblyscript/package.json'));
      libraries.set('assemblyscript', { version, license, text: readCompilerLicence() });
    },
  });
}

function writeNotices() {
  return {
    name: 'write-notices',
    generateBundle(_options, bundle) {
      for (const { modules = {} } of Object.values(bundle)) {
        for (const [id, { renderedLength }] of Object.entries(modules)) if (renderedLength > 0) addPackageOf(id);
      }
    },
    writeBundle() {
      for (const [name, { text }] of libraries) if (text.trim() === '') this.error(`${name}: no text of its licence`);
      writeFileSync(here('../dist/THIRD-PARTY-NOTICES.txt'), describeLibraries());
    },
  };
}

function addPackageOf(id) {
  const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1];
  if (name !== undefined) bundled.add(name);
}

function describeLibraries() {
  const names = [...bundled].sort((a, b) => a.localeCompare(b)).join('\n');
  const entries = [...libraries].map(
    ([name, { version, license, text }]) => `${name} ${version} (${license})\n\n${text.trim()}`,
  );
  const sorted = [...entries, ...readCompiledIn()].sort((a, b) => a.localeCompare(b));
  return `${[`vaemetrics contains code of these packages:\n\n${names}`, ...sorted].join(RULE)}\n`;
}

/**
 * Entries of what is compiled into tfjs' WebAssembly: its package says nothing of them. Each file
 * names the source of its text.
 */
function readCompiledIn() {
  const files = readdirSync(here('notices'));
  return files.map((file) => readFileSync(here(`notices/${file}`), 'utf8').trim());
}

function readCompilerLicence() {
  return `${readPackage('assemblyscript/NOTICE')}\n${readPackage('assemblyscript/LICENSE')}`;
}

/** Its README ends with the licence; one of its generators has a notice of another author. */
function readSeedrandomLicence() {
  const licence = findIn('seedrandom/README.md', /(?<=^LICENSE \(MIT\)\n-+\n\n)Copyright[\s\S]*/m);
  const ofAnother = findIn('seedrandom/lib/alea.js', /^\/\/ Copyright[\s\S]*?(?=\n\n)/m);
  return `${licence.trim()}\n\nlib/alea.js:\n\n${ofAnother.replace(/^\/\/ ?/gm, '')}`;
}

function findIn(file, pattern) {
  const found = pattern.exec(readPackage(file));
  if (found === null) throw new Error(`${file}: expected to find ${pattern}; the package has changed`);
  return found[0];
}
