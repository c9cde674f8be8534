/** What the tests of training call in the page, by `window.page`. */
import { openBackend } from '/dist/train/browser.js';
import { sumErrors } from './large-sums.js';
import { smallLosses } from './small-loss.js';

window.page = {
  /** Opens a backend, computes on it and closes it; or the error's message. */
  async train({ name }) {
    try {
      const backend = await openBackend(name);
      const { device, refused } = backend;
      const answer = backend.tf.getBackend();
      const computed = await smallLosses(backend.tf);
      backend.close();
      return { name: backend.name, answer, device, refused, ...computed };
    } catch (error) {
      return { error: `${error.name}: ${error.message}` };
    }
  },

  /** Errors of large sums on a backend. */
  async sums({ name }) {
    const backend = await openBackend(name);
    const errors = await sumErrors(backend.tf);
    backend.close();
    return { answer: backend.name, errors };
  },
};
