import type { Command, Option } from 'commander';
import type { Context } from '../command.js';
import { DTYPE_NAMES } from '../parse-values.js';
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
  const names = metrics.map(({ name }) => name);
  const settings = metrics.flatMap(({ name, options }) => Object.keys(options).map((option) => `${name}.${option}=`));
  // What an option or argument calls its value says what can stand there.
  const byPlaceholder: Readonly<Record<string, Values>> = {
    file: { kind: 'files' },
    files: { kind: 'files' },
    similarity: { kind: 'words', words: ['spearman', 'lasso'] },
    latents: { kind: 'files' },
    factors: { kind: 'files' },
    input: { kind: 'files' },
    output: { kind: 'files' },
    names: { kind: 'lists', words: names },
    setting: { kind: 'words', words: settings },
    dtype: { kind: 'words', words: DTYPE_NAMES },
    shell: { kind: 'words', words: ['bash', 'zsh', 'fish'] },
  };
  const valuesOf = (placeholder: string | undefined): Values =>
    (placeholder !== undefined && byPlaceholder[placeholder]) || { kind: 'anything' };
  return program.commands.map((command) => readCommand(command, valuesOf));
}

function readCommand(command: Command, valuesOf: (placeholder: string | undefined) => Values): CompletedCommand {
  const operand = command.registeredArguments[0];
  const values = valuesOf(operand?.name());
  return {
    name: command.name(),
    summary: command.summary(),
    options: [
      ...command.options.map((option) => ({
        flags: flagsOf(option),
        description: option.description,
        values: readValues(option, valuesOf),
      })),
      { flags: ['-h', '--help'], description: 'print help', values: null },
    ],
    // Operands are separate words, also where an option takes a list.
    operands: values.kind === 'lists' ? { kind: 'words', words: values.words } : values,
  };
}

function readValues(option: Option, valuesOf: (placeholder: string | undefined) => Values): Values | null {
  if (!option.required && !option.optional) return null;
  if (option.argChoices) return { kind: 'words', words: option.argChoices };
  return valuesOf(/<([^>.]+)/.exec(option.flags)?.[1]);
}

function flagsOf({ short, long }: Option): string[] {
  return [short, long].filter((flag) => flag !== undefined);
}
