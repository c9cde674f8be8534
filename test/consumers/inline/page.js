import { mig } from 'vaemetrics/inline';
import { factors, latents } from './samples.js';

mig(latents, factors).then((score) => {
  document.querySelector('output').textContent = JSON.stringify(score);
});
