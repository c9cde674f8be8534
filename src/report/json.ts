/**
 * JSON as a person would lay it out: objects over lines, arrays of numbers and strings on one line
 * each. The same value gives the same text; ends in a newline. Numbers that JSON does not have come
 * out as null.
 */
export function toJson(value: unknown): string {
  return `${writeValue(value, '')}\n`;
}

function writeValue(value: unknown, indent: string): string {
  if (ArrayBuffer.isView(value)) return writeArray(Array.from(value as unknown as ArrayLike<unknown>), indent);
  if (Array.isArray(value)) return writeArray(value, indent);
  if (typeof value === 'object' && value !== null) return writeObject(value, indent);
  return JSON.stringify(value) ?? 'null';
}

function writeArray(items: readonly unknown[], indent: string): string {
  if (items.every((item) => typeof item !== 'object' || item === null)) {
    return `[${items.map((item) => writeValue(item, '')).join(', ')}]`;
  }
  const inner = `${indent}  `;
  return `[\n${items.map((item) => inner + writeValue(item, inner)).join(',\n')}\n${indent}]`;
}

function writeObject(value: object, indent: string): string {
  const inner = `${indent}  `;
  const lines = Object.entries(value)
    .filter(([, entry]) => entry !== undefined)
    .map(([key, entry]) => `${inner}${JSON.stringify(key)}: ${writeValue(entry, inner)}`);
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
}
