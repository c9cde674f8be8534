/** How a file name ends, in small letters without the dot; null where it has no ending. */
export function extensionOf(path: string): string | null {
  return /\.([A-Za-z0-9]+)$/.exec(path)?.[1].toLowerCase() ?? null;
}
