/**
 * Notes of real scores as a command line shows them: with its flags, where reports have names of
 * options.
 */
import { Command } from 'commander';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { declareFlags } from '../../src/cli/flags/declare-flags.js';
import { nameFlags } from '../../src/cli/flags/name-flags.js';
import { SCORE_OPTIONS } from '../../src/facade/score-options.js';
import { agreement, decompose, metrics, score } from '../../src/index.js';
import { rewriteNotes } from '../../src/note.js';
import { text } from '../../src/options/rule.js';
import { toJson } from '../../src/report/json.js';
import { renderTable } from '../../src/report/table.js';

const command = new Command('score');
declareFlags(command, 'Options:', {
  set: text({ placeholder: 'setting', description: 'option of a metric' }),
  preset: SCORE_OPTIONS.preset,
});
const nameOption = nameFlags(command);

// Of 200 rows four have a value of their own.
const factors = Array.from({ length: 200 }, (_, row) => [row < 4 ? 1 : 0]);
const mu = factors.map(([v], row) => [v + Math.sin(row) / 8, Math.cos(row)]);
const logvar = mu.map((row) => row.map(() => -4));

test('a suggestion is a setting in the table, and an option in JSON', async () => {
  const report = await score(mu, factors, { metrics: ['mig-posterior'], posterior: { mu, logvar } });
  const table = renderTable(report, { metrics, nameOption, width: 110 }).replace(/\n {2}/g, ' ');
  assert.match(table, /unless\s+--set mig-posterior\.weights=rows/);
  assert.not.match(table, /weights = rows/);
  assert.match(toJson(report), 'factor 0: values of different frequency count the same, unless weights = rows"');
  assert.match(renderTable(report, { metrics }), /weights = rows/);
});

test('a preset is a flag in warnings, also when uncertainty has added notes, and an option in JSON', async () => {
  const report = await score(mu, factors, { metrics: ['infomec'], preset: 'ubisoft', null: 2 });
  const inReport = 'preset ubisoft: its code has no such metric; the defaults were used';
  assert.ok(report.metrics.infomec.notes.includes(inReport));
  assert.ok(rewriteNotes(report.metrics.infomec.notes, nameOption).includes(`--${inReport}`));
});

test('reports are plain data: a copy has the same notes, without what they were made of', async () => {
  for (const report of [
    await score(mu, factors, { metrics: ['mig'], preset: 'ubisoft' }),
    await decompose({ mu, logvar }, { samples: 50 }),
    agreement([await score(mu, factors, { metrics: ['mig'] })]),
  ]) {
    assert.equal(structuredClone(report), report);
    assert.equal(JSON.parse(JSON.stringify(report)), report);
  }
});

test.run();
