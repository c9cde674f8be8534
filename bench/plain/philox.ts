/** Philox 4x32-10 in plain JavaScript, written for speed: the same words as assembly/random.ts. */

/** A sequence of random words: a function of seed, stream and index. */
export class PlainStream {
  readonly #words = new Uint32Array(4);
  #block = 0;
  #next = 4;

  constructor(
    readonly seed: number,
    readonly stream: number,
    readonly index: number,
  ) {}

  word(): number {
    if (this.#next === 4) this.#refill();
    return this.#words[this.#next++];
  }

  /** A whole number from 0 to n - 1. */
  below(n: number): number {
    let word = this.word();
    if (Math.imul(word, n) >>> 0 < n) {
      const short = (2 ** 32 - n) % n;
      while (Math.imul(word, n) >>> 0 < short) word = this.word();
    }
    return multiplyHigh(word, n);
  }

  #refill(): void {
    let c0 = this.#block++;
    let c1 = this.index;
    let c2 = this.stream;
    let c3 = 0;
    let k0 = this.seed | 0;
    let k1 = Math.floor(this.seed / 2 ** 32) | 0;
    for (let round = 0; round < 10; round++) {
      const high0 = multiplyHigh(c0, 0xd2511f53);
      const low0 = Math.imul(c0, 0xd2511f53);
      const high1 = multiplyHigh(c2, 0xcd9e8d57);
      const low1 = Math.imul(c2, 0xcd9e8d57);
      c0 = high1 ^ c1 ^ k0;
      c2 = high0 ^ c3 ^ k1;
      c1 = low1;
      c3 = low0;
      k0 = (k0 + 0x9e3779b9) | 0;
      k1 = (k1 + 0xbb67ae85) | 0;
    }
    this.#words[0] = c0;
    this.#words[1] = c1;
    this.#words[2] = c2;
    this.#words[3] = c3;
    this.#next = 0;
  }
}

/** The high 32 bits of the product of two 32-bit words. */
export function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = Math.imul(aHigh, bLow) + ((Math.imul(aLow, bLow) >>> 16) >>> 0);
  const carried = (middle >>> 0) & 0xffff;
  const other = (Math.imul(aLow, bHigh) >>> 0) + carried;
  return (Math.imul(aHigh, bHigh) + ((middle >>> 0) >>> 16) + Math.floor(other / 65536)) >>> 0;
}
