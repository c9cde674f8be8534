/** What several formats say of the files they were read from. */
import { type Note, note } from '../../note.js';

/** Images that were resized; `what` says of what they were made. */
export function describeResized(what: string, edge: number): Note {
  return note('resized-images', `${what} resized to ${edge} x ${edge} by area averaging`);
}

/** The order of files that make one data set; nothing of a single one. */
export function describeParts(paths: readonly string[]): Note[] {
  return paths.length < 2 ? [] : [note('joined-parts', `its parts follow one another: ${paths.join(', ')}`)];
}
