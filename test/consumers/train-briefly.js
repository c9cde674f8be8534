/** Trains two steps on sixty-four images in memory, and says what a user would look at, as JSON. */
export async function trainBriefly({ createDataset, encode, loadRun, train, traverse }) {
  const factors = Array.from({ length: 64 }, (_, i) => [i % 8, i >> 3]);
  // A bright pixel, whose place the factors are.
  const images = Uint8Array.from(
    factors.flatMap((_, i) => Array.from({ length: 64 }, (_, at) => (at === i ? 255 : 0))),
  );
  const data = createDataset({ images, height: 8, width: 8, factors, factorNames: ['x', 'y'] });
  const losses = [];
  const { backend, folder, steps } = await train({
    data,
    architecture: 'mlp',
    backend: 'wasm',
    latents: 3,
    batchSize: 16,
    steps: 2,
    testRows: 16,
    onProgress: (progress) => progress.kind === 'step' && losses.push(progress.loss),
  });
  const model = await loadRun(folder, { backend: 'wasm' });
  const { mu } = await encode(model, { data });
  const { images: drawn, lines, columns, values } = await traverse(model, { data, steps: 3 });
  await model.close();
  const brightest = drawn.reduce((most, value) => Math.max(most, value), 0);
  return JSON.stringify({ backend, steps, losses, mu: [...mu.data], lines, columns, values, brightest });
}
