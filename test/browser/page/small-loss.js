/**
 * A few steps of descent on a convolution and a dense layer, by what training uses of a tensor
 * library: the loss of each step.
 */
export async function smallLosses(tf, steps = 4) {
  const [rows, side, channels, filters, outputs] = [2, 8, 3, 6, 5];
  const half = side / 2;
  const wave = (count, pace) => Float32Array.from({ length: count }, (_, i) => Math.fround(Math.sin(i * pace + 1) / 2));
  const of = (shape, pace) =>
    tf.tensor(
      wave(
        shape.reduce((a, b) => a * b, 1),
        pace,
      ),
      shape,
    );
  const attributes = { strides: [2, 2], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] };
  const filterShape = [4, 4, channels, filters];
  const x = of([rows, side, side, channels], 0.37);
  let filter = of(filterShape, 0.73);
  let weights = of([half * half * filters, outputs], 0.91);
  const losses = [];
  for (let step = 0; step < steps; step++) {
    const [loss, nextFilter, nextWeights] = tf.tidy(() => {
      const hidden = tf.engine().runKernel('Conv2D', { x, filter }, attributes);
      const flat = tf.reshape(tf.relu(hidden), [rows, half * half * filters]);
      const { value, grads } = tf.valueAndGrads((z, w) => tf.mean(tf.log1p(tf.exp(tf.matMul(z, w)))))([flat, weights]);
      const dy = tf.mul(tf.reshape(grads[0], hidden.shape), tf.step(hidden));
      const dw = tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape });
      const rate = (gradient) => tf.mul(gradient, 0.5);
      return [value, tf.sub(filter, rate(dw)), tf.sub(weights, rate(grads[1]))];
    });
    losses.push((await loss.data())[0]);
    tf.dispose([loss, filter, weights]);
    [filter, weights] = [nextFilter, nextWeights];
  }
  tf.dispose([x, filter, weights]);
  return { losses, tensors: tf.memory().numTensors };
}
