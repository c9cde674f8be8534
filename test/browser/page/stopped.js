/** What the tests call in the page, by `window.page`. */
import * as library from '/dist/train/browser.js';
import { trainBriefly, trainEach, trainInTwo, trainWhole } from './stopped-training.js';

const trainings = { trainBriefly, trainEach, trainInTwo, trainWhole };

window.page = {
  call: (name, ...args) => trainings[name](library, ...args).catch(({ name, message }) => `${name}: ${message}`),
};
