/**
 * What a Parquet file says of itself at its end
 * (https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift).
 */
import { DataError } from '../../errors.js';
import type { ByteSource } from '../source.js';
import { readThrift, type ThriftStruct } from './thrift.js';

// The signature twice and the length of the metadata.
const SHORTEST_FILE = 12;
const TAIL_BYTES = 8;
const DEEPEST = 32;

export const PHYSICAL_TYPES = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
] as const;

/** How the values of a column are stored. */
export type PhysicalType = (typeof PHYSICAL_TYPES)[number];

export const REPETITIONS = ['REQUIRED', 'OPTIONAL', 'REPEATED'] as const;

const CODECS = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'] as const;

export type Codec = (typeof CODECS)[number];

/** A column, or a group of them. */
export interface SchemaNode {
  readonly name: string;
  readonly repetition: (typeof REPETITIONS)[number];
  /** Null for a group. */
  readonly type: PhysicalType | null;
  /** Bytes of a value of fixed length. */
  readonly typeLength: number;
  /** What the values mean, as old writers say it; see `ConvertedType` of the format. */
  readonly converted: number | null;
  /** What they mean, as new writers say it: the field of `LogicalType`, and what it holds. */
  readonly logical: { readonly field: number; readonly about: ThriftStruct } | null;
  /** Digits behind the point of a decimal. */
  readonly scale: number;
  readonly children: readonly SchemaNode[];
  /** Of a leaf: its place among all leaves. */
  readonly leaf: number;
}

/** The bytes of a column in a row group. */
export interface ColumnChunk {
  readonly codec: Codec;
  readonly values: number;
  readonly start: number;
  readonly bytes: number;
}

export interface RowGroup {
  readonly rows: number;
  /** One for each leaf of the schema. */
  readonly chunks: readonly ColumnChunk[];
}

export interface ParquetMetadata {
  readonly rows: number;
  readonly columns: readonly SchemaNode[];
  readonly groups: readonly RowGroup[];
  /** What the program that wrote it says beside. */
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Reads the end of a file, and checks it: numbers agree, and bytes that it points to are there.
 * @throws DataError when it is damaged, encrypted, or in several files
 */
export async function readParquetMetadata(source: ByteSource): Promise<ParquetMetadata> {
  const { path, size } = source;
  if (size < SHORTEST_FILE)
    throw new DataError(`expected a file of at least ${SHORTEST_FILE} bytes, got ${size}`, { path });
  const tail = await source.read(size - TAIL_BYTES, TAIL_BYTES);
  const mark = String.fromCharCode(...tail.subarray(4));
  if (mark === 'PARE') throw new DataError('the file is encrypted; write it without encryption', { path });
  if (mark !== 'PAR1') throw new DataError('the file does not end as Parquet does; it is cut short', { path });
  const length = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true);
  const start = size - TAIL_BYTES - length;
  if (start < 4) {
    throw new DataError(`expected metadata of at most ${size - SHORTEST_FILE} bytes, got ${length}`, { path });
  }
  const { struct } = readThrift(await source.read(start, length), path, start);
  const { columns, leaves } = readSchema(struct.structs(2), path);
  const groups = struct.structs(4).map((group) => readGroup(group, leaves, source));
  const rows = struct.count(3);
  const inGroups = groups.reduce((sum, group) => sum + group.rows, 0);
  if (rows !== inGroups) throw new DataError(`expected ${rows} rows in the row groups, got ${inGroups}`, { path });
  const bytes = groups.reduce((sum, { chunks }) => sum + chunks.reduce((inner, chunk) => inner + chunk.bytes, 0), 0);
  if (bytes > size) {
    throw new DataError(`the metadata point to ${bytes} bytes of columns in a file of ${size}`, { path });
  }
  const texts = struct.has(5) ? struct.structs(5).filter((pair) => pair.has(2)) : [];
  return { rows, columns, groups, texts: new Map(texts.map((pair) => [pair.text(1), pair.text(2)])) };
}

/** The schema is a tree, written root first, each node before its children. */
function readSchema(elements: readonly ThriftStruct[], path: string) {
  const leaves: SchemaNode[] = [];
  let next = 0;
  const refuse = (problem: string) => new DataError(`the schema is damaged: ${problem}`, { path });
  const read = (depth: number): SchemaNode => {
    if (depth > DEEPEST) throw refuse(`groups are nested deeper than ${DEEPEST}`);
    const element = elements[next++];
    if (element === undefined) throw refuse('it ends too soon');
    const count = element.count(5, 0);
    const type = element.has(1) ? PHYSICAL_TYPES[element.count(1)] : null;
    const repetition = REPETITIONS[element.count(3, 0)];
    const isLeaf = count === 0 && depth > 0;
    if (repetition === undefined || type === undefined || (isLeaf && type === null)) {
      throw refuse('a column has no type that is known');
    }
    const logical = element.has(10) ? element.struct(10) : null;
    const field = logical === null ? undefined : LOGICAL_FIELDS.find((some) => logical.has(some));
    const children: SchemaNode[] = [];
    const node: SchemaNode = {
      name: element.text(4),
      repetition,
      type: isLeaf ? type : null,
      typeLength: element.count(2, 0),
      converted: element.has(6) ? element.count(6) : null,
      logical: logical === null || field === undefined ? null : { field, about: logical.struct(field) },
      scale: element.int(7, 0),
      children,
      leaf: leaves.length,
    };
    if (isLeaf) leaves.push(node);
    while (children.length < count) children.push(read(depth + 1));
    return node;
  };
  const { children } = read(0);
  if (next !== elements.length) throw refuse(`expected ${next} elements, got ${elements.length}`);
  return { columns: children, leaves };
}

const LOGICAL_FIELDS = Array.from({ length: 18 }, (_, i) => i + 1);

function readGroup(group: ThriftStruct, leaves: readonly SchemaNode[], { path, size }: ByteSource): RowGroup {
  const chunks = group.structs(1);
  if (chunks.length !== leaves.length) {
    throw new DataError(`expected ${leaves.length} columns in a row group, got ${chunks.length}`, { path });
  }
  return {
    rows: group.count(3),
    chunks: chunks.map((chunk, i) => {
      const { name, type } = leaves[i];
      if (chunk.has(1)) throw new DataError(`column '${name}' is in another file, which is not read here`, { path });
      if (!chunk.has(3)) throw new DataError(`column '${name}' is encrypted; write it without encryption`, { path });
      const about = chunk.struct(3);
      const codec = CODECS[about.count(4)];
      if (codec === undefined || PHYSICAL_TYPES[about.count(1)] !== type || about.texts(3).at(-1) !== name) {
        throw new DataError(`the metadata of column '${name}' do not fit the schema`, { path });
      }
      // Some writers say 0 if there is no dictionary.
      const start = about.count(11, 0) || about.count(9);
      const bytes = about.count(7);
      if (start + bytes > size) {
        throw new DataError(`the metadata point to bytes ${start} to ${start + bytes} of a file of ${size}`, { path });
      }
      return { codec, values: about.count(5), start, bytes };
    }),
  };
}
