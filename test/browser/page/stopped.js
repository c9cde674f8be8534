/** What the tests call in the page, by `window.page`. */
import * as library from '/dist/train/browser.js';
import * as stopped from './stopped-training.js';

const trainings = { ...stopped };

window.page = {
  call: (name, ...args) => trainings[name](library, ...args).catch(({ name, message }) => `${name}: ${message}`),
};
