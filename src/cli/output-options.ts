/** Options of what is printed, which many commands share. */
import { boolean, text } from '../options/rule.js';

export const JSON_OPTION = boolean({ default: false, description: 'one JSON document' });

export const QUIET = boolean({ default: false, description: 'no warnings' });

export const OUT = text({
  placeholder: 'file',
  names: 'files',
  description: 'write to a file instead, whole or not at all; JSON if it ends in .json',
});

/** The file that is written: null for standard output, which is `-` too. */
export function fileOf(out: string | null): string | null {
  return out === '-' ? null : out;
}

/** Whether JSON is asked for, by name or by the ending of the file. */
export function wantsJson({ json, out }: { readonly json: boolean; readonly out: string | null }): boolean {
  return json || (out?.endsWith('.json') ?? false);
}
