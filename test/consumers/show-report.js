import { parseVmat } from './vmat.js';

/** Scores the digits of the server and shows the report as JSON. */
export async function showReport({ score }) {
  const fetchMatrix = async (name) =>
    parseVmat(new Uint8Array(await (await fetch(`/digits/${name}.bin`)).arrayBuffer()));
  const report = await score(await fetchMatrix('latents'), await fetchMatrix('factors'));
  document.querySelector('output').textContent = JSON.stringify(report);
}
