/**
 * Checksums of all that comes after a short training, by whichever bundle of vaemetrics/train, as
 * JSON.
 */
export async function lookAfterTraining(library) {
  const { train, loadRun, encode, traverse, interpolate, posteriorToNpz, exportModel, drawGrid, animateGrid } = library;
  const data = 'shapes-6';
  const { folder } = await train({ data, backend: 'wasm', steps: 2, latents: 3, batchSize: 16, testRows: 20 });
  const model = await loadRun(folder, { backend: 'wasm' });
  const results = {};
  try {
    const grid = await traverse(model, { steps: 3, row: 2 });
    const files = {
      posterior: await join(posteriorToNpz(await encode(model))),
      grid: grid.images,
      png: await drawGrid(grid),
      gif: await animateGrid(grid),
      line: (await interpolate(model, { from: 0, to: 1 })).images,
    };
    for (const { name, chunks } of await exportModel(folder, { format: 'tfjs' })) files[name] = await join(chunks);
    for (const [name, bytes] of Object.entries(files)) results[name] = [bytes.length, sumOf(bytes)];
  } finally {
    await model.close();
  }
  return JSON.stringify(results);
}

async function join(chunks) {
  const parts = [];
  for await (const chunk of chunks) parts.push(chunk.slice());
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** FNV-1a, 32 bits. */
function sumOf(bytes) {
  let sum = 0x811c9dc5;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  return sum;
}
