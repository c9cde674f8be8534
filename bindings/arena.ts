/**
 * Memory for the kernels: a stack of blocks in one WebAssembly memory, freed by scope.
 *
 * A block is an address, not a view: WebAssembly memory moves when it grows, so `Block.array` makes
 * a fresh view each time it is read. Hold a block as long as you like; never hold its array across
 * an allocation.
 */

/** The element types kernels know, and the typed array each appears as. */
export interface ElementTypes {
  u8: Uint8Array;
  u16: Uint16Array;
  i32: Int32Array;
  u32: Uint32Array;
  f32: Float32Array;
  f64: Float64Array;
}
export type ElementType = keyof ElementTypes;

/** Bytes per element. */
export const ELEMENT_BYTES: Readonly<Record<ElementType, number>> = { u8: 1, u16: 2, i32: 4, u32: 4, f32: 4, f64: 8 };

const VIEWS = {
  u8: Uint8Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  f32: Float32Array,
  f64: Float64Array,
};

const PAGE_BYTES = 65536;
/** Kernels may read this far past the end of a block. */
const PADDING_BYTES = 32;
const ALIGNMENT_BYTES = 16;

/** What 32-bit WebAssembly can address. */
export const MEMORY_LIMIT_BYTES = 4 * 1024 ** 3;

/** Bytes that a block of `length` elements takes out of the arena. */
export function blockBytes(type: ElementType, length: number): number {
  return Math.ceil((length * ELEMENT_BYTES[type] + PADDING_BYTES) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}

/** The input is too large, which is no bug: the code is that of src/errors.ts for data. */
export class OutOfMemory extends RangeError {
  readonly code = 'ERR_DATA';
}

/** `length` elements of one type at an address. */
export class Block<T extends ElementType = ElementType> {
  readonly type: T;
  readonly pointer: number;
  readonly length: number;
  readonly #memory: WebAssembly.Memory;

  constructor(memory: WebAssembly.Memory, type: T, pointer: number, length: number) {
    this.#memory = memory;
    this.type = type;
    this.pointer = pointer;
    this.length = length;
  }

  /** A view of the elements, valid until the next allocation. */
  get array(): ElementTypes[T] {
    return new VIEWS[this.type](this.#memory.buffer, this.pointer, this.length) as ElementTypes[T];
  }

  /** A block of `length` elements that starts `offset` elements into this one. */
  slice(offset: number, length: number): Block<T> {
    return new Block(this.#memory, this.type, this.pointer + offset * ELEMENT_BYTES[this.type], length);
  }
}

/** A table of real numbers. */
export type RealBlock = Block<'f32'> | Block<'f64'>;
/** A table of numbers as factors come: whole or real. */
export type NumberBlock = RealBlock | Block<'i32'>;

/** The addresses of blocks, one argument of a kernel after the other; 0 for none. */
export function pointersOf<T extends ReadonlyArray<Block | null>>(...blocks: T): { [K in keyof T]: number } {
  return blocks.map((block) => block?.pointer ?? 0) as { [K in keyof T]: number };
}

/** A stack allocator over one memory. */
export class Arena {
  readonly #memory: WebAssembly.Memory;
  readonly #base: number;
  #top: number;
  #depth = 0;

  constructor(memory: WebAssembly.Memory, base: number) {
    this.#memory = memory;
    this.#base = Math.ceil(base / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    this.#top = this.#base;
  }

  /** How many scopes are open. */
  get depth(): number {
    return this.#depth;
  }

  /** Bytes the memory has grown to. It never shrinks. */
  get capacityBytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /**
   * Takes `length` elements; their content is whatever was there.
   * @throws RangeError when 4 GiB, or the host's memory, are not enough.
   */
  alloc<T extends ElementType>(type: T, length: number): Block<T> {
    const pointer = this.#top;
    const end = pointer + blockBytes(type, length);
    if (!Number.isSafeInteger(length) || length < 0 || end > MEMORY_LIMIT_BYTES) {
      throw new OutOfMemory(`arena: expected to stay within 4 GiB, got ${length} more ${type} at ${pointer} bytes`);
    }
    const missing = end - this.#memory.buffer.byteLength;
    if (missing > 0) {
      // Growing moves the memory where the host cannot extend it in place: ask for a quarter more
      // while it is small.
      const spare = Math.min(this.#memory.buffer.byteLength / 4, MEMORY_LIMIT_BYTES - end);
      if (!this.#grow(missing + spare) && !this.#grow(missing)) {
        throw new OutOfMemory(`arena: expected the host to grow memory to ${end} bytes, got a refusal`);
      }
    }
    this.#top = end;
    return new Block(this.#memory, type, pointer, length);
  }

  #grow(bytes: number): boolean {
    try {
      this.#memory.grow(Math.ceil(bytes / PAGE_BYTES));
      return true;
    } catch {
      return false;
    }
  }

  /** Takes `length` elements and sets them to 0. */
  zeros<T extends ElementType>(type: T, length: number): Block<T> {
    const block = this.alloc(type, length);
    block.array.fill(0);
    return block;
  }

  /**
   * Takes a block and copies numbers into it, converting each to the element type. Not for views of
   * this memory: see {@link copy}.
   */
  upload<T extends ElementType>(type: T, numbers: ArrayLike<number>): Block<T> {
    const block = this.alloc(type, numbers.length);
    block.array.set(numbers);
    return block;
  }

  /** Takes a block and copies another into it. */
  copy<T extends ElementType>(source: Block<T>): Block<T> {
    const block = this.alloc(source.type, source.length);
    block.array.set(source.array);
    return block;
  }

  /** The present top, to be given to {@link release}. */
  mark(): number {
    this.#depth++;
    return this.#top;
  }

  /** Frees everything taken since `mark`. */
  release(mark: number): void {
    this.#depth--;
    this.#top = mark;
  }

  /** Frees, when `work` returns, everything taken during it. */
  borrow<R>(work: () => R): R {
    const mark = this.mark();
    try {
      return work();
    } finally {
      this.release(mark);
    }
  }

  /** As {@link borrow}, for work that is awaited. */
  async scope<R>(work: () => R | Promise<R>): Promise<R> {
    const mark = this.mark();
    try {
      return await work();
    } finally {
      this.release(mark);
    }
  }

  /** Frees everything. */
  reset(): void {
    this.#depth = 0;
    this.#top = this.#base;
  }
}
