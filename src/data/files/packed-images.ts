import { DataError, type Place } from '../../errors.js';
import { inBlocksOf } from '../../io/source.js';
import type { ImageShape } from '../dataset.js';
import type { ImageRows } from './file-dataset.js';

// Whole rows of bytes of bits, whatever the shape: a multiple of 8, near a mebibyte.
const BLOCK_BYTES = 1 << 20;

/**
 * Images of zeros and ones held as bits, eight pixels to a byte. The stream is read once, when the
 * first image is asked for; a checksum it carries is checked then.
 *
 * @param stream a byte of 0 or 1 for every pixel
 */
export function packedImages(
  size: number,
  image: ImageShape,
  stream: () => AsyncIterable<Uint8Array>,
  place: Place,
): ImageRows {
  const imageBytes = image.height * image.width * image.channels;
  let bits: Promise<Uint8Array> | undefined;
  return {
    size,
    image,
    isBinary: true,
    async read(rows, out) {
      bits ??= pack(stream(), size * imageBytes, imageBytes, place);
      unpack(await bits, rows, imageBytes, out);
    },
  };
}

async function pack(
  stream: AsyncIterable<Uint8Array>,
  pixels: number,
  imageBytes: number,
  place: Place,
): Promise<Uint8Array> {
  const bits = new Uint8Array(Math.ceil(pixels / 8));
  let done = 0;
  for await (const block of inBlocksOf(stream, BLOCK_BYTES)) {
    packBits(block, bits, done >> 3, (index) => {
      const row = Math.floor((done + index) / imageBytes);
      return new DataError(`expected pixels of 0 or 1 in an array this large, got ${block[index]}`, { ...place, row });
    });
    done += block.length;
  }
  return bits;
}

/** Packs bytes of 0 or 1; the first pixel of eight is the lowest bit. */
export function packBits(pixels: Uint8Array, out: Uint8Array, at: number, refuse: (index: number) => Error): void {
  const whole = pixels.length & ~7;
  const isAligned = pixels.byteOffset % 4 === 0;
  const words = isAligned
    ? new Uint32Array(pixels.buffer, pixels.byteOffset, whole / 4)
    : new Uint32Array(pixels.slice(0, whole).buffer);
  for (let word = 0; word < words.length; word += 2) {
    const low = words[word];
    const high = words[word + 1];
    if (((low | high) & 0xfefefefe) !== 0) {
      throw refuse(pixels.subarray(word * 4, word * 4 + 8).findIndex((value) => value > 1) + word * 4);
    }
    // Four bytes of 0 or 1 gather in the top four bits: each shift carries one of them there, and
    // none carries.
    out[at + (word >> 1)] = ((Math.imul(low, 0x10204080) >>> 28) & 15) | ((Math.imul(high, 0x10204080) >>> 28) << 4);
  }
  for (let i = whole; i < pixels.length; i++) {
    if (pixels[i] > 1) throw refuse(i);
    out[at + (i >> 3)] |= pixels[i] << (i & 7);
  }
}

/** The eight pixels of every byte of bits. */
const PIXELS_OF = Uint8Array.from({ length: 256 * 8 }, (_, i) => ((i >> 3) >> (i & 7)) & 1 && 255);
const WORDS_OF = new Uint32Array(PIXELS_OF.buffer);

function unpack(bits: Uint8Array, rows: ArrayLike<number>, imageBytes: number, out: Uint8Array): void {
  const isAligned = imageBytes % 8 === 0 && out.byteOffset % 4 === 0;
  const words = isAligned ? new Uint32Array(out.buffer, out.byteOffset, (rows.length * imageBytes) / 4) : null;
  for (let i = 0; i < rows.length; i++) {
    const first = rows[i] * imageBytes;
    if (words === null) {
      for (let k = 0; k < imageBytes; k++) {
        out[i * imageBytes + k] = PIXELS_OF[bits[Math.floor((first + k) / 8)] * 8 + ((first + k) % 8)];
      }
      continue;
    }
    let at = (i * imageBytes) / 4;
    for (let byte = first / 8, end = (first + imageBytes) / 8; byte < end; byte++) {
      words[at++] = WORDS_OF[bits[byte] * 2];
      words[at++] = WORDS_OF[bits[byte] * 2 + 1];
    }
  }
}
