/** Whether arrays are given with samples as rows. */
import { DataError } from '../../errors.js';
import { type ArrayEntry, formatShape } from '../../io/index.js';
import { type Note, note } from '../../note.js';
import { mention, phrase } from '../../phrase.js';
import { placeOf } from './read-input.js';

/**
 * Refuses latents and factors that cannot be of the same samples, saying which looks transposed.
 * @throws DataError
 */
export function refuseOtherRows(latents: ArrayEntry, factors: ArrayEntry): void {
  const [rows, columns = 1] = latents.shape;
  const [factorRows, factorColumns = 1] = factors.shape;
  const turned =
    rows === factorRows
      ? null
      : columns === factorRows
        ? 'latents'
        : rows === factorColumns
          ? 'factors'
          : columns === factorColumns && columns > rows
            ? 'both'
            : null;
  if (turned !== null) {
    const [entry, other] = turned === 'factors' ? [factors, rows] : [latents, factorRows];
    const shape = formatShape(entry.shape);
    const of = turned === 'both' ? `and the factors are ${formatShape(factors.shape)}` : `beside ${other} rows`;
    const problem = phrase`the ${turned === 'both' ? 'latents' : turned} are ${shape} ${of}, which looks transposed: ${mention('transpose', turned)} turns rows into columns`;
    throw new DataError(problem, placeOf(entry));
  }
  // Before the two are compared: a file without rows is most likely the wrong file.
  for (const entry of [latents, factors]) {
    if (entry.shape[0] < 2) throw new DataError(`expected at least 2 rows, got ${entry.shape[0]}`, placeOf(entry));
  }
  if (rows === factorRows) return;
  throw new DataError(`expected ${rows} rows to match the latents, got ${factorRows}`, placeOf(factors));
}

/** Latents of fewer samples than latents, with nothing beside them that tells which are rows. */
export function noteWide({ path, shape }: ArrayEntry, transpose: string | null): Note[] {
  const [rows, columns = 1] = shape;
  if (transpose !== null || rows >= columns) return [];
  const text = `${path}: ${formatShape(shape)} is taken as ${rows} samples of ${columns} latents`;
  const suggestion = phrase`unless ${mention('transpose', 'latents')} turns columns into rows`;
  return [note('few-rows', text, { option: 'transpose', suggestion, isGuess: true })];
}
