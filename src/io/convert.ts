import { DataError, wrongValue } from '../errors.js';
import { mention, phrase } from '../phrase.js';
import type { ArrayEntry, ArrayFile } from './array-file.js';
import type { ArrayOutput } from './array-format.js';
import { extensionOf } from './extension.js';
import { FORMATS, type OutputFormat } from './formats.js';
import { describeArrays } from './pick.js';

/**
 * The format that the name of an output file asks for; `.bin` is VMAT.
 * @throws RangeError (`ERR_OPTION`) for a name that asks for none
 */
export function formatForPath(path: string): OutputFormat {
  const extension = extensionOf(path) ?? '';
  const found = FORMATS.find(({ output }) => output?.extensions.includes(extension));
  if (found !== undefined) return found.name as OutputFormat;
  const known = FORMATS.flatMap(({ output }) => output?.extensions.slice(0, 1).map((name) => `.${name}`) ?? []);
  throw wrongValue({
    option: 'output',
    problem: `expected a name that ends in ${known.slice(0, -1).join(', ')} or ${known.at(-1)}, got '${path}'`,
  });
}

/** What to convert, and how to write it. */
export interface ConvertOptions {
  /** Name of the one array to take. */
  readonly member?: string;
  /** Deflates the members of an .npz archive. */
  readonly compress?: boolean;
}

/** A conversion: the bytes to write, and which arrays they hold. */
export interface Conversion {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly written: readonly ArrayEntry[];
  /**
   * Arrays that are no tables of numbers, nor lists of strings that the format can have, and are
   * left out.
   */
  readonly skipped: readonly ArrayEntry[];
}

/**
 * Converts an opened file. Archives keep all arrays that are tables of numbers, .npz also lists of
 * strings; a format of one array takes the only one there is, or the member named. Formats of one
 * array are converted in constant memory, .npz holds one array at a time, .safetensors all of them.
 * Column names go from table to text, unless some are numbers: such a line would be read as a row.
 *
 * @throws DataError when no array can be taken, or several could
 */
export function convertArrays(file: ArrayFile, format: OutputFormat, options: ConvertOptions = {}): Conversion {
  const { member, compress } = options;
  const wanted = member === undefined ? file.arrays : file.arrays.filter(({ name }) => name === member);
  if (wanted.length === 0) {
    throw new DataError(`found no array${member === undefined ? '' : ` '${member}'`}; ${describeArrays(file)}`, {
      path: file.path,
    });
  }
  const output = FORMATS.find(({ name }) => name === format)?.output as ArrayOutput;
  const isWritable = ({ refusal, readStrings }: ArrayEntry) =>
    refusal === null || (output.hasStrings && readStrings !== undefined);
  const written = wanted.filter(isWritable);
  if (written.length === 0) {
    const { name, refusal } = wanted[0];
    throw new DataError(refusal ?? '', { path: file.path, member: name ?? undefined });
  }
  // Without a name beside others is only a list of them.
  const skipped = wanted.filter((entry) => !isWritable(entry) && entry.name !== null);
  if (written.length > 1 && !output.isArchive) {
    throw new DataError(
      phrase`expected one array to convert to .${format}; ${describeArrays(file)}; say ${mention('member', 'NAME')}`,
      {
        path: file.path,
      },
    );
  }
  return { chunks: output.write(written, { compress }), written, skipped };
}
