/**
 * A score for reading: four decimals (`0.6786`), or as a power of ten where those would hide it.
 */
export function formatScore(value: number): string {
  if (value === 0) return '0.0000';
  const size = Math.abs(value);
  return size < 5e-5 || size >= 1e7 ? value.toExponential(2) : value.toFixed(4);
}

/** Like `formatScore`, with its sign; nothing at all is `0`. */
export function formatSigned(value: number): string {
  if (value === 0) return '0';
  const text = formatScore(value);
  return text.startsWith('-') ? text : `+${text}`;
}

/** Whole numbers as they are, others as scores. */
export function formatNumber(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : formatScore(value);
}

/** Counts with thousands apart: `10,000`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
