/** A module worker that scores what it is told to. */
import * as library from '/dist/browser.js';
import { scoreDigits } from './score-digits.js';

addEventListener('message', async ({ data }) => {
  postMessage(await scoreDigits(library, data).catch((error) => ({ error: String(error) })));
});
