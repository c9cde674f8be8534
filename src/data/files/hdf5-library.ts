/**
 * What is used of h5wasm, the HDF5 library in WebAssembly, which people install who read such
 * files.
 */
import { DataError } from '../../errors.js';

/** Numbers that HDF5 gives. */
type Numbers =
  | Uint8Array
  | Float32Array
  | Float64Array
  | Int32Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Uint32Array;

/** An array of a file. */
export interface H5Dataset {
  readonly shape: readonly number[];
  /** The element type, in words. */
  readonly type: string;
  /** The shape of its chunks; null where it is in one piece. */
  readonly chunks: readonly number[] | null;
  /** The rows from .. to - 1, all of each. */
  readonly read: (from: number, to: number) => Numbers;
}

/** An open file. */
export interface H5File {
  names(): string[];
  /** Null where there is no such array of numbers. */
  dataset(name: string): H5Dataset | null;
  close(): void;
}

interface Library {
  readonly ready: Promise<Module>;
  readonly File: new (
    path: string,
    mode: 'r',
  ) => {
    readonly file_id: bigint;
    keys(): string[];
    get(name: string): unknown;
    close(): unknown;
  };
}

interface Module {
  readonly FS: FileSystem;
  /** From then on HDF5 throws what it would print. */
  readonly activate_throwing_error_handler?: () => number;
  readonly deactivate_throwing_error_handler?: () => number;
}

interface FileSystem {
  readonly filesystems: { readonly WORKERFS?: unknown };
  mkdir(path: string): void;
  mount(type: unknown, options: { blobs: ReadonlyArray<{ name: string; data: Blob }> }, path: string): void;
  unmount(path: string): void;
}

interface LibraryDataset {
  readonly metadata: {
    readonly type: number;
    readonly size: number;
    readonly signed: boolean;
    readonly chunks: number[] | null;
  };
  readonly shape: number[] | null;
  slice(ranges: ReadonlyArray<readonly number[]>): unknown;
}

/** The command that adds the library. */
export const INSTALL_HDF5 = 'npm install h5wasm';

const WHOLE_CLASS = 0;
const REAL_CLASS = 1;
let mounted = 0;

/**
 * Opens a file for reading. In Node it is read in place; in a browser a Blob is read in place by a
 * worker, as nothing else may wait for its bytes.
 *
 * @throws DataError without the library, outside a worker, or for a file that the library cannot
 * open
 */
export async function mountHdf5(file: string | Blob, path: string): Promise<H5File> {
  if (typeof file === 'string') {
    const { absolutePath } = await import('./disk.js');
    const library = await load(() => import('h5wasm/node'), path);
    return openWith(library, await library.ready, absolutePath(file), path, () => undefined);
  }
  if (!('FileReaderSync' in globalThis)) {
    throw new DataError('an HDF5 file can be read by a worker only, where reading may wait: open it there', { path });
  }
  const library = await load(() => import('h5wasm'), path);
  const module = await library.ready;
  const { FS } = module;
  const folder = `/mounted-${++mounted}`;
  FS.mkdir(folder);
  FS.mount(FS.filesystems.WORKERFS, { blobs: [{ name: 'file.h5', data: file }] }, folder);
  return openWith(library, module, `${folder}/file.h5`, path, () => FS.unmount(folder));
}

async function load(get: () => Promise<unknown>, path: string): Promise<Library> {
  try {
    return (await get()) as Library;
  } catch (cause) {
    const error = new DataError(`HDF5 files are read by the package h5wasm, which is not there: ${INSTALL_HDF5}`, {
      path,
    });
    throw Object.assign(error, { cause });
  }
}

/**
 * Runs what may fail without the pages that HDF5 prints of it: they are thrown, to stand as the
 * cause of what is said.
 */
function quietly<T>(module: Module, work: () => T, refuse: () => DataError): T {
  module.activate_throwing_error_handler?.();
  try {
    return work();
  } catch (cause) {
    throw Object.assign(refuse(), { cause });
  } finally {
    module.deactivate_throwing_error_handler?.();
  }
}

function openWith(library: Library, module: Module, inner: string, path: string, unmount: () => void): H5File {
  const refuse = () => new DataError('HDF5 cannot open it: it is damaged or cut short', { path });
  let file: InstanceType<Library['File']>;
  try {
    file = quietly(module, () => new library.File(inner, 'r'), refuse);
    if (file.file_id < 0n) throw refuse();
  } catch (error) {
    unmount();
    throw error;
  }
  let isOpen = true;
  return {
    names: () => file.keys(),
    dataset(name) {
      const found = file.keys().includes(name) ? (file.get(name) as Partial<LibraryDataset> | null) : null;
      return found?.slice === undefined ? null : describe(found as LibraryDataset, module, path, name);
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      file.close();
      unmount();
    },
  };
}

function describe(dataset: LibraryDataset, module: Module, path: string, member: string): H5Dataset {
  const { metadata, shape } = dataset;
  const { type, size, signed } = metadata;
  const name =
    type === WHOLE_CLASS
      ? `${signed ? '' : 'u'}int${size * 8}`
      : type === REAL_CLASS
        ? `float${size * 8}`
        : 'no numbers';
  return {
    shape: shape ?? [],
    type: name,
    chunks: metadata.chunks,
    read(from, to) {
      const slices = (shape ?? []).map((_, k) => (k === 0 ? [from, to] : []));
      const refuse = () => new DataError('HDF5 cannot read it', { path, member, row: from });
      let got = quietly(module, () => dataset.slice(slices), refuse);
      const each = (shape ?? []).slice(1).reduce((product, length) => product * length, 1);
      if (got instanceof BigInt64Array || got instanceof BigUint64Array) got = Float64Array.from(got, Number);
      if (!ArrayBuffer.isView(got) || (got as Numbers).length !== (to - from) * each) {
        throw new DataError(`expected ${(to - from) * each} numbers, got ${name}`, { path, member, row: from });
      }
      return got as Numbers;
    },
  };
}
