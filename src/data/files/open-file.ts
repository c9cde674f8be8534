import { DataError } from '../../errors.js';
import { type ByteSource, blobSource } from '../../io/source.js';
import type { Dataset } from '../dataset.js';
import { openArrayDataset } from './array-file.js';
import type * as Disk from './disk.js';
import { type IdxPair, labelsNameOf, openIdxDataset } from './idx.js';
import { kindOf } from './kinds.js';
import { checkFileOptions, type FileOptions } from './options.js';

const KNOWN =
  'an .npz or .npy of images, an HDF5 file, IDX files, smallNORB files, MAT files of cars, or a folder of PNG or JPEG pictures';

/**
 * Opens a data set out of a file, told by its content, or out of a folder, told by the first file in it that is known.
 * @param given a path (in Node), or a Blob or File, for formats of one file
 * @throws DataError when it is none of those that are read, or is damaged; NoInputError when there is nothing
 */
export async function openFileDataset(given: string | Blob, options: FileOptions = {}): Promise<Dataset> {
  checkFileOptions(options);
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
  options: FileOptions,
  disk: typeof Disk | null,
): Promise<Dataset> {
  const { path } = source;
  switch (await kindOf(source)) {
    case 'arrays':
      return openArrayDataset(source, name, options);
    case 'idx':
    case 'gzip':
      return openIdxDataset([await withLabels(source, disk)], name);
    case 'png':
    case 'jpeg':
      throw new DataError('a single picture; give the folder it is in', { path });
    default:
      throw new DataError(`begins like no file of images that is read here: expected ${KNOWN}`, { path, byte: 0 });
  }
}

async function withLabels(images: ByteSource, disk: typeof Disk | null): Promise<IdxPair> {
  const labelsName = disk === null ? null : labelsNameOf(disk.lastStep(images.path));
  if (disk === null || labelsName === null) return { images, labels: null };
  return { images, labels: await disk.openIfThere(disk.besides(images.path, labelsName)) };
}

async function openFolder(path: string, _name: string, _options: FileOptions, _disk: typeof Disk): Promise<Dataset> {
  throw new DataError(`holds no file of images that is read here: expected ${KNOWN}`, { path });
}
