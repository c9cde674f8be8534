/** Bytes that are not encoded as they should be; whoever knows the place makes a DataError. */
export class EncodingError extends Error {}

export const tooShort = (): EncodingError => new EncodingError('the data end too soon');

/** Bytes that are read one after the other. */
export class Cursor {
  at = 0;

  constructor(readonly bytes: Uint8Array) {}

  take(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) throw tooShort();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  rest(): Uint8Array {
    return this.take(this.bytes.length - this.at);
  }

  /** A whole number of so many bytes, the lowest first. */
  uint(bytes: number): number {
    let value = 0;
    for (const [i, byte] of this.take(bytes).entries()) value += byte * 256 ** i;
    return value;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const [byte] = this.take(1);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw new EncodingError('a number is longer than 10 bytes');
  }
}
