/** The command line of the benches. */
import { parseArgs } from 'node:util';

/** What a bench is asked for. */
export interface BenchArguments {
  /** Words that names must contain one of; empty: everything. */
  readonly words: readonly string[];
  readonly rows: readonly number[];
  /** Null: every metric. */
  readonly metrics: readonly string[] | null;
  readonly repeats: number;
}

/** Reads the arguments; ends the process with 2 where they make no sense. */
export function parseArguments(defaults: { rows: readonly number[]; repeats: number }): BenchArguments {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { rows: { type: 'string' }, metrics: { type: 'string' }, repeats: { type: 'string' } },
    });
    return {
      words: positionals,
      rows:
        values.rows === undefined ? defaults.rows : values.rows.split(',').map((text) => wholeNumber('--rows', text)),
      metrics: values.metrics?.split(',') ?? null,
      repeats: values.repeats === undefined ? defaults.repeats : wholeNumber('--repeats', values.repeats),
    };
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${option}: expected whole numbers of at least 1, got '${text}'`);
  return Number(text);
}
