/**
 * Sums of three million values by a tensor library, against float64: of equal ones, whose rounding
 * errors do not cancel (ln 2 is what a pixel costs an untrained model), and of others.
 */
const IMAGES = 3;
const PIXELS = 1_000_000;

const VALUES = {
  'ln 2': () => Math.LN2,
  'squares of a wave': (i) => Math.sin(i * 0.37) ** 2,
};

/** What is computed: by the library, and in float64 from sums of the values and exponentials. */
const REDUCTIONS = {
  sum: [(tf, x) => tf.sum(x), ({ images }) => [images[0] + images[1] + images[2]]],
  mean: [(tf, x) => tf.mean(x), ({ images }) => [(images[0] + images[1] + images[2]) / (IMAGES * PIXELS)]],
  'sums of images': [(tf, x) => tf.sum(x, [1, 2]), ({ images }) => images],
  'log-sum-exps': [(tf, x) => tf.logSumExp(x, [1, 2]), ({ exponentials }) => exponentials.map(Math.log)],
};

let made;

/** The values, and their sums in float64; made once. */
function cases() {
  made ??= Object.entries(VALUES).map(([name, valueAt]) => {
    const values = Float32Array.from({ length: IMAGES * PIXELS }, (_, i) => valueAt(i));
    const [images, exponentials] = [0, 1].map(() => new Array(IMAGES).fill(0));
    for (let i = 0; i < values.length; i++) {
      const image = Math.floor(i / PIXELS);
      images[image] += values[i];
      exponentials[image] += Math.exp(values[i]);
    }
    return { name, values, exact: { images, exponentials } };
  });
  return made;
}

/** By what was computed, its relative error: the largest, if there are several values. */
export async function sumErrors(tf) {
  const errors = {};
  for (const { name, values, exact } of cases()) {
    const x = tf.tensor(values, [IMAGES, 1000, PIXELS / 1000]);
    for (const [what, [compute, follow]] of Object.entries(REDUCTIONS)) {
      const result = tf.tidy(() => compute(tf, x));
      const got = await result.data();
      result.dispose();
      const expected = follow(exact);
      if (got.length !== expected.length) throw new Error(`${what}: expected ${expected.length} values`);
      errors[`${what} of ${name}`] = Math.max(...expected.map((value, i) => Math.abs(got[i] - value) / value));
    }
    x.dispose();
  }
  return errors;
}
