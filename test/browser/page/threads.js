/** What the tests call in the page, by `window.page`. */
import * as library from '/dist/train/browser.js';
import { trainShortly } from './short-training.js';

window.page = {
  train: (options) => trainShortly(library, options),
};
