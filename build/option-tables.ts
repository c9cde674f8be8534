/**
 * Writes the tables of options in docs from their declarations: `npm run docs:options`. A line
 * `<!-- options: NAME -->` says whose options the table below it has. A test fails if one is stale.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BASELINE_OPTIONS } from '../src/baselines/options.js';
import { FILE_OPTIONS } from '../src/data/index.js';
import { AGREEMENT_OPTIONS } from '../src/facade/agreement-options.js';
import { COMMON_OPTIONS } from '../src/facade/common-options.js';
import { COMPARE_OPTIONS } from '../src/facade/compare-options.js';
import { DECOMPOSE_FILES_OPTIONS } from '../src/facade/files/decompose-files-options.js';
import { READING_OPTIONS } from '../src/facade/files/reading-options.js';
import { UDR_OPTIONS } from '../src/facade/udr-options.js';
import { metrics } from '../src/metrics/index.js';
import { describeDefault, describeValues } from '../src/options/describe-rule.js';
import type { Rules } from '../src/options/rule.js';
import { TRAIN_OPTIONS } from '../src/train/declared-options.js';
import { objectives } from '../src/train/objectives/index.js';
import {
  BACKEND_OPTION,
  ENCODE_OPTIONS,
  INTERPOLATE_OPTIONS,
  MANIFOLD_OPTIONS,
  RECONSTRUCT_OPTIONS,
  TRAVERSE_OPTIONS,
  WEIGHT_OPTIONS,
} from '../src/trained/declared-options.js';

/** Everything that declares options, by the name that pages have for it. */
const declarations: ReadonlyMap<string, Rules> = new Map([
  ['train', TRAIN_OPTIONS],
  ['common', COMMON_OPTIONS],
  ['reading', READING_OPTIONS],
  ['decomposeFiles', DECOMPOSE_FILES_OPTIONS],
  ['agreement', AGREEMENT_OPTIONS],
  ['compare', COMPARE_OPTIONS],
  ['udr', UDR_OPTIONS],
  ['files of images', FILE_OPTIONS],
  ['weights', { ...WEIGHT_OPTIONS, ...BACKEND_OPTION }],
  ['encode', ENCODE_OPTIONS],
  ['baselines', BASELINE_OPTIONS],
  ['traverse', TRAVERSE_OPTIONS],
  ['reconstruct', RECONSTRUCT_OPTIONS],
  ['interpolate', INTERPOLATE_OPTIONS],
  ['manifold', MANIFOLD_OPTIONS],
  ...metrics.map(({ name, options }): [string, Rules] => [`metric ${name}`, options]),
  ...objectives.map(({ name, options }): [string, Rules] => [`objective ${name}`, options]),
]);

const MARK = /^<!-- options: (.+) -->$/;

/** A page with its tables as they should be. */
export function updateTables(page: string): string {
  const lines = page.split('\n');
  const updated: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    updated.push(lines[i]);
    const name = MARK.exec(lines[i])?.[1];
    if (name === undefined) continue;
    const rules = declarations.get(name);
    if (rules === undefined) throw new Error(`expected one of ${[...declarations.keys()].join(', ')}, got '${name}'`);
    updated.push(...renderTable(rules));
    while (lines[i + 1]?.startsWith('|')) i++;
  }
  return updated.join('\n');
}

function renderTable(rules: Rules): string[] {
  const rows = Object.entries(rules).map(([name, rule]) => {
    const cells = [`\`${name}\``, describeDefault(rule) ?? '—', describeValues(rule), rule.description];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return ['| option | default | values | |', '|---|---|---|---|', ...rows];
}

/** Paths of all pages. */
export function listPages(): string[] {
  const docs = fileURLToPath(new URL('../docs', import.meta.url));
  return readdirSync(docs, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `${docs}/${file}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const path of listPages()) {
    const page = readFileSync(path, 'utf8');
    const updated = updateTables(page);
    if (updated !== page) writeFileSync(path, updated);
  }
}
