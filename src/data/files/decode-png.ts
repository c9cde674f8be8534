/**
 * PNG (W3C, "Portable Network Graphics Specification", third edition), line by line as it is
 * inflated: beside the bytes of the file there are those of the picture, 8 bits a sample, and
 * nothing else.
 */
import { DataError } from '../../errors.js';
import { crc32 } from '../../io/crc32.js';
import { InflateError, inflateZlib } from '../../io/inflate.js';
import { mention, phrase } from '../../phrase.js';
import { checkSize, type Picture, type PictureHeader } from './picture.js';

/** The pixels of the largest picture that is decoded. */
const MOST_PIXELS = 2 ** 26;
export const PNG_HEADER_BYTES = 33;
const SIGNATURE_BYTES = 8;

/** Samples of a pixel by the type of its colour, and how many bits they may have. */
const COLOURS: Readonly<Record<number, { readonly samples: number; readonly depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};
const PALETTE = 3;

interface Header extends PictureHeader {
  /** How its colours are told: a key of {@link COLOURS}. */
  readonly colour: number;
  readonly samples: number;
  readonly isInterlaced: boolean;
}

/**
 * Reads the first chunk of a PNG, of which `bytes` are the first 33 at least.
 * @throws DataError where it is damaged, or says what no PNG is or what is not decoded
 */
export function readPngHeader(bytes: Uint8Array, path: string): Header {
  if (bytes.length < PNG_HEADER_BYTES) {
    throw new DataError(`expected a PNG header of ${PNG_HEADER_BYTES} bytes, got ${bytes.length}`, { path });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [width, height, depth, colour] = [view.getUint32(16), view.getUint32(20), bytes[24], bytes[25]];
  if (view.getUint32(8) !== 13 || view.getUint32(12) !== IHDR || crc32(bytes.subarray(12, 29)) !== view.getUint32(29)) {
    throw new DataError('the header of the PNG is damaged', { path, byte: SIGNATURE_BYTES });
  }
  const known = COLOURS[colour];
  if (known === undefined || !known.depths.includes(depth) || bytes[26] !== 0 || bytes[27] !== 0 || bytes[28] > 1) {
    const got = `colours of type ${colour}, ${depth} bits, methods ${[...bytes.subarray(26, 29)].join(', ')}`;
    throw new DataError(`expected a PNG as the standard has them, got ${got}`, { path, byte: 24 });
  }
  checkSize({ height, width }, MOST_PIXELS, path);
  const { samples } = known;
  const channels = samples > 2 || colour === PALETTE ? 3 : 1;
  return {
    height,
    width,
    channels,
    depth,
    isTurned: false,
    hasMore: false,
    colour,
    samples,
    isInterlaced: bytes[28] === 1,
  };
}

const IHDR = 0x49484452;
const PLTE = 0x504c5445;
const TRNS = 0x74524e53;
const IDAT = 0x49444154;
const IEND = 0x49454e44;

interface Chunks {
  /** The stretches of compressed data. */
  readonly data: readonly Uint8Array[];
  readonly palette: Uint8Array | null;
  readonly alpha: Uint8Array | null;
}

function readChunks(bytes: Uint8Array, path: string): Chunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const data: Uint8Array[] = [];
  let palette: Uint8Array | null = null;
  let alpha: Uint8Array | null = null;
  for (let at = SIGNATURE_BYTES; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const end = at + 8 + length;
    if (end + 4 > bytes.length) break;
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) {
      throw new DataError('the PNG is damaged: the checksum of a chunk is wrong', { path, byte: at });
    }
    const body = bytes.subarray(at + 8, end);
    const kind = view.getUint32(at + 4);
    if (kind === IDAT) data.push(body);
    else if (kind === PLTE) palette = body;
    else if (kind === TRNS) alpha = body;
    else if (kind === IEND) {
      if (end + 4 === bytes.length) return { data, palette, alpha };
      throw new DataError(`expected a PNG of ${end + 4} bytes, got ${bytes.length}`, { path, byte: end + 4 });
    }
    at = end + 4;
  }
  throw cutShort(path);
}

function cutShort(path: string): DataError {
  return new DataError('the PNG is damaged or cut short', { path });
}

function transparent(path: string): DataError {
  return new DataError('expected a picture without transparent pixels; flatten it', { path });
}

/**
 * Decodes a PNG: grey and colour, 1 to 16 bits, palettes, interlaced or not. Transparent pixels are
 * refused, as what is behind them is anybody's guess.
 *
 * @param white the sample of 16 bits that is white
 * @throws DataError when it is damaged, cut short, holds more than its header promises, or has more
 * than 2^26 pixels
 */
export async function decodePng(bytes: Uint8Array, path: string, white = 65_535): Promise<Picture> {
  const header = readPngHeader(bytes, path);
  const { height, width, channels, depth, samples, isInterlaced } = header;
  const chunks = readChunks(bytes, path);
  const pixels = new Uint8Array(height * width * channels);
  const put = pixelWriter(header, chunks, pixels, white, path);
  const lines = inLines(chunks.data);
  const stride = Math.max(1, (depth * samples) >> 3);
  try {
    for (const { left, top, across, down } of isInterlaced ? PASSES : WHOLE) {
      const count = Math.ceil((width - left) / across);
      if (count <= 0) continue;
      const lineBytes = Math.ceil((count * samples * depth) / 8);
      let before: Uint8Array = new Uint8Array(lineBytes);
      for (let y = top; y < height; y += down) {
        const stored = lines.here(lineBytes + 1) ?? (await lines.take(lineBytes + 1));
        if (stored === null) throw cutShort(path);
        const line = stored.subarray(1);
        if (!unfilter(stored[0], line, before, stride)) throw cutShort(path);
        put(line, count, (y * width + left) * channels, across * channels);
        before = line;
      }
    }
    if ((await lines.take(1)) !== null) {
      throw new DataError(`the PNG holds more than the ${width} x ${height} pixels that its header promises`, { path });
    }
  } catch (error) {
    throw error instanceof InflateError ? Object.assign(cutShort(path), { cause: error }) : error;
  } finally {
    await lines.close();
  }
  return { height, width, channels, pixels };
}

interface Pass {
  readonly left: number;
  readonly top: number;
  readonly across: number;
  readonly down: number;
}

const WHOLE: readonly Pass[] = [{ left: 0, top: 0, across: 1, down: 1 }];

/** The seven passes of Adam7: where the first pixel is, and how far the next ones are. */
const PASSES: readonly Pass[] = [
  { left: 0, top: 0, across: 8, down: 8 },
  { left: 4, top: 0, across: 8, down: 8 },
  { left: 0, top: 4, across: 4, down: 8 },
  { left: 2, top: 0, across: 4, down: 4 },
  { left: 0, top: 2, across: 2, down: 4 },
  { left: 1, top: 0, across: 2, down: 2 },
  { left: 0, top: 1, across: 1, down: 2 },
];

/** The inflated data in pieces of the lengths that are asked for. */
function inLines(data: readonly Uint8Array[]) {
  const blocks = inflateZlib(eachOf(data));
  let block = new Uint8Array(0);
  let used = 0;
  return {
    /** A piece, if it is there already: to wait for every line takes longer than to decode it. */
    here(length: number): Uint8Array | null {
      if (block.length - used < length) return null;
      used += length;
      return block.subarray(used - length, used);
    },
    /** The next piece; null where there is no more. */
    async take(length: number): Promise<Uint8Array | null> {
      const out = new Uint8Array(length);
      for (let filled = 0; filled < length; ) {
        if (used === block.length) {
          const { done, value } = await blocks.next();
          if (done) return null;
          block = value as Uint8Array<ArrayBuffer>;
          used = 0;
        }
        const count = Math.min(length - filled, block.length - used);
        out.set(block.subarray(used, used + count), filled);
        filled += count;
        used += count;
      }
      return out;
    },
    /** Leaves what has not been inflated. */
    close: () => blocks.return(undefined),
  };
}

async function* eachOf(data: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* data;
}

/**
 * Takes back the filter of a line, in place.
 * @param stride the bytes of a whole pixel, at least one
 * @returns false for a filter that there is not
 */
function unfilter(filter: number, line: Uint8Array, before: Uint8Array, stride: number): boolean {
  const length = line.length;
  if (filter === 0) return true;
  if (filter === 1) {
    for (let i = stride; i < length; i++) line[i] += line[i - stride];
  } else if (filter === 2) {
    for (let i = 0; i < length; i++) line[i] += before[i];
  } else if (filter === 3) {
    for (let i = 0; i < length; i++) line[i] += ((i < stride ? 0 : line[i - stride]) + before[i]) >> 1;
  } else if (filter === 4) {
    for (let i = 0; i < length; i++) {
      const a = i < stride ? 0 : line[i - stride];
      const b = before[i];
      const c = i < stride ? 0 : before[i - stride];
      const toA = Math.abs(b - c);
      const toB = Math.abs(a - c);
      const toC = Math.abs(a + b - 2 * c);
      line[i] += toA <= toB && toA <= toC ? a : toB <= toC ? b : c;
    }
  } else return false;
  return true;
}

type PutPixels = (line: Uint8Array, count: number, at: number, step: number) => void;

/** Writes `count` pixels of a line from `at` on, `step` bytes apart. */
function pixelWriter(
  { depth, colour, samples, channels }: Header,
  { palette, alpha }: Chunks,
  out: Uint8Array,
  white: number,
  path: string,
): PutPixels {
  const sampleOf = samplesOf(depth);
  if (colour === PALETTE) {
    return (line, count, at, step) => {
      for (let i = 0; i < count; i++) {
        const index = sampleOf(line, i);
        if (palette === null || index * 3 + 3 > palette.length) {
          throw new DataError(`the PNG is damaged: its palette has no colour ${index}`, { path });
        }
        if (alpha !== null && index < alpha.length && alpha[index] !== 255) throw transparent(path);
        for (let c = 0; c < 3; c++) out[at + i * step + c] = palette[index * 3 + c];
      }
    };
  }
  if (alpha !== null && alpha.length > 0) throw transparent(path);
  const most = depth === 16 ? white : 2 ** depth - 1;
  const levels = Uint8Array.from({ length: most + 1 }, (_, sample) => Math.round((sample * 255) / most));
  const isOpaque = (sample: number) => (depth === 16 ? sample >= 65_407 : sample === most);
  return (line, count, at, step) => {
    for (let i = 0; i < count; i++) {
      for (let c = 0; c < channels; c++) {
        const sample = sampleOf(line, i * samples + c);
        if (sample > most) {
          const problem = `expected pixels from 0 to ${most}, got ${sample}`;
          throw new DataError(phrase`${problem}; say what is white: ${mention('maximum')}`, { path });
        }
        out[at + i * step + c] = levels[sample];
      }
      if (samples > channels && !isOpaque(sampleOf(line, i * samples + channels))) throw transparent(path);
    }
  };
}

/** Reads the sample of a number from a line; of several in a byte the first is in its top bits. */
function samplesOf(depth: number): (line: Uint8Array, index: number) => number {
  if (depth === 8) return (line, index) => line[index];
  if (depth === 16) return (line, index) => line[index * 2] * 256 + line[index * 2 + 1];
  const most = 2 ** depth - 1;
  return (line, index) => (line[(index * depth) >> 3] >> (8 - depth - ((index * depth) & 7))) & most;
}
