import { DataError } from '../errors.js';
import { openFileSource } from '../io/file-source.js';
import {
  type ArrayEntry,
  type ArrayFile,
  type ByteSource,
  findByRole,
  openArrays,
  pickArray,
  pickPosterior,
} from '../io/index.js';
import type { Posterior } from '../posterior.js';
import type { DecomposeFlags } from './decompose-flags.js';
import { describePoints, posteriorOf } from './find-run.js';
import { UsageError } from './usage-error.js';

/** The arrays of a posterior, found but not read. */
export interface PosteriorInputs extends Posterior<ArrayEntry> {
  /** Of an archive that has them. */
  readonly factors: ArrayEntry | null;
  close(): Promise<void>;
}

type PosteriorRole = 'mu' | 'logvar' | 'z';

/** Opens one archive that has it all, or a file for each array. */
export async function openPosterior(
  [muPath, logvarPath, zPath]: readonly [string, string | undefined, string | undefined],
  flags: DecomposeFlags,
): Promise<PosteriorInputs> {
  const sources: ByteSource[] = [];
  const close = async () => {
    for (const source of sources) await source.close?.();
  };
  const open = async (path: string, role: PosteriorRole, expectedRows?: number): Promise<ArrayFile> => {
    const source = await openFileSource(await posteriorOf(path));
    sources.push(source);
    const raw = { columns: flags.latentColumns, dtype: flags.latentsDtype };
    return openArrays(source, { role, raw, expectedRows, header: flags.header ?? 'auto' });
  };
  try {
    const muFile = await open(muPath, 'mu');
    if (logvarPath === undefined && muFile.arrays.every(({ name }) => name === null)) {
      throw new UsageError(`expected a second file with logvar: ${muPath} holds one array without a name`);
    }
    const hasLogvar = findByRole(muFile, 'logvar') !== undefined;
    if (logvarPath === undefined && !hasLogvar && flags.logvarMember === undefined) {
      const points = await describePoints(muPath);
      if (points !== null)
        throw new DataError(`found no logvar: ${points}, so that there is nothing to decompose`, { path: muPath });
    }
    const names = { mu: flags.muMember, logvar: flags.logvarMember, z: flags.zMember };
    if (logvarPath === undefined) {
      const { mu, logvar, z } = pickPosterior(muFile, names);
      refuseUnused([muFile], flags);
      return { mu, logvar, ...(z && !flags.draw && { z }), factors: pickFactorsOf(muFile, flags), close };
    }
    const mu = pickArray(muFile, 'mu', names.mu);
    const rows = mu.shape[0];
    const logvarFile = await open(logvarPath, 'logvar', rows);
    const logvar = pickArray(logvarFile, 'logvar', names.logvar);
    const zFile = zPath === undefined ? null : await open(zPath, 'z', rows);
    if (zFile === null && names.z !== undefined)
      throw new UsageError('--z-member needs a file with z, or one archive with all');
    const z = zFile && pickArray(zFile, 'z', names.z);
    refuseUnused(zFile ? [muFile, logvarFile, zFile] : [muFile, logvarFile], flags);
    if (flags.factorsMember !== undefined) throw new UsageError('--factors-member needs one archive with all arrays');
    return { mu, logvar, ...(z && { z }), factors: null, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Factors are taken where they are, and not missed where they are not; an estimator of training has no use for them. */
function pickFactorsOf(file: ArrayFile, { factorsMember, estimator = 'exact' }: DecomposeFlags): ArrayEntry | null {
  if (estimator !== 'exact') return null;
  const isThere = findByRole(file, 'factors') !== undefined;
  return isThere || factorsMember !== undefined ? pickArray(file, 'factors', factorsMember) : null;
}

function refuseUnused(files: readonly ArrayFile[], { latentColumns, latentsDtype }: DecomposeFlags): void {
  if (files.some(({ format }) => format === 'raw')) return;
  const { path, format } = files[0];
  if (latentColumns !== undefined)
    throw new UsageError(`--latent-columns is for bare values, and ${path} is ${format}`);
  if (latentsDtype !== undefined) throw new UsageError(`--latents-dtype is for bare values, and ${path} is ${format}`);
}
