import { wrongValue } from '../errors.js';
import { type Dropped, dropNan, suggestDropping, withoutRows } from '../facade/files/drop-nan.js';
import { findArray } from '../facade/files/find-array.js';
import { openFor } from '../facade/files/read-input.js';
import { describeCounters } from '../facade/files/row-counters.js';
import { noteWide } from '../facade/files/rows-and-columns.js';
import type { UdrPosterior } from '../facade/udr.js';
import { openFileSource } from '../io/file-source.js';
import { type ArrayEntry, findPosterior, nameReading } from '../io/index.js';
import type { Matrix } from '../matrix.js';
import { type Note, notesOf, refuseGuesses, writeNotes } from '../note.js';
import { mapPosterior } from '../posterior.js';
import { renderUdr } from '../report/udr-table.js';
import type { ArrayOrigin } from '../types.js';
import type { AgreementFlags } from './agreement-flags.js';
import type { Context } from './command.js';
import { posteriorOf } from './find-run.js';
import type { Presentation } from './presentation.js';
import { startProgress } from './progress.js';
import { untilAborted } from './until-aborted.js';

/** Reads latents of several models and ranks the models. */
export async function presentUdr(
  files: readonly string[],
  flags: AgreementFlags,
  { loadFacade, terminal }: Context,
): Promise<Presentation> {
  const { signal } = terminal;
  const facade = await loadFacade();
  // The kernels compile while the files are read; a failure shows when they are used.
  facade.ready().catch(() => {});
  const read: ReadModel[] = [];
  const notes: Note[] = [];
  for (const path of files) read.push(await untilAborted(() => readModel(path, flags, notes), signal));
  const arrays = read.map((one) => one.arrays);
  const { kept, dropped, notes: ofRows } = flags.dropNan ? dropRows(arrays) : { kept: arrays, dropped: 0, notes: [] };
  const models = kept.map((model) => ('logvar' in model ? (model as UdrPosterior) : model.latents));
  const progress = flags.quiet ? null : startProgress(terminal);
  const { udr: similarity, threshold } = flags;
  const ranked = await facade
    .udr(models, {
      names: files,
      signal,
      ...(similarity && { similarity }),
      ...(threshold !== null && { threshold }),
      ...(progress && { onProgress: progress.update }),
    })
    .catch((error) => {
      throw suggestDropping(error);
    })
    .finally(() => progress?.clear());
  const report = {
    ...ranked,
    models: ranked.models.map((model, i) => ({ ...model, origin: withoutRows(read[i].origin, dropped) })),
    notes: writeNotes([...notesOf(ranked.notes), ...notes, ...ofRows]),
  };
  if (threshold !== null && report.models.every(({ divergences }) => divergences === null)) {
    throw wrongValue({
      option: 'threshold',
      problem: 'expected archives with mu and logvar, and none of the files has both',
    });
  }
  return {
    report,
    table: (screen) => renderUdr(report, screen),
    chart: async () => (await import('./draw-agreement.js')).drawUdr(report),
  };
}

interface ReadModel {
  /** The latents; mu and logvar too if there is a posterior. */
  readonly arrays: { readonly latents: Matrix; readonly mu?: Matrix; readonly logvar?: Matrix };
  readonly origin: ArrayOrigin;
}

/**
 * Leaves out rows that lack a number. They are the same samples in all models, so that one leaves
 * them all. Models of other rows are refused when they are compared.
 */
function dropRows(models: ReadonlyArray<ReadModel['arrays']>): Dropped<ReadonlyArray<ReadModel['arrays']>> {
  const { rows } = models[0].latents;
  if (models.some(({ latents }) => latents.rows !== rows)) return { kept: models, dropped: 0, notes: [] };
  const all = models.flatMap((arrays, i) => Object.entries(arrays).map(([role, matrix]) => [`${i} ${role}`, matrix]));
  const { kept, dropped, notes } = dropNan(Object.fromEntries(all) as Record<string, Matrix>);
  const pick = (arrays: ReadModel['arrays'], i: number) =>
    Object.fromEntries(Object.keys(arrays).map((role) => [role, kept[`${i} ${role}`]]));
  return { kept: models.map(pick) as Array<ReadModel['arrays']>, dropped, notes };
}

/**
 * The latents of a file, with the posterior if the file has one of that shape.
 * @param notes takes what was decided without being said
 */
async function readModel(path: string, flags: AgreementFlags, notes: Note[]): Promise<ReadModel> {
  if (path.endsWith('.json')) throw wrongValue({ option: 'udr', problem: `expected files of latents, got '${path}'` });
  const {
    latentsMember,
    latentColumns: columns,
    latentsDtype: dtype,
    header,
    transpose,
    dropNan: takesMissing,
  } = flags;
  const source = await openFileSource(await posteriorOf(path));
  try {
    const file = await openFor('latents', source, { columns, dtype, header, takesMissing });
    const isTransposed = transpose === 'latents';
    const found = await findArray(file, 'latents', { member: latentsMember, columns, isTransposed });
    const { posterior, notes: ofPosterior } = findPosterior(file, found.whole);
    const decided = [...found.notes, ...noteWide(found.entry, transpose), ...ofPosterior];
    refuseGuesses(decided, flags.strict);
    const latents = await found.entry.read();
    const counters = describeCounters('latents', found.entry, latents);
    refuseGuesses(counters, flags.strict);
    notes.push(...decided, ...counters);
    const { origin } = found;
    if (posterior === null) return { arrays: { latents }, origin };
    const { mu, logvar } = mapPosterior(posterior, found.take);
    const read = async (array: ArrayEntry) => (array.name === found.entry.name ? latents : array.read());
    return { arrays: { latents, mu: await read(mu), logvar: await read(logvar) }, origin };
  } catch (error) {
    throw nameReading(error);
  } finally {
    await source.close?.();
  }
}
