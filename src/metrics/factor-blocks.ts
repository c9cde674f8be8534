/** Groups of factors and latents, as options name them. */
import { wrongValue } from '../errors.js';
import { other, ValueProblem } from '../options/rule.js';
import { mention, phrase } from '../phrase.js';
import type { Table } from '../stats/table.js';

type Groups = ReadonlyArray<readonly number[]>;

/** A rule for groups of columns: `[[0, 1], [2]]` in programs, `0,1/2` as text. */
export function groupsRule(what: string, description: string, defaultText: string, needs?: { option: string }) {
  return other<Groups>({
    expected: `lists of ${what}, as [[0, 1], [2]] or 0,1/2`,
    accepts: isGroups,
    parse(text) {
      const groups = text
        .split('/')
        .map((part) => part.split(',').map((word) => (word.trim() === '' ? -1 : Number(word))));
      if (isGroups(groups)) return groups;
      throw new ValueProblem(`expected lists of ${what}, as 0,1/2, got '${text}'`);
    },
    placeholder: 'lists',
    defaultText,
    description,
    ...(needs && { needs }),
  });
}

function isGroups(value: unknown): value is Groups {
  const isIndex = (index: unknown) => Number.isSafeInteger(index) && (index as number) >= 0;
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((group) => Array.isArray(group) && group.length > 0 && group.every(isIndex))
  );
}

/** Factors, and the latents that they are told from. */
export interface FactorBlock {
  readonly factors: readonly number[];
  readonly latents: readonly number[];
}

/**
 * The blocks that options name; without any one of all.
 * @throws RangeError for a column that is not there or is twice in a group, and for lists of
 * different lengths
 */
export function listBlocks(
  { factorCount, latentCount }: Pick<Table, 'factorCount' | 'latentCount'>,
  owner: string,
  { blocks, latentBlocks }: { readonly blocks: Groups | null; readonly latentBlocks: Groups | null },
): FactorBlock[] {
  const all = (count: number) => [...Array(count).keys()];
  checkGroups(blocks, factorCount, owner, 'blocks');
  checkGroups(latentBlocks, latentCount, owner, 'latentBlocks');
  const factors = blocks ?? [all(factorCount)];
  if (latentBlocks !== null && latentBlocks.length !== factors.length) {
    const problem = phrase`expected ${factors.length} lists, one for each of ${mention('blocks')}, got ${latentBlocks.length}`;
    throw wrongValue({ option: 'latentBlocks', owner, problem });
  }
  return factors.map((group, b) => ({ factors: group, latents: latentBlocks?.[b] ?? all(latentCount) }));
}

function checkGroups(groups: Groups | null, count: number, owner: string, option: string): void {
  for (const group of groups ?? []) {
    const wrong = group.find((index, i) => index >= count || group.indexOf(index) !== i);
    if (wrong === undefined) continue;
    const problem =
      wrong >= count ? `expected numbers from 0 to ${count - 1}, got ${wrong}` : `got ${wrong} twice in a list`;
    throw wrongValue({ option, owner, problem });
  }
}
