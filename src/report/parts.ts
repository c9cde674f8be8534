import { alignColumns, columnWidths, GAP } from './align-columns.js';
import { formatNumber, formatScore } from './format-number.js';
import { printable } from './printable.js';
import type { Style } from './style.js';
import { wrapBehind } from './wrap-text.js';

/** What tells the axes of a part from each other. */
export interface PartsOptions {
  readonly latents: number;
  readonly factors: number;
  /** What the factors are called, where that is known. */
  readonly factorNames?: readonly string[];
  readonly width: number;
  readonly style: Style;
}

/** A value, seen as what it can be shown as. */
type Seen =
  | { readonly kind: 'scalar'; readonly text: string }
  | { readonly kind: 'vector'; readonly texts: readonly string[]; readonly axis: string }
  | { readonly kind: 'matrix'; readonly rows: ReadonlyArray<readonly string[]> }
  | { readonly kind: 'records'; readonly records: ReadonlyArray<Readonly<Record<string, unknown>>> }
  | { readonly kind: 'group'; readonly entries: Readonly<Record<string, unknown>> };

/**
 * What a score was made of, as lines: scalars first, then one table for all that has a value per
 * factor, one for all that has a value per latent, then the matrices, latents down and factors
 * across.
 */
export function renderParts(parts: Readonly<Record<string, unknown>>, options: PartsOptions): string[] {
  const seen = Object.entries(parts)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ label: labelOf(key), value: see(key, value, options) }));
  const blocks: string[][] = [
    renderScalars(seen, options),
    ...renderVectors(seen, options),
    ...seen.map(({ label, value }) => {
      if (value.kind === 'matrix') return renderMatrix(label, value.rows, options);
      if (value.kind === 'records') return renderRecords(label, value.records, options);
      if (value.kind === 'group') return renderGroup(label, value.entries, options);
      return [];
    }),
  ];
  return blocks.filter((block) => block.length > 0).flatMap((block, i) => (i === 0 ? block : ['', ...block]));
}

type Labelled = { readonly label: string; readonly value: Seen };

function renderScalars(seen: readonly Labelled[], { style, width }: PartsOptions): string[] {
  const scalars = seen.flatMap(({ label, value }) => (value.kind === 'scalar' ? [{ label, text: value.text }] : []));
  const [labelWidth = 0] = columnWidths(scalars.map(({ label }) => [label]));
  return scalars.flatMap(({ label, text }) => {
    const lines = wrapBehind(' '.repeat(labelWidth + GAP), text === '' ? "''" : text, width);
    return [style.dim(label.padEnd(labelWidth)) + lines[0].slice(labelWidth), ...lines.slice(1)];
  });
}

function renderVectors(seen: readonly Labelled[], options: PartsOptions): string[][] {
  const byAxis = new Map<string, { label: string; texts: readonly string[] }[]>();
  for (const { label, value } of seen) {
    if (value.kind !== 'vector') continue;
    const key = `${value.axis} ${value.texts.length}`;
    byAxis.set(key, [...(byAxis.get(key) ?? []), { label, texts: value.texts }]);
  }
  return [...byAxis].map(([key, vectors]) => {
    const axis = key.slice(0, key.lastIndexOf(' '));
    const header = [axis, ...vectors.map(({ label }) => label)];
    const nameOf = axis === 'factor' ? (i: number) => nameFactor(i, options) : String;
    const rows = vectors[0].texts.map((_, i) => [nameOf(i), ...vectors.map(({ texts }) => texts[i])]);
    return renderGrid(header, rows, options);
  });
}

function renderMatrix(label: string, rows: ReadonlyArray<readonly string[]>, options: PartsOptions): string[] {
  const columns = rows[0].length;
  const { latents, factors, style } = options;
  // A square matrix of latents is told from one of as many factors by its name alone.
  const axes = / between latents$/.test(label)
    ? ''
    : rows.length === latents && columns === factors
      ? '  latents down, factors across'
      : rows.length === factors && columns === latents
        ? '  factors down, latents across'
        : '';
  const [across, down] = axes.startsWith('  latents')
    ? [nameFactor, String]
    : axes === ''
      ? [String, String]
      : [String, nameFactor];
  const header = ['', ...rows[0].map((_, i) => across(i, options))];
  const body = rows.map((row, i) => [down(i, options), ...row]);
  return [style.bold(label) + style.dim(axes), ...renderGrid(header, body, options)];
}

/** A factor by its number, and its name where that is known. */
function nameFactor(i: number, { factorNames }: PartsOptions): string {
  return factorNames === undefined ? String(i) : `${i} ${printable(factorNames[i])}`;
}

function renderRecords(
  label: string,
  records: ReadonlyArray<Readonly<Record<string, unknown>>>,
  options: PartsOptions,
): string[] {
  const keys = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const header = ['', ...keys.map(labelOf)];
  const rows = records.map((record, i) => [String(i), ...keys.map((key) => textOf(record[key]))]);
  return [options.style.bold(label), ...renderGrid(header, rows, options)];
}

function renderGroup(label: string, entries: Readonly<Record<string, unknown>>, options: PartsOptions): string[] {
  const inner = renderParts(entries, { ...options, width: options.width - 2 });
  return [options.style.bold(label), ...inner.map((line) => (line === '' ? '' : `  ${line}`))];
}

/** Lines of a table; one that is too wide is cut into blocks that repeat the first column. */
function renderGrid(
  header: readonly string[],
  rows: ReadonlyArray<readonly string[]>,
  { width, style }: PartsOptions,
): string[] {
  const widths = columnWidths([header, ...rows]);
  const lines: string[] = [];
  for (let first = 1; first < header.length; ) {
    let end = first + 1;
    let used = widths[0] + GAP + widths[first];
    while (end < header.length && used + GAP + widths[end] <= width) used += GAP + widths[end++];
    const cut = (row: readonly string[]) => [row[0], ...row.slice(first, end)];
    const [head, ...body] = alignColumns([cut(header), ...rows.map(cut)]);
    if (lines.length > 0) lines.push('');
    lines.push(style.dim(head), ...body);
    first = end;
  }
  return lines;
}

function see(key: string, value: unknown, options: PartsOptions): Seen {
  if (ArrayBuffer.isView(value)) return see(key, Array.from(value as unknown as ArrayLike<number>), options);
  if (Array.isArray(value)) return seeArray(key, value, options);
  if (isRecord(value)) {
    return Object.keys(value).length === 0 ? { kind: 'scalar', text: 'none' } : { kind: 'group', entries: value };
  }
  return { kind: 'scalar', text: textOf(value) };
}

function seeArray(key: string, items: readonly unknown[], options: PartsOptions): Seen {
  if (items.length === 0) return { kind: 'scalar', text: 'none' };
  if (items.every(isRecord)) return { kind: 'records', records: items };
  const rows = items.map((item) =>
    ArrayBuffer.isView(item) ? Array.from(item as unknown as ArrayLike<number>) : item,
  );
  if (rows.every((row) => Array.isArray(row) && row.length > 0 && row.length === (rows[0] as unknown[]).length)) {
    const texts = formatAll((rows as unknown[][]).flat());
    const columns = (rows[0] as unknown[]).length;
    return { kind: 'matrix', rows: rows.map((_, row) => texts.slice(row * columns, (row + 1) * columns)) };
  }
  const axis = isSelection(key, items) ? null : axisOf(key, items.length, options);
  if (axis === null || items.some(Array.isArray)) {
    return {
      kind: 'scalar',
      text: items.map((item) => (Array.isArray(item) ? JSON.stringify(item) : textOf(item))).join(', '),
    };
  }
  return { kind: 'vector', texts: formatAll(items), axis };
}

/**
 * Whether a vector names latents or factors, as `activeLatents` does, instead of saying something
 * of each.
 */
function isSelection(key: string, items: readonly unknown[]): boolean {
  const ascends = items.every(
    (item, i) => Number.isInteger(item) && (i === 0 || (item as number) > (items[i - 1] as number)),
  );
  return ascends && /(latents|factors|columns)$/i.test(key);
}

/**
 * Whether a vector runs over factors or latents: by its length, and by its name where the length
 * fits both.
 */
function axisOf(key: string, length: number, { latents, factors }: PartsOptions): string | null {
  if (length === factors && length === latents) {
    if (/latent/i.test(key) && !/factor/i.test(key)) return 'latent';
    if (/factor/i.test(key) && !/latent/i.test(key)) return 'factor';
    return 'index';
  }
  if (length === factors) return 'factor';
  return length === latents ? 'latent' : null;
}

/** Numbers of one kind are shown alike: all whole, or all with decimals. */
function formatAll(items: readonly unknown[]): string[] {
  const whole = items.every((item) => typeof item !== 'number' || Number.isSafeInteger(item));
  return items.map((item) => (typeof item === 'number' && !whole ? formatScore(item) : textOf(item)));
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** `mutualInformation` reads `mutual information`. */
function labelOf(key: string): string {
  return printable(
    key.replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`),
  );
}
