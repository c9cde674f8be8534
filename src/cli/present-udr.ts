import { wrongValue } from '../errors.js';
import { findArray } from '../facade/files/find-array.js';
import { openFor } from '../facade/files/read-input.js';
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
  const models: Array<Matrix | UdrPosterior> = [];
  const origins: ArrayOrigin[] = [];
  const notes: Note[] = [];
  for (const path of files) {
    const { model, origin } = await untilAborted(() => readModel(path, flags, notes), signal);
    models.push(model);
    origins.push(origin);
  }
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
    .finally(() => progress?.clear());
  const report = {
    ...ranked,
    models: ranked.models.map((model, i) => ({ ...model, origin: origins[i] })),
    notes: writeNotes([...notesOf(ranked.notes), ...notes]),
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
  readonly model: Matrix | UdrPosterior;
  readonly origin: ArrayOrigin;
}

/**
 * The latents of a file, with the posterior if the file has one of that shape.
 * @param notes takes what was decided without being said
 */
async function readModel(path: string, flags: AgreementFlags, notes: Note[]): Promise<ReadModel> {
  if (path.endsWith('.json')) throw wrongValue({ option: 'udr', problem: `expected files of latents, got '${path}'` });
  const { latentsMember, latentColumns, latentsDtype, header } = flags;
  const source = await openFileSource(await posteriorOf(path));
  try {
    const file = await openFor('latents', source, { columns: latentColumns, dtype: latentsDtype, header });
    const found = await findArray(file, 'latents', { member: latentsMember, columns: latentColumns });
    notes.push(...found.notes);
    refuseGuesses(found.notes, flags.strict);
    const latents = await found.entry.read();
    const { posterior } = findPosterior(file, found.whole);
    const { origin } = found;
    if (posterior === null) return { model: latents, origin };
    const { mu, logvar } = mapPosterior(posterior, found.take);
    const read = async (array: ArrayEntry) => (array.name === found.entry.name ? latents : array.read());
    return { model: { latents, mu: await read(mu), logvar: await read(logvar) }, origin };
  } catch (error) {
    throw nameReading(error);
  } finally {
    await source.close?.();
  }
}
