import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const src = fileURLToPath(new URL('../../src', import.meta.url));

/**
 * The modules that a module loads before it runs: its imports and theirs, but not what is imported
 * as it goes.
 */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, clause, specifier] of text.matchAll(/^(?:import|export)\s([^;]*?)\sfrom '([^']+)';/gms)) {
    if (clause.startsWith('type ') || !specifier.startsWith('.')) continue;
    loadedWith(join(dirname(file), specifier.replace(/\.js$/, '.ts')), seen);
  }
  return seen;
}

const namesOf = (entry: string) => [...loadedWith(join(src, entry))].map((file) => relative(src, file));

test('starts without metrics, kernels, readers or any command', () => {
  const names = namesOf('cli/main.ts');
  assert.ok(names.includes('cli/run.ts') && names.includes('cli/failure.ts'));
  assert.equal(
    names.filter((name) => !/^(cli|report|options)\/|^(suggest|errors|phrase)\.ts$/.test(name)),
    [],
  );
  for (const command of ['score', 'inspect', 'convert', 'metrics', 'agreement', 'completion']) {
    assert.not.ok(names.includes(`cli/${command}.ts`), command);
  }
});

test('loads score without the other commands and without the façade', () => {
  const names = namesOf('cli/score.ts');
  assert.ok(names.includes('cli/score-flags.ts'));
  for (const other of [
    'io/index.ts',
    'facade/files/score-files.ts',
    'cli/inspect.ts',
    'cli/convert.ts',
    'cli/completion.ts',
    'cli/write-output.ts',
    'index.ts',
    'node.ts',
  ]) {
    assert.not.ok(names.includes(other), other);
  }
});

test('loads agreement without readers, metrics, kernels or what draws', () => {
  const names = namesOf('cli/agreement.ts');
  assert.ok(names.includes('cli/agreement-flags.ts'));
  assert.equal(
    names.filter((name) => /^(io|charts|stats|metrics|facade|index|node)\b(?!.*-options\.ts$)/.test(name)),
    ['io/extension.ts'],
  );
});

test('nothing loads what draws before it is asked to draw', () => {
  const drawing = /(?:from|import\() ?'[^']*(?:charts\/|vega)/;
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const loading = files.filter(
    (file) => !file.startsWith('charts') && drawing.test(readFileSync(join(src, file), 'utf8')),
  );
  assert.equal(loading, [join('cli', 'draw-agreement.ts')]);
  assert.not.ok(namesOf('cli/draw-agreement.ts').some((name) => name.startsWith('charts')));
});

test.run();
