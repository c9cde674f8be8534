/**
 * Whether a name can be that of a member: steps between slashes, none of them empty or `.` or `..`,
 * no backslash and no control characters. A slash at the end is that of a folder.
 */
export function isPlainName(name: string): boolean {
  const steps = name.replace(/\/$/, '').split('/');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  return !/[\u0000-\u001f\u007f\\]/.test(name) && steps.every((step) => !['', '.', '..'].includes(step));
}
