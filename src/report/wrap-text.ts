/**
 * Breaks text at spaces into lines of at most `width` characters; a longer word has a line to
 * itself. An empty text is no lines.
 */
export function wrapText(text: string, width: number): string[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return wrapItems(words, ' ', width);
}

/** Puts items on lines of at most `width` characters, breaking only between items. */
export function wrapItems(items: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = [];
  for (const item of items) {
    const longer = lines.length === 0 ? null : lines[lines.length - 1] + separator + item;
    if (longer !== null && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(item);
  }
  return lines;
}

/** Wraps text behind a first-line prefix; the lines that follow are indented to match. */
export function wrapBehind(prefix: string, text: string, width: number): string[] {
  const indent = ' '.repeat(prefix.length);
  return wrapText(text, Math.max(1, width - prefix.length)).map((line, i) => (i === 0 ? prefix : indent) + line);
}
