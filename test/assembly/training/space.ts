/**
 * Both builds of training.wasm, on a memory that is watched: what is not an input is NaN, and
 * behind everything that a kernel is given lie bytes that nobody may write.
 */
import { setFlagsFromString } from 'node:v8';
import { loadTraining, type Training } from '../../../bindings/training.js';
import { supports } from '../../../bindings/wasm-support.js';

const PAGES = 512;
const BUILDS = ['simd', 'relaxed'] as const;

/** Not a number, as one word. */
const CANARY = 0x7fc0dead;
const CANARY_WORDS = 16;

/** Memory handed out from the front; addresses are multiples of 4 alone. */
export class Space {
  readonly memory = new WebAssembly.Memory({ initial: PAGES });
  private readonly words = new Uint32Array(this.memory.buffer);
  private readonly ends: number[] = [];
  private next = 0;

  /** Begins anew, `shift` words into the memory. */
  clear(shift: number): void {
    this.words.fill(CANARY);
    this.ends.length = 0;
    this.next = 64 + 4 * shift;
  }

  /** Room for `count` floats that are not numbers yet. */
  room(count: number): number {
    const address = this.next;
    this.next += 4 * (count + CANARY_WORDS);
    if (this.next > this.words.byteLength) throw new Error(`no room for ${count} floats more`);
    this.ends.push(address + 4 * count);
    return address;
  }

  /** Room for `bytes` of scratch. */
  scratch(bytes: number): number {
    return this.room(Math.ceil(bytes / 4));
  }

  put(numbers: ArrayLike<number>): number {
    const address = this.room(numbers.length);
    new Float32Array(this.memory.buffer, address, numbers.length).set(numbers);
    return address;
  }

  /** Where numbers lie when the memory ends behind them: reading past them traps. */
  putLast(numbers: ArrayLike<number>): number {
    const address = this.words.byteLength - 4 * numbers.length;
    new Float32Array(this.memory.buffer, address, numbers.length).set(numbers);
    return address;
  }

  read(address: number, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, count).slice();
  }

  /** @throws Error where a kernel wrote behind what it was given */
  check(): void {
    for (const end of this.ends) {
      for (let word = end / 4; word < end / 4 + CANARY_WORDS; word++) {
        if (this.words[word] !== CANARY) throw new Error(`word ${word - end / 4} behind room given was written`);
      }
    }
  }
}

const space = new Space();

/**
 * Runs `work` with each build, at two places in memory, and returns nothing but that what it
 * returns has the same bits at both.
 */
export async function withWatchedCore(
  work: (training: Training, space: Space) => ArrayLike<number> | readonly ArrayLike<number>[],
): Promise<void> {
  if (!supports('relaxed')) setFlagsFromString('--experimental-wasm-relaxed-simd');
  for (const build of BUILDS) {
    const training = await loadTraining(space.memory, build);
    try {
      if (training.build !== build) throw new Error(`expected the build ${build}, got ${training.build}`);
      const [first, second] = [0, 7].map((shift) => {
        space.clear(shift);
        const result = work(training, space);
        space.check();
        return JSON.stringify(result);
      });
      if (first !== second) throw new Error('results differ between addresses');
    } catch (error) {
      if (error instanceof Error) error.message = `[${build}] ${error.message}`;
      throw error;
    }
  }
}
