/** tfjs on its cpu backend, with gradients, which tfjs-core leaves to packages that bundle it. */
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';

// As a module of CommonJS: its imports of folders are no imports that Node resolves. Registries are
// shared by all copies.
createRequire(import.meta.url)('@tensorflow/tfjs-core/dist/register_all_gradients');

export { tf };
