/** Parts of a training that are named, of the library's, or given, of the caller's own. */
import { wrongType, wrongValue } from '../errors.js';
import { findNamed, lookUp } from '../options/find-named.js';

interface Named {
  readonly name: string;
}

/**
 * A part of the library's by its name, or the caller's own.
 * @param members functions that one of the caller's own has
 * @throws TypeError or RangeError for what is neither, and for one of the caller's that has the
 * name of another
 */
export function pickPart<T extends Named>(
  option: string,
  known: readonly T[],
  given: string | T,
  members: ReadonlyArray<keyof T & string>,
): T {
  if (typeof given !== 'object' || given === null) return findNamed(option, given, known);
  if (known.includes(given)) return given;
  if (typeof given.name !== 'string' || given.name === '') {
    throw wrongType({ option, problem: `expected one of your own to have a name, got ${JSON.stringify(given.name)}` });
  }
  if (lookUp(given.name, known) !== null) {
    throw wrongValue({ option, problem: `expected a name that is none of the library's, got '${given.name}'` });
  }
  const missing = members.find((member) => typeof given[member] !== 'function');
  if (missing === undefined) return given;
  const problem = `expected '${given.name}' to have a function ${missing}, got ${typeof given[missing]}`;
  throw wrongType({ option, problem });
}

/**
 * The part that a run was trained with, by the name that it keeps.
 * @param own the caller's own, if it is one
 * @throws RangeError for a name that is none of the library's without the caller's own, and for
 * another than the run's
 */
export function pickRecorded<T extends Named>(option: string, known: readonly T[], name: string, own?: string | T): T {
  if (typeof own === 'object') {
    if (own.name === name) return own;
    throw wrongValue({ option, problem: `expected the run's own, '${name}', got '${own.name}'` });
  }
  const found = known.find((part) => part.name === name);
  if (found !== undefined) return found;
  const names = known.map((part) => part.name).join(', ');
  throw wrongValue({
    option,
    problem: `the run was trained with '${name}', which is none of the library's (${names}): give that object`,
  });
}
