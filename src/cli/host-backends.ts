import { TRAIN_OPTIONS } from '../train/declared-options.js';

const { backend } = TRAIN_OPTIONS;

/** What can compute in Node: WebGL is there in browsers only. */
export const HOST_BACKENDS = { ...backend, choices: backend.choices.filter((name) => name !== 'webgl') };
