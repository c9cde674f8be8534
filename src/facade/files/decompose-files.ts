/** Decomposes posteriors of files: finds mu, logvar, z and factors, and reads them. */
import { compile } from '../../../bindings/load.js';
import { hardwareThreads } from '../../../bindings/worker-host.js';
import { wrongValue } from '../../errors.js';
import { nameReading, readArrays } from '../../io/index.js';
import { notesOf, refuseGuesses, writeNotes } from '../../note.js';
import { checkOptions } from '../../options/check-options.js';
import { mention, phrase } from '../../phrase.js';
import { type Decomposition, decompose } from '../decompose.js';
import { DECOMPOSE_OPTIONS, type DecomposeOptions } from '../decompose-options.js';
import { DECOMPOSE_FILES_OPTIONS, type DecomposeFilesOptions } from './decompose-files-options.js';
import { dropNan, suggestDropping, withoutRows } from './drop-nan.js';
import { DECOMPOSED_FILES, type DecomposeFilesInput, findDecomposed } from './find-decomposed.js';
import { filesByRole, nameFiles, type ReadInput } from './read-input.js';
import { describeCounters } from './row-counters.js';

/** Numbers of a posterior from which threads are worth their start. */
const MANY_NUMBERS = 20_000;

/**
 * Decomposes the posterior of files of any format.
 *
 * @param input an archive or table, or `{ mu, logvar, z }`: blobs, bytes or sources of ranges, in Node also
 * paths
 * @returns a plain object, as `decompose` does
 * @throws TypeError, RangeError or DataError (each with a `code`), naming file, member, row and
 * column where the data are wrong
 *
 * @example
 * const { totalCorrelation } = await decomposeFiles(input.files[0]);
 */
export async function decomposeFiles(
  input: DecomposeFilesInput,
  options: DecomposeFilesOptions = {},
): Promise<Decomposition> {
  const values = checkOptions({ name: 'decomposeFiles' }, options, DECOMPOSE_FILES_OPTIONS);
  const isGiven = (name: string) => (options as Readonly<Record<string, unknown>>)[name] != null;
  const { draw, ...others } = values;
  const asked: DecomposeOptions = Object.fromEntries(
    Object.entries(others).filter(([name]) => isGiven(name) && name in DECOMPOSE_OPTIONS),
  );
  // The kernels compile while the files are opened; a failure shows when they are used.
  compile().catch(() => {});
  const files = filesByRole('decomposeFiles', input, DECOMPOSED_FILES) as Exclude<DecomposeFilesInput, ReadInput>;
  if (draw && (files.z !== undefined || values.zMember !== null)) {
    const other = files.z === undefined ? mention('zMember') : 'file with z';
    throw wrongValue({ option: 'draw', problem: phrase`expected no ${other} beside it` });
  }
  const isExact = values.estimator === 'exact';
  const found = await findDecomposed(files, values).catch((error) => {
    throw nameReading(error);
  });
  const { origin, notes } = found;
  const { factors, ...entries } = found.entries;
  try {
    refuseGuesses(notes, values.strict);
    const { mu, logvar } = entries;
    const read = {
      ...(await readArrays(draw ? { mu, logvar } : entries)),
      ...(factors && { factors: await factors.read() }),
    };
    const counters = describeCounters('mu', mu, read.mu);
    refuseGuesses(counters, values.strict);
    values.signal?.throwIfAborted();
    const { kept, dropped, notes: ofRows } = values.dropNan ? dropNan(read) : { kept: read, dropped: 0, notes: [] };
    const { rows, columns } = kept.mu;
    const threads = isExact && rows * columns >= MANY_NUMBERS ? Math.min(hardwareThreads(), 64) : 1;
    const report = await decompose(kept, { threads, ...asked });
    const origins = Object.entries(origin).filter(([name]) => name in read);
    return {
      ...report,
      input: {
        ...report.input,
        origin: Object.fromEntries(origins.map(([name, of]) => [name, withoutRows(of, dropped)])),
      },
      notes: writeNotes([...notesOf(report.notes), ...notes, ...counters, ...ofRows]),
    };
  } catch (error) {
    throw nameReading(suggestDropping(nameFiles(error, { ...entries, factors })));
  }
}
