import type { Command } from 'commander';
import type { Metric } from '../metrics/metric.js';
import { describeDefault, describeValues } from '../options/describe-rule.js';
import { findNamed } from '../options/find-named.js';
import { alignColumns } from '../report/align-columns.js';
import { toJson } from '../report/json.js';
import { createStyle, type Style } from '../report/style.js';
import { wrapBehind } from '../report/wrap-text.js';
import type { Context } from './command.js';
import { declareFlags, readFlags } from './flags/declare-flags.js';
import { describeExamples } from './help-text.js';
import { JSON_OPTION, QUIET } from './output-options.js';
import { wantsColor, widthOf } from './terminal.js';

const OPTIONS = { json: JSON_OPTION, quiet: { ...QUIET, description: 'names only' } };

/** `vaemetrics metrics`. */
export function define(command: Command, context: Context): void {
  command
    .description('Lists the metrics: what they mean, their other names, options with defaults, and sources.')
    .argument('[names...]', 'only these metrics');
  declareFlags(command, 'What to print:', OPTIONS);
  command
    .addHelpText(
      'after',
      describeExamples([
        { does: 'all of them', command: 'vaemetrics metrics' },
        { does: 'one of them', command: 'vaemetrics metrics mig' },
        { does: 'the names, for a loop', command: 'vaemetrics metrics --quiet' },
      ]),
    )
    .action(async (names: string[]) => {
      const flags = readFlags(command, OPTIONS);
      const facade = await context.loadFacade();
      const metrics =
        names.length === 0 ? facade.metrics : names.map((name) => findNamed('metric', name, facade.metrics));
      const { stdout, env } = context.terminal;
      if (flags.json) stdout.write(toJson({ schema: 'vaemetrics/metrics@1', metrics: metrics.map(describeMetric) }));
      else if (flags.quiet) stdout.write(metrics.map(({ name }) => `${name}\n`).join(''));
      else {
        const style = createStyle(wantsColor(stdout, env));
        const width = Math.min(widthOf(stdout, env), 110);
        stdout.write(`${metrics.map((metric) => renderMetric(metric, style, width).join('\n')).join('\n\n')}\n`);
      }
    });
}

function describeMetric(metric: Metric): object {
  const { name, aliases, title, summary, needs, range, better, source, presets = {}, presetLimits = {} } = metric;
  const options = Object.entries(metric.options).map(([option, { kind, default: usual, ...rule }]) => {
    return { name: option, default: usual, type: kind, ...rule };
  });
  return { name, aliases, title, summary, needs, range, better, source, options, presets, presetLimits };
}

function renderMetric(metric: Metric, style: Style, width: number): string[] {
  const { name, title, aliases, summary, range, better, source, options, presets = {}, presetLimits = {} } = metric;
  const field = (label: string, text: string) =>
    wrapBehind(`  ${label.padEnd(8)}`, text, width).map((line, i) =>
      i === 0 ? line.replace(label, () => style.dim(label)) : line,
    );
  const settings = Object.entries(options).map(([option, rule]) => [
    `    ${option} = ${describeDefault(rule)}`,
    rule.description,
    `(${describeValues(rule)})`,
  ]);
  return [
    `${style.bold(style.cyan(name))}  ${title}`,
    ...wrapBehind('  ', summary, width),
    ...field('range', `${range[0] ?? '-∞'} to ${range[1] ?? '∞'}, ${better} is better`),
    ...(aliases.length === 0 ? [] : field('also', aliases.join(', '))),
    ...field('source', source),
    ...(settings.length === 0 ? [] : [`  ${style.dim('options')}`, ...alignColumns(settings, 3)]),
    ...Object.entries(presets).flatMap(([preset, options]) => field('preset', describePreset(preset, options))),
    ...Object.entries(presetLimits).flatMap(([preset, limit]) => field('preset', `${preset}: ${limit}`)),
  ];
}

function describePreset(preset: string, options: object): string {
  const changes = Object.entries(options).map(([option, value]) => `${option} = ${String(value)}`);
  return `${preset}: ${changes.length === 0 ? 'as the defaults' : changes.join(', ')}`;
}
