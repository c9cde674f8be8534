import type { Command } from 'commander';
import { convertArrays, formatForPath } from '../io/index.js';
import type { Context } from './command.js';
import { warn } from './failure.js';
import { posteriorOf } from './find-run.js';
import { describeExamples, FORMATS_TEXT } from './help-text.js';
import { declareReading, type ReadingFlags, withFile } from './open-one-file.js';
import { checkOutput, writeOutput } from './write-output.js';

/** `vaemetrics convert`. */
export function define(command: Command, context: Context): void {
  command
    .description('Writes arrays in another format, which the name of the output tells; whole or not at all.')
    .argument('<input>', 'the file to read; - is standard input')
    .argument('<output>', 'the file to write: .npy, .npz, .safetensors, .csv, .tsv, or .bin (VMAT)');
  declareReading(command);
  command
    .option('--compress', 'deflate the arrays of an .npz archive')
    .option('-q, --quiet', 'no warnings')
    .addHelpText(
      'after',
      describeExamples([
        { does: 'a table as an array', command: 'vaemetrics convert latents.csv latents.npy' },
        { does: 'one array of an archive', command: 'vaemetrics convert posterior.npz mu.bin --member mu' },
        { does: 'all of them', command: 'vaemetrics convert posterior.npz posterior.safetensors' },
      ]) + FORMATS_TEXT,
    )
    .action((input: string, output: string, flags: ConvertFlags) => runConvert(input, output, flags, context));
}

interface ConvertFlags extends ReadingFlags {
  readonly compress?: boolean;
  readonly quiet?: boolean;
}

async function runConvert(input: string, output: string, flags: ConvertFlags, { terminal }: Context): Promise<void> {
  const format = formatForPath(output);
  await checkOutput(output, [input === '-' ? '/dev/stdin' : await posteriorOf(input)]);
  await withFile(input, flags, terminal.signal, async (file) => {
    const { member, compress } = flags;
    const conversion = convertArrays(file, format, { member, compress });
    await writeOutput(output, untilStopped(conversion.chunks, terminal.signal));
    if (flags.quiet) return;
    for (const { name, refusal } of conversion.skipped) warn(terminal, `${file.path}: left out '${name}': ${refusal}`);
  });
}

/** Stops between chunks, so that the half-written file is removed as after any failure. */
async function* untilStopped(chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    yield chunk;
  }
}
