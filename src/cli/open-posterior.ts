import { DataError } from '../errors.js';
import { openFileSource } from '../io/file-source.js';
import {
  type ArrayEntry,
  type ArrayFile,
  type ByteSource,
  describeArrays,
  openArrays,
  pickArray,
  ROLES,
} from '../io/index.js';
import type { DecomposeFlags } from './decompose-flags.js';
import { UsageError } from './usage-error.js';

/** The arrays of a posterior, found but not read. */
export interface PosteriorInputs {
  readonly mu: ArrayEntry;
  readonly logvar: ArrayEntry;
  readonly z: ArrayEntry | null;
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
    const source = await openFileSource(path);
    sources.push(source);
    const raw = { columns: flags.latentColumns, dtype: flags.latentsDtype };
    return openArrays(source, { role, raw, expectedRows, header: flags.header ?? 'auto' });
  };
  try {
    const muFile = await open(muPath, 'mu');
    if (logvarPath === undefined && muFile.arrays.every(({ name }) => name === null)) {
      throw new UsageError(`expected a second file with logvar: ${muPath} holds one array without a name`);
    }
    const mu = pickArray(muFile, 'mu', flags.muMember);
    const rows = mu.shape[0];
    const logvarFile = logvarPath === undefined ? muFile : await open(logvarPath, 'logvar', rows);
    const logvar = pickArray(logvarFile, 'logvar', flags.logvarMember);
    if (logvar === mu) {
      throw new DataError(
        `found no ${ROLES.logvar.members.map((name) => `'${name}'`).join(' or ')} for logvar; ${describeArrays(muFile)}; say ${ROLES.logvar.memberOption} NAME`,
        { path: muPath },
      );
    }
    const zFile = zPath === undefined ? muFile : await open(zPath, 'z', rows);
    const z = flags.draw ? null : pickSamples(zFile, flags.zMember, zPath !== undefined);
    const files = [muFile, logvarFile, zFile];
    refuseUnused(files, flags);
    return { mu, logvar, z, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Samples are taken where they are, and not missed where they are not. */
function pickSamples(file: ArrayFile, member: string | undefined, isOwnFile: boolean): ArrayEntry | null {
  if (isOwnFile || member !== undefined) return pickArray(file, 'z', member);
  const isThere = file.arrays.some(({ name }) => name !== null && ROLES.z.members.includes(name));
  return isThere ? pickArray(file, 'z') : null;
}

function refuseUnused(files: readonly ArrayFile[], { latentColumns, latentsDtype }: DecomposeFlags): void {
  if (files.some(({ format }) => format === 'raw')) return;
  const { path, format } = files[0];
  if (latentColumns !== undefined)
    throw new UsageError(`--latent-columns is for bare values, and ${path} is ${format}`);
  if (latentsDtype !== undefined) throw new UsageError(`--latents-dtype is for bare values, and ${path} is ${format}`);
}
