/** What the columns of a Parquet file are in a table of numbers. */
import type { Dtype } from '../../matrix.js';
import type { ParquetMetadata, PhysicalType, SchemaNode } from './metadata.js';

// Every place of a list becomes a column with a name of its own.
const LONGEST_LIST = 1_000_000;
const LONGEST_DECIMAL = 64;

/** A column of the file: one of the table, or as many as its lists are long. */
export interface Field {
  readonly name: string;
  /** The first of its columns in the table. */
  readonly first: number;
  readonly width: number;
  /** Why it is neither numbers nor words; null if it is. */
  readonly refusal: string | null;
  readonly leaf: number;
  readonly type: PhysicalType;
  readonly typeLength: number;
  readonly dtype: Dtype;
  readonly isList: boolean;
  /** Whether the column itself may be null. */
  readonly isNullable: boolean;
  readonly areWords: boolean;
  /** Digits behind the point of decimals; null for what is none. */
  readonly scale: number | null;
  /** The definition level of a value that is there. */
  readonly definitions: number;
  /** The level from which on a list has elements. */
  readonly listDefinition: number;
}

/** Finds the columns of the table in the schema of a file. */
export function readFields({ columns, groups, rows }: ParquetMetadata): Field[] {
  const fields: Field[] = [];
  let first = 0;
  for (const top of columns) {
    const path = pathToLeaf(top);
    const leaf = path?.at(-1) ?? null;
    const isList = path?.some(({ repetition }) => repetition === 'REPEATED') ?? false;
    const meaning = leaf === null ? null : meaningOf(leaf);
    const values = groups.reduce((sum, { chunks }) => sum + (leaf === null ? 0 : chunks[leaf.leaf].values), 0);
    const width = isList ? values / rows : 1;
    const isOfOneLength = Number.isSafeInteger(width) && width > 0 && width <= LONGEST_LIST;
    const refusal =
      meaning === null || (isList && meaning.areWords)
        ? refusalOf(top, leaf ?? top)
        : isOfOneLength
          ? null
          : `expected lists of one length above 0, got others in column '${top.name}'`;
    const list = path?.findIndex(({ repetition }) => repetition === 'REPEATED') ?? -1;
    const definitionsOf = (nodes: readonly SchemaNode[]) =>
      nodes.filter(({ repetition }) => repetition !== 'REQUIRED').length;
    const field: Field = {
      name: top.name,
      first,
      width: refusal === null ? width : 1,
      refusal,
      leaf: leaf?.leaf ?? -1,
      type: leaf?.type ?? 'BYTE_ARRAY',
      typeLength: leaf?.typeLength ?? 0,
      dtype: meaning?.dtype ?? 'float64',
      isList,
      isNullable: top.repetition === 'OPTIONAL',
      areWords: meaning?.areWords ?? false,
      scale: meaning?.scale ?? null,
      definitions: definitionsOf(path ?? []),
      listDefinition: definitionsOf(path?.slice(0, list + 1) ?? []),
    };
    fields.push(field);
    first += field.width;
  }
  return fields;
}

/** A column and what is in it down to its values; null if that is more than a list of them. */
function pathToLeaf(top: SchemaNode): SchemaNode[] | null {
  if (top.type !== null) return [top];
  if (top.converted !== CONVERTED.list && top.logical?.field !== LOGICAL.list) return null;
  // Old writers repeat the element itself, all others a group around it.
  const [repeated] = top.children;
  if (top.children.length !== 1 || repeated.repetition !== 'REPEATED') return null;
  if (repeated.type !== null) return [top, repeated];
  const [element] = repeated.children;
  const isPlain = repeated.children.length === 1 && element.type !== null && element.repetition !== 'REPEATED';
  return isPlain ? [top, repeated, element] : null;
}

const CONVERTED = { text: 0, map: 1, list: 3, choice: 4, decimal: 5, date: 6, unsigned8: 11, signed64: 18, json: 19 };
const LOGICAL = { text: 1, map: 2, list: 3, choice: 4, decimal: 5, date: 6, integer: 10, json: 12, float16: 15 };

interface Meaning {
  readonly dtype: Dtype;
  readonly areWords: boolean;
  readonly scale: number | null;
}

/** Null for values that are neither numbers nor words. */
function meaningOf({ type, typeLength, converted, logical, scale }: SchemaNode): Meaning | null {
  const asIs = (dtype: Dtype): Meaning => ({ dtype, areWords: false, scale: null });
  const isText = [LOGICAL.text, LOGICAL.choice].includes(logical?.field ?? -1);
  if (type === 'BYTE_ARRAY' && (isText || converted === CONVERTED.text || converted === CONVERTED.choice)) {
    return { dtype: 'int32', areWords: true, scale: null };
  }
  if (logical?.field === LOGICAL.decimal || (logical === null && converted === CONVERTED.decimal)) {
    const digits = logical?.about.int(1, 0) ?? scale;
    const isFixed = type === 'FIXED_LEN_BYTE_ARRAY' && typeLength > 0 && typeLength <= LONGEST_DECIMAL;
    const isNumber = type === 'INT32' || type === 'INT64' || type === 'BYTE_ARRAY' || isFixed;
    return isNumber && digits >= 0 && digits <= 1000 ? { dtype: 'float64', areWords: false, scale: digits } : null;
  }
  if (logical?.field === LOGICAL.float16) {
    return type === 'FIXED_LEN_BYTE_ARRAY' && typeLength === 2 ? asIs('float16') : null;
  }
  if (type === 'INT32' || type === 'INT64') {
    const own = type === 'INT32' ? 32 : 64;
    if (logical?.field === LOGICAL.integer) {
      const bits = logical.about.count(1);
      const isWidth = bits === own || (own === 32 && (bits === 8 || bits === 16));
      return isWidth ? asIs(`${logical.about.flag(2, true) ? '' : 'u'}int${bits}` as Dtype) : null;
    }
    if (logical !== null) return null;
    if (converted === null) return asIs(`int${own}` as Dtype);
    const order = converted - CONVERTED.unsigned8;
    if (order < 0 || converted > CONVERTED.signed64) return null;
    const bits = 8 << (order & 3);
    return (bits === 64) === (own === 64) ? asIs(`${order < 4 ? 'u' : ''}int${bits}` as Dtype) : null;
  }
  if (logical !== null || converted !== null) return null;
  if (type === 'BOOLEAN') return asIs('bool');
  if (type === 'FLOAT') return asIs('float32');
  return type === 'DOUBLE' ? asIs('float64') : null;
}

const CONVERTED_NAMES: readonly string[] =
  'text,a map,a map,lists of more than numbers,text,decimals of another kind,dates,times,times,times,times,,,,,,,,,JSON,BSON,intervals'.split(
    ',',
  );
const LOGICAL_NAMES: readonly string[] =
  ',text,a map,lists of more than numbers,text,decimals of another kind,dates,times,times,,integers of another kind,nulls,JSON,BSON,UUIDs,float16,variants,shapes,shapes'.split(
    ',',
  );

/** Why a column cannot be used, and how it can. */
function refusalOf({ name, type }: SchemaNode, leaf: SchemaNode): string {
  const plain = leaf.type === 'INT96' ? 'times' : leaf.type === null ? 'a group of columns' : 'bytes';
  const what = LOGICAL_NAMES[leaf.logical?.field ?? 0] || CONVERTED_NAMES[leaf.converted ?? -1] || plain;
  const got = type === null && leaf.type !== null ? `lists of ${what}` : what;
  const isTime = what === 'dates' || what === 'times';
  const help = isTime
    ? `make numbers of it, in pandas to_datetime(frame['${name}']).astype('int64'), or leave it out`
    : 'leave it out';
  return `expected columns of numbers or words, got ${got} in column '${name}'; ${help}`;
}
