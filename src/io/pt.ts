import { DataError, type Place } from '../errors.js';
import type { ArrayEntry, ArrayFile } from './array-file.js';
import { type ArrayFormat, beginsWith } from './array-format.js';
import { denseEntry, type Payload, refusedEntry } from './dense.js';
import { ITEM_BYTES, type StoredDtype } from './dtype.js';
import { PickleDict, PickleList, PickleObject, type PickleValue, readPickle } from './pickle.js';
import { countElements, formatShape } from './shape.js';
import type { ByteSource } from './source.js';
import { mostNumbers } from './sparse.js';
import { TORCH_SCRIPT } from './unread-formats.js';
import { readZipDirectory, streamMember, type ZipMember } from './zip.js';

// What says which tensors there are; the numbers are beside it.
const LARGEST_PICKLE = 64 << 20;
// A tensor of a class of its own, or with attributes.
const REBUILD_CLASS = 'torch._tensor._rebuild_from_type_v2';
const MOST_LEVELS = 100;
const MOST_VALUES = 1_000_000;
// Of lists of lists of numbers.
const MOST_AXES = 4;
// Arrays of a batch.
const MOST_IN_BATCH = 20;

/** What makes of a tensor one that is stored as it is, by the name of the bit. */
const RESOLVE = new Map([
  ['neg', 'its resolve_neg()'],
  ['conj', 'its resolve_conj()'],
]);

const SAVE = "torch.save({'latents': z, 'factors': v}, 'x.pt')";

/** Objects that are nearly tensors: by what makes them, what they are, and the way out. */
const OBJECTS: ReadonlyArray<readonly [name: RegExp, what: string, wayOut: string]> = [
  [/^numpy\._?core\.(?:multiarray\._reconstruct|numeric\._frombuffer)$/, 'a numpy array', 'torch.from_numpy(x)'],
  [/^numpy\._?core\.multiarray\.scalar$/, 'a numpy number', 'torch.tensor(x)'],
  [/^torch\._utils\._rebuild_sparse/, 'a sparse tensor', 'x.to_dense()'],
  [/^torch\._utils\._rebuild_qtensor$/, 'a quantised tensor', 'x.dequantize()'],
  [/^torch\._utils\._rebuild_nested/, 'a nested tensor', 'x.to_padded_tensor(0)'],
];

const STORAGES: Readonly<Record<string, StoredDtype>> = {
  FloatStorage: 'float32',
  DoubleStorage: 'float64',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
};

/** Where the numbers of some tensors are. */
class Storage {
  constructor(
    /** Of its elements, as torch calls it; null for bytes, of which each tensor has a type. */
    readonly type: string | null,
    readonly key: string,
    /** How many elements it has, or bytes. */
    readonly count: number,
  ) {}
}

class Tensor {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
    /** The element type as torch calls it. */
    readonly type: string,
    /** What torch does to the elements when they are used, by its own name: `neg`, `conj`. */
    readonly lazily: string | null,
  ) {}
}

/**
 * Opens a file of torch.save, since version 1.6 a ZIP archive: a dict of tensors, a list of some, a
 * state dict, or a single tensor. Names are keys with dots between. What else is in the file is
 * passed over, or listed and refused; no code of it is run, and nothing is imported.
 *
 * @throws DataError when it is damaged or holds no tensor
 */
export async function openPt(source: ByteSource): Promise<ArrayFile> {
  const { path } = source;
  const members = new Map((await readZipDirectory(source)).map((member) => [member.name, member]));
  const main = [...members.keys()].find((name) => name.endsWith('/data.pkl')) as string;
  const folder = main.slice(0, -'data.pkl'.length);
  if (members.has(`${folder}constants.pkl`)) throw new DataError(TORCH_SCRIPT, { path });
  const archive = { source, members, folder, isBig: await isBigEndian(source, members.get(`${folder}byteorder`)) };
  const pickle = await readMember(source, members.get(main) as ZipMember, LARGEST_PICKLE);
  const root = readPickle(pickle, path, { call, stored: (id) => storedAt(id, path) });
  const arrays = listTensors(archive, root);
  if (arrays.some(({ dtype }) => dtype !== 'object' && dtype !== 'list')) return { path, format: 'pt', arrays };
  const [first] = arrays;
  const refusal = first?.refusal ?? `expected a tensor, got none; ${SAVE}`;
  throw new DataError(refusal, { path, member: first?.name ?? undefined });
}

interface Archive {
  readonly source: ByteSource;
  readonly members: ReadonlyMap<string, ZipMember>;
  readonly folder: string;
  readonly isBig: boolean;
}

async function isBigEndian(source: ByteSource, member: ZipMember | undefined): Promise<boolean> {
  if (member === undefined) return false;
  const order = String.fromCharCode(...(await readMember(source, member, 16)));
  if (order !== 'little' && order !== 'big') {
    throw new DataError(`expected a byte order of little or big, got ${JSON.stringify(order)}`, { path: source.path });
  }
  return order === 'big';
}

async function readMember(source: ByteSource, member: ZipMember, most: number): Promise<Uint8Array> {
  const { name, size } = member;
  if (size > most) {
    throw new DataError(`expected at most ${most} bytes, got ${size}`, { path: source.path, member: name });
  }
  const bytes = new Uint8Array(size);
  let filled = 0;
  for await (const block of streamMember(source, member, name)) {
    bytes.set(block, filled);
    filled += block.length;
  }
  return bytes;
}

/** What the functions give that tensors are made of; they are known by their names. */
function call(name: string, args: readonly PickleValue[]): PickleValue | undefined {
  const [first] = args;
  switch (name) {
    case 'torch._utils._rebuild_tensor':
    case 'torch._utils._rebuild_tensor_v2':
      return tensorOf(args, null, args[6]);
    case 'torch._utils._rebuild_tensor_v3':
      return tensorOf(args, args[6] instanceof PickleObject ? args[6].name : null, args[7]);
    case 'torch._utils._rebuild_parameter':
    case 'torch._utils._rebuild_parameter_with_state':
      return first;
    case REBUILD_CLASS:
      // A list may hold itself.
      return first instanceof PickleObject && first.name !== REBUILD_CLASS && args[2] instanceof PickleList
        ? call(first.name, args[2].items)
        : undefined;
    case 'collections.OrderedDict':
      return args.length === 0 ? new PickleDict() : undefined;
    case 'torch.Size':
      return first instanceof PickleList ? first : undefined;
    default:
      return undefined;
  }
}

function tensorOf(
  [stored, offset, shape, strides]: readonly PickleValue[],
  type: string | null,
  metadata: PickleValue | undefined,
): PickleValue | undefined {
  const storage = customOf(stored);
  if (!(storage instanceof Storage && isCount(offset) && areCounts(shape) && areCounts(strides))) return undefined;
  if (shape.items.length !== strides.items.length) return undefined;
  const elements = type ?? storage.type;
  if (elements === null) return undefined;
  const set = metadata instanceof PickleDict ? metadata.entries.find(([, value]) => value !== false) : undefined;
  if (metadata !== undefined && metadata !== null && !(metadata instanceof PickleDict)) return undefined;
  return {
    custom: new Tensor(storage, offset, shape.items, strides.items, elements, set ? String(set[0]).slice(0, 40) : null),
  };
}

function customOf(value: PickleValue): unknown {
  return typeof value === 'object' && value !== null && 'custom' in value ? value.custom : undefined;
}

function isCount(value: PickleValue): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function areCounts(value: PickleValue): value is PickleList & { readonly items: number[] } {
  return value instanceof PickleList && value.items.every(isCount);
}

/** A storage by what stands for it: 'storage', its type, its key, a device, its elements. */
function storedAt(id: PickleValue, path: string): PickleValue {
  const [kind, type, key, , count] = id instanceof PickleList ? id.items : [];
  if (kind !== 'storage' || !(type instanceof PickleObject) || typeof key !== 'string' || !isCount(count)) {
    throw new DataError('expected a storage of torch with its type, key and length', { path, member: 'data.pkl' });
  }
  const name = type.name.replace(/^torch\.(storage\.|cuda\.)?/, '');
  return { custom: new Storage(name === 'UntypedStorage' ? null : name, key, count) };
}

/** All tensors, by the keys that lead to them. */
function listTensors(archive: Archive, root: PickleValue): ArrayEntry[] {
  const { path } = archive.source;
  const entries: ArrayEntry[] = [];
  const names = new Set<string | null>();
  let visited = 0;
  const add = (entry: ArrayEntry) => {
    const { name } = entry;
    if (names.has(name))
      throw new DataError('expected every name once, got two of this name', { path, member: name ?? '' });
    names.add(name);
    entries.push(entry);
  };
  const visit = (value: PickleValue, name: string | null, level: number): void => {
    // What is kept under several names may hold itself.
    if (level > MOST_LEVELS || ++visited > MOST_VALUES) {
      throw new DataError(`expected at most ${MOST_LEVELS} levels and ${MOST_VALUES} values, got more`, { path });
    }
    const under = (key: string) => (name === null ? key : `${name}.${key}`);
    const tensor = customOf(value);
    if (tensor instanceof Tensor) add(tensorEntry(archive, name, tensor));
    else if (value instanceof PickleObject && !value.isGlobal) add(objectEntry(path, name, describeObject(value.name)));
    else if (value instanceof PickleDict) {
      for (const [key, inner] of value.entries) {
        if (typeof key === 'string' || typeof key === 'number') visit(inner, under(String(key)), level + 1);
      }
    } else if (value instanceof PickleList) {
      const batch = batchOf(value);
      if (batch !== null) add(listEntry(path, name, value.items.length, batch));
      if (areNumbers(value)) add(objectEntry(path, name, 'a list of numbers; save torch.tensor(x)'));
      else for (const [i, inner] of value.items.entries()) visit(inner, under(String(i)), level + 1);
    }
  };
  visit(root, null, 0);
  return entries;
}

function objectEntry(path: string, name: string | null, got: string): ArrayEntry {
  return refusedEntry(path, name, { dtype: 'object', shape: [], bytes: 0, refusal: `expected a tensor, got ${got}` });
}

function describeObject(name: string): string {
  const [, what, wayOut] = OBJECTS.find(([known]) => known.test(name)) ?? [];
  return what === undefined ? `an object of ${name.slice(0, 80)}; ${SAVE}` : `${what}; save ${wayOut}`;
}

/** Numbers, or lists of as many of them; of lists the first is looked at. */
function areNumbers({ items }: PickleList, level = 0): boolean {
  const [first] = items;
  if (!(first instanceof PickleList)) return items.length > 1 && items.every((item) => typeof item === 'number');
  const isLike = (item: PickleValue) => item instanceof PickleList && item.items.length === first.items.length;
  return level < MOST_AXES && items.every(isLike) && areNumbers(first, level + 1);
}

/** A list in place of an array: its parts can be taken by their own names, and are rarely meant. */
function listEntry(path: string, name: string | null, count: number, batch: string): ArrayEntry {
  const each = batch === '' ? '' : ' for each of them';
  const refusal = `expected a tensor, got a list of ${count}${batch}, as of batches; save torch.cat(x)${each}`;
  return refusedEntry(path, name, { dtype: 'list', shape: [count], bytes: 0, refusal });
}

/**
 * Whether the items of a list are alike, as those of batches: tensors of the same columns, or the
 * same sets of such.
 * @returns what each holds if it is a set, an empty text for a tensor, and null for another list
 */
function batchOf({ items }: PickleList): string | null {
  if (items.length < 2) return null;
  const [first, ...others] = items.map((item) => shapeOfBatch(item));
  if (first === null || others.some((other) => other !== first)) return null;
  if (customOf(items[0]) instanceof Tensor) return '';
  return items[0] instanceof PickleDict ? ' dicts of tensors' : ' sets of tensors';
}

/** What is the same in every batch, as a text: columns and types; null for what is no batch. */
function shapeOfBatch(value: PickleValue, isWithin = false): string | null {
  const tensor = customOf(value);
  if (tensor instanceof Tensor) {
    const [rows, ...columns] = tensor.shape;
    return rows === undefined ? null : `${tensor.type}(${columns.join()})`;
  }
  if (isWithin) return null;
  const pairs =
    value instanceof PickleDict
      ? value.entries
      : value instanceof PickleList
        ? value.items.map((item, i) => [i, item] as const)
        : [];
  const shapes = pairs.slice(0, MOST_IN_BATCH).map(([, inner]) => shapeOfBatch(inner, true));
  if (shapes.length === 0 || shapes.includes(null)) return null;
  return JSON.stringify(pairs.map(([key], i) => [String(key), shapes[i]]));
}

/** The type of elements by the name of a storage, or of a dtype of torch. */
function dtypeOf(type: string): StoredDtype | null {
  if (Object.hasOwn(STORAGES, type)) return STORAGES[type];
  const name = type.replace(/^torch\./, '');
  return ['uint16', 'uint32', 'uint64'].includes(name) ? (name as StoredDtype) : null;
}

function tensorEntry(archive: Archive, name: string | null, tensor: Tensor): ArrayEntry {
  const { source, members, folder, isBig } = archive;
  const { storage, offset, shape, strides, type, lazily } = tensor;
  const place: Place = name === null ? { path: source.path } : { path: source.path, member: name };
  const dtype = dtypeOf(type);
  if (dtype === null) {
    const refusal = `expected real numbers, got ${type.slice(0, 80)}${/^Complex/.test(type) ? '; save x.real, x.imag or x.abs()' : ''}`;
    return refusedEntry(source.path, name, { dtype: type, shape, bytes: 0, refusal });
  }
  if (lazily !== null) {
    const refusal = `expected elements as they are stored, got a tensor with the bit '${lazily}' of torch; save ${RESOLVE.get(lazily) ?? 'a clone() of it'}`;
    return refusedEntry(source.path, name, { dtype, shape, bytes: 0, refusal });
  }
  const itemBytes = ITEM_BYTES[dtype];
  const member = members.get(`${folder}data/${storage.key}`);
  const bytes = storage.type === null ? storage.count : storage.count * itemBytes;
  if (member === undefined || member.size !== bytes) {
    throw new DataError(
      `expected ${bytes} bytes in data/${storage.key}, got ${member?.size ?? 'no such member'}`,
      place,
    );
  }
  const count = countElements(shape, itemBytes, place);
  const last = count === 0 ? 0 : offset + shape.reduce((sum, length, i) => sum + (length - 1) * strides[i], 0) + 1;
  if (last * itemBytes > bytes) {
    throw new DataError(`expected a tensor within ${bytes / itemBytes} elements, got one up to ${last}`, place);
  }
  // Rows may be the same numbers again and again.
  const most = mostNumbers(source.size);
  if (count > Math.max(bytes / itemBytes, most)) {
    throw new DataError(`expected at most ${most} numbers, got ${formatShape(shape)} of fewer`, place);
  }
  const inOrder = isInOrder(shape, strides);
  const payload: Payload = {
    async *stream() {
      if (inOrder && count * itemBytes === bytes) yield* streamMember(source, member, member.name);
      else yield pickElements(await readMember(source, member, bytes), tensor, count, itemBytes);
    },
  };
  return denseEntry(source.path, name, { dtype, bigEndian: isBig, fortranOrder: false, shape }, payload);
}

/** Whether elements lie row after row. */
function isInOrder(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== step) return false;
    step *= shape[i];
  }
  return true;
}

/** The elements of a tensor in the order of its rows. */
function pickElements(
  stored: Uint8Array,
  { offset, shape, strides }: Tensor,
  count: number,
  itemBytes: number,
): Uint8Array {
  const out = new Uint8Array(count * itemBytes);
  const index = shape.map(() => 0);
  let from = offset;
  for (let i = 0; i < count; i++) {
    for (let byte = 0; byte < itemBytes; byte++) out[i * itemBytes + byte] = stored[from * itemBytes + byte];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}

const ZIP_MAGIC = [0x50, 0x4b, 0x03, 0x04];

/** .pt and .pth of torch.save, an archive. */
export const pt = {
  name: 'pt',
  extensions: ['pt', 'pth', 'ckpt'],
  begins: (prefix) => beginsWith(prefix, ZIP_MAGIC) && firstName(prefix).endsWith('/data.pkl'),
  open: openPt,
} as const satisfies ArrayFormat;

/** The name of the first member: torch writes the pickle first. */
function firstName(prefix: Uint8Array): string {
  const length = prefix[26] | (prefix[27] << 8);
  return String.fromCharCode(...prefix.subarray(30, Math.min(30 + length, 30 + 1024)));
}
