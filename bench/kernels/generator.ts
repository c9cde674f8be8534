import { RandomStream } from '../../src/random.js';
import { type Bench, expectEqual } from '../contest.js';
import { PlainStream } from '../plain/philox.js';

const COUNT = 100_000;
const BELOW = 737_280;
const SEED = 2 ** 40 + 7;
const STREAM = 9;

/** Uniform whole numbers of Philox 4x32-10. */
export const bench: Bench = {
  name: 'generator',
  isFixedSize: true,
  prepare({ core }) {
    const out = core.arena.alloc('i32', COUNT);
    const ours = () => {
      core.random.uniformBelow(out, BELOW, { seed: SEED, stream: STREAM, index: 3 });
      return out.array[0];
    };
    const plain = () => {
      const words = new PlainStream(SEED, STREAM, 3);
      const drawn = new Int32Array(COUNT);
      for (let i = 0; i < COUNT; i++) drawn[i] = words.below(BELOW);
      return drawn;
    };
    return [
      {
        name: 'uniform whole numbers',
        amount: COUNT,
        unit: 'number',
        ours,
        plain: () => plain()[0],
        check() {
          ours();
          const words = new RandomStream(SEED, STREAM, 3);
          expectEqual('draws', out.array, plain());
          expectEqual(
            "draws of the library's TypeScript",
            Array.from({ length: COUNT }, () => words.below(BELOW)),
            out.array,
          );
        },
      },
    ];
  },
};
