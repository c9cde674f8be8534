/** Kinds of pictures that are known and not read: what they are, and what converts them. */
import { type Note, note } from '../../note.js';
import type { NamedFile } from './named-file.js';

interface UnreadKind {
  readonly kind: string;
  /** Endings of its names. */
  readonly extensions: readonly string[];
  /** How it begins, as characters of Latin-1. */
  readonly begins: RegExp;
}

const UNREAD: readonly UnreadKind[] = [
  { kind: 'BMP', extensions: ['bmp', 'dib'], begins: /^BM/ },
  { kind: 'GIF', extensions: ['gif'], begins: /^GIF8/ },
  { kind: 'TIFF', extensions: ['tif', 'tiff'], begins: /^(?:II\*\0|MM\0\*)/ },
  { kind: 'WebP', extensions: ['webp'], begins: /^RIFF[\s\S]{4}WEBP/ },
  { kind: 'AVIF', extensions: ['avif'], begins: /^[\s\S]{4}ftypavi[fs]/ },
  { kind: 'HEIC', extensions: ['heic', 'heif'], begins: /^[\s\S]{4}ftyp(?:hei|mif)/ },
  { kind: 'JPEG 2000', extensions: ['jp2', 'j2k', 'jpx'], begins: /^(?:[\s\S]{4}jP {2}|ÿOÿQ)/ },
  { kind: 'PNM', extensions: ['ppm', 'pgm', 'pbm', 'pnm'], begins: /^P[1-6]\s/ },
  { kind: 'TGA', extensions: ['tga'], begins: /^(?!)/ },
];

const SHOWN = 3;

/** The kind that a file has by its name; null for what is read, and for what is no picture. */
export function unreadKindOfName(name: string): string | null {
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return UNREAD.find(({ extensions }) => extensions.includes(extension))?.kind ?? null;
}

/** The kind that a file has by its first bytes. */
export function unreadKindOfBytes(prefix: Uint8Array): string | null {
  const start = String.fromCharCode(...prefix.subarray(0, 16));
  return UNREAD.find(({ begins }) => begins.test(start))?.kind ?? null;
}

/** What turns such a picture into one that is read. */
export function howToConvert(name: string): string {
  const base = name.slice(name.lastIndexOf('/') + 1);
  return `PIL.Image.open('${base}').save('${base.replace(/\.[^.]*$/, '')}.png') converts one`;
}

/** What is said of pictures by their names; null where all kinds are read. */
export function describeUnread(names: readonly string[]): string | null {
  const unread = names.filter((name) => unreadKindOfName(name) !== null);
  if (unread.length === 0) return null;
  const kinds = [...new Set(unread.map((name) => unreadKindOfName(name)))].join(', ');
  const more = unread.length > SHOWN ? ` and ${unread.length - SHOWN} more` : '';
  return `${kinds} is not read: ${unread.slice(0, SHOWN).join(', ')}${more}; ${howToConvert(unread[0])}`;
}

/** Says which pictures of a folder are left out. */
export function noteUnread(files: readonly NamedFile[]): Note[] {
  const unread = files.filter(({ name }) => unreadKindOfName(name) !== null).map(({ name }) => name);
  const told = describeUnread(unread);
  if (told === null) return [];
  const count = unread.length === 1 ? '1 picture is' : `${unread.length} pictures are`;
  return [note('unread-pictures', `${count} left out: ${told}`, { isGuess: true })];
}
