/** What `encode` says of what it does and has written. */
import { formatCount } from '../report/format-number.js';
import { printable } from '../report/printable.js';
import { POINTS } from '../train/objectives/codes.js';
import { posteriorArrays } from '../train/posterior-archive.js';
import { ROWS_OF_OTHERS } from '../trained/declared-options.js';
import type { EncodedPosterior, EncodePlan } from '../trained/encode-dataset.js';
import type { Terminal } from './terminal.js';

/** What nobody asked for by number, and what takes long. */
export function tellPlan({ data, rows, available, bytes }: EncodePlan, isUnasked: boolean, { stderr }: Terminal): void {
  if (isUnasked && rows < available) {
    stderr.write(
      `${formatCount(rows)} of the ${formatCount(available)} rows of ${printable(data)}; --rows N takes others\n`,
    );
  } else if (rows > ROWS_OF_OTHERS) {
    const size = `about ${formatCount(Math.ceil(bytes / 1e6))} MB`;
    const hint = isUnasked ? '; --rows N takes fewer' : '';
    stderr.write(`encoding ${formatCount(rows)} rows of ${printable(data)}, ${size}${hint}\n`);
  }
}

export const SCHEMA = 'vaemetrics/encode@1';

/** Why there is no logvar. */
const reasonOf = (encoded: EncodedPosterior) => ('step' in encoded ? POINTS : 'codes are points');

export function describe(out: string, encoded: EncodedPosterior): object {
  const { data, mu, logvar, factorNames } = encoded;
  const size = { rows: mu.rows, latents: mu.columns, factors: factorNames };
  const reasons = logvar === null ? { reasons: { logvar: reasonOf(encoded) } } : {};
  const arrays = posteriorArrays(encoded).map(({ name }) => name);
  return { data, ...size, arrays, out, ...reasons };
}

/** @param by whom it was encoded */
export function render(out: string, encoded: EncodedPosterior, by: string): string {
  const { mu, logvar, factors, data } = encoded;
  const lacking = [
    ...(logvar === null ? [`no logvar, and z is mu: ${reasonOf(encoded)}`] : []),
    ...(factors === null ? ['no factors are known'] : []),
  ];
  const names = posteriorArrays(encoded).map(({ name }) => name);
  const arrays = `${names.join(', ')}${lacking.length > 0 ? ` (${lacking.join('; ')})` : ''}`;
  const rows = `${formatCount(mu.rows)} rows of ${printable(data)}, ${mu.columns} latents, ${by}`;
  return `wrote ${printable(out)}: ${arrays} of ${rows}\n`;
}
