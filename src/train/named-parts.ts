/** Parts of a training that are named, of the library's, or given, of the caller's own. */
import { optionRangeError, optionTypeError } from '../errors.js';
import { didYouMean } from '../suggest.js';

interface Named {
  readonly name: string;
}

/**
 * A part of the library's by its name, or the caller's own.
 * @param members functions that one of the caller's own has
 * @throws TypeError or RangeError for what is neither, and for one of the caller's that has the name of another
 */
export function pickPart<T extends Named>(
  option: string,
  known: readonly T[],
  given: string | T,
  members: ReadonlyArray<keyof T & string>,
): T {
  const names = known.map(({ name }) => name);
  if (typeof given === 'string') {
    const found = known.find(({ name }) => name === given);
    if (found !== undefined) return found;
    throw optionRangeError(`${option}: expected one of ${names.join(', ')}, got '${given}'${didYouMean(given, names)}`);
  }
  if (typeof given !== 'object' || given === null) {
    throw optionTypeError(
      `${option}: expected one of ${names.join(', ')}, got ${given === null ? 'null' : typeof given}`,
    );
  }
  if (known.includes(given)) return given;
  if (typeof given.name !== 'string' || given.name === '') {
    throw optionTypeError(`${option}: expected one of your own to have a name, got ${JSON.stringify(given.name)}`);
  }
  if (names.includes(given.name)) {
    throw optionRangeError(`${option}: expected a name that is none of the library's, got '${given.name}'`);
  }
  const missing = members.find((member) => typeof given[member] !== 'function');
  if (missing === undefined) return given;
  throw optionTypeError(
    `${option}: expected '${given.name}' to have a function ${missing}, got ${typeof given[missing]}`,
  );
}

/**
 * The part that a run was trained with, by the name that it keeps.
 * @param own the caller's own, if it is one
 * @throws RangeError for a name that is none of the library's without the caller's own, and for another than the run's
 */
export function pickRecorded<T extends Named>(option: string, known: readonly T[], name: string, own?: string | T): T {
  if (typeof own === 'object') {
    if (own.name === name) return own;
    throw optionRangeError(`${option}: expected the run's own, '${name}', got '${own.name}'`);
  }
  const found = known.find((part) => part.name === name);
  if (found !== undefined) return found;
  const names = known.map((part) => part.name).join(', ');
  throw optionRangeError(
    `${option}: the run was trained with '${name}', which is none of the library's (${names}): give that object as ${option}`,
  );
}
