/** Trainings by whichever bundle of vaemetrics/train: whole, stopped and resumed, and by named backends. */

const STEPS = 200;
const STOP_AT = 117;

const OPTIONS = {
  data: 'shapes-3',
  backend: 'wasm',
  threads: 1,
  latents: 3,
  batchSize: 2,
  testRows: 40,
  checkpointEvery: 50,
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

/** All 200 steps at once: their numbers and the names of the run's files, as JSON. */
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

/** Without the time in the name of the events. */
function namesOf(folder) {
  return [...folder.files().keys()].map((name) => name.replace(/\d{10}/, 'TIME')).sort();
}
