import type { UdrPosterior } from '../facade/udr.js';
import { openFileSource } from '../io/file-source.js';
import { type ArrayEntry, type ArrayFile, findPosterior, openArrays, pickArray } from '../io/index.js';
import type { Matrix } from '../matrix.js';
import { renderUdr } from '../report/udr-table.js';
import type { AgreementFlags } from './agreement-flags.js';
import type { Context } from './command.js';
import { posteriorOf } from './find-run.js';
import type { Presentation } from './presentation.js';
import { startProgress } from './progress.js';
import { untilAborted } from './until-aborted.js';
import { UsageError } from './usage-error.js';

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
  for (const path of files) models.push(await untilAborted(() => readModel(path, flags), signal));
  const progress = flags.quiet ? null : startProgress(terminal);
  const report = await facade
    .udr(models, {
      names: files,
      signal,
      ...(flags.udr && { similarity: flags.udr }),
      ...(flags.threshold !== undefined && { threshold: flags.threshold }),
      ...(progress && { onProgress: progress.update }),
    })
    .finally(() => progress?.clear());
  if (flags.threshold !== undefined && report.models.every(({ divergences }) => divergences === null)) {
    throw new UsageError('--threshold needs archives with mu and logvar, and none of the files has both');
  }
  return {
    report,
    table: (screen) => renderUdr(report, screen),
    chart: async () => (await import('./draw-agreement.js')).drawUdr(report),
  };
}

/** The latents of a file, with the posterior where the file has one of that shape. */
async function readModel(path: string, flags: AgreementFlags): Promise<Matrix | UdrPosterior> {
  if (path.endsWith('.json')) throw new UsageError(`--udr: expected files of latents, got '${path}'`);
  const source = await openFileSource(await posteriorOf(path));
  try {
    const raw = { columns: flags.latentColumns, dtype: flags.latentsDtype };
    const file = await openArrays(source, { role: 'latents', raw, header: flags.header ?? 'auto' });
    refuseUnused(file, flags);
    const entry = pickArray(file, 'latents', flags.latentsMember);
    const latents = await entry.read();
    const { posterior } = findPosterior(file, entry);
    if (posterior === null) return latents;
    const { mu, logvar } = posterior;
    const read = async (array: ArrayEntry) => (array === entry ? latents : array.read());
    return { latents, mu: await read(mu), logvar: await read(logvar) };
  } finally {
    await source.close?.();
  }
}

function refuseUnused({ format, path }: ArrayFile, { latentColumns, latentsDtype }: AgreementFlags): void {
  if (format === 'raw') return;
  if (latentColumns !== undefined)
    throw new UsageError(`--latent-columns is for bare values, and ${path} is ${format}`);
  if (latentsDtype !== undefined) throw new UsageError(`--latents-dtype is for bare values, and ${path} is ${format}`);
}
