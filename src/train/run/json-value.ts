/** What JSON can hold without a loss. */
export type JsonValue =
  | number
  | string
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

export type JsonRecord = { readonly [name: string]: JsonValue };

/**
 * The JSON of a value. Numbers come back bit for bit (but for -0, which comes back as 0).
 * @throws TypeError for what JSON would change without a word: NaN and infinities, undefined,
 * objects of a class
 */
export function toExactJson(value: JsonValue, name: string, indent?: number): string {
  check(value, name);
  return JSON.stringify(value, null, indent);
}

function check(value: unknown, name: string): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return;
    throw new TypeError(`${name}: expected a finite number, got ${value}`);
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) check(item, `${name}[${index}]`);
    return;
  }
  const prototype = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`${name}: expected what JSON can hold, got ${value?.constructor?.name ?? typeof value}`);
  }
  for (const [key, item] of Object.entries(value as object)) check(item, `${name}.${key}`);
}

/** Whether a parsed value is an object with names. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
