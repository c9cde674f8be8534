/** Options of what is printed, which many commands share. */
import { wrongValue } from '../errors.js';
import { extensionOf } from '../io/extension.js';
import { boolean, text } from '../options/rule.js';

export const JSON_OPTION = boolean({ default: false, description: 'one JSON document' });

export const QUIET = boolean({ default: false, description: 'no warnings' });

export const OUT = text({
  placeholder: 'file',
  names: 'files',
  description: 'write to a file instead, whole or not at all; JSON if it ends in .json',
});

/** How names of reports may end; names without an ending are those of text. */
export const REPORT_ENDINGS = ['txt', 'json'];

/** Refuses a name that promises what is not written. */
export function checkReportName(out: string | null, endings: readonly string[] = REPORT_ENDINGS): void {
  const ending = out === null ? null : extensionOf(out);
  if (ending === null || endings.includes(ending)) return;
  const known = endings.map((one) => `.${one}`);
  const list = `${known.slice(0, -1).join(', ')} or ${known.at(-1)}`;
  throw wrongValue({ option: 'out', problem: `expected a name that ends in ${list}, got '${out}'` });
}

/** The file that is written: null for standard output, which is `-` too. */
export function fileOf(out: string | null): string | null {
  return out === '-' ? null : out;
}

/** Whether JSON is asked for, by name or by the ending of the file. */
export function wantsJson({ json, out }: { readonly json: boolean; readonly out: string | null }): boolean {
  return json || (out !== null && extensionOf(out) === 'json');
}
