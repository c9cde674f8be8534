/** Ranges of an HDF5 file, each checked before it is read. */
import { DataError } from '../../errors.js';
import type { ByteSource } from '../source.js';

/** The most objects, and blocks of them, that are read of a file. */
const MOST_READS = 100_000;
const LONGEST_BLOCK = 16 << 20;
/** Stands for no address. */
export const NOWHERE = Number.POSITIVE_INFINITY;

export const REWRITE = 'write it with the defaults of h5py, or save the arrays with numpy.savez';

/** Bytes of a file, read as numbers from the lowest byte on. */
export class Block {
  at = 0;

  constructor(
    readonly bytes: Uint8Array,
    private readonly path: string,
    private readonly first: number,
  ) {}

  take(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) throw this.refuse('a value goes beyond its block');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** The next bytes as a block of their own. */
  within(length: number): Block {
    const at = this.first + this.at;
    return new Block(this.take(length), this.path, at);
  }

  uint(length: number): number {
    let value = 0;
    for (const [i, byte] of this.take(length).entries()) value += byte * 256 ** i;
    return value;
  }

  /** A number of 8 bytes, all of which set mean none. */
  address(): number {
    const value = this.uint(8);
    return value === 2 ** 64 ? NOWHERE : value;
  }

  expect(mark: string): void {
    const got = String.fromCharCode(...this.take(mark.length));
    if (got !== mark) throw this.refuse(`expected ${mark}, got ${JSON.stringify(got)}`);
  }

  refuse(problem: string): DataError {
    return new DataError(`the HDF5 data are damaged: ${problem}`, { path: this.path, byte: this.first + this.at });
  }
}

/** Reads ranges of a file, up to a number of them. */
export class BlockReader {
  private reads = 0;

  constructor(readonly source: ByteSource) {}

  /** A range of the file. */
  async block(at: number, length: number): Promise<Block> {
    const { path, size } = this.source;
    if (++this.reads > MOST_READS) throw new DataError(`expected at most ${MOST_READS} objects of HDF5`, { path });
    if (!(at + length <= size)) {
      throw new DataError('it is cut short, or damaged: HDF5 points beyond its end', { path });
    }
    if (length > LONGEST_BLOCK)
      throw new DataError('an object of HDF5 is too large; it is damaged', { path, byte: at });
    return new Block(await this.source.read(at, length), path, at);
  }
}
