/**
 * Scores files: finds latents, factors, what is known of them and the posterior, and computes what
 * can be computed of them.
 */

import { compile } from '../../../bindings/load.js';
import { hardwareThreads } from '../../../bindings/worker-host.js';
import { DataError, wrongValue } from '../../errors.js';
import {
  type ArrayEntry,
  type ArrayFile,
  describeArrays,
  findColumns,
  findPosterior,
  nameArrays,
  nameColumn,
  readArrays,
  readFactorLabels,
} from '../../io/index.js';
import type { Dtype, Matrix } from '../../matrix.js';
import type { CheckedName, MetricSpelling } from '../../metrics/index.js';
import type { Metric } from '../../metrics/metric.js';
import { type Note, note, notesOf, writeNotes } from '../../note.js';
import { checkOptions } from '../../options/check-options.js';
import type { ValuesOf } from '../../options/rule.js';
import { mention, phrase } from '../../phrase.js';
import { checkCapacity, type Shape } from '../../stats/capacity.js';
import { pickCommon, resolveCommon } from '../common-options.js';
import type { Task } from '../jobs/score-work.js';
import { planTasks, type ScoreReport, score } from '../score.js';
import type { ScoreOptions } from '../score-options.js';
import {
  dropUndefined,
  filesByRole,
  findArray,
  isBare,
  nameFiles,
  openFor,
  placeOf,
  type ReadInput,
  type Reading,
} from './read-input.js';
import { nameReading, READING_OPTIONS } from './reading-options.js';
import { SCORE_FILES_OPTIONS, type ScoreFilesOptions } from './score-files-options.js';

/** The roles of files that are scored. */
export const SCORED_FILES = ['latents', 'factors'];

/** What {@link scoreFiles} takes: one archive that holds both arrays, or a file for each. */
export type ScoreFilesInput<File = ReadInput> = File | { readonly latents: File; readonly factors?: File };

/**
 * Scores the latents and factors of files of any format with every metric asked for.
 *
 * What an archive says of its factors (names, kinds) is used; the posterior beside the latents is
 * found by its usual names, for metrics that need one; those that then lack it are left out, unless
 * they were asked for by name.
 *
 * @param input an archive with both, or `{ latents, factors }`: blobs, bytes or sources of ranges,
 * in Node also paths
 * @returns a plain object, as `score` does; its notes say why a posterior was not used
 * @throws TypeError, RangeError or DataError (each with a `code`), naming file, member, row and
 * column where the data are wrong
 *
 * @example
 * const report = await scoreFiles(input.files[0], { metrics: ['mig', 'dci'] });
 */
export function scoreFiles<Name extends string = MetricSpelling>(
  input: ScoreFilesInput,
  options: ScoreFilesOptions<Name> & { readonly metrics?: ReadonlyArray<CheckedName<Name> | Metric> } = {},
): Promise<ScoreReport> {
  return withScoreInput(input, options, async ({ latents, factors, options: asked }) => score(latents, factors, asked));
}

/** What files come to. */
export interface ScoreInput {
  readonly latents: Matrix;
  readonly factors: Matrix;
  readonly options: ScoreOptions<string>;
}

/** Reads files and hands them to `compute`, whose errors then name the files. */
export async function withScoreInput<R extends Pick<ScoreReport, 'notes'>>(
  input: ScoreFilesInput,
  options: ScoreFilesOptions<string>,
  compute: (input: ScoreInput) => Promise<R>,
): Promise<R> {
  const values = checkOptions({ name: 'scoreFiles' }, options, SCORE_FILES_OPTIONS);
  const files = filesByRole('scoreFiles', input, SCORED_FILES) as Exclude<ScoreFilesInput, ReadInput>;
  const isGiven = (name: string) => (options as Readonly<Record<string, unknown>>)[name] != null;
  const asked: ScoreOptions<string> = Object.fromEntries(
    Object.entries(values).filter(([name]) => isGiven(name) && !(name in READING_OPTIONS)),
  );
  const { signal } = resolveCommon(pickCommon(asked));
  const planned = planTasks(asked, true);
  // The kernels compile while the files are opened; a failure shows when they are used.
  compile().catch(() => {});
  const found = await findArrays(files, values).catch((error) => {
    throw nameReading(error);
  });
  const { latents, factors, latentsFile, factorsFile } = found;
  const search = planned.some(needsPosterior) ? findPosterior(latentsFile, latents) : { posterior: null, notes: [] };
  const { posterior } = search;
  try {
    const lack = `mu and logvar, as large as the latents and in one archive with them: ${latentsFile.path}: ${describeArrays(latentsFile)}`;
    const tasks = planTasks(asked, posterior !== null, lack);
    checkCapacity(shapeOf(latents), shapeOf(factors), posterior !== null);
    const { names, types } = await readFactorLabels(factorsFile, factors);
    const [latentsMatrix, factorsMatrix] = [await latents.read(), await factors.read()];
    signal?.throwIfAborted();
    const given =
      posterior && (await readArrays(posterior, async (entry) => (entry === latents ? latentsMatrix : entry.read())));
    signal?.throwIfAborted();
    const report = await compute({
      latents: latentsMatrix,
      factors: factorsMatrix,
      options: {
        // What the options say goes before what the archive says.
        ...dropUndefined({ factorNames: names ?? undefined, factorTypes: types ?? undefined }),
        threads: chooseThreads(asked, tasks, latentsMatrix.rows),
        ...asked,
        ...(given && { posterior: given }),
        members: dropUndefined({
          latents: latents.name ?? undefined,
          factors: factors.name ?? undefined,
          ...(posterior && nameArrays(posterior)),
        }),
      },
    });
    return { ...report, notes: writeNotes([...notesOf(report.notes), ...found.notes, ...search.notes]) };
  } catch (error) {
    throw nameFiles(error, { latents, factors, ...posterior });
  }
}

function needsPosterior({ metric }: Task): boolean {
  return metric.needs.includes('posterior');
}

interface Found {
  readonly latents: ArrayEntry;
  readonly factors: ArrayEntry;
  /** What the latents are in. */
  readonly latentsFile: ArrayFile;
  /** What the factors are in: the same, where one archive holds both. */
  readonly factorsFile: ArrayFile;
  readonly notes: readonly Note[];
}

/** The two arrays, found but not read. */
export async function findArrays(
  files: Exclude<ScoreFilesInput, ReadInput>,
  options: ValuesOf<typeof SCORE_FILES_OPTIONS>,
): Promise<Found> {
  const { latentsMember, factorsMember, latentColumns, factorColumns, latentsDtype, factorsDtype, header } = options;
  const isOneTable = files.factors === undefined && typeof factorColumns === 'string';
  const lost = factorColumns !== null && !isOneTable ? 'factorColumns' : factorsDtype !== null ? 'factorsDtype' : null;
  if (files.factors === undefined && lost !== null) {
    throw wrongValue({ option: lost, problem: 'expected only with a second file, of bare values' });
  }
  const openLatents = (beside: Beside = {}) =>
    openFor('latents', files.latents, { columns: latentColumns, dtype: latentsDtype, header, ...beside });
  const findLatents = (file: ArrayFile) => findArray(file, 'latents', latentsMember, latentColumns);
  let latentsFile = await openLatents();
  if (files.factors === undefined && !isOneTable && isBare(latentsFile)) {
    throw wrongValue({
      option: 'factors',
      problem: phrase`expected a second file, or ${mention('factorColumns')}: ${latentsFile.path} holds one array without a name`,
    });
  }
  let ofLatents = findLatents(latentsFile);
  const factorsFile =
    files.factors === undefined
      ? latentsFile
      : await openFor('factors', files.factors, {
          columns: factorColumns,
          dtype: factorsDtype,
          header,
          ...besideOf(latentsFile, ofLatents.entry),
        });
  const ofFactors = findArray(factorsFile, 'factors', factorsMember, factorColumns);
  if (factorsFile !== latentsFile && ofLatents.entry.shape[0] - 1 === ofFactors.entry.shape[0]) {
    // The first line of the latents may be one too many.
    latentsFile = await openLatents(besideOf(factorsFile, ofFactors.entry));
    ofLatents = findLatents(latentsFile);
  }
  const [latents, factors] = [ofLatents.entry, ofFactors.entry];
  if (isOneTable) refuseShared(latentsFile, latentColumns, factorColumns);
  // Before the two are compared: a file without rows is most likely the wrong file.
  for (const entry of [latents, factors]) {
    if (entry.shape[0] < 2) throw new DataError(`expected at least 2 rows, got ${entry.shape[0]}`, placeOf(entry));
  }
  if (latents.shape[0] !== factors.shape[0]) {
    throw new DataError(
      `expected ${latents.shape[0]} rows to match the latents, got ${factors.shape[0]}`,
      placeOf(factors),
    );
  }
  const words = factors.words === undefined ? [] : [describeWords(factors)];
  const notes = [...ofLatents.notes, ...(factorsFile === latentsFile ? [] : ofFactors.notes), ...words];
  return { latents, factors, latentsFile, factorsFile, notes };
}

/** What is known of the file beside. */
type Beside = Pick<Reading, 'expectedRows' | 'isBesideNumbered'>;

function besideOf({ notes = [] }: ArrayFile, { shape }: ArrayEntry): Beside {
  return { expectedRows: shape[0], isBesideNumbered: notes.some(({ code }) => code === 'numbered-header') };
}

/** A column that is a latent and a factor would be known by itself. */
function refuseShared(
  { arrays: [table] }: ArrayFile,
  latentColumns: Reading['columns'],
  factorColumns: Reading['columns'],
): void {
  if (typeof latentColumns !== 'string' || typeof factorColumns !== 'string') {
    const problem = phrase`expected beside ${mention('factorColumns')}, which takes factors from the same table`;
    throw wrongValue({ option: 'latentColumns', problem });
  }
  const ofFactors = findColumns(table, factorColumns, 'factors');
  const shared = findColumns(table, latentColumns, 'latents').find((column) => ofFactors.includes(column));
  if (shared === undefined) return;
  const name = nameColumn(table.columnNames ?? [], shared);
  throw wrongValue({ option: 'factorColumns', problem: `expected other columns than the latents, got ${name}` });
}

const SHOWN_WORDS = 12;

/** Which words the numbers of factors stand for. */
function describeWords({ words = [], columnNames = [], path }: ArrayEntry): Note {
  const lists = words.flatMap((list, column) => {
    if (list === null) return [];
    const more = list.length > SHOWN_WORDS ? ` and ${list.length - SHOWN_WORDS} more` : '';
    return [`${nameColumn(columnNames, column)} has ${list.slice(0, SHOWN_WORDS).join(', ')}${more}`];
  });
  return note('numbered-words', `${path}: words are numbered in their order: ${lists.join('; ')}`);
}

function shapeOf({ shape, dtype }: ArrayEntry): Shape {
  return { rows: shape[0], columns: shape[1] ?? 1, dtype: dtype as Dtype };
}

/** Rows from which a metric that comes in pieces takes a second or more. */
const MANY_ROWS = 50_000;

/**
 * All threads that the machine has where work is slow enough for them, which take a while to start.
 */
function chooseThreads(
  { interval, null: permutations }: ScoreOptions<string>,
  tasks: readonly Task[],
  rows: number,
): number {
  const isSlow = tasks.some(({ metric }) => metric.isSlow || (metric.pieces && rows >= MANY_ROWS));
  return isSlow || interval || permutations ? Math.min(hardwareThreads(), 64) : 1;
}
