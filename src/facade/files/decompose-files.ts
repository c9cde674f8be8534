/** Decomposes posteriors of files: finds mu, logvar, z and factors, and reads them. */
import { compile } from '../../../bindings/load.js';
import { hardwareThreads } from '../../../bindings/worker-host.js';
import { wrongValue } from '../../errors.js';
import {
  type ArrayEntry,
  type ArrayFile,
  findByRole,
  nameReading,
  pickArray,
  pickPosterior,
  readArrays,
} from '../../io/index.js';
import { type Note, notesOf, refuseGuesses, writeNotes } from '../../note.js';
import { checkOptions } from '../../options/check-options.js';
import type { ValuesOf } from '../../options/rule.js';
import { mention, phrase } from '../../phrase.js';
import type { Posterior } from '../../posterior.js';
import { type Decomposition, decompose } from '../decompose.js';
import type { DecomposeOptions } from '../decompose-options.js';
import { DECOMPOSE_FILES_OPTIONS, type DecomposeFilesOptions } from './decompose-files-options.js';
import { dropNan, suggestDropping } from './drop-nan.js';
import { findArray, originOf } from './find-array.js';
import { filesByRole, isBare, nameFiles, openFor, type ReadInput } from './read-input.js';
import { READING_OPTIONS } from './reading-options.js';

/** The roles of files that are decomposed. */
export const DECOMPOSED_FILES = ['mu', 'logvar', 'z'];

/**
 * What {@link decomposeFiles} takes: one archive with mu and logvar, and perhaps z and factors, or
 * a file for each array.
 */
export type DecomposeFilesInput<File = ReadInput> =
  | File
  | { readonly mu: File; readonly logvar?: File; readonly z?: File };

/** Numbers of a posterior from which threads are worth their start. */
const MANY_NUMBERS = 20_000;

/**
 * Decomposes the posterior of files of any format.
 *
 * @param input an archive, or `{ mu, logvar, z }`: blobs, bytes or sources of ranges, in Node also
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
    Object.entries(others).filter(([name]) => isGiven(name) && !(name in READING_OPTIONS)),
  );
  // The kernels compile while the files are opened; a failure shows when they are used.
  compile().catch(() => {});
  const files = filesByRole('decomposeFiles', input, DECOMPOSED_FILES) as Exclude<DecomposeFilesInput, ReadInput>;
  if (draw && (files.z !== undefined || values.zMember !== null)) {
    const other = files.z === undefined ? mention('zMember') : 'file with z';
    throw wrongValue({ option: 'draw', problem: phrase`expected no ${other} beside it` });
  }
  const isExact = values.estimator === 'exact';
  const { factors, notes, ...entries } = await findArrays(files, values).catch((error) => {
    throw nameReading(error);
  });
  try {
    refuseGuesses(notes, values.strict);
    const { mu, logvar } = entries;
    const read = {
      ...(await readArrays(draw ? { mu, logvar } : entries)),
      ...(factors && { factors: await factors.read() }),
    };
    values.signal?.throwIfAborted();
    const { kept, notes: ofRows } = values.dropNan ? dropNan(read) : { kept: read, notes: [] };
    const { rows, columns } = kept.mu;
    const threads = isExact && rows * columns >= MANY_NUMBERS ? Math.min(hardwareThreads(), 64) : 1;
    const report = await decompose(kept, { threads, ...asked });
    const used = { ...entries, ...(factors && { factors }) };
    const origins = Object.entries(used).filter(([name]) => name in read);
    return {
      ...report,
      input: { ...report.input, origin: Object.fromEntries(origins.map(([name, entry]) => [name, originOf(entry)])) },
      notes: writeNotes([...notesOf(report.notes), ...notes, ...ofRows]),
    };
  } catch (error) {
    throw suggestDropping(nameFiles(error, { ...entries, factors }));
  }
}

/** The arrays, found but not read. */
async function findArrays(
  files: Exclude<DecomposeFilesInput, ReadInput>,
  options: ValuesOf<typeof DECOMPOSE_FILES_OPTIONS>,
): Promise<Posterior<ArrayEntry> & { readonly factors?: ArrayEntry; readonly notes: readonly Note[] }> {
  const notes: Note[] = [];
  const { factorsMember, zMember, latentColumns, latentsDtype, header } = options;
  const names = {
    mu: options.muMember ?? undefined,
    logvar: options.logvarMember ?? undefined,
    z: zMember ?? undefined,
  };
  const open = (role: keyof Posterior, file: ReadInput, expectedRows?: number) =>
    openFor(role, file, {
      columns: latentColumns,
      dtype: latentsDtype,
      header,
      takesMissing: options.dropNan,
      expectedRows,
    });
  const muFile = await open('mu', files.mu);
  if (files.logvar === undefined) {
    if (files.z !== undefined) {
      throw wrongValue({ option: 'z', problem: 'expected a file only beside one with logvar' });
    }
    if (isBare(muFile)) {
      throw wrongValue({
        option: 'logvar',
        problem: `expected a second file: ${muFile.path} holds one array without a name`,
      });
    }
    const entries = pickPosterior(muFile, names);
    // An estimator of training has no use for factors.
    const factors = options.estimator === 'exact' ? findFactors(muFile, factorsMember ?? undefined) : undefined;
    return { ...entries, ...(factors && { factors }), notes };
  }
  for (const [option, value] of Object.entries({ factorsMember, ...(files.z === undefined && { zMember }) })) {
    if (value !== null) throw wrongValue({ option, problem: 'expected only with one archive that has all arrays' });
  }
  const find = async (role: keyof Posterior, file: ArrayFile) => {
    const found = await findArray(file, role, { member: names[role] ?? null, columns: latentColumns });
    notes.push(...found.notes);
    return found.entry;
  };
  const mu = await find('mu', muFile);
  const pick = async (role: keyof Posterior, file: ReadInput) => find(role, await open(role, file, mu.shape[0]));
  const logvar = await pick('logvar', files.logvar);
  return { mu, logvar, ...(files.z !== undefined && { z: await pick('z', files.z) }), notes };
}

/** Factors are taken if they are there, and not missed if they are not. */
function findFactors(file: ArrayFile, member: string | undefined): ArrayEntry | undefined {
  const isThere = member !== undefined || findByRole(file, 'factors') !== undefined;
  return isThere ? pickArray(file, 'factors', member) : undefined;
}
