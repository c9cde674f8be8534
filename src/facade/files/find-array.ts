/** The array of a file for a role, and what was decided to find it. */
import { DataError, wrongValue } from '../../errors.js';
import {
  type ArrayEntry,
  type ArrayFile,
  countColumns,
  describeWords,
  dropRowNames,
  findColumns,
  findMember,
  joinColumns,
  type KeptColumns,
  memberNamed,
  nameColumn,
  nameReadingNotes,
  noteRivals,
  noteRowNames,
  READING_NAMES,
  type Role,
  transposed,
  withColumns,
  withWords,
} from '../../io/index.js';
import type { Note } from '../../note.js';
import { mention, phrase } from '../../phrase.js';
import type { ArrayOrigin } from '../../types.js';
import { placeOf } from './read-input.js';

/** What is said about an array; what is null was not. */
export interface AskedArray {
  /** Its name, or with commas between the names of arrays of one column each. */
  readonly member: string | null;
  /** Names of arrays that are something else. */
  readonly besides?: readonly string[];
  /** Which columns of a table; of bare values their number, which opening them has used. */
  readonly columns?: number | string | null;
  /** Whether its rows are columns. */
  readonly isTransposed?: boolean;
  /** How notes name the options of reading; unless told, as functions of several files do. */
  readonly nameNotes?: (notes: readonly Note[], role: Role) => readonly Note[];
}

/** An array that was found for a role. */
export interface FoundArray {
  readonly entry: ArrayEntry;
  /** The same with all its columns, as the file has it. */
  readonly whole: ArrayEntry;
  readonly file: ArrayFile;
  /** Which columns of the whole were taken; null for all. */
  readonly kept: readonly number[] | null;
  /** Takes of another array of the whole's shape what was taken of it. */
  take(other: ArrayEntry): ArrayEntry;
  readonly origin: ArrayOrigin;
  /** What was decided without being said, for its file. */
  readonly notes: readonly Note[];
  /** The same without what was decided about the file as a whole. */
  readonly notesOfArray: readonly Note[];
}

/**
 * The array of a file for a role: of a table the columns that are asked for, or all but a first one
 * that names the rows; of factors words are numbered.
 * @throws DataError for what is not there, and for words where only factors may have some
 */
export async function findArray(
  file: ArrayFile,
  role: Role,
  { member, besides, columns = null, isTransposed = false, nameNotes = nameReadingNotes }: AskedArray,
): Promise<FoundArray> {
  const whole = await pickMembers(file, role, member);
  if (whole.refusal !== null) throw new DataError(whole.refusal, placeOf(whole));
  const ofChoice = member === null ? noteRivals(file, role, whole, besides) : [];
  const { kept, leftOut, notes } =
    typeof columns === 'string' ? chooseColumns(whole, columns, role) : dropRowNames(whole, role);
  const places = kept?.map(({ column }) => column);
  const pick = (entry: ArrayEntry) => (places === undefined ? entry : withColumns(entry, places));
  const entry = kept === null ? whole : { ...pick(whole), taken: kept };
  entry.check?.();
  refuseWords(entry, role, isTransposed);
  const ofFile = (file.notes ?? []).map((given) => ({
    ...given,
    text: [`${file.path}: `, ...(typeof given.text === 'string' ? [given.text] : given.text)],
  }));
  const notesOfArray = nameNotes([...ofChoice, ...(whole.notes ?? []), ...notes, ...describeWords(entry)], role);
  return {
    entry: isTransposed ? { ...transposed(entry), taken: null } : entry,
    whole,
    file,
    kept: places ?? null,
    take: (other) => (isTransposed ? transposed(pick(other)) : pick(other)),
    origin: {
      ...originOf(isTransposed ? { ...entry, columnNames: undefined } : entry),
      ...(leftOut.length > 0 && { leftOut }),
    },
    notes: [...nameNotes(ofFile, role), ...notesOfArray],
    notesOfArray,
  };
}

/** The notes of several arrays, those of a file once. */
export function gatherFound(found: readonly FoundArray[]): Note[] {
  return found.flatMap(({ file, notes, notesOfArray }, i) =>
    found.slice(0, i).some((before) => before.file === file) ? notesOfArray : notes,
  );
}

/**
 * A column that has two roles would be known by itself.
 * @throws RangeError naming the columns of the second, where both are of one table
 */
export function refuseShared(first: FoundArray, firstRole: Role, second: FoundArray, secondRole: Role): void {
  const columnsOf = ({ whole, kept }: FoundArray) => kept ?? Array.from({ length: countColumns(whole) }, (_, i) => i);
  const taken = columnsOf(first);
  const shared = columnsOf(second).find((column) => taken.includes(column));
  if (shared === undefined) return;
  const name = nameColumn(second.whole.columnNames ?? [], shared);
  const problem = `expected other columns than the ${firstRole}, got ${name}`;
  throw wrongValue({ option: READING_NAMES[secondRole].columns, problem });
}

/** What a report says of where an array is from. */
export function originOf({ path, name, columnNames }: ArrayEntry): ArrayOrigin {
  return { file: path, ...(name !== null && { member: name }), ...(columnNames && { columnNames }) };
}

function chooseColumns(entry: ArrayEntry, selection: string, role: Role): KeptColumns {
  const kept = findColumns(entry, selection, role);
  const others = countColumns(entry) - kept.length;
  const isNoted = (column: number) => entry.rowNameColumns?.includes(column) ?? false;
  return {
    // What is noted here is not noted again when it is read.
    kept: kept.map(({ column, isNamed }) => ({ column, isNamed: isNamed || isNoted(column) })),
    leftOut: others === 0 ? [] : [`${others} column${others === 1 ? '' : 's'} not asked for`],
    notes: noteRowNames(entry, kept, role),
  };
}

/** @throws DataError for words anywhere but in factors, whose columns they number */
function refuseWords({ words, columnNames = [], ...entry }: ArrayEntry, role: Role, isTransposed: boolean): void {
  const ofWords = role === 'factors' && !isTransposed ? -1 : (words?.findIndex((list) => list !== null) ?? -1);
  if (ofWords < 0) return;
  const name = nameColumn(columnNames, ofWords);
  throw new DataError(
    phrase`expected numbers, got words in ${name}; ${mention('columns', undefined, role)} names the columns to take`,
    placeOf(entry),
  );
}

/** One array, or several side by side where none has the name with the commas. */
async function pickMembers(file: ArrayFile, role: Role, member: string | null): Promise<ArrayEntry> {
  const pick = async (name?: string) => {
    const found = findMember(file, role, name);
    return role === 'factors' ? await withWords(found) : found;
  };
  if (member === null || !member.includes(',') || memberNamed(file, member) !== undefined) {
    return pick(member ?? undefined);
  }
  const entries: ArrayEntry[] = [];
  for (const name of member.split(',')) {
    const entry = await pick(name.trim());
    if (entry.refusal !== null) throw new DataError(entry.refusal, placeOf(entry));
    entries.push(entry);
  }
  return joinColumns(entries);
}
