import { mig } from 'vaemetrics/inline';
import { factors, latents } from './samples.js';

postMessage(await mig(latents, factors));
