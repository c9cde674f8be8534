import { DataError } from '../errors.js';
import { openFileSource } from '../io/file-source.js';
import { type ArrayEntry, type ArrayFile, type ByteSource, openArrays, pickArray, type Role } from '../io/index.js';
import type { Dtype } from '../matrix.js';
import { posteriorOf } from './find-run.js';
import { UsageError } from './usage-error.js';

/** What the command line says about one of the two arrays. */
export interface InputOptions {
  readonly path: string;
  readonly member?: string;
  readonly columns?: number;
  readonly dtype?: Dtype;
}

/** The two arrays, found but not read. */
export interface Inputs {
  readonly latents: ArrayEntry;
  readonly factors: ArrayEntry;
  /** What the latents are in. */
  readonly latentsFile: ArrayFile;
  /** What the factors are in: the same, where one archive holds both. */
  readonly factorsFile: ArrayFile;
  close(): Promise<void>;
}

/** Opens the file or files of a score, the folder of a run among them; the factors have no path of their own where one archive holds both arrays. */
export async function openInputs(
  latents: InputOptions,
  factors: Omit<InputOptions, 'path'> & { readonly path: string | null },
  header: boolean | undefined,
): Promise<Inputs> {
  const sources: ByteSource[] = [];
  const close = async () => {
    for (const source of sources) await source.close?.();
  };
  const open = async (input: InputOptions, role: Role, expectedRows?: number): Promise<ArrayFile> => {
    const source = await openFileSource(await posteriorOf(input.path));
    sources.push(source);
    const raw = { columns: input.columns, dtype: input.dtype };
    const file = await openArrays(source, { role, raw, expectedRows, header: header ?? 'auto' });
    refuseUnused(file, input, role);
    return file;
  };
  try {
    refuseLost(factors);
    const latentsFile = await open(latents, 'latents');
    const { path } = factors;
    if (path === null && latentsFile.arrays.every(({ name }) => name === null)) {
      throw new UsageError(`expected a second file with the factors: ${latents.path} holds one array without a name`);
    }
    const latentsEntry = pickArray(latentsFile, 'latents', latents.member);
    const factorsFile =
      path === null ? latentsFile : await open({ ...factors, path }, 'factors', latentsEntry.shape[0]);
    const factorsEntry = pickArray(factorsFile, 'factors', factors.member);
    // Before the two are compared: a file without rows is most likely the wrong file.
    for (const entry of [latentsEntry, factorsEntry]) {
      if (entry.shape[0] < 2) throw new DataError(`expected at least 2 rows, got ${entry.shape[0]}`, placeOf(entry));
    }
    if (latentsEntry.shape[0] !== factorsEntry.shape[0]) {
      throw new DataError(
        `expected ${latentsEntry.shape[0]} rows to match the latents, got ${factorsEntry.shape[0]}`,
        placeOf(factorsEntry),
      );
    }
    return { latents: latentsEntry, factors: factorsEntry, latentsFile, factorsFile, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Where an array is, for messages. */
export function placeOf({ path, name }: ArrayEntry): { path: string; member?: string } {
  return name === null ? { path } : { path, member: name };
}

/** An option that has no effect is a misunderstanding, so it is refused. */
function refuseLost({ path, columns, dtype }: Omit<InputOptions, 'path'> & { readonly path: string | null }): void {
  if (path !== null) return;
  if (columns !== undefined) throw new UsageError('--factor-columns needs a second file, of bare values');
  if (dtype !== undefined) throw new UsageError('--factors-dtype needs a second file, of bare values');
}

function refuseUnused(file: ArrayFile, { path, columns, dtype }: InputOptions, role: Role): void {
  if (file.format === 'raw') return;
  const singular = role === 'latents' ? 'latent' : 'factor';
  if (columns !== undefined)
    throw new UsageError(`--${singular}-columns is for bare values, and ${path} is ${file.format}`);
  if (dtype !== undefined) throw new UsageError(`--${role}-dtype is for bare values, and ${path} is ${file.format}`);
}
