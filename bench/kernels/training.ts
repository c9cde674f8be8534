import { type ConvolutionShape, loadTraining, type Training } from '../../bindings/training.js';
import { type Bench, type Contest, expectClose } from '../contest.js';
import * as plain from '../plain/convolution.js';
import { PlainStream } from '../plain/philox.js';
import { halving, layers } from '../training-layers.js';

/** A shard: what is computed at a time. */
const IMAGES = 16;
/** Sums of thousands of float32 products of numbers below 1, in two orders. */
const TOLERANCE = 1e-3;

/** Gradients of convolutions, and matrix products, at the sizes of the `burgess` networks. */
export const bench: Bench = {
  name: 'training',
  isFixedSize: true,
  async prepare() {
    const memory = new WebAssembly.Memory({ initial: 512 });
    const training = await loadTraining(memory);
    const shapes = layers.filter(({ size }) => size >= 32).map(({ size, channels }) => halving(size, channels));
    return [...shapes.flatMap((shape) => convolutionContests(training, memory, shape)), product(training, memory)];
  },
};

/**
 * Arrays of numbers from -1/2 to 1/2, and where each lies in memory once it is loaded; the address
 * behind them.
 */
function layOut(memory: WebAssembly.Memory, lengths: readonly number[]) {
  const draws = new PlainStream(1, 1, 1);
  let next = 64;
  const views = lengths.map((length) => {
    const at = next;
    next += 4 * (length + 16);
    const array = Float32Array.from({ length }, () => draws.word() / 2 ** 32 - 0.5);
    const view = new Float32Array(memory.buffer, at, length);
    return { at, array, view, load: () => view.set(array) };
  });
  return { views, scratch: next };
}

function convolutionContests(training: Training, memory: WebAssembly.Memory, shape: ConvolutionShape): Contest[] {
  const { height, width, channels, outHeight, outWidth, filters } = shape;
  const taps = shape.kernelHeight * shape.kernelWidth;
  const lengths = [
    IMAGES * height * width * channels,
    taps * channels * filters,
    IMAGES * outHeight * outWidth * filters,
  ];
  const longest = Math.max(...lengths);
  const { views, scratch } = layOut(memory, [...lengths, longest]);
  const [x, w, dy, to] = views;
  const own = new Float32Array(longest);
  const contest = (name: string, length: number, ours: () => void, other: () => void): Contest => ({
    name: `${name}, ${height} x ${width} x ${channels}, ${IMAGES} images`,
    amount: IMAGES * outHeight * outWidth * taps * channels * filters,
    unit: 'multiply-add',
    ours: () => {
      ours();
      return to.view[0];
    },
    plain: () => {
      other();
      return own[0];
    },
    check: () => {
      for (const { load } of views) load();
      ours();
      other();
      expectClose(name, to.view.subarray(0, length), own.subarray(0, length), TOLERANCE);
    },
  });
  return [
    contest(
      'convolution',
      lengths[2],
      () => training.convolution(to.at, x.at, w.at, IMAGES, shape, scratch),
      () => plain.convolution(own, x.array, w.array, IMAGES, shape),
    ),
    contest(
      'gradient of its input',
      lengths[0],
      () => training.inputGradient(to.at, dy.at, w.at, IMAGES, shape, scratch),
      () => plain.inputGradient(own, dy.array, w.array, IMAGES, shape),
    ),
    contest(
      'gradient of its filter',
      lengths[1],
      () => training.filterGradient(to.at, x.at, dy.at, IMAGES, shape, scratch),
      () => plain.filterGradient(own, x.array, dy.array, IMAGES, shape),
    ),
  ];
}

function product(training: Training, memory: WebAssembly.Memory): Contest {
  const [rows, columns, inner] = [64, 256, 512];
  const { views, scratch } = layOut(memory, [rows * inner, inner * columns, rows * columns]);
  const [a, b, c] = views;
  const own = new Float32Array(rows * columns);
  const ours = () => {
    training.multiply(c.at, a.at, b.at, { rows, columns, inner }, scratch);
    return c.view[0];
  };
  const other = () => {
    plain.multiply(own, a.array, b.array, rows, columns, inner);
    return own[0];
  };
  return {
    name: `product, (${rows}, ${inner}) by (${inner}, ${columns})`,
    amount: rows * columns * inner,
    unit: 'multiply-add',
    ours,
    plain: other,
    check: () => {
      for (const { load } of views) load();
      ours();
      other();
      expectClose('product', c.view, own, TOLERANCE);
    },
  };
}
