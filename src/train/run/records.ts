/**
 * Records one after the other as TensorFlow frames them: length (uint64), masked CRC-32C of the
 * length, the bytes, masked CRC-32C of the bytes (tensorflow/core/lib/io/record_writer.h).
 */
import { crc32c } from '../../io/crc32.js';

const FRAME_BYTES = 16;

/**
 * A checksum that is safe to take again over bytes that contain one: turned right by 15 bits, plus
 * a constant.
 */
export function maskedChecksum(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** A record with its frame. */
export function frameRecord(payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(FRAME_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(payload.length), true);
  view.setUint32(8, maskedChecksum(bytes.subarray(0, 8)), true);
  bytes.set(payload, 12);
  view.setUint32(12 + payload.length, maskedChecksum(payload), true);
  return bytes;
}

/** A record within a file. */
export interface FramedRecord {
  readonly payload: Uint8Array;
  /** Byte at which its frame ends. */
  readonly end: number;
}

/** The records of a file up to its end, or to the first that is damaged or not whole. */
export function* readRecords(bytes: Uint8Array): Generator<FramedRecord> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; bytes.length - at >= FRAME_BYTES; ) {
    const length = view.getBigUint64(at, true);
    if (view.getUint32(at + 8, true) !== maskedChecksum(bytes.subarray(at, at + 8))) return;
    if (length > BigInt(bytes.length - at - FRAME_BYTES)) return;
    const payload = bytes.subarray(at + 12, at + 12 + Number(length));
    at += FRAME_BYTES + payload.length;
    if (view.getUint32(at - 4, true) !== maskedChecksum(payload)) return;
    yield { payload, end: at };
  }
}
