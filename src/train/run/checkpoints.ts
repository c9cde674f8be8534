/** The checkpoints of a run: the last two and the best. */
import { DataError, isCodedError } from '../../errors.js';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.js';
import type { RunConfig } from './config.js';
import { NoRunError, pathIn, type RunFolder } from './run-folder.js';

const FOLDER = 'checkpoints';
const BEST = `${FOLDER}/best.safetensors`;
const KEPT = 2;

/** The name of a checkpoint's file. */
export function checkpointName(step: number): string {
  return `${FOLDER}/step-${String(step).padStart(9, '0')}.safetensors`;
}

/** The steps of which there are checkpoints, in order; `best` is not among them. */
export async function checkpointSteps(folder: RunFolder): Promise<number[]> {
  const steps = (await folder.list(FOLDER)).map((name) => /^step-(\d{9,})\.safetensors$/.exec(name)?.[1]);
  return steps
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/** Writes a checkpoint, and then removes all older ones but the last. */
export async function saveCheckpoint(folder: RunFolder, checkpoint: Checkpoint): Promise<void> {
  await folder.writeAtomically(checkpointName(checkpoint.step), encodeCheckpoint(checkpoint));
  const older = (await checkpointSteps(folder)).filter((step) => step < checkpoint.step);
  for (const step of older.slice(0, Math.max(0, older.length - KEPT + 1))) await folder.remove(checkpointName(step));
}

/** Writes the best checkpoint in place of the one before. */
export async function saveBest(folder: RunFolder, checkpoint: Checkpoint): Promise<void> {
  await folder.writeAtomically(BEST, encodeCheckpoint(checkpoint));
}

/** The best checkpoint; null before there is one. */
export async function bestCheckpoint(folder: RunFolder): Promise<Checkpoint | null> {
  return readCheckpoint(folder, BEST);
}

/** What can be gone on from. */
export interface Latest {
  /** Null where the run was stopped before its first. */
  readonly checkpoint: Checkpoint | null;
  /** One for each that is newer and damaged. */
  readonly warnings: readonly string[];
}

/**
 * The newest checkpoint that is whole; where none is, the best.
 * @throws DataError where there are checkpoints and all are damaged
 */
export async function latestCheckpoint(folder: RunFolder): Promise<Latest> {
  const steps = (await checkpointSteps(folder)).reverse();
  const damages: DataError[] = [];
  for (const name of [...steps.map(checkpointName), BEST]) {
    try {
      const checkpoint = await readCheckpoint(folder, name);
      if (checkpoint === null) continue;
      const taken = name === BEST ? 'the best one' : 'the one before';
      return {
        checkpoint,
        warnings: damages.map(({ message }) => `${message}; ${taken}, step ${checkpoint.step}, is taken`),
      };
    } catch (error) {
      if (!(isCodedError(error) && error instanceof DataError)) throw error;
      damages.push(error);
    }
  }
  if (damages.length === 0) return { checkpoint: null, warnings: [] };
  throw new DataError(`no checkpoint is whole: ${damages.map(({ message }) => message).join('; ')}`, {
    path: folder.path,
  });
}

/**
 * A run that was stopped before its first checkpoint begins again; one that had some does not.
 * @throws NoRunError
 */
export function refuseLost({ hasCheckpoint }: RunConfig, { path }: RunFolder): void {
  if (!hasCheckpoint) return;
  throw new NoRunError(path, 'its checkpoints are gone: put them back, or train it anew in another folder');
}

async function readCheckpoint(folder: RunFolder, name: string): Promise<Checkpoint | null> {
  const bytes = await folder.read(name);
  return bytes && decodeCheckpoint(bytes, pathIn(folder, name));
}

/** Removes what is newer than a step: damaged checkpoints, which would count among the last two. */
export async function removeCheckpointsAfter(folder: RunFolder, step: number): Promise<void> {
  for (const newer of await checkpointSteps(folder)) if (newer > step) await folder.remove(checkpointName(newer));
}
