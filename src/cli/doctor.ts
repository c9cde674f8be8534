import type { Command } from 'commander';
import { supports } from '../../bindings/wasm-support.js';
import { alignColumns } from '../report/align-columns.js';
import { toJson } from '../report/json.js';
import { printable } from '../report/printable.js';
import { createStyle, type Style } from '../report/style.js';
import { wrapBehind } from '../report/wrap-text.js';
import type { Diagnosis, Finding } from '../train/backends/doctor.js';
import { version } from '../version.js';
import type { Context } from './command.js';
import { declareFlags, readFlags } from './flags/declare-flags.js';
import { describeExamples } from './help-text.js';
import { JSON_OPTION } from './output-options.js';
import { wantsColor, widthOf } from './terminal.js';
import { machineFacts } from './timings.js';

const OPTIONS = { json: JSON_OPTION };

/** `vaemetrics doctor`. */
export function define(command: Command, context: Context): void {
  command.description(
    'Shows what this machine can train on: every backend is opened and computes a convolution and its gradients, or the reason and the command that helps are printed.',
  );
  declareFlags(command, 'What to print:', OPTIONS);
  command
    .addHelpText(
      'after',
      describeExamples([
        { does: 'what there is, and how to get the rest', command: 'vaemetrics doctor' },
        { does: 'the same for a program', command: 'vaemetrics doctor --json' },
      ]),
    )
    .action(() => runDoctor(command, context));
}

async function runDoctor(command: Command, { terminal }: Context): Promise<void> {
  const { stdout, env } = terminal;
  const { diagnose } = await import('../train/backends/doctor.js');
  const diagnosis = await diagnose();
  if (readFlags(command, OPTIONS).json) stdout.write(toJson(describe(diagnosis)));
  else stdout.write(render(diagnosis, createStyle(wantsColor(stdout, env)), Math.min(widthOf(stdout, env), 110)));
}

function describe({ backends, taken }: Diagnosis): object {
  const { model, cores, node, platform } = machineFacts();
  return {
    schema: 'vaemetrics/doctor@1',
    version,
    node,
    platform,
    processor: { model, threads: cores },
    webassembly: { simd: supports('simd'), relaxedSimd: supports('relaxed') },
    backends,
    auto: taken,
  };
}

function render({ backends, taken }: Diagnosis, style: Style, width: number): string {
  const { model, cores, node, platform } = machineFacts();
  const has = (build: 'simd' | 'relaxed') => (supports(build) ? 'yes' : 'no');
  const facts = alignColumns(
    [
      ['processor', `${printable(model)}, ${cores} ${cores === 1 ? 'thread' : 'threads'}`],
      ['WebAssembly', `SIMD ${has('simd')}, relaxed SIMD ${has('relaxed')}`],
    ],
    2,
  );
  const conclusion = taken === null ? 'no backend works' : `--backend auto takes ${taken}`;
  return [
    style.dim(`vaemetrics ${version} · Node ${node} · ${platform}`),
    '',
    ...facts,
    '',
    ...backends.flatMap((finding) => renderFinding(finding, style, width)),
    '',
    conclusion,
    '',
  ].join('\n');
}

const NAME_WIDTH = 'tfjs-node-gpu  '.length;
const STATUS_WIDTH = 'when named  '.length;

function renderFinding({ name, status, device, reason, remedy }: Finding, style: Style, width: number): string[] {
  const paint = { works: style.cyan, 'when named': style.yellow, no: style.dim }[status];
  const start = name.padEnd(NAME_WIDTH) + status.padEnd(STATUS_WIDTH);
  const indent = ' '.repeat(start.length);
  const [first, ...rest] = [device, reason].filter((text) => text !== null);
  const lines = [
    ...wrapBehind(start, printable(first ?? ''), width),
    ...rest.flatMap((text) => wrapBehind(indent, printable(text), width)),
  ];
  lines[0] = lines[0].replace(status, () => paint(status));
  // Further left, so that a command is on one line.
  return remedy === null
    ? lines
    : [...lines, ...wrapBehind(' '.repeat(NAME_WIDTH), printable(remedy), width).map(style.cyan)];
}
