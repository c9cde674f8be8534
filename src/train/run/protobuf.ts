/**
 * The little of protocol buffers that events need: fields one after the other, each with its number
 * and kind.
 */

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** A message that is being written. */
export class MessageWriter {
  readonly #bytes: number[] = [];

  #varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes.push((rest % 128) + 128);
    this.#bytes.push(rest);
  }

  #key(field: number, kind: number): void {
    this.#varint(field * 8 + kind);
  }

  /** A whole number from 0 to 2^53 - 1, as int64 has it. */
  count(field: number, value: number): this {
    this.#key(field, VARINT);
    this.#varint(value);
    return this;
  }

  double(field: number, value: number): this {
    this.#key(field, FIXED64);
    return this.#view(8, (view) => view.setFloat64(0, value, true));
  }

  float(field: number, value: number): this {
    this.#key(field, FIXED32);
    return this.#view(4, (view) => view.setFloat32(0, value, true));
  }

  #view(bytes: number, write: (view: DataView) => void): this {
    const view = new DataView(new ArrayBuffer(bytes));
    write(view);
    for (let i = 0; i < bytes; i++) this.#bytes.push(view.getUint8(i));
    return this;
  }

  text(field: number, value: string): this {
    return this.message(field, new TextEncoder().encode(value));
  }

  /** A message within this one, or any other bytes. */
  message(field: number, bytes: Uint8Array): this {
    this.#key(field, BYTES);
    this.#varint(bytes.length);
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** A field as it is read: a whole number, a float or double, or bytes. */
export interface Field {
  readonly field: number;
  readonly value: number | Uint8Array;
}

/**
 * The fields of a message, unknown ones as well. Whole numbers beyond 2^53 lose digits.
 * @throws RangeError where it ends within a field, or has a field of a kind that is no longer used
 */
export function* readFields(bytes: Uint8Array): Generator<Field> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  /** Moves on, and gives the place before. */
  const take = (count: number): number => {
    if (count > bytes.length - at) throw new RangeError('expected a field within its message');
    at += count;
    return at - count;
  };
  const takeVarint = (): number => {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 63; scale *= 128) {
      const byte = bytes[take(1)];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new RangeError('expected a whole number of at most ten bytes');
  };
  const takeValue = (kind: number): number | Uint8Array => {
    switch (kind) {
      case VARINT:
        return takeVarint();
      case FIXED64:
        return view.getFloat64(take(8), true);
      case FIXED32:
        return view.getFloat32(take(4), true);
      case BYTES: {
        const start = take(takeVarint());
        return bytes.subarray(start, at);
      }
      default:
        throw new RangeError(`expected a kind of field of 0, 1, 2 or 5, got ${kind}`);
    }
  };
  while (at < bytes.length) {
    const key = takeVarint();
    yield { field: Math.floor(key / 8), value: takeValue(key % 8) };
  }
}
