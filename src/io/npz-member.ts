import type { Payload } from './dense.js';
import type { NpyHeader } from './npy-header.js';

/**
 * An array of an archive: its header is read, its elements come as a stream whose checksum is
 * checked at the end.
 */
export interface NpzMember {
  /** As numpy calls it, without `.npy`. */
  readonly name: string;
  readonly header: NpyHeader;
  readonly payload: Payload;
}
