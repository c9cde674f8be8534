import type { Command } from 'commander';
import { convertArrays, formatForPath } from '../io/index.js';
import { note, refuseGuesses, renderNote } from '../note.js';
import { checkOptions } from '../options/check-options.js';
import { boolean } from '../options/rule.js';
import { mention, phrase } from '../phrase.js';
import type { Context } from './command.js';
import { warn } from './failure.js';
import { posteriorOf } from './find-run.js';
import { declareFlags, readFlags } from './flags/declare-flags.js';
import { nameFlags } from './flags/name-flags.js';
import { describeExamples, FORMATS_TEXT } from './help-text.js';
import { declareReading, ONE_FILE_OPTIONS, withFile } from './open-one-file.js';
import { QUIET } from './output-options.js';
import { whileHeld } from './terminal.js';
import { untilStopped } from './until-aborted.js';
import { checkOutput, writeOutput } from './write-output.js';

const OWN_OPTIONS = {
  compress: boolean({ default: false, description: 'deflate the arrays of an .npz archive' }),
  quiet: QUIET,
};

/** `vaemetrics convert`. */
export function define(command: Command, context: Context): void {
  command
    .description('Writes arrays in another format, which the name of the output tells; whole or not at all.')
    .argument('<input>', 'the file to read; - is standard input')
    .argument('<output>', 'the file to write: .npy, .npz, .safetensors, .csv, .tsv, or .bin (VMAT)');
  declareReading(command);
  declareFlags(command, 'How to write:', OWN_OPTIONS);
  command
    .addHelpText(
      'after',
      describeExamples([
        { does: 'a table as an array', command: 'vaemetrics convert latents.csv latents.npy' },
        { does: 'one array of an archive', command: 'vaemetrics convert posterior.npz mu.bin --member mu' },
        { does: 'all of them', command: 'vaemetrics convert posterior.npz posterior.safetensors' },
      ]) + FORMATS_TEXT,
    )
    .action((input: string, output: string) => runConvert(input, output, command, context));
}

async function runConvert(input: string, output: string, command: Command, { terminal }: Context): Promise<void> {
  const rules = { ...ONE_FILE_OPTIONS, ...OWN_OPTIONS };
  const flags = checkOptions({ name: 'convert' }, readFlags(command, rules), rules);
  const format = formatForPath(output);
  await checkOutput(output, [input === '-' ? '/dev/stdin' : await posteriorOf(input)]);
  await withFile(input, flags, terminal.signal, async ({ taken, notes }) => {
    const { member, compress } = flags;
    const conversion = convertArrays(taken, format, { member: member ?? undefined, compress });
    const leftOut = conversion.skipped.map(({ path, name, refusal }) =>
      note('unwritten-array', `${path}: left out '${name}': ${refusal}`, {
        suggestion: phrase`${mention('member')} names the one array to take`,
        isGuess: true,
      }),
    );
    refuseGuesses(leftOut, flags.strict);
    const chunks = untilStopped(conversion.chunks, terminal.signal);
    await whileHeld(terminal, () => writeOutput(output, chunks));
    if (flags.quiet) return;
    for (const given of [...notes, ...leftOut]) warn(terminal, renderNote(given, nameFlags(command)));
  });
}
