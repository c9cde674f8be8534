/** What the tests call in the page, by `window.page`. */
import * as library from '/dist/train/browser.js';
import * as trainings from './stopped-training.js';

window.page = {
  call: (name, ...args) => trainings[name](library, ...args).catch(({ name, message }) => `${name}: ${message}`),
};
