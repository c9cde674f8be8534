/**
 * Scores files: finds latents, factors, what is known of them and the posterior, and computes what
 * can be computed of them.
 */

import { compile } from '../../../bindings/load.js';
import { hardwareThreads } from '../../../bindings/worker-host.js';
import { type DataError, wrongValue } from '../../errors.js';
import {
  type ArrayEntry,
  describeArrays,
  type FactorLabels,
  nameArrays,
  nameColumn,
  nameReading,
  readArrays,
  readFactorLabels,
} from '../../io/index.js';
import { type Dtype, Matrix } from '../../matrix.js';
import type { CheckedName, MetricSpelling } from '../../metrics/index.js';
import type { Metric } from '../../metrics/metric.js';
import { type Note, note, notesOf, refuseGuesses, writeNotes } from '../../note.js';
import { checkOptions } from '../../options/check-options.js';
import type { Posterior } from '../../posterior.js';
import type { Latents } from '../../sparse-matrix.js';
import { checkCapacity, type Shape } from '../../stats/capacity.js';
import { pickCommon, resolveCommon } from '../common-options.js';
import type { Task } from '../jobs/score-work.js';
import { usesLatents } from '../run-metrics.js';
import { needsPosterior, planTasks, type ScoreReport, score } from '../score.js';
import type { ScoreOptions, ScoreOrigin } from '../score-options.js';
import { reasonToSkip } from '../skip-costly.js';
import { dropNan, suggestDropping, withoutRows } from './drop-nan.js';
import { type FoundArrays, findScored, SCORED_FILES, type ScoreFilesInput } from './find-scored.js';
import { dropUndefined, filesByRole, nameFiles, type ReadInput } from './read-input.js';
import { READING_OPTIONS } from './reading-options.js';
import { describeCounters, suggestLeavingOut } from './row-counters.js';
import { SCORE_FILES_OPTIONS, type ScoreFilesOptions } from './score-files-options.js';

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
  readonly latents: Latents;
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
  planTasks(asked, true);
  // The kernels compile while the files are opened; a failure shows when they are used.
  compile().catch(() => {});
  const found = await findScored(files, values).catch((error) => {
    throw nameReading(error);
  });
  const { latents, factors, latentsFile, posterior } = found;
  try {
    const lack = `mu and logvar, as large as the latents and in one archive with them: ${latentsFile.path}: ${describeArrays(latentsFile)}`;
    const tasks = planTasks(asked, posterior !== null, lack);
    const shapes = { latents: shapeOf(latents), factors: shapeOf(factors), hasPosterior: posterior !== null };
    const usable = tasks.filter((task) => asked.metrics !== undefined || reasonToSkip(task, shapes) === null);
    checkCapacity(shapes.latents, shapes.factors, usable.some(needsPosterior), usesLatents(usable, asked));
    const labels = await readLabels(found);
    const notes = [...found.notes, ...labels.notes];
    refuseGuesses(notes, values.strict);
    refuseOrderOfWords(factors, asked);
    const read = { latents: await readLatents(latents, values.dropNan), factors: await factors.read() };
    notes.push(...describeCounters('latents', latents, read.latents));
    notes.push(...describeCounters('factors', factors, read.factors));
    refuseGuesses(notes, values.strict);
    signal?.throwIfAborted();
    const ofPosterior =
      posterior &&
      (await readArrays(posterior, async (entry) =>
        entry.name === latents.name && read.latents instanceof Matrix ? read.latents : entry.read(),
      ));
    signal?.throwIfAborted();
    const all = { ...read, ...ofPosterior };
    const {
      kept,
      dropped,
      notes: ofRows,
    } = read.latents instanceof Matrix && values.dropNan
      ? dropNan({ ...all, latents: read.latents })
      : { kept: all, dropped: 0, notes: [] };
    const { latents: z, factors: v, ...rest } = kept;
    const report = await compute({
      latents: z,
      factors: v,
      options: {
        // What the options say goes before what the archive says.
        ...dropUndefined({ factorNames: labels.names ?? undefined, factorTypes: labels.types ?? undefined }),
        threads: chooseThreads(asked, usable, z.rows),
        ...asked,
        ...(posterior && { posterior: rest as Posterior }),
        origin: originOf(found, dropped),
      },
    });
    return { ...report, notes: writeNotes([...notesOf(report.notes), ...notes, ...ofRows]) };
  } catch (error) {
    const told = suggestLeavingOut(suggestDropping(error), factors);
    throw nameReading(nameFiles(told, { latents, factors, ...posterior }));
  }
}

/** Numbers of words have no order that says anything. */
function refuseOrderOfWords({ words, columnNames = [] }: ArrayEntry, { factorTypes }: ScoreOptions<string>): void {
  const wrong = factorTypes?.findIndex((type, k) => type === 'continuous' && words?.[k] != null) ?? -1;
  if (wrong < 0) return;
  const name = nameColumn(columnNames, wrong);
  throw wrongValue({ option: 'factorTypes', problem: `expected words to be discrete, got continuous for ${name}` });
}

/**
 * Without their zeros if the file stores none; rows that lack a number are looked for among all.
 */
function readLatents(entry: ArrayEntry, isWhole: boolean): Promise<Latents> {
  return entry.readSparse === undefined || isWhole ? entry.read() : entry.readSparse();
}

/** Names are for readers, and scores do not depend on them; on kinds they do. */
async function readLabels({
  factorsFile,
  factors,
}: FoundArrays): Promise<FactorLabels & { readonly notes: readonly Note[] }> {
  const refusals: DataError[] = [];
  const labels = await readFactorLabels(factorsFile, factors, (refusal) => refusals.push(refusal));
  return {
    ...labels,
    notes: refusals.map(({ message }) => note('unused-factor-names', `factors are numbered: ${message}`)),
  };
}

/** What the report says of where its numbers come from. */
function originOf({ origin, posterior }: FoundArrays, dropped: number): ScoreOrigin {
  return {
    latents: withoutRows(origin.latents, dropped),
    factors: withoutRows(origin.factors, dropped),
    ...(posterior && { posterior: dropUndefined(nameArrays(posterior)) }),
  };
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
