import { DataError } from '../../errors.js';
import { type Note, note } from '../../note.js';
import { mention, phrase } from '../../phrase.js';
import type { Dataset, Reading } from '../dataset.js';
import { areaAverage, type Resize } from './area-average.js';
import { checksumOfText, identifyFile } from './checksum.js';
import type { ColumnsTable } from './columns-table.js';
import { describeResized } from './describe-files.js';
import { fileDataset, type ImageRows, NO_FACTORS } from './file-dataset.js';
import { edgeOf, type FileSettings, refuseUseless } from './file-options.js';
import { type NamedFile, withFile } from './named-file.js';
import type { Picture } from './picture.js';
import { readPictureFactors } from './picture-factors.js';
import { readPicture, readPictureHeader } from './read-picture.js';

const NAME = /\.(png|jpe?g|jpe|jfif)$/i;
const KEPT_BYTES = 2 ** 30;
const HEADERS_AT_A_TIME = 64;
const LISTED_LABELS = 20;

/** Files of a folder that are named as pictures. */
export function picturesAmong(files: readonly NamedFile[]): NamedFile[] {
  return files.filter(({ name }) => NAME.test(name));
}

/**
 * A folder of PNG and JPEG pictures, in the order of their names. From each a centred square is
 * cut, `crop` pixels wide or as large as fits, and resized to `size` by area averaging. Their
 * factors are those of a table; without one, where all pictures are in folders of their own, those
 * are the factor `label`. Headers are read at once; pictures are decoded when they are asked for,
 * and kept up to 1 GiB in all.
 * @param notes of the folder
 */
export async function openPictures(
  files: readonly NamedFile[],
  path: string,
  name: string,
  options: FileSettings,
  notes: readonly Note[] = [],
): Promise<Dataset> {
  const { like, factorsFile } = options;
  // What is white in bytes says nothing of 16 bits.
  const before = (like?.white ?? 0) > 255 ? like?.white : undefined;
  const white = options.maximum ?? before;
  const edge = edgeOf(options);
  const crop = options.crop ?? like?.crop;
  const known = options.channels ?? like?.channels;
  const looked = like?.channels === undefined ? await lookAt(files, path, options) : null;
  const channels = known ?? looked?.channels ?? 1;
  const image = { height: edge, width: edge, channels };
  const imageBytes = edge * edge * channels;
  const resizers = new Map<number, Resize>();
  const resizerOf = (square: number): Resize => {
    let resize = resizers.get(square);
    if (resize === undefined) {
      resize = areaAverage({ height: square, width: square, channels }, image);
      resizers.set(square, resize);
    }
    return resize;
  };
  const kept = files.length * imageBytes <= KEPT_BYTES ? new Uint8Array(files.length * imageBytes) : null;
  const isKept = new Uint8Array(files.length);

  const readOne = async (row: number, out: Uint8Array, at: number): Promise<void> => {
    if (kept !== null && isKept[row] === 1) {
      out.set(kept.subarray(row * imageBytes, (row + 1) * imageBytes), at);
      return;
    }
    const where = `${path}/${files[row].name}`;
    const picture = await withFile(files[row], (source) => readPicture(source, where, white));
    const square = Math.min(picture.height, picture.width);
    if (crop !== undefined && crop > square) {
      throw new DataError(`expected at least ${crop} x ${crop} pixels, got ${picture.width} x ${picture.height}`, {
        path: where,
      });
    }
    resizerOf(crop ?? square)(inChannels(centredSquare(picture, crop ?? square), channels), 0, out, at);
    if (kept !== null) {
      kept.set(out.subarray(at, at + imageBytes), row * imageBytes);
      isKept[row] = 1;
    }
  };
  const images: ImageRows = {
    size: files.length,
    image,
    isBinary: false,
    // One after the other: a picture may take hundreds of megabytes.
    async read(rows, out) {
      for (let i = 0; i < rows.length; i++) await readOne(rows[i], out, i * imageBytes);
    },
  };
  const factors =
    factorsFile === undefined ? labelsOf(files, like?.labels) : await readTable(factorsFile, files, options);
  const cut = crop === undefined ? 'the largest centred square' : `the centred ${crop} x ${crop} pixels`;
  return fileDataset({
    name,
    path,
    identity: {
      format: 'pictures',
      checksum: await identify(files),
      edge,
      crop: crop ?? null,
      ...(options.maximum !== undefined && { maximum: options.maximum }),
      ...(factorsFile !== undefined && { factors: checksumOfText(JSON.stringify(factors.table.factors)) }),
    },
    images,
    reading: { white: white ?? 255, size: edge, channels, ...(crop !== undefined && { crop }) },
    table: factors.table,
    notes: [...notes, describeResized(`${cut} of every picture,`, edge), ...(looked?.notes ?? []), ...factors.notes],
  });
}

/** What the headers of pictures say. */
interface Look {
  readonly channels: 1 | 3;
  readonly notes: readonly Note[];
}

/**
 * Reads the header of every picture: one in colours makes all coloured.
 * @throws RangeError for a white of 16 bits that no picture has
 */
async function lookAt(files: readonly NamedFile[], path: string, options: FileSettings): Promise<Look> {
  let [coloured, turned, deep, longer] = [0, 0, 0, 0];
  for (let i = 0; i < files.length; i += HEADERS_AT_A_TIME) {
    const some = files.slice(i, i + HEADERS_AT_A_TIME);
    const headers = await Promise.all(
      some.map((file) => withFile(file, (source) => readPictureHeader(source, `${path}/${file.name}`))),
    );
    for (const { channels, isTurned, depth, hasMore } of headers) {
      if (channels === 3) coloured++;
      if (isTurned) turned++;
      if (depth === 16) deep++;
      if (hasMore) longer++;
    }
  }
  if (deep === 0) refuseUseless({ maximum: options.maximum }, [], 'pictures of 8 bits');
  const count = (some: number) => `${some} of ${files.length} pictures`;
  const notes: Note[] = [];
  if (options.channels === undefined && coloured > 0 && coloured < files.length) {
    const grey = `${count(files.length - coloured)} are grey, and are taken as coloured as the others`;
    const more = { option: 'channels', suggestion: phrase`${mention('channels', 1)} makes all grey` };
    notes.push(note('grey-and-coloured', grey, more));
  }
  if (turned > 0) {
    notes.push(note('ignored-orientation', `${count(turned)} are turned by their EXIF, which is not applied`));
  }
  if (longer > 0)
    notes.push(note('bytes-after-end', `${count(longer)} have bytes after the end marker of JPEG, or lack it`));
  return { channels: coloured > 0 ? 3 : 1, notes };
}

async function readTable(path: string, files: readonly NamedFile[], settings: FileSettings): Promise<ColumnsTable> {
  const { openFileSource } = await import('./disk.js');
  const source = await openFileSource(path);
  try {
    return await readPictureFactors(source, files, settings);
  } finally {
    await source.close?.();
  }
}

/**
 * The CRC-32 of all names, and of the sizes and ends of the first, the middle and the last file.
 */
async function identify(files: readonly NamedFile[]): Promise<string> {
  const lines = files.map(({ name }) => name);
  for (const index of [0, files.length >> 1, files.length - 1]) {
    const { bytes, checksum } = await withFile(files[index], identifyFile);
    lines.push(`${bytes} ${checksum}`);
  }
  return checksumOfText(lines.join('\n'));
}

/** Grey three times, or colours as their luminance (ITU-R BT.601), as Pillow does both. */
function inChannels({ channels, pixels }: Picture, wanted: 1 | 3): Uint8Array {
  if (channels === wanted) return pixels;
  const out = new Uint8Array((pixels.length / channels) * wanted);
  if (wanted === 3) {
    for (let i = 0; i < out.length; i++) out[i] = pixels[Math.floor(i / 3)];
  } else {
    for (let i = 0; i < out.length; i++) {
      const [red, green, blue] = [pixels[i * 3], pixels[i * 3 + 1], pixels[i * 3 + 2]];
      out[i] = (red * 19_595 + green * 38_470 + blue * 7_471 + 0x8000) >> 16;
    }
  }
  return out;
}

function centredSquare(picture: Picture, edge: number): Picture {
  const { height, width, channels, pixels } = picture;
  if (height === edge && width === edge) return picture;
  const top = Math.floor((height - edge) / 2);
  const left = Math.floor((width - edge) / 2);
  const out = new Uint8Array(edge * edge * channels);
  for (let y = 0; y < edge; y++) {
    const start = ((top + y) * width + left) * channels;
    out.set(pixels.subarray(start, start + edge * channels), y * edge * channels);
  }
  return { height: edge, width: edge, channels, pixels: out };
}

/** The first folder of every name, where each has one and there are two or more. */
function labelsOf(files: readonly NamedFile[], known: Reading['labels']): ColumnsTable {
  const folders = files.map(({ name }) => (name.includes('/') ? name.slice(0, name.indexOf('/')) : null));
  const found = [...new Set(folders)].sort();
  if (folders.includes(null) || found.length < 2) {
    return { table: NO_FACTORS, notes: [note('no-factors', 'it has no folders as labels')] };
  }
  const before = known?.label ?? [];
  const labels = [...before, ...found.filter((label) => !before.includes(label as string))];
  const numberOf = new Map<unknown, number>(labels.map((label, number) => [label, number]));
  const numbers = Uint32Array.from(folders, (folder) => numberOf.get(folder) as number);
  const listed = labels.slice(0, LISTED_LABELS).map((label, number) => `${number} ${label}`);
  const more = labels.length > LISTED_LABELS ? ' ...' : '';
  return {
    table: {
      factors: [{ name: 'label', size: labels.length, values: labels as string[] }],
      read(row, out, at) {
        out[at] = numbers[row];
      },
    },
    notes: [note('numbered-labels', `labels: ${listed.join(', ')}${more}`)],
  };
}
