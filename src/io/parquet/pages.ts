/** The pages of a column, one after the other: checked, unpacked, cut into levels and values. */
import { DataError } from '../../errors.js';
import { crc32 } from '../crc32.js';
import type { ByteSource } from '../source.js';
import type { Budget } from './budget.js';
import { unpackPage } from './codecs.js';
import { Cursor, EncodingError } from './cursor.js';
import { readHybrid } from './encodings.js';
import type { Field } from './fields.js';
import type { ColumnChunk } from './metadata.js';
import { readThrift, type ThriftStruct } from './thrift.js';

const PAGES = { data: 0, index: 1, dictionary: 2, data2: 3 };
const LEVELS_BY_RUNS = 3;
// Who unpacks this much lets others take their turn, such as whoever wants to stop it.
const TURN_BYTES = 4 << 20;

/** A page of values, or of the dictionary that later pages point into. */
export interface Page {
  readonly isDictionary: boolean;
  /** Values, those that are null counted. */
  readonly count: number;
  /** Of lists: 0 begins one. Null where there are none. */
  readonly repetitions: Uint32Array | null;
  /** Null where every value is there. */
  readonly definitions: Uint32Array | null;
  readonly encoding: number;
  /** The values that are there. */
  readonly values: Cursor;
}

/**
 * Reads the pages of a column in a row group.
 * @throws DataError when they are damaged, or hold other than as many values as the metadata say
 */
export async function* readPages(
  source: ByteSource,
  chunk: ColumnChunk,
  field: Field,
  budget: Budget,
): AsyncGenerator<Page> {
  const { path } = source;
  const bytes = await source.read(chunk.start, chunk.bytes);
  let left = chunk.values;
  let turn = 0;
  for (let at = 0; left > 0; ) {
    const byte = chunk.start + at;
    const refuse = (problem: string) => new DataError(`column '${field.name}': ${problem}`, { path, byte });
    if (at >= bytes.length) throw refuse(`expected ${chunk.values} values, got ${chunk.values - left}`);
    const { struct: header, length } = readThrift(bytes.subarray(at), path, byte);
    const packed = header.count(3);
    at += length + packed;
    if (at > bytes.length) throw refuse('a page goes beyond the end of its column');
    const body = bytes.subarray(at - packed, at);
    const kind = header.int(1);
    if (kind === PAGES.index) continue;
    const about = kind === PAGES.data ? 5 : kind === PAGES.dictionary ? 7 : kind === PAGES.data2 ? 8 : null;
    if (about === null) throw refuse(`expected a page of a known kind, got ${kind}`);
    if (header.has(4) && (header.int(4) | 0) !== (crc32(body) | 0)) throw refuse('the checksum of a page is wrong');
    const isDictionary = kind === PAGES.dictionary;
    const counts = header.struct(about);
    const count = counts.count(1);
    if (!isDictionary && count > left) throw refuse(`expected ${chunk.values} values, got more`);
    const unpacked = header.count(2);
    budget.spend(unpacked);
    turn += unpacked + packed;
    if (turn > TURN_BYTES) {
      turn = 0;
      await new Promise((resolve) => setTimeout(resolve));
    }
    if (!isDictionary) left -= count;
    if (count === 0 && !isDictionary) continue;
    try {
      const read = kind === PAGES.data2 ? readSecond : readFirst;
      yield { isDictionary, ...(await read(body, counts, unpacked, chunk, isDictionary ? null : field)) };
    } catch (error) {
      throw error instanceof EncodingError ? refuse(error.message) : error;
    }
  }
}

type Cut = Omit<Page, 'isDictionary'>;

/** A page of the first version, or of a dictionary (of no field): levels are compressed, too. */
async function readFirst(
  body: Uint8Array,
  counts: ThriftStruct,
  unpacked: number,
  { codec }: ColumnChunk,
  field: Field | null,
): Promise<Cut> {
  const count = counts.count(1);
  const values = new Cursor(await unpackPage(body, codec, unpacked));
  const levels = (most: number, encoding: number): Uint32Array | null => {
    if (most === 0) return null;
    if (counts.count(encoding) !== LEVELS_BY_RUNS) throw new EncodingError('levels of an old kind are not read here');
    return readLevels(values.take(values.uint(4)), most, count);
  };
  const repetitions = levels(field?.isList ? 1 : 0, 4);
  const definitions = levels(field?.definitions ?? 0, 3);
  return { count, repetitions, definitions, encoding: counts.count(2), values };
}

/** A page of the second version: levels stand before what is compressed. */
async function readSecond(
  body: Uint8Array,
  counts: ThriftStruct,
  unpacked: number,
  { codec }: ColumnChunk,
  field: Field | null,
): Promise<Cut> {
  const count = counts.count(1);
  const cursor = new Cursor(body);
  const [forRepetitions, forDefinitions] = [counts.count(6), counts.count(5)];
  const levels = (most: number, length: number) => {
    const bytes = cursor.take(length);
    return most === 0 ? null : readLevels(bytes, most, count);
  };
  const repetitions = levels(field?.isList ? 1 : 0, forRepetitions);
  const definitions = levels(field?.definitions ?? 0, forDefinitions);
  const rest = unpacked - forRepetitions - forDefinitions;
  if (rest < 0) throw new EncodingError('a page is shorter than its levels');
  const page = counts.flag(7, true) ? await unpackPage(cursor.rest(), codec, rest) : cursor.rest();
  return { count, repetitions, definitions, encoding: counts.count(4), values: new Cursor(page) };
}

function readLevels(bytes: Uint8Array, most: number, count: number): Uint32Array {
  const levels = readHybrid(bytes, 32 - Math.clz32(most), count);
  for (const level of levels) {
    if (level > most) throw new EncodingError(`expected levels up to ${most}, got ${level}`);
  }
  return levels;
}
