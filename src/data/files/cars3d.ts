import { DataError } from '../../errors.js';
import { type MatArray, readMatArray } from '../../io/mat5.js';
import { formatShape } from '../../io/shape.js';
import type { Dataset } from '../dataset.js';
import { areaAverage } from './area-average.js';
import { checksumOfText, identifyFile } from './checksum.js';
import { describeResized } from './describe-files.js';
import { fileDataset, gridTable, type ImageRows } from './file-dataset.js';
import { type NamedFile, withFile } from './named-file.js';

const CHANNELS = 3;

/**
 * The cars of S. Reed, Y. Zhang, Y. Zhang, H. Lee, "Deep Visual Analogy-Making" (2015): a MAT file
 * for each car, whose `im` is (128, 128, 3, 24 azimuths, 4 elevations) bytes. Rows run through
 * elevation, azimuth, object, the last fastest, objects in the order of the names of their files.
 * Pictures are resized by area averaging.
 *
 * A car is read when the first of its images is asked for, and kept at its new size: 216 MB for all
 * 183 at 64 x 64.
 *
 * @throws DataError for a file without such an array, or whose array differs in shape from the
 * first
 */
export async function openCars(
  files: readonly NamedFile[],
  path: string,
  name: string,
  edge: number,
): Promise<Dataset> {
  const first = await openCar(files[0]);
  const [height, width, channels, azimuths, elevations] = first.shape;
  const image = { height: edge, width: edge, channels: CHANNELS };
  const imageBytes = edge * edge * CHANNELS;
  const resize = areaAverage({ height, width, channels }, image);
  const cars = new Map<number, Promise<Uint8Array>>();

  const readCar = async (index: number): Promise<Uint8Array> => {
    const car = await openCar(files[index], first.shape);
    const views = azimuths * elevations;
    const pixels = height * width * channels;
    const picture = new Uint8Array(pixels);
    const out = new Uint8Array(views * imageBytes);
    for (let view = 0; view < views; view++) {
      intoRowOrder(car.values as Uint8Array, view * pixels, height, width, picture);
      resize(picture, 0, out, view * imageBytes);
    }
    return out;
  };
  const images: ImageRows = {
    size: elevations * azimuths * files.length,
    image,
    isBinary: false,
    async read(rows, out) {
      for (let i = 0; i < rows.length; i++) {
        const object = rows[i] % files.length;
        // The view of row (elevation, azimuth, object) is azimuth + azimuths * elevation, as the
        // file has it.
        const view = Math.floor(rows[i] / files.length);
        let car = cars.get(object);
        if (car === undefined) {
          car = readCar(object);
          cars.set(object, car);
        }
        const bytes = await car;
        out.set(bytes.subarray(view * imageBytes, (view + 1) * imageBytes), i * imageBytes);
      }
    },
  };
  const identities = await identifyFiles(files);
  return fileDataset({
    name,
    path,
    identity: { format: 'cars3d', checksum: checksumOfText(identities), edge },
    images,
    reading: { white: 255, size: edge },
    table: gridTable([
      ['elevation', elevations],
      ['azimuth', azimuths],
      ['object', files.length],
    ]),
    notes: [describeResized(`${height} x ${width}`, edge)],
  });
}

/** Names, sizes and checksums of files, a line for each. */
async function identifyFiles(files: readonly NamedFile[]): Promise<string> {
  const lines: string[] = [];
  for (const file of files) {
    const { bytes, checksum } = await withFile(file, identifyFile);
    lines.push(`${file.name} ${bytes} ${checksum}`);
  }
  return lines.join('\n');
}

/** @param shape that it must have; none for the first */
function openCar(file: NamedFile, shape?: readonly number[]): Promise<MatArray> {
  return withFile(file, async (source) => {
    const car = await readMatArray(source, 'im');
    checkCar(car, shape ?? car.shape, source.path);
    return car;
  });
}

function checkCar(car: MatArray, shape: readonly number[], path: string): void {
  const place = { path, member: car.name };
  if (shape.length !== 5 || shape[2] !== CHANNELS || shape.some((length) => length === 0)) {
    throw new DataError(
      `expected images of shape (height, width, 3, azimuths, elevations), got ${formatShape(shape)}`,
      place,
    );
  }
  if (car.shape.join() !== shape.join()) {
    throw new DataError(`expected the shape ${formatShape(shape)}, got ${formatShape(car.shape)}`, place);
  }
  if (!(car.values instanceof Uint8Array)) throw new DataError('expected images of uint8, got other numbers', place);
}

/** A picture in MATLAB's order, rows fastest and channels last, becomes (H, W, 3). */
function intoRowOrder(values: Uint8Array, start: number, height: number, width: number, out: Uint8Array): void {
  let at = start;
  for (let c = 0; c < CHANNELS; c++) {
    for (let x = 0; x < width; x++) {
      for (let y = 0; y < height; y++) out[(y * width + x) * CHANNELS + c] = values[at++];
    }
  }
}
