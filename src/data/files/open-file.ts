import { DataError } from '../../errors.js';
import { inflateGzip } from '../../io/inflate.js';
import { type ByteSource, blobSource, streamRange } from '../../io/source.js';
import { memberSource, readTarDirectory } from '../../io/tar.js';
import type { Dataset } from '../dataset.js';
import { openArrayDataset } from './array-file.js';
import { openCars } from './cars3d.js';
import type * as Disk from './disk.js';
import { edgeOf, type FileSettings, refuseUseless } from './file-options.js';
import { openHdf5 } from './hdf5.js';
import { type IdxPair, labelsNameOf, openIdxDataset } from './idx.js';
import { type FileKind, kindOf, kindOfBytes } from './kinds.js';
import { byName, type NamedFile, withFile } from './named-file.js';
import { openPictures, picturesAmong } from './pictures.js';
import { norbParts, openNorb } from './small-norb.js';
import { describeUnread, howToConvert, noteUnread, unreadKindOfBytes } from './unread-pictures.js';

const KNOWN =
  'an .npz or .npy of images, an HDF5 file, IDX files, smallNORB files, MAT files of cars, or a folder of PNG or JPEG pictures';

/**
 * Opens a data set out of a file, told by its content, or out of a folder, told by the first file
 * in it that is known.
 * @param given a path (in Node), or a Blob or File, for formats of one file
 * @throws DataError when it is none of those that are read, or is damaged; NoInputError when there
 * is nothing
 */
export async function openFileDataset(given: string | Blob, options: FileSettings = {}): Promise<Dataset> {
  if (typeof given !== 'string') {
    const source = blobSource(given);
    return openSource(source, source.path, options, null);
  }
  const disk = await import('./disk.js');
  const name = disk.lastStep(given);
  if ((await disk.kindOfPath(given)) === 'folder') return openFolder(given, name, options, disk);
  const source = await disk.openFileSource(given);
  try {
    return await openSource(source, name, options, disk);
  } catch (error) {
    await source.close?.();
    throw error;
  }
}

async function openSource(
  source: ByteSource,
  name: string,
  options: FileSettings,
  disk: typeof Disk | null,
): Promise<Dataset> {
  const { path } = source;
  const kind = await kindOf(source);
  switch (kind) {
    case 'hdf5':
      return closing(await openHdf5(source, name, options), source);
    case 'arrays':
      return openArrayDataset(source, name, options);
    case 'gzip':
      await refuseOtherGzip(source);
      refuseUseless(options, [], 'IDX files');
      return openIdxDataset([await withLabels(source, disk)], name, options.like?.labels);
    case 'idx':
      refuseUseless(options, [], 'IDX files');
      return openIdxDataset([await withLabels(source, disk)], name, options.like?.labels);
    case 'tar': {
      const members = await readTarDirectory(source);
      const files = members.map((member) => ({
        name: member.name,
        open: async () => memberSource(source, member),
      }));
      const dataset = await openFiles(files.sort(byName), path, name, options);
      return closing(dataset, source);
    }
    case 'norb':
      if (disk === null) throw new DataError('smallNORB is three files; give their folder, in Node', { path });
      refuseUseless(options, ['size'], 'files of smallNORB');
      return closing(await openNorbBeside(path, name, options, disk), source);
    case 'mat5': {
      refuseUseless(options, ['size'], 'MAT files of cars');
      const whole = { ...source, close: async () => undefined };
      return closing(await openCars([{ name, open: async () => whole }], path, name, edgeOf(options)), source);
    }
    case 'png':
    case 'jpeg':
      throw new DataError('a single picture; give the folder it is in', { path });
    case null: {
      const unread = unreadKindOfBytes(await source.read(0, Math.min(source.size, 16)));
      const got = unread === null ? '' : `, got ${unread}; ${howToConvert(name)}`;
      throw new DataError(`begins like no file of images that is read here: expected ${KNOWN}${got}`, {
        path,
        byte: 0,
      });
    }
  }
}

/** Lets a source be closed with the data set that reads from it. */
function closing(dataset: Dataset, source: ByteSource): Dataset {
  return {
    ...dataset,
    async close() {
      await dataset.close?.();
      await source.close?.();
    },
  };
}

/** A .gz file is unpacked on the way for IDX only, which is small. */
async function refuseOtherGzip(source: ByteSource): Promise<void> {
  const { path } = source;
  let kind: FileKind | null = null;
  try {
    for await (const block of inflateGzip(streamRange(source, 0, source.size))) {
      kind = kindOfBytes(block);
      break;
    }
  } catch {
    throw new DataError('the compressed data is damaged', { path });
  }
  if (kind !== 'idx') {
    throw new DataError(kind === null ? 'a gzip file of no known images' : `a gzip file of ${kind}; unpack it first`, {
      path,
    });
  }
}

async function withLabels(images: ByteSource, disk: typeof Disk | null): Promise<IdxPair> {
  const labelsName = disk === null ? null : labelsNameOf(disk.lastStep(images.path));
  if (disk === null || labelsName === null) return { images, labels: null };
  return { images, labels: await disk.openIfThere(disk.besides(images.path, labelsName)) };
}

async function openFolder(path: string, name: string, options: FileSettings, disk: typeof Disk): Promise<Dataset> {
  return openFiles(await disk.listFolder(path), path, name, options);
}

/** All parts that are in the folder of a file of smallNORB. */
async function openNorbBeside(file: string, name: string, options: FileSettings, disk: typeof Disk): Promise<Dataset> {
  const folder = disk.besides(file, '.');
  return openNorb(norbParts(await disk.listFolder(folder), folder), folder, name, edgeOf(options));
}

const LOOKED_INTO = 64;

/** Opens what the first known file of a folder or archive says that it is. */
async function openFiles(
  files: readonly NamedFile[],
  path: string,
  name: string,
  options: FileSettings,
): Promise<Dataset> {
  // A folder of pictures may have a million files, so that names choose them; what they are is
  // checked on reading.
  const pictures = picturesAmong(files);
  if (pictures.length > 0) {
    refuseUseless(
      options,
      ['size', 'crop', 'channels', 'maximum', 'factorsFile', 'factorColumns', 'header', 'factorTypes'],
      'pictures',
    );
    return openPictures(pictures, path, name, options, noteUnread(files));
  }
  const others = files.slice(0, LOOKED_INTO);
  const kinds = new Map<NamedFile, FileKind | null>();
  for (const file of others) kinds.set(file, await withFile(file, kindOf));
  const ofKind = (...wanted: FileKind[]) => others.filter((file) => wanted.includes(kinds.get(file) as FileKind));
  const edge = edgeOf(options);
  if (ofKind('norb').length > 0) {
    refuseUseless(options, ['size'], 'files of smallNORB');
    return openNorb(norbParts(ofKind('norb'), path), path, name, edge);
  }
  const cars = files.filter((file) => /\.mat$/i.test(file.name));
  if (ofKind('mat5').length > 0) {
    refuseUseless(options, ['size'], 'MAT files of cars');
    return openCars(cars.length > 0 ? cars : ofKind('mat5'), path, name, edge);
  }
  const pairs = idxPairs(ofKind('idx', 'gzip'));
  if (pairs.length > 0) {
    refuseUseless(options, [], 'IDX files');
    return openIdxDataset(await openPairs(pairs), name, options.like?.labels);
  }
  const unread = describeUnread(files.map((file) => file.name));
  const got = unread === null ? '' : `; ${unread}`;
  throw new DataError(`holds no file of images that is read here: expected ${KNOWN}${got}`, { path });
}

interface NamedPair {
  readonly images: NamedFile;
  readonly labels: NamedFile | undefined;
}

/** Opens all files, or none. */
async function openPairs(pairs: readonly NamedPair[]): Promise<IdxPair[]> {
  const sources: ByteSource[] = [];
  const open = async (file: NamedFile): Promise<ByteSource> => {
    const source = await file.open();
    sources.push(source);
    return source;
  };
  try {
    const opened: IdxPair[] = [];
    for (const { images, labels } of pairs) {
      opened.push({ images: await open(images), labels: labels === undefined ? null : await open(labels) });
    }
    return opened;
  } catch (error) {
    for (const source of sources) await source.close?.();
    throw error;
  }
}

/** Files of images with those of their labels; those for training come first. */
function idxPairs(files: readonly NamedFile[]): NamedPair[] {
  const pairs = files.flatMap((images) => {
    const labelsName = labelsNameOf(images.name);
    return labelsName === null ? [] : [{ images, labels: files.find((file) => file.name === labelsName) }];
  });
  const isTest = (name: string) => Number(!/train/.test(name));
  return pairs.sort((a, b) => isTest(a.images.name) - isTest(b.images.name));
}
