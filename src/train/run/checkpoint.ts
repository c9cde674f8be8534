/** Everything that a run needs to go on, as one .safetensors file. */
import { DataError } from '../../errors.js';
import { crc32 } from '../../io/crc32.js';
import { bytesOf, type FloatTensors, readFloatTensors, writeFloatTensors } from '../../io/float-tensors.js';
import { memorySource } from '../../io/source.js';
import { parseConfig, type RunConfig } from './config.js';
import { isRecord, type JsonRecord, toExactJson } from './json-value.js';

const SCHEMA = 'vaemetrics/checkpoint@2';

/** A run after some steps, as the loop knows it. */
export interface Snapshot {
  /** Steps that have been made: the next one has this number, counting from 0. */
  readonly step: number;
  /**
   * float32 by name: `model/...` weights, `optimiser/...` moments, `objective/...` what the
   * objective keeps.
   */
  readonly tensors: FloatTensors;
  /** Numbers that are no tensors: the best score, where the data stand, multipliers. */
  readonly state: JsonRecord;
}

/** What is kept of it: whoever goes on from it, or uses its weights, must do so as it was made. */
export interface Checkpoint extends Snapshot {
  readonly config: RunConfig;
  /** Step of the last line that the log had; -1 where it had none. */
  readonly logged: number;
}

/**
 * The bytes of a checkpoint, in pieces that are views of its tensors.
 * @throws TypeError for a state that JSON would change
 */
export function* encodeCheckpoint(checkpoint: Checkpoint): Generator<Uint8Array> {
  const metadata = {
    schema: SCHEMA,
    step: String(checkpoint.step),
    logged: String(checkpoint.logged),
    state: toExactJson(checkpoint.state, 'state'),
    config: toExactJson(checkpoint.config as unknown as JsonRecord, 'config'),
  };
  yield* writeFloatTensors(checkpoint.tensors, { ...metadata, crc32: checksum(metadata, checkpoint.tensors) });
}

/** The format itself has no checksum: a turned bit would go on training. */
function checksum(metadata: Readonly<Record<string, string>>, tensors: FloatTensors): string {
  const { step, logged, state, config } = metadata;
  let sum = crc32(new TextEncoder().encode(JSON.stringify([SCHEMA, step, logged, state, config])));
  for (const [name, { shape, values }] of tensors) {
    sum = crc32(bytesOf(values), crc32(new TextEncoder().encode(JSON.stringify([name, shape])), sum));
  }
  return sum.toString(16).padStart(8, '0');
}

/** @throws DataError where the bytes are no whole checkpoint */
export async function decodeCheckpoint(bytes: Uint8Array, path: string): Promise<Checkpoint> {
  const { tensors, metadata } = await readFloatTensors(memorySource(bytes, path));
  if (metadata.schema !== SCHEMA) {
    throw new DataError(
      `expected a checkpoint of schema ${SCHEMA}, which says what it was trained with, got ${metadata.schema ?? 'none'}`,
      { path },
    );
  }
  const { step, logged, state, config } = metadata;
  const got = checksum(metadata, tensors);
  if (got !== metadata.crc32) {
    throw new DataError(`expected the checksum ${metadata.crc32}, got ${got}: it is damaged`, { path });
  }
  return {
    step: Number(step),
    tensors,
    state: parseState(state, path),
    config: parseConfig(config, path),
    logged: Number(logged),
  };
}

function parseState(text: string, path: string): JsonRecord {
  const state: unknown = JSON.parse(text);
  if (!isRecord(state)) throw new DataError('expected the state to be an object', { path });
  return state as JsonRecord;
}
