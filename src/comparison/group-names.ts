/** Which models are repetitions of each other, by their names. */

/**
 * A number at the end, behind a mark or a word for repetitions: `-3`, `_s3`, `/seed-03`, `.seed=3`;
 * not the 4 of `beta4`.
 */
const REPETITION = /(?:[-_./\\ ]+(?:seed|run|rep|trial|s|r)?|(?:seed|run|rep|trial))[-_=. ]*\d+$/i;
/** Files that a folder of a run has, and endings. */
const FILE = /(?:[/\\](?:posterior|report|latents)(?=\.\w+$))?\.(?:npz|npy|json|csv|tsv|parquet|pt|mat|h5)$/i;

/** A report of an array of them has no name of its own. */
const OF_ARRAY = /, report \d+$/;

/** The name without the number of a repetition; as it is if that would leave nothing. */
export function nameOfGroup(name: string): string {
  if (OF_ARRAY.test(name)) return name;
  const bare = name.replace(FILE, '');
  return bare.replace(REPETITION, '') || bare || name;
}
