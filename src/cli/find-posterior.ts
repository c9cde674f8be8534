import type { ArrayEntry, ArrayFile, Role } from '../io/index.js';
import { ROLES } from '../io/index.js';
import { formatShape } from '../io/shape.js';
import type { Matrix } from '../matrix.js';

/** The arrays of a posterior beside the latents, found but not read. */
export interface FoundPosterior {
  readonly mu: ArrayEntry;
  readonly logvar: ArrayEntry;
  readonly z: ArrayEntry | null;
}

/** What was found, and what a reader of the scores should know of it. */
export interface PosteriorSearch {
  readonly posterior: FoundPosterior | null;
  readonly notes: readonly string[];
}

/**
 * The posterior that the latents of an archive are of: arrays of their shape, by the names that are usual for mu, logvar and z.
 * An array of another shape is of another posterior, or none: a note says so.
 */
export function findPosterior({ arrays }: ArrayFile, latents: ArrayEntry): PosteriorSearch {
  const find = (role: Role) => {
    const names = ROLES[role].members;
    return names.map((member) => arrays.find(({ name }) => name === member)).find((entry) => entry !== undefined);
  };
  const [mu, logvar, z] = [find('mu'), find('logvar'), find('z')];
  if (mu === undefined || logvar === undefined) return { posterior: null, notes: [] };
  for (const entry of [mu, logvar]) {
    const problem = describeMismatch(entry, latents);
    if (problem !== null) return { posterior: null, notes: [`${problem}: the posterior is not used`] };
  }
  const problem = z === undefined ? null : describeMismatch(z, latents);
  return {
    posterior: { mu, logvar, z: problem === null ? (z ?? null) : null },
    notes: problem === null ? [] : [`${problem}: samples of the posterior are drawn`],
  };
}

/** Latents that are mu are read once. */
export async function readPosterior({ mu, logvar, z }: FoundPosterior, latents: ArrayEntry, latentsMatrix: Matrix) {
  return {
    mu: mu === latents ? latentsMatrix : await mu.read(),
    logvar: await logvar.read(),
    ...(z && { z: z === latents ? latentsMatrix : await z.read() }),
  };
}

/** What the arrays are called in the archive. */
export function nameMembers({ mu, logvar, z }: FoundPosterior) {
  return { mu: mu.name ?? undefined, logvar: logvar.name ?? undefined, z: z?.name ?? undefined };
}

/** Why an array cannot belong to the latents; null where it can. */
function describeMismatch({ name, shape, refusal }: ArrayEntry, latents: ArrayEntry): string | null {
  if (refusal !== null) return `'${name}': ${refusal}`;
  const isAlike = shape[0] === latents.shape[0] && (shape[1] ?? 1) === (latents.shape[1] ?? 1);
  return isAlike ? null : `'${name}' is ${formatShape(shape)} where the latents are ${formatShape(latents.shape)}`;
}
