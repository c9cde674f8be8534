import type { Argument, Command, Option } from 'commander';
import type { Rule } from '../../options/rule.js';
import type { Context } from '../command.js';
import { Flag } from '../flags/flag.js';
import { defineProgram } from '../program.js';

/** What can stand in a place. `lists` takes several with commas between them. */
export type Values =
  | { readonly kind: 'files' }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'lists'; readonly words: readonly string[] }
  | { readonly kind: 'anything' };

export interface CompletedOption {
  /** `-o` and `--out`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Null where the option stands alone. */
  readonly values: Values | null;
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** What its operands can be. */
  readonly operands: Values;
}

/** Everything that can be completed, from the tree of commands and the registry of metrics. */
export async function readTree(context: Context): Promise<readonly CompletedCommand[]> {
  const program = await defineProgram(context, () => true);
  const { metrics } = await context.loadFacade();
  const words = {
    metrics: metrics.map(({ name }) => name),
    settings: metrics.flatMap(({ name, options }) => Object.keys(options).map((option) => `${name}.${option}=`)),
  };
  return program.commands.map((command) => readCommand(command, words));
}

/** What rules say by name only, as it takes the registry to know it. */
interface KnownWords {
  readonly metrics: readonly string[];
  readonly settings: readonly string[];
}

const FILES: Values = { kind: 'files' };
const ANYTHING: Values = { kind: 'anything' };

function readCommand(command: Command, known: KnownWords): CompletedCommand {
  return {
    name: command.name(),
    summary: command.summary(),
    options: [
      ...command.options.map((option) => ({
        flags: flagsOf(option),
        description: option.description,
        values: readValues(option, known),
      })),
      { flags: ['-h', '--help'], description: 'print help', values: null },
    ],
    operands: readOperands(command.registeredArguments[0], known),
  };
}

/** Arguments have no rule: their names say what they are. */
function readOperands(operand: Argument | undefined, { metrics }: KnownWords): Values {
  if (operand === undefined) return ANYTHING;
  if (operand.argChoices) return { kind: 'words', words: operand.argChoices };
  if (operand.name() === 'names') return { kind: 'words', words: metrics };
  return ['file', 'files', 'latents', 'mu', 'input', 'run', 'data'].includes(operand.name()) ? FILES : ANYTHING;
}

function readValues(option: Option, known: KnownWords): Values | null {
  if (!option.required && !option.optional) return null;
  if (option instanceof Flag) return valuesOf(option.rule, known);
  return option.argChoices ? { kind: 'words', words: option.argChoices } : ofPlaceholder(option.flags);
}

function valuesOf(rule: Rule, known: KnownWords): Values {
  switch (rule.names) {
    case 'files':
      return FILES;
    case 'metrics':
      return { kind: 'lists', words: known.metrics };
    case 'settings':
      return { kind: 'words', words: known.settings };
  }
  if (rule.kind === 'choice') return { kind: 'words', words: rule.choices };
  if (rule.kind === 'other' && rule.words !== undefined) return { kind: 'words', words: rule.words };
  return rule.kind === 'text' ? ofPlaceholder(rule.placeholder) : ANYTHING;
}

/** What a text is called says whether it is of a file. */
function ofPlaceholder(placeholder: string): Values {
  return /\b(file|folder|path)\b/.test(placeholder) ? FILES : ANYTHING;
}

function flagsOf({ short, long }: Option): string[] {
  return [short, long].filter((flag) => flag !== undefined);
}
