/** A CommonJS script: an ESM package is reached by import(). */
import('vaemetrics').then(async ({ mig, ready }) => {
  await ready();
  const latents = [0, 0, 1, 1, 2, 2, 3, 3].map((value) => [value, 0.5]);
  const { value } = await mig(latents, [0, 0, 1, 1, 2, 2, 3, 3]);
  process.stdout.write(String(value));
});
