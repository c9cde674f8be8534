/**
 * A script in Node that leaves reading to the library: prints the report of two files as one line
 * of JSON.
 */
import { openArrays, openFileSource, pickFactors, pickLatents, score } from 'vaemetrics';

const [latents, factors] = await Promise.all(
  [pickLatents, pickFactors].map(async (pick, i) => {
    const source = await openFileSource(process.argv[2 + i]);
    try {
      return await pick(await openArrays(source)).read();
    } finally {
      await source.close?.();
    }
  }),
);
process.stdout.write(JSON.stringify(await score(latents, factors)));
