/** Damages files, the same way for the same number. */
import { RandomStream } from '../../src/random.js';

/** Sizes and counts at the edges of what fields hold. */
const NUMBERS = [0n, 1n, 0x7fn, 0xffn, 0x7fffn, 0xffffn, 0x7fffffffn, 0x80000000n, 0xffffffffn, 2n ** 53n, 2n ** 63n];
const WIDTHS = [1, 2, 4, 8];
const MOST_CHANGES = 4;

/** A damaged copy of one of the files: of `seed` any number from 0. */
export function mutate(files: readonly Uint8Array[], seed: number): { bytes: Uint8Array; file: number } {
  const random = new RandomStream(seed, 0, 0);
  const file = random.below(files.length);
  let bytes = Uint8Array.from(files[file]);
  const changes = 1 + random.below(MOST_CHANGES);
  for (let i = 0; i < changes; i++) bytes = change(bytes, files, random);
  return { bytes, file };
}

function change(bytes: Uint8Array, files: readonly Uint8Array[], random: RandomStream): Uint8Array<ArrayBuffer> {
  const size = bytes.length;
  // What says how the rest is to be read stands at the beginning or the end.
  const place = () => {
    const where = random.below(3);
    const near = random.below(Math.min(size, 128) || 1);
    return where === 0 ? near : where === 1 ? Math.max(0, size - 1 - near) : random.below(size || 1);
  };
  const out = Uint8Array.from(bytes);
  const at = place();
  switch (random.below(8)) {
    case 0:
      out[at] ^= 1 << random.below(8);
      return out;
    case 1:
      out[at] = random.below(256);
      return out;
    case 2:
      return out.slice(0, at);
    case 3: {
      const width = WIDTHS[random.below(WIDTHS.length)];
      const number = NUMBERS[random.below(NUMBERS.length)];
      for (let k = 0; k < width && at + k < size; k++) out[at + k] = Number((number >> BigInt(8 * k)) & 0xffn);
      return out;
    }
    case 4: {
      const end = Math.min(size, at + 1 + random.below(32));
      return joined(out.subarray(0, at), out.subarray(end));
    }
    case 5: {
      const end = Math.min(size, at + 1 + random.below(32));
      return joined(out.subarray(0, end), out.subarray(at));
    }
    case 6: {
      const noise = Uint8Array.from({ length: 1 + random.below(16) }, () => random.below(256));
      return joined(out.subarray(0, at), noise, out.subarray(at));
    }
    default: {
      const other = files[random.below(files.length)];
      const from = random.below(other.length || 1);
      return joined(out.subarray(0, at), other.subarray(from));
    }
  }
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
