/** config.json: a run as it was asked for. */
import type { Reading } from '../../data/index.js';
import { DataError } from '../../errors.js';
import type { DenseSizes } from '../architectures/architecture.js';
import { checkSettings } from './config-rules.js';
import { isRecord, type JsonRecord, toExactJson } from './json-value.js';
import { NoRunError, pathIn, type RunFolder } from './run-folder.js';

export const CONFIG_NAME = 'config.json';

const SCHEMA = 'vaemetrics/run@1';

/** A run as it was asked for, defaults filled in. */
export interface RunConfig {
  readonly schema: typeof SCHEMA;
  /** Of this library: another one may compute other bits. */
  readonly version: string;
  /** As the user names it, and what the images depend on. */
  readonly data: {
    readonly name: string;
    readonly path: string | null;
    /**
     * How a file was opened: options that were given, if any. Those that decide pixels are part of
     * the identity, defaults included.
     */
    readonly options?: JsonRecord;
    /** How a file was read, by options or by what was found: other data are read like it. */
    readonly reading?: Reading;
    readonly identity: JsonRecord;
    /** Height, width and channels, so that a model is rebuilt without its data. */
    readonly image?: JsonRecord;
  };
  readonly objective: { readonly name: string; readonly options: JsonRecord };
  readonly architecture: string;
  /** Sizes of mlp, if they are not the published ones. */
  readonly mlp?: DenseSizes;
  readonly latents: number;
  readonly likelihood: string;
  readonly seed: number;
  /** Of images that are drawn, and of the rows that are held out. */
  readonly dataSeed: number;
  readonly batchSize: number;
  /**
   * Rows that are computed at a time: how a batch is cut decides in which order gradients are
   * added.
   */
  readonly shardRows: number;
  readonly learningRate: number;
  readonly adam: { readonly beta1: number; readonly beta2: number; readonly epsilon: number };
  /**
   * What computes; `build` is that of our kernels, `simd` or `relaxed`, null where none are used;
   * `given` says that the tf was the caller's own.
   */
  readonly backend: {
    readonly name: string;
    readonly tfjs: string | null;
    readonly build: string | null;
    readonly given?: true;
  };
  /** What is scored, on how many rows: by it the best checkpoint is chosen. */
  readonly score: JsonRecord;
  /** Steps to make in all. */
  readonly steps: number;
  readonly logEvery: number;
  readonly scoreEvery: number;
  readonly checkpointEvery: number;
  readonly threads: number;
  /** Set with the first checkpoint: a run that has none later has lost them. */
  readonly hasCheckpoint?: true;
}

/** Writes the configuration. */
export async function writeConfig(folder: RunFolder, config: RunConfig): Promise<void> {
  const text = `${toExactJson(config as unknown as JsonRecord, 'config', 2)}\n`;
  await folder.writeAtomically(CONFIG_NAME, [new TextEncoder().encode(text)]);
}

/** @throws NoRunError where there is none, DataError where it is none that we can read */
export async function readConfig(folder: RunFolder): Promise<RunConfig> {
  const bytes = await folder.read(CONFIG_NAME);
  if (bytes === null) throw new NoRunError(folder.path, `there is no run: expected a folder with ${CONFIG_NAME}`);
  return parseConfig(new TextDecoder().decode(bytes), pathIn(folder, CONFIG_NAME));
}

/**
 * @throws DataError naming the setting that is missing, or that the library has no such value for
 */
export function parseConfig(text: string, path: string): RunConfig {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    throw new DataError('expected JSON', { path });
  }
  if (!isRecord(config) || config.schema !== SCHEMA) {
    const got = isRecord(config) && typeof config.schema === 'string' ? `'${config.schema}'` : 'none';
    throw new DataError(`expected the configuration of a run, schema '${SCHEMA}', got ${got}`, { path });
  }
  // Earlier configurations have one seed for both.
  if (config.dataSeed === undefined) config = { ...config, dataSeed: config.seed };
  checkSettings(config as Record<string, unknown>, path);
  return config as unknown as RunConfig;
}
