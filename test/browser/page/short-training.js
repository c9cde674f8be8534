/**
 * All numbers of six steps, by whichever bundle of vaemetrics/train, as JSON. Batches of 40 are two
 * shards of 16 rows and one of 8.
 */
export async function trainShortly({ train }, options) {
  const steps = [];
  await train({
    data: 'shapes-3',
    backend: 'wasm',
    steps: 6,
    batchSize: 40,
    testRows: 0,
    ...options,
    onProgress(progress) {
      if (progress.kind !== 'step') return;
      const { loss, reconstruction, kl, terms, klPerLatent } = progress;
      steps.push({ loss, reconstruction, kl, terms, klPerLatent });
    },
  });
  return JSON.stringify(steps);
}
