/** Names and kinds of factors that an archive keeps beside them. */
import { DataError } from '../errors.js';
import type { FactorType } from '../types.js';
import type { ArrayEntry, ArrayFile } from './array-file.js';
import { findByRole, listSome } from './pick.js';
import { formatShape } from './shape.js';
import type { NamedStrings } from './strings.js';

/** The members of an archive that say what the columns of its factors are. */
export const FACTOR_NAMES = 'factor_names';
export const FACTOR_TYPES = 'factor_types';

const TYPES: readonly string[] = ['discrete', 'continuous'] satisfies FactorType[];

/** One entry per column of the factors; null where the archive does not say. */
export interface FactorLabels {
  readonly names: readonly string[] | null;
  readonly types: ReadonlyArray<FactorType | null> | null;
}

/** The members that keep them. */
export function factorLabelMembers(names: readonly string[], types: readonly FactorType[]): NamedStrings[] {
  return [
    { name: FACTOR_NAMES, strings: names },
    { name: FACTOR_TYPES, strings: types },
  ];
}

/**
 * What an archive says of the columns of its factors: `factor_names` and `factor_types` (`discrete`
 * or `continuous`), lists of K strings as numpy writes them (`<U`). They belong to the array that
 * is taken for factors unasked, and say nothing of another.
 *
 * @param onRefusedNames is told of names that are no list of strings, in place of an error
 * @throws DataError for lists of another length or type, names that are not different, or other
 * kinds
 */
export async function readFactorLabels(
  file: ArrayFile,
  factors: ArrayEntry,
  onRefusedNames?: (refusal: DataError) => void,
): Promise<FactorLabels> {
  const ofTable = readTableLabels(file, factors);
  if (factors.name === null || findByRole(file, 'factors')?.name !== factors.name) return ofTable;
  const find = (member: string) => file.arrays.find(({ name }) => name === member);
  const columns = factors.shape[1] ?? 1;
  const [names, types] = [find(FACTOR_NAMES), find(FACTOR_TYPES)];
  const passOver = (error: unknown) => {
    // Names that can be read and do not fit are of other factors.
    const isUnreadable = names?.readStrings === undefined;
    if (!(error instanceof DataError) || !isUnreadable || onRefusedNames === undefined) throw error;
    onRefusedNames(error);
    return null;
  };
  return {
    names: names === undefined ? ofTable.names : await readFactorNames(names, columns).catch(passOver),
    types: types === undefined ? ofTable.types : await readFactorTypes(types, columns),
  };
}

/** The names of a table's columns, unless all are its numbers; columns of words are discrete. */
function readTableLabels({ notes = [] }: ArrayFile, { columnNames, words }: ArrayEntry): FactorLabels {
  const areNumbers = columnNames?.every((name) => /^\d+$/.test(name)) ?? false;
  const isNumbered = areNumbers && notes.some(({ code }) => code === 'numbered-header');
  const areNames = columnNames !== undefined && !isNumbered && new Set(columnNames).size === columnNames.length;
  return {
    names: areNames && !columnNames.includes('') ? columnNames : null,
    types: words?.map((list) => (list === null ? null : 'discrete')) ?? null,
  };
}

async function readFactorNames(entry: ArrayEntry, columns: number): Promise<string[]> {
  const names = await readStrings(entry);
  checkFactorNames(names, columns, entry);
  return names;
}

/** @throws DataError for names that are not one for each column, different and not empty */
export function checkFactorNames(
  names: readonly string[],
  columns: number,
  { path, name }: Pick<ArrayEntry, 'path' | 'name'>,
): void {
  if (names.length === columns && new Set(names).size === columns && !names.includes('')) return;
  const got = listSome(names.map((one) => JSON.stringify(one)));
  throw new DataError(`expected ${columns} different names, got ${got}`, { path, member: name ?? undefined });
}

/** Reads kinds of factors. */
export async function readFactorTypes(entry: ArrayEntry, columns: number): Promise<FactorType[]> {
  const place = { path: entry.path, member: entry.name ?? undefined };
  const types = await readStrings(entry);
  if (types.length !== columns) {
    throw new DataError(`expected ${columns} kinds, one for each factor, got ${types.length}`, place);
  }
  types.forEach((type, row) => {
    if (TYPES.includes(type)) return;
    throw new DataError(`expected ${TYPES.join(' or ')}, got ${JSON.stringify(type)}`, { ...place, row });
  });
  return types as FactorType[];
}

function readStrings(entry: ArrayEntry): Promise<string[]> {
  const { path, name, shape, dtype } = entry;
  if (entry.readStrings !== undefined) return entry.readStrings();
  const got = `${formatShape(shape)} ${dtype}`;
  throw new DataError(`expected a list of strings as numpy writes them with .astype(str), got ${got}`, {
    path,
    member: name ?? undefined,
  });
}
