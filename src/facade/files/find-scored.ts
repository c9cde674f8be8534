/** The latents and factors of files: found, and checked against each other, but not read. */
import { DataError, wrongValue } from '../../errors.js';
import {
  type ArrayEntry,
  type ArrayFile,
  describeArrays,
  findByRole,
  findPosterior,
  holdsNothingUsable,
  type Role,
} from '../../io/index.js';
import type { Note } from '../../note.js';
import type { ValuesOf } from '../../options/rule.js';
import { mention, phrase } from '../../phrase.js';
import { mapPosterior, type Posterior } from '../../posterior.js';
import type { ArrayOrigin } from '../../types.js';
import { findArray, gatherFound, refuseShared } from './find-array.js';
import { isBare, openFor, type ReadInput, type Reading } from './read-input.js';
import { refuseOtherRows } from './rows-and-columns.js';
import type { SCORE_FILES_OPTIONS } from './score-files-options.js';

/** The roles of files that are scored. */
export const SCORED_FILES = ['latents', 'factors'];

/** What `scoreFiles` takes: one archive that holds both arrays, or a file for each. */
export type ScoreFilesInput<File = ReadInput> = File | { readonly latents: File; readonly factors?: File };

/** What was found. */
export interface FoundArrays {
  readonly latents: ArrayEntry;
  readonly factors: ArrayEntry;
  /** What the latents are in. */
  readonly latentsFile: ArrayFile;
  /** What the factors are in: the same, where one archive holds both. */
  readonly factorsFile: ArrayFile;
  /** Of the latents, if there is one and it is asked for. */
  readonly posterior: Posterior<ArrayEntry> | null;
  readonly origin: { readonly latents: ArrayOrigin; readonly factors: ArrayOrigin };
  readonly notes: readonly Note[];
}

type Values = ValuesOf<typeof SCORE_FILES_OPTIONS>;

/** Finds the two arrays. */
export async function findScored(files: Exclude<ScoreFilesInput, ReadInput>, options: Values): Promise<FoundArrays> {
  const { latentColumns, factorColumns, latentsDtype, factorsDtype, header, dropNan: takesMissing } = options;
  const isOneTable = files.factors === undefined && typeof factorColumns === 'string';
  const lost = factorColumns !== null && !isOneTable ? 'factorColumns' : factorsDtype !== null ? 'factorsDtype' : null;
  if (files.factors === undefined && lost !== null) {
    throw wrongValue({ option: lost, problem: 'expected only with a second file, of bare values' });
  }
  const openLatents = (beside: Beside = {}) =>
    openFor('latents', files.latents, { columns: latentColumns, dtype: latentsDtype, header, takesMissing, ...beside });
  let latentsFile = await openLatents();
  if (files.factors === undefined && !isOneTable && isBare(latentsFile)) {
    throw wrongValue({
      option: 'factors',
      problem: phrase`expected a second file, or ${mention('factorColumns')}: ${latentsFile.path} holds one array without a name`,
    });
  }
  if (isOneTable && typeof latentColumns !== 'string') {
    const problem = phrase`expected beside ${mention('factorColumns')}, which takes factors from the same table`;
    throw wrongValue({ option: 'latentColumns', problem });
  }
  const asked = askFor(options);
  const findLatents = () => findArray(latentsFile, 'latents', asked.latents);
  if (files.factors === undefined) refuseUnnamed(latentsFile, options);
  let ofLatents = await findLatents();
  const factorsFile =
    files.factors === undefined
      ? latentsFile
      : await openFor('factors', files.factors, {
          columns: factorColumns,
          dtype: factorsDtype,
          header,
          takesMissing,
          ...besideOf(latentsFile, ofLatents.entry),
        });
  if (factorsFile !== latentsFile) refuseTwoOfBoth(latentsFile, factorsFile, options);
  const ofFactors = await findArray(factorsFile, 'factors', asked.factors);
  if (factorsFile !== latentsFile && ofLatents.entry.shape[0] - 1 === ofFactors.entry.shape[0]) {
    // The first line of the latents may be one too many.
    latentsFile = await openLatents(besideOf(factorsFile, ofFactors.entry));
    ofLatents = await findLatents();
  }
  const [latents, factors] = [ofLatents.entry, ofFactors.entry];
  const isSame = files.factors === undefined || files.factors === files.latents;
  if (isSame && typeof latentColumns === 'string' && typeof factorColumns === 'string') {
    if (ofLatents.whole.name === ofFactors.whole.name) refuseShared(ofLatents, 'latents', ofFactors, 'factors');
  }
  refuseOtherRows(latents, factors);
  const search = findPosterior(latentsFile, ofLatents.whole);
  return {
    latents,
    factors,
    latentsFile,
    factorsFile,
    posterior: search.posterior && mapPosterior(search.posterior, ofLatents.take),
    origin: { latents: ofLatents.origin, factors: ofFactors.origin },
    notes: [...gatherFound([ofLatents, ofFactors]), ...search.notes],
  };
}

/** What each of the two is asked for by. */
function askFor({ latentsMember, factorsMember, latentColumns, factorColumns, transpose }: Values) {
  const isTransposed = (role: string) => transpose === role || transpose === 'both';
  return {
    latents: { member: latentsMember, columns: latentColumns, isTransposed: isTransposed('latents') },
    factors: { member: factorsMember, columns: factorColumns, isTransposed: isTransposed('factors') },
  };
}

/** One archive in which neither array has a usual name is refused with all that must be said. */
function refuseUnnamed(file: ArrayFile, { latentsMember, factorsMember }: Values): void {
  const isMissing = (role: Role, member: string | null) => member === null && findByRole(file, role) === undefined;
  const [noLatents, noFactors] = [isMissing('latents', latentsMember), isMissing('factors', factorsMember)];
  const isUnnamed = isBare(file) || file.arrays.some(({ name }) => name === null);
  if (isUnnamed || holdsNothingUsable(file) || !(noLatents || noFactors)) return;
  const guess = guessMembers(file, latentsMember, factorsMember);
  const what = [...(noLatents ? ['latents'] : []), ...(noFactors ? ['factors'] : [])].join(' and ');
  const say = [
    ...(noLatents ? [mention('member', guess.latents, 'latents')] : []),
    ...(noLatents && noFactors ? [' '] : []),
    ...(noFactors ? [mention('member', guess.factors, 'factors')] : []),
  ];
  const problem = `found none of the usual names for the ${what}; ${describeArrays(file)}; say `;
  throw new DataError([problem, ...say], { path: file.path });
}

/** Beyond so many arrays of one column it is not likely that all are factors. */
const MOST_GUESSED = 20;

/** What the arrays of an archive look like, for a message only: factors are the whole numbers. */
function guessMembers(file: ArrayFile, latentsMember: string | null, factorsMember: string | null) {
  const known = { latents: latentsMember ?? findByRole(file, 'latents')?.name ?? null };
  const taken = [known.latents, factorsMember ?? findByRole(file, 'factors')?.name];
  const others = file.arrays.filter(({ name, refusal }) => refusal === null && !taken.includes(name));
  const wholes = others.filter(({ dtype }) => !dtype.startsWith('float') && dtype !== 'bfloat16');
  const latents = known.latents ?? others.find((entry) => !wholes.includes(entry))?.name ?? others[0]?.name;
  const rows = file.arrays.find(({ name }) => name === latents)?.shape[0];
  const columns = others.filter(({ name, shape }) => name !== latents && shape[0] === rows);
  const ofOne = columns.filter(({ shape }) => (shape[1] ?? 1) === 1);
  const table = columns.find((entry) => wholes.includes(entry) && !ofOne.includes(entry));
  const list = ofOne.length > MOST_GUESSED ? undefined : ofOne.map(({ name }) => name).join(',');
  const factors = table?.name ?? (ofOne.length > 0 ? list : columns[0]?.name);
  return { latents: latents ?? 'NAME', factors: factors ?? 'NAME' };
}

/** Latents of one model with factors of another score nothing. */
function refuseTwoOfBoth(first: ArrayFile, second: ArrayFile, { latentsMember, factorsMember }: Values): void {
  if (latentsMember !== null || factorsMember !== null || first.path === second.path) return;
  const holdsBoth = (file: ArrayFile) => findByRole(file, 'latents') !== undefined && findByRole(file, 'factors');
  const [factors, ownFactors] = [holdsBoth(second), holdsBoth(first)];
  if (!factors || !ownFactors) return;
  const problem = phrase`holds latents of its own beside '${factors.name ?? ''}', and ${first.path} factors of its own: score each file alone, or say ${mention('member', factors.name ?? '', 'factors')} to take the factors from here`;
  throw new DataError(problem, { path: second.path });
}

/** What is known of the file beside. */
type Beside = Pick<Reading, 'expectedRows' | 'besideNumbered'>;

function besideOf({ notes = [] }: ArrayFile, { shape }: ArrayEntry): Beside {
  const has = (wanted: string) => notes.some(({ code }) => code === wanted);
  const besideNumbered = has('numbered-header') ? 'names' : has('counting-line') ? 'row' : undefined;
  return { expectedRows: shape[0], besideNumbered };
}
