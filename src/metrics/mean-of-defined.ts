/** The mean of what is not null; null where nothing is. */
export function meanOfDefined(values: ReadonlyArray<number | null>): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}
