import { DataError } from '../../errors.js';
import { type Note, note } from '../../note.js';
import { mention, phrase } from '../../phrase.js';
import type { Dataset } from '../dataset.js';
import { areaAverage, type Resize } from './area-average.js';
import { checksumOfText, identifyFile } from './checksum.js';
import { type DecodePicture, decodePngPicture, loadJpegDecoder, type Picture, pictureKind } from './decode-picture.js';
import { describeResized } from './describe-files.js';
import { type FactorTable, fileDataset, type ImageRows, NO_FACTORS } from './file-dataset.js';
import type { FileOptions } from './file-options.js';
import { type NamedFile, withFile } from './named-file.js';

const NAME = /\.(png|jpe?g)$/i;
const KEPT_BYTES = 2 ** 30;
const AT_A_TIME = 16;
const LISTED_LABELS = 20;

/** Files of a folder that are named as pictures. */
export function picturesAmong(files: readonly NamedFile[]): NamedFile[] {
  return files.filter(({ name }) => NAME.test(name));
}

/**
 * A folder of PNG and JPEG pictures, in the order of their names. From each a centred square is
 * cut, `crop` pixels wide or as large as fits, and resized to `size` by area averaging. Where all
 * pictures are in folders of their own, those are the factor `label`. Pictures are decoded when
 * they are asked for, and kept up to 1 GiB in all.
 */
export async function openPictures(
  files: readonly NamedFile[],
  path: string,
  name: string,
  options: FileOptions,
): Promise<Dataset> {
  const { size: edge = 64, crop } = options;
  let decodeJpeg: DecodePicture | undefined;
  const decode = async (file: NamedFile): Promise<Picture> => {
    const where = `${path}/${file.name}`;
    const bytes = await withFile(file, (source) => source.read(0, source.size));
    const kind = pictureKind(bytes);
    if (kind === null) throw new DataError('expected a PNG or JPEG picture', { path: where, byte: 0 });
    if (kind === 'png') return decodePngPicture(bytes, where);
    decodeJpeg ??= await loadJpegDecoder();
    return decodeJpeg(bytes, where);
  };

  const channels = options.channels ?? (await decode(files[0])).channels;
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
    const picture = inChannels(await decode(files[row]), channels, where);
    const square = Math.min(picture.height, picture.width);
    if (crop !== undefined && crop > square) {
      throw new DataError(`expected at least ${crop} x ${crop} pixels, got ${picture.width} x ${picture.height}`, {
        path: where,
      });
    }
    resizerOf(crop ?? square)(centredSquare(picture, crop ?? square), 0, out, at);
    if (kept !== null) {
      kept.set(out.subarray(at, at + imageBytes), row * imageBytes);
      isKept[row] = 1;
    }
  };
  const images: ImageRows = {
    size: files.length,
    image,
    isBinary: false,
    async read(rows, out) {
      for (let i = 0; i < rows.length; i += AT_A_TIME) {
        const some = Array.from({ length: Math.min(AT_A_TIME, rows.length - i) }, (_, k) => i + k);
        await Promise.all(some.map((k) => readOne(rows[k], out, k * imageBytes)));
      }
    },
  };
  const labels = labelsOf(files);
  const cut = crop === undefined ? 'the largest centred square' : `the centred ${crop} x ${crop} pixels`;
  return fileDataset({
    name,
    path,
    identity: { format: 'pictures', checksum: await identify(files), edge, crop: crop ?? null },
    images,
    table: labels.table,
    notes: [describeResized(`${cut} of every picture,`, edge), ...labels.notes],
  });
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

function inChannels(picture: Picture, channels: number, path: string): Picture {
  if (picture.channels === channels) return picture;
  if (picture.channels === 3) {
    throw new DataError(
      phrase`expected a grey picture as the first one is, got a coloured one; say ${mention('channels', 3)}`,
      { path },
    );
  }
  const pixels = new Uint8Array(picture.pixels.length * 3);
  for (let i = 0; i < pixels.length; i++) pixels[i] = picture.pixels[Math.floor(i / 3)];
  return { ...picture, channels: 3, pixels };
}

function centredSquare({ height, width, channels, pixels }: Picture, edge: number): Uint8Array {
  if (height === edge && width === edge) return pixels;
  const top = Math.floor((height - edge) / 2);
  const left = Math.floor((width - edge) / 2);
  const out = new Uint8Array(edge * edge * channels);
  for (let y = 0; y < edge; y++) {
    const start = ((top + y) * width + left) * channels;
    out.set(pixels.subarray(start, start + edge * channels), y * edge * channels);
  }
  return out;
}

/** The first folder of every name, where each has one and there are two or more. */
function labelsOf(files: readonly NamedFile[]): { table: FactorTable; notes: readonly Note[] } {
  const folders = files.map(({ name }) => (name.includes('/') ? name.slice(0, name.indexOf('/')) : null));
  const labels = [...new Set(folders)].sort();
  if (folders.includes(null) || labels.length < 2) {
    return { table: NO_FACTORS, notes: [note('no-factors', 'it has no folders as labels')] };
  }
  const numberOf = new Map(labels.map((label, number) => [label, number]));
  const numbers = Uint32Array.from(folders, (folder) => numberOf.get(folder) as number);
  const listed = labels.slice(0, LISTED_LABELS).map((label, number) => `${number} ${label}`);
  const more = labels.length > LISTED_LABELS ? ' ...' : '';
  return {
    table: {
      factors: [{ name: 'label', size: labels.length }],
      read(row, out, at) {
        out[at] = numbers[row];
      },
    },
    notes: [note('numbered-labels', `labels: ${listed.join(', ')}${more}`)],
  };
}
