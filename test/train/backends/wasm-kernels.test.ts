/**
 * Kernels of training.wasm as kernels of tfjs: against tfjs' plain JavaScript, and against finite
 * differences.
 */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { open } from '../../../src/train/backends/wasm.js';
import { addWasmKernels, type KernelRegistry } from '../../../src/train/backends/wasm-kernels.js';
import { draw, drawTensor, onCpu, tf, valuesOf } from './library.js';

const kernels = suite('kernels of tfjs on wasm');
const backend = await open();
kernels.after(() => backend.close());

/** Runs the same on both backends, and holds one against the other. */
function compare(what: string, work: () => tf.Tensor[], terms: number): void {
  const got = valuesOf(work);
  const expected = onCpu(() => valuesOf(work));
  assert.is(got.length, expected.length);
  got.forEach((values, i) => {
    assert.is(values.length, expected[i].length, what);
    // Sums of numbers in [-1, 1): their errors grow with what is summed up.
    const tolerance = 1e-6 * (4 + terms);
    values.forEach((value, j) => {
      const error = Math.abs(value - expected[i][j]);
      assert.ok(error <= tolerance, `${what}, result ${i} at ${j}: expected ${expected[i][j]}, got ${value}`);
    });
  });
}

const sizes = (minimum: number, maximum: number) => fc.integer({ min: minimum, max: maximum });
const convolution = fc
  .record({
    batch: sizes(1, 3),
    height: sizes(1, 9),
    width: sizes(1, 9),
    inside: sizes(1, 9),
    outside: sizes(1, 9),
    filter: fc.tuple(sizes(1, 5), sizes(1, 5)),
    strides: fc.tuple(sizes(1, 3), sizes(1, 3)),
    pad: fc.constantFrom<'same' | 'valid' | number>('same', 'valid', 0, 1, 2),
    seed: sizes(0, 1000),
  })
  .filter(({ height, width, filter, strides, pad }) => {
    // tfjs takes numbers as paddings of square filters only.
    if (typeof pad === 'number' && (filter[0] !== filter[1] || strides[0] !== strides[1])) return false;
    const added = pad === 'same' ? 100 : pad === 'valid' ? 0 : 2 * pad;
    return height + added >= filter[0] && width + added >= filter[1];
  });

kernels('convolutions of any size, stride and padding, and their gradients, are those of plain JavaScript', () => {
  fc.assert(
    fc.property(convolution, ({ batch, height, width, inside, outside, filter, strides, pad, seed }) => {
      const inputShape: [number, number, number, number] = [batch, height, width, inside];
      const filterShape: [number, number, number, number] = [...filter, inside, outside];
      const { outShape } = tf.backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, pad);
      const attributes = { strides, pad, dataFormat: 'NHWC', inputShape, filterShape, dilations: 1 };
      const run = (name: string, inputs: object) =>
        tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attributes as never) as tf.Tensor;
      const work = () => {
        const [x, w, dy] = [inputShape, filterShape, outShape].map((shape, i) => drawTensor(shape, seed + i));
        return [
          run('Conv2D', { x, filter: w }),
          run('Conv2DBackpropFilter', { x, dy }),
          run('Conv2DBackpropInput', { dy, filter: w }),
        ];
      };
      compare('gradients', work, Math.max(batch * height * width, filter[0] * filter[1] * outside));
    }),
    { numRuns: 300, seed: 5 },
  );
});

kernels('gradients that tfjs takes of its convolution are those of plain JavaScript', () => {
  const shapes = fc.record({ batch: sizes(1, 3), side: sizes(3, 9), inside: sizes(1, 9), outside: sizes(1, 9) });
  const filters = fc.record({ stride: sizes(1, 3), more: sizes(0, 2), seed: sizes(0, 1000) });
  fc.assert(
    fc.property(shapes, filters, ({ batch, side, inside, outside }, { stride, more, seed }) => {
      const f = (a: tf.Tensor, b: tf.Tensor) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, 'same');
      const work = () => {
        const x = drawTensor([batch, side, side, inside], seed);
        const w = drawTensor([stride + more, stride + more, inside, outside], seed + 1);
        const y = f(x, w);
        return [y, ...tf.grads(f as never)([x, w], drawTensor(y.shape, seed + 2))];
      };
      compare('conv2d', work, Math.max(batch * side * side, 25 * Math.max(inside, outside)));
    }),
    { numRuns: 100, seed: 4 },
  );
});

kernels('transposed convolutions and their gradients are those of plain JavaScript', () => {
  const shapes = fc.record({ batch: sizes(1, 3), side: sizes(1, 6), inside: sizes(1, 9), outside: sizes(1, 9) });
  const filters = fc.record({ kernel: sizes(1, 5), stride: sizes(1, 3), seed: sizes(0, 1000) });
  fc.assert(
    fc.property(shapes, filters, ({ batch, side, inside, outside }, { kernel, stride, seed }) => {
      const shape: [number, number, number, number] = [batch, side * stride, side * stride, outside];
      const f = (a: tf.Tensor, b: tf.Tensor) =>
        tf.conv2dTranspose(a as tf.Tensor4D, b as tf.Tensor4D, shape, stride, 'same');
      const work = () => {
        const x = drawTensor([batch, side, side, inside], seed) as tf.Tensor4D;
        const w = drawTensor([kernel, kernel, outside, inside], seed + 1) as tf.Tensor4D;
        return [f(x, w), ...tf.grads(f as never)([x, w], drawTensor(shape, seed + 2))];
      };
      compare('conv2dTranspose', work, Math.max(batch * side * side, kernel * kernel * Math.max(inside, outside)));
    }),
    { numRuns: 100, seed: 6 },
  );
});

kernels('the layers of the architectures have the gradients of plain JavaScript', () => {
  const layers: ReadonlyArray<readonly [side: number, inside: number, outside: number]> = [
    [64, 1, 32],
    [32, 32, 32],
    [8, 32, 64],
    [4, 64, 64],
  ];
  for (const [side, inside, outside] of layers) {
    const f = (a: tf.Tensor, b: tf.Tensor) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 2, 'same');
    const work = () => {
      const x = drawTensor([1, side, side, inside], 1);
      const w = drawTensor([4, 4, inside, outside], 2);
      return tf.grads(f as never)([x, w], drawTensor([1, side / 2, side / 2, outside], 3));
    };
    compare(`${side} x ${side} x ${inside}`, work, side * side);
  }
});

kernels('gradients of a convolution are its finite differences', () => {
  const values = { x: draw(120, 1), w: draw(96, 2) };
  const dy = draw(24, 3);
  const loss = (x: Float32Array, w: Float32Array): number => {
    const y = valuesOf(() => [tf.conv2d(tf.tensor4d(x, [2, 5, 4, 3]), tf.tensor4d(w, [4, 4, 3, 2]), 2, 'same')]);
    return y[0].reduce((sum, value, i) => sum + value * dy[i], 0);
  };
  const f = (a: tf.Tensor, b: tf.Tensor) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 2, 'same');
  const [dx, dw] = valuesOf(() =>
    tf.grads(f as never)(
      [tf.tensor(values.x, [2, 5, 4, 3]), tf.tensor(values.w, [4, 4, 3, 2])],
      tf.tensor(dy, [2, 3, 2, 2]),
    ),
  );
  // The loss is linear in each, so a wide step has no error of its own and little of rounding.
  const moved = (of: Float32Array, at: number, by: number) => of.map((value, i) => (i === at ? value + by : value));
  for (let i = 0; i < 120; i += 7) {
    const slope = (loss(moved(values.x, i, 1), values.w) - loss(moved(values.x, i, -1), values.w)) / 2;
    assert.ok(Math.abs(slope - dx[i]) < 2e-5, `dx ${i}: ${slope}, ${dx[i]}`);
  }
  for (let i = 0; i < 96; i += 5) {
    const slope = (loss(values.x, moved(values.w, i, 1)) - loss(values.x, moved(values.w, i, -1))) / 2;
    assert.ok(Math.abs(slope - dw[i]) < 2e-5, `dw ${i}: ${slope}, ${dw[i]}`);
  }
});

const BATCHES: ReadonlyArray<readonly [number[], number[]]> = [
  [[], []],
  [[3], [3]],
  [[1], [4]],
  [[4], [1]],
  [[2], [3, 2]],
];

kernels('products of matrices with either side transposed, and their gradients, are those of plain JavaScript', () => {
  const product = fc.record({ rows: sizes(1, 20), inner: sizes(1, 40), columns: sizes(1, 20), seed: sizes(0, 1000) });
  fc.assert(
    fc.property(
      product,
      fc.boolean(),
      fc.boolean(),
      fc.constantFrom(...BATCHES),
      (shape, transposeA, transposeB, [batchA, batchB]) => {
        const { rows, inner, columns, seed } = shape;
        const work = () => {
          const a = drawTensor([...batchA, ...(transposeA ? [inner, rows] : [rows, inner])], seed);
          const b = drawTensor([...batchB, ...(transposeB ? [columns, inner] : [inner, columns])], seed + 1);
          const c = tf.matMul(a, b, transposeA, transposeB);
          // tfjs has no gradient where batches are broadcast.
          if (String(batchA) !== String(batchB)) return [c];
          const f = (left: tf.Tensor, right: tf.Tensor) => tf.matMul(left, right, transposeA, transposeB);
          return [c, ...tf.grads(f as never)([a, b], drawTensor(c.shape, seed + 2))];
        };
        compare(`matMul ${transposeA} ${transposeB} (${batchA}) (${batchB})`, work, Math.max(rows, inner, columns));
      },
    ),
    { numRuns: 200, seed: 7 },
  );
});

kernels('batches of a transposed product are broadcast along any of their axes', () => {
  // tfjs' plain JavaScript gets this wrong.
  const [product, spread] = valuesOf(() => {
    const a = drawTensor([2, 1, 5, 4], 1);
    const b = drawTensor([1, 3, 6, 4], 2);
    return [
      tf.matMul(a, b, false, true),
      tf.matMul(tf.broadcastTo(a, [2, 3, 5, 4]), tf.broadcastTo(b, [2, 3, 6, 4]), false, true),
    ];
  });
  assert.is(product.length, 180);
  assert.equal(product, spread);
});

kernels('fused products have their bias and activation', () => {
  for (const activation of ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const) {
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      const work = () => [
        tf.fused.matMul({
          a: drawTensor(transposeA ? [7, 5] : [5, 7], 1) as tf.Tensor2D,
          b: drawTensor(transposeB ? [6, 7] : [7, 6], 2) as tf.Tensor2D,
          transposeA,
          transposeB,
          bias: drawTensor([6], 3),
          activation,
          leakyreluAlpha: 0.3,
          ...(activation === 'prelu' && { preluActivationWeights: drawTensor([6], 4) }),
        }),
      ];
      compare(`fused matMul ${activation} ${transposeA} ${transposeB}`, work, 7);
    }
  }
});

kernels('fused convolutions have their bias and activation', () => {
  for (const activation of ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const) {
    for (const hasBias of [false, true]) {
      const work = () => [
        tf.fused.conv2d({
          x: drawTensor([2, 6, 5, 3], 1) as tf.Tensor4D,
          filter: drawTensor([4, 3, 3, 7], 2) as tf.Tensor4D,
          strides: 2,
          pad: 'same',
          activation,
          leakyreluAlpha: 0.3,
          ...(hasBias && { bias: drawTensor([7], 3) }),
          ...(activation === 'prelu' && { preluActivationWeights: drawTensor([7], 4) }),
        }),
      ];
      compare(`fused conv2d ${activation} ${hasBias}`, work, 36);
    }
  }
});

kernels('dilated convolutions are left to tfjs', () => {
  const work = () => [
    tf.conv2d(
      drawTensor([1, 9, 9, 2], 1) as tf.Tensor4D,
      drawTensor([3, 3, 2, 4], 2) as tf.Tensor4D,
      1,
      'same',
      'NHWC',
      2,
    ),
  ];
  compare('dilated', work, 18);
});

kernels('nothing is left behind: no tensors, no memory', () => {
  const step = () =>
    valuesOf(() => {
      const f = (a: tf.Tensor, b: tf.Tensor) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 2, 'same');
      const gradients = tf.grads(f as never)([drawTensor([8, 32, 32, 16], 1), drawTensor([4, 4, 16, 32], 2)]);
      const product = tf.fused.matMul({
        a: drawTensor([300, 200], 3) as tf.Tensor2D,
        b: drawTensor([100, 300], 4) as tf.Tensor2D,
        transposeA: true,
        transposeB: true,
        activation: 'relu',
      });
      return [...gradients, product];
    });
  step();
  const before = { tensors: tf.memory().numTensors, bytes: memoryOf().buffer.byteLength };
  for (let i = 0; i < 50; i++) step();
  assert.equal({ tensors: tf.memory().numTensors, bytes: memoryOf().buffer.byteLength }, before);
});

kernels('results are right, and the same bits, after the memory has grown', () => {
  const work = () => {
    const f = (a: tf.Tensor, b: tf.Tensor) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 2, 'same');
    return tf.grads(f as never)([drawTensor([2, 8, 8, 3], 1), drawTensor([4, 4, 3, 5], 2)]);
  };
  const before = valuesOf(work);
  const kept = drawTensor([10], 3);
  const bytes = memoryOf().buffer.byteLength;
  const large = Array.from({ length: 8 }, () => tf.zeros([2 ** 22]));
  assert.ok(memoryOf().buffer.byteLength > bytes, `${memoryOf().buffer.byteLength} bytes`);
  assert.equal(valuesOf(work), before);
  compare('after growing', work, 100);
  assert.equal(Float32Array.from(kept.dataSync()), draw(10, 3));
  tf.dispose([...large, kept]);
});

kernels('what our kernels do not compute is left to those of tfjs, or refused', () => {
  tf.tidy(() => {
    const images = drawTensor([1, 3, 8, 8], 1);
    const inputs = { x: images, dy: drawTensor([1, 2, 4, 4], 2) } as unknown as tf.NamedTensorMap;
    const attributes = { strides: [2, 2], pad: 'same', dataFormat: 'NCHW', filterShape: [2, 2, 3, 2] };
    assert.throws(
      () => tf.engine().runKernel('Conv2DBackpropFilter', inputs, attributes as never),
      /Conv2DBackpropFilter: expected float32 tensors with channels last/,
    );
    const whole = tf.tensor([1, 2], [1, 2], 'int32');
    assert.throws(() => tf.matMul(whole, whole, false, true), /not yet supported/);
    assert.throws(() => tf.matMul(drawTensor([2, 3], 1), drawTensor([3, 4], 1), false, true), /inner/i);
  });
});

kernels('to add them twice changes nothing', async () => {
  const before = tf.getKernel('BatchMatMul', 'wasm');
  await addWasmKernels(tf as unknown as KernelRegistry);
  assert.is(tf.getKernel('BatchMatMul', 'wasm'), before);
});

/** A tf whose wasm backend has this in it. */
function withWasm(wasm: object): KernelRegistry {
  return { ...(tf as unknown as KernelRegistry), backend: () => ({ wasm }) };
}

async function refusalOf(registry: KernelRegistry): Promise<string> {
  return addWasmKernels(registry).then(
    () => 'added',
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

kernels('a tfjs that hides its memory is told so', async () => {
  for (const wasm of [{}, { asm: {} }, { asm: { memory: new WebAssembly.Memory({ initial: 1 }) } }]) {
    assert.match(
      await refusalOf(withWasm(wasm)),
      /^BackendError: backend wasm: this tfjs hides the memory .*; use @tensorflow\/tfjs-backend-wasm 4\.22\.0, or the bundled one$/,
    );
  }
});

kernels('a tfjs that runs its threaded build is told how to switch it off', async () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  assert.match(
    await refusalOf(withWasm({ asm: { memory }, _malloc: () => 0, _free() {} })),
    /threaded WebAssembly.*; tf\.env\(\)\.set\('WASM_HAS_MULTITHREAD_SUPPORT', false\) before/,
  );
});

kernels('a tfjs without a registry of kernels is told what to give', async () => {
  assert.match(await refusalOf({ backend: () => ({}) } as unknown as KernelRegistry), /no registerKernel/);
});

function memoryOf(): WebAssembly.Memory {
  return (tf.backend() as unknown as { wasm: { asm: { memory: WebAssembly.Memory } } }).wasm.asm.memory;
}

kernels.run();
