/**
 * Trainings by whichever bundle of vaemetrics/train: whole, stopped and resumed, and by named
 * backends.
 */

const STEPS = 60;
const STOP_AT = 37;

const OPTIONS = {
  data: 'shapes-3',
  backend: 'wasm',
  threads: 1,
  latents: 3,
  batchSize: 2,
  testRows: 40,
  checkpointEvery: 20,
  scoreEvery: 0,
};

/** Numbers of every step by its number, as they were told. */
function listen(steps, more = () => {}) {
  return (progress) => {
    if (progress.kind !== 'step') return;
    const { step, loss, reconstruction, kl, klPerLatent } = progress;
    steps[step - 1] = { loss, reconstruction, kl, klPerLatent };
    more(step);
  };
}

/** All 60 steps at once: their numbers and the names of the run's files, as JSON. */
export async function trainWhole({ train, createMemoryRunFolder }) {
  const steps = [];
  const out = createMemoryRunFolder();
  await train({ ...OPTIONS, steps: STEPS, out, onProgress: listen(steps) });
  return JSON.stringify({ steps, files: namesOf(out) });
}

/** The same, stopped by an AbortSignal on the way, and resumed from the files that it left. */
export async function trainInTwo({ train, createMemoryRunFolder }) {
  const steps = [];
  const stop = new AbortController();
  const before = createMemoryRunFolder();
  let reason = null;
  try {
    const onProgress = listen(steps, (step) => step === STOP_AT && stop.abort(new Error('enough')));
    await train({ ...OPTIONS, steps: STEPS, out: before, signal: stop.signal, onProgress });
  } catch (error) {
    reason = error.message;
  }
  const made = steps.length;
  const after = createMemoryRunFolder(before.files());
  let first = null;
  const onProgress = listen(steps, (step) => {
    first ??= step;
  });
  await train({ ...OPTIONS, steps: STEPS, out: after, resume: true, onProgress });
  return JSON.stringify({ reason, made, first, outcome: JSON.stringify({ steps, files: namesOf(after) }) });
}

/** Two steps on a backend. */
export async function trainBriefly({ train }, backend) {
  const steps = [];
  const { device } = await train({ ...OPTIONS, backend, steps: 2, testRows: 0, onProgress: listen(steps) });
  return JSON.stringify({ device, steps });
}

/**
 * Two steps of each of some objectives on small images, on a backend: what computed, and the losses
 * by name.
 */
export async function trainEach({ train, createDataset, openBackend }, backend, names) {
  const [count, side] = [64, 8];
  // Bars of two widths that move.
  const images = Uint8Array.from({ length: count * side * side }, (_, i) => {
    const [image, column] = [Math.floor(i / side ** 2), i % side];
    return column >= image % 6 && column < (image % 6) + 1 + (image % 2) ? 255 : 0;
  });
  const losses = {};
  // Kept open, so that its programs are compiled once.
  const held = await openBackend(backend);
  for (const name of names.split(' ')) {
    const data = await createDataset({ images, height: side, width: side });
    const steps = [];
    const small = name === 'factor-vae' && { 'discriminator-layers': 2, 'discriminator-units': 16 };
    const options = { ...OPTIONS, data, backend, model: name, modelOptions: small || {}, batchSize: 8, testRows: 0 };
    await train({ ...options, learningRate: 5e-3, steps: 2, onProgress: listen(steps) });
    losses[name] = steps.map(({ loss }) => loss);
  }
  await held.close();
  return JSON.stringify({ device: held.device, losses });
}

/** Without the time in the name of the events. */
function namesOf(folder) {
  return [...folder.files().keys()].map((name) => name.replace(/\d{10}/, 'TIME')).sort();
}
