/** What the tests call in the page, by `window.page`. */

import * as library from '/dist/browser.js';
import { readArrays } from './read-arrays.js';
import { decomposeDigits, fetchDigits, scoreDigits } from './score-digits.js';

window.page = {
  score: (options) => scoreDigits(library, options),

  decompose: (options) => decomposeDigits(library, options),

  scoreInWorker: (options) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(`worker.js${location.search}`, { type: 'module' });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = reject;
      worker.postMessage(options);
    }),

  /**
   * Starts what would take long, cancels it at the first sign of progress, and says what happened.
   */
  async cancel() {
    const [latents, factors] = await fetchDigits();
    const stop = new AbortController();
    const reason = new Error('no longer wanted');
    const progress = [];
    let stopped = Number.NaN;
    const onProgress = (step) => {
      progress.push(step);
      stop.abort(reason);
      stopped = performance.now();
    };
    const work = library.score(latents, factors, { null: 100_000, signal: stop.signal, onProgress });
    const ending = await work.then(
      () => 'finished',
      (error) => (error === reason ? 'cancelled' : String(error)),
    );
    return { ending, progress, seconds: (performance.now() - stopped) / 1000 };
  },

  /** The arrays of a file, as a user drops it into a page. */
  readFile({ name, base64 }) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return readArrays(library, library.blobSource(new File([bytes], name)));
  },

  /** What is thrown for wrong input. */
  async refuse() {
    const error = await library.mig([[1], [2]], [[1]]).catch((error) => error);
    return { name: error.name, code: error.code, message: error.message };
  },

  /** How often the page gets a turn while it computes. */
  async countTurns() {
    const [latents, factors] = await fetchDigits();
    let turns = 0;
    const timer = setInterval(() => turns++, 10);
    await library.score(latents, factors, { null: 20 });
    clearInterval(timer);
    return turns;
  },
};
