import { DataError } from '../errors.js';
import { openFileSource } from '../io/file-source.js';
import type { Report } from '../types.js';
import { untilAborted } from './until-aborted.js';

/** What a file held, and what to call it in messages. */
export interface NamedReport {
  readonly name: string;
  /** Not checked yet. */
  readonly report: Report;
}

/**
 * Reads reports of `score --json`: one to a file, or an array of them.
 * @throws DataError where a file is no JSON, NoInputError where there is none
 */
export async function readReports(paths: readonly string[], signal: AbortSignal): Promise<NamedReport[]> {
  const found: NamedReport[] = [];
  for (const path of paths) {
    const value = await readJson(path, signal);
    if (Array.isArray(value)) {
      if (value.length === 0)
        throw new DataError('expected reports of vaemetrics score --json, got an empty array', { path });
      for (const [i, report] of value.entries()) found.push({ name: `${path}, report ${i}`, report });
    } else found.push({ name: path, report: value as Report });
  }
  return found;
}

async function readJson(path: string, signal: AbortSignal): Promise<unknown> {
  const source = await untilAborted(() => openFileSource(path), signal);
  try {
    const bytes = await untilAborted(() => source.read(0, source.size), signal);
    const text = new TextDecoder().decode(bytes);
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new DataError(`expected JSON, a report of vaemetrics score --json, got ${describe(text, error)}`, { path });
    }
  } finally {
    await source.close?.();
  }
}

function describe(text: string, error: unknown): string {
  if (text.trim() === '') return 'an empty file';
  // Arrays that numpy and others write, which the message of the parser would quote.
  if (text.includes('\0')) return 'bytes that are no text; files of latents need --udr';
  return (error as Error).message;
}
