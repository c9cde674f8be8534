import { dataRangeError } from '../errors.js';
import { isKeepable } from '../io/strings.js';

/** Refuses names of factors that an archive could not keep: each is a text of its own. */
export function checkNamesOfFactors(owner: string, names: readonly string[]): void {
  names.forEach((name, k) => {
    const place = `${owner}: factor ${k}`;
    if (typeof name !== 'string' || name === '') {
      throw dataRangeError(`${place}: expected a name, got ${JSON.stringify(name)}`);
    }
    if (!isKeepable(name)) throw dataRangeError(`${place}: expected text as its name, got ${JSON.stringify(name)}`);
    const first = names.indexOf(name);
    if (first < k) throw dataRangeError(`${place}: expected a name of its own, got '${name}', that of factor ${first}`);
  });
}
