/** What pandas notes in a Parquet file. */
import { DataError } from '../../errors.js';

// What pandas calls an index without a name.
const INDEX_NAME = /^__index_level_\d+__$/;

/**
 * The names of columns that are the index of a pandas table. A name may stand for no column, as
 * where a program copied the metadata of another table.
 *
 * @throws DataError for metadata that are not as pandas writes them: the index would pass for data
 */
export function readIndexNames(texts: ReadonlyMap<string, string>, columns: readonly string[], path: string): string[] {
  const unsaid = columns.filter((name) => INDEX_NAME.test(name));
  const text = texts.get('pandas');
  if (text === undefined) return unsaid;
  const said = parse(text)?.index_columns;
  // An index that counts the rows is an object, and no column.
  const isEntry = (entry: unknown) => typeof entry === 'string' || (typeof entry === 'object' && entry !== null);
  if (!Array.isArray(said) || !said.every(isEntry)) {
    const problem = `the pandas metadata do not say which columns are the index; write the table with pandas or pyarrow anew`;
    throw new DataError(problem, { path });
  }
  return [...unsaid, ...said.filter((entry) => typeof entry === 'string')];
}

function parse(text: string): Partial<Record<string, unknown>> | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
