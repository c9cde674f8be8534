/** Scores the digits; `library` is the module under test. */
import { posteriorAround } from '/consumers/posterior.js';
import { parseVmat } from '/consumers/vmat.js';

export async function fetchDigits() {
  const names = ['/digits/latents.bin', '/digits/factors.bin'];
  return Promise.all(names.map(async (name) => parseVmat(new Uint8Array(await (await fetch(name)).arrayBuffer()))));
}

export async function scoreDigits(library, options) {
  const [latents, factors] = await fetchDigits();
  return JSON.stringify(await library.score(latents, factors, options));
}

/** Decomposes a posterior around the digits' latents. */
export async function decomposeDigits(library, options) {
  const [mu] = await fetchDigits();
  return JSON.stringify(await library.decompose(posteriorAround(mu), options));
}
