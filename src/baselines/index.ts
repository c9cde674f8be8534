/** The baselines by name: the registry. */
import type { Baseline } from './baseline.js';
import { groundTruth } from './ground-truth.js';
import { ica } from './ica.js';
import { pca } from './pca.js';
import { random } from './random.js';
import { rawPixels } from './raw-pixels.js';

export const baselines: readonly Baseline[] = [groundTruth, rawPixels, pca, ica, random];
