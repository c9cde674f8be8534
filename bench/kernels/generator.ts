import { RandomStream } from '../../src/random.js';
import { type Bench, expectClose, expectEqual } from '../contest.js';
import { PlainStream } from '../plain/philox.js';

const COUNT = 100_000;
const BELOW = 737_280;
const SEED = 2 ** 40 + 7;
const STREAM = 9;

/** Uniform whole numbers and normal numbers of Philox 4x32-10. */
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
    const normals = core.arena.alloc('f32', COUNT);
    const fillNormals = () => {
      core.random.fillNormals(normals, { seed: SEED, stream: STREAM, index: 4 });
      return normals.array[0];
    };
    const plainNormals = () => {
      const words = new PlainStream(SEED, STREAM, 4);
      const drawn = new Float32Array(COUNT);
      for (let i = 0; i < COUNT; i += 2) {
        const radius = Math.sqrt(-2 * Math.log((words.word() + 0.5) / 2 ** 32));
        const angle = words.word() * ((2 * Math.PI) / 2 ** 32);
        drawn[i] = radius * Math.cos(angle);
        drawn[i + 1] = radius * Math.sin(angle);
      }
      return drawn;
    };
    return [
      {
        name: 'normal numbers',
        amount: COUNT,
        unit: 'number',
        ours: fillNormals,
        plain: () => plainNormals()[0],
        check() {
          fillNormals();
          expectClose('normals', normals.array, plainNormals(), 1e-6);
        },
      },
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
