/** Looks an entry of a registry up by its name. */
import { wrongType, wrongValue } from '../errors.js';
import { simplifyName, suggest } from '../suggest.js';
import { describeValues } from './describe-rule.js';
import { choice } from './rule.js';

/** What a registry holds. */
export interface Named {
  readonly name: string;
  readonly aliases?: readonly string[];
}

/**
 * The entry of that name or alias, in which case, hyphens, underscores and blanks do not count;
 * null if there is none.
 */
export function lookUp<T extends Named>(name: string, entries: readonly T[]): T | null {
  const wanted = simplifyName(name);
  return entries.find((entry) => namesOf(entry).some((known) => simplifyName(known) === wanted)) ?? null;
}

/** @throws OptionError for what is no name of an entry; it says which names are near */
export function findNamed<T extends Named>(option: string, name: unknown, entries: readonly T[]): T {
  const expected = () =>
    `expected ${describeValues(
      choice(
        entries.map((entry) => entry.name),
        { description: '' },
      ),
    )}`;
  if (typeof name !== 'string') throw wrongType({ option, problem: `${expected()}, got ${typeof name}` });
  const found = lookUp(name, entries);
  if (found !== null) return found;
  const near = suggest(name, entries.flatMap(namesOf));
  if (near.length === 0) throw wrongValue({ option, problem: `${expected()}, got '${name}'` });
  throw wrongValue({ option, problem: `unknown name '${name}'`, suggestion: `did you mean '${near.join("' or '")}'?` });
}

function namesOf({ name, aliases = [] }: Named): readonly string[] {
  return [name, ...aliases];
}
