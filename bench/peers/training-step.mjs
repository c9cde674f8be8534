/**
 * Our side of training-step.py: steps of `train`, whole, with drawing the images and writing the
 * log. Plain JavaScript, so that nothing but the library runs in the process.
 *
 *   node training-step.mjs LIBRARY SETUP        SETUP: { told, timed, options } as JSON
 */
const [library, setup] = process.argv.slice(2);
const { train } = await import(library);
const { told, timed, options } = JSON.parse(setup);

const losses = [];
const seconds = [];
/** Seconds of all threads of this process. */
const processor = [];
let device = '';
let before = 0;
let used = process.cpuUsage();
await train({
  ...options,
  steps: told + timed,
  testRows: 0,
  // Those of a run of usual length stand 200 steps apart.
  checkpointEvery: 1e6,
  onProgress(progress) {
    const now = performance.now();
    if (progress.kind === 'opened') device = progress.device;
    else if (progress.step <= told) losses.push(progress.loss);
    else {
      const { user, system } = process.cpuUsage(used);
      processor.push((user + system) / 1e6);
      seconds.push((now - before) / 1000);
    }
    used = process.cpuUsage();
    before = now;
  },
});
// The last step writes the checkpoint of the end.
seconds.pop();
processor.pop();
console.log(JSON.stringify({ device, losses, seconds, processor }));
