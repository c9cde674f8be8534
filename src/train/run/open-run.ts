/** A run that is going on: what the loop hands its numbers to. */
import { wrongValue } from '../../errors.js';
import type { Checkpoint, Snapshot } from './checkpoint.js';
import { latestCheckpoint, refuseLost, removeCheckpointsAfter, saveBest, saveCheckpoint } from './checkpoints.js';
import { checkMadeUnder, checkResume } from './compare-config.js';
import { CONFIG_NAME, type RunConfig, readConfig, writeConfig } from './config.js';
import { cutBackEvents, openEvents } from './events.js';
import { cutBackLog, type LogEntry, openLog } from './log.js';
import type { RunFolder } from './run-folder.js';

export interface RunRecord {
  /** Where the run goes on; null for its beginning. */
  readonly resumed: Checkpoint | null;
  /** What the user should know. */
  readonly warnings: readonly string[];
  /** Adds a step to the log and to the event file. */
  log(entry: LogEntry): Promise<void>;
  /** Keeps a state that the run can be resumed from; logs up to it are on the disk before it is. */
  checkpoint(snapshot: Snapshot): Promise<void>;
  /**
   * Keeps a state as the best so far; write a checkpoint of the same step too, or a resumed run may
   * forget that it was.
   */
  best(snapshot: Snapshot): Promise<void>;
  /** Closes the files, not the folder. */
  close(): Promise<void>;
}

/**
 * Begins a run.
 * @throws RangeError where there is one already
 */
export async function startRun(folder: RunFolder, config: RunConfig, now?: () => number): Promise<RunRecord> {
  if ((await folder.read(CONFIG_NAME)) !== null) {
    throw wrongValue({
      option: 'out',
      problem: `${folder.path} has a run already`,
      suggestion: 'resume it, or take another folder',
    });
  }
  await writeConfig(folder, config);
  return openRecord(folder, config, null, -1, [], now);
}

export interface ResumeOptions {
  readonly now?: () => number;
  /**
   * Whether the caller has named the backend, or given it: then it may be another than the run
   * began on, with a warning.
   */
  readonly isBackendChosen?: boolean;
}

/**
 * Goes on with a run at its newest checkpoint. Log and events are cut back to it, so that they come
 * out as if it had never stopped.
 * @throws RangeError naming each setting that decides the numbers and is not what it was; DataError
 * where the configuration is not that of the checkpoint; NoRunError where there is no run, or its
 * checkpoints are gone
 */
export async function resumeRun(
  folder: RunFolder,
  config: RunConfig,
  { now, isBackendChosen = false }: ResumeOptions = {},
): Promise<RunRecord> {
  const before = await readConfig(folder);
  const { checkpoint, warnings } = await latestCheckpoint(folder);
  if (checkpoint === null) refuseLost(before, folder);
  else checkMadeUnder(before, checkpoint, folder);
  const changes = new Set(checkResume(before, config, folder.path, isBackendChosen));
  // Whoever chose the backend of the configuration may have been stopped before a checkpoint there.
  if (checkpoint !== null)
    for (const change of checkResume(checkpoint.config, config, folder.path, true)) changes.add(change);
  if (checkpoint !== null && checkpoint.step > config.steps) {
    throw wrongValue({
      option: 'steps',
      problem: `expected at least the ${checkpoint.step} that ${folder.path} has made, got ${config.steps}`,
    });
  }
  const step = checkpoint?.step ?? -1;
  const logged = await cutBackLog(folder, step);
  const recorded = await cutBackEvents(folder, step);
  // The best one stays, of whatever step: nothing is lost before a better one is there.
  await removeCheckpointsAfter(folder, step);
  // Steps, intervals and threads may be others now.
  await writeConfig(folder, { ...config, ...(checkpoint !== null && { hasCheckpoint: true }) });
  const losses = [
    ...describeLoss('the log', logged, checkpoint),
    ...describeLoss('the event file', recorded, checkpoint),
  ];
  return openRecord(folder, config, checkpoint, logged, [...changes, ...warnings, ...losses], now);
}

/** @param step of the last line or event up to the checkpoint; -1 where there is none */
function describeLoss(what: string, step: number, checkpoint: Checkpoint | null): string[] {
  if (checkpoint === null || step >= checkpoint.logged) return [];
  if (step < 0)
    return [`${what} is gone, or damaged from its beginning: what it had up to step ${checkpoint.logged} is lost`];
  return [`${what} was damaged: it goes to step ${step}, and had gone to step ${checkpoint.logged}`];
}

async function openRecord(
  folder: RunFolder,
  config: RunConfig,
  resumed: Checkpoint | null,
  lastLogged: number,
  warnings: readonly string[],
  now?: () => number,
): Promise<RunRecord> {
  const log = await openLog(folder);
  const events = await openEvents(folder, now).catch(async (error) => {
    await log.close();
    throw error;
  });
  let logged = lastLogged;
  let hasCheckpoint = resumed !== null;
  const keep = async (snapshot: Snapshot, save: typeof saveCheckpoint) => {
    await log.sync();
    await events.sync();
    await save(folder, { ...snapshot, config, logged });
    if (!hasCheckpoint) await writeConfig(folder, { ...config, hasCheckpoint: true });
    hasCheckpoint = true;
  };
  return {
    resumed,
    warnings,
    async log(entry) {
      await log.append(entry);
      await events.append(entry.step, scalarsOf(entry));
      logged = entry.step;
    },
    checkpoint: (snapshot) => keep(snapshot, saveCheckpoint),
    best: (snapshot) => keep(snapshot, saveBest),
    async close() {
      try {
        await log.close();
      } finally {
        await events.close();
      }
    },
  };
}

/**
 * The numbers of a line by the tags under which TensorBoard groups them: `terms/totalCorrelation`,
 * `scores/mig`.
 */
export function scalarsOf(entry: LogEntry): Record<string, number> {
  const { step: _, reasons: __, terms = {}, scores = {}, klPerLatent: byLatent = [], ...plain } = entry;
  const named = [
    ...Object.entries(plain),
    ...Object.entries(terms).map(([name, value]) => [`terms/${name}`, value] as const),
    ...Object.entries(scores).map(([name, value]) => [`scores/${name}`, value] as const),
    ...byLatent.map((value, latent) => [`klPerLatent/${String(latent).padStart(2, '0')}`, value] as const),
  ];
  // What is undefined has no point in a curve; the log says why.
  return Object.fromEntries(named.filter((pair): pair is [string, number] => Number.isFinite(pair[1])));
}
