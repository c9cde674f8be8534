/** What the test calls in the page, by `window.page`. */
import * as library from '/dist/train/browser.js';
import { lookAfterTraining } from './short-after.js';

window.page = {
  look: () => lookAfterTraining(library),
};
