/** What the header of an .npy file is made of: Python's literals, no more. */
export type Literal = string | number | boolean | null | LiteralSequence | LiteralDict;

export interface LiteralSequence {
  readonly kind: 'tuple' | 'list';
  readonly items: readonly Literal[];
}

export interface LiteralDict {
  readonly kind: 'dict';
  /** In order, repeated keys included: whoever reads it must see them. */
  readonly entries: ReadonlyArray<readonly [Literal, Literal]>;
}

/** Where and why a literal is none. */
export class LiteralError extends Error {
  constructor(
    readonly problem: string,
    readonly position: number,
  ) {
    super(problem);
  }
}

const DEEPEST = 32;

/**
 * Parses one Python literal: strings, whole numbers, True, False, None, tuples, lists and dicts.
 * Nothing is evaluated.
 * @throws LiteralError
 */
export function parseLiteral(text: string): Literal {
  let position = 0;

  const value = parseValue(0);
  skipSpace();
  if (position < text.length) throw unexpected('the end');
  return value;

  function parseValue(depth: number): Literal {
    if (depth > DEEPEST) throw new LiteralError(`nested deeper than ${DEEPEST}`, position);
    skipSpace();
    const start = text[position];
    if (start === "'" || start === '"') return parseString(start);
    if (start === '(') return parseSequence(')', 'tuple', depth);
    if (start === '[') return parseSequence(']', 'list', depth);
    if (start === '{') return parseDict(depth);
    const word = /[A-Za-z]+|-?\d+/y;
    word.lastIndex = position;
    const found = word.exec(text)?.[0];
    if (found === 'True' || found === 'False' || found === 'None') {
      position += found.length;
      return found === 'None' ? null : found === 'True';
    }
    if (found !== undefined && /\d$/.test(found)) {
      position += found.length;
      // Python 2 wrote long integers so.
      if (text[position] === 'L') position++;
      return Number(found);
    }
    throw unexpected('a value');
  }

  function parseString(quote: string): string {
    let out = '';
    for (position++; position < text.length; position++) {
      const character = text[position];
      if (character === quote) {
        position++;
        return out;
      }
      if (character === '\n') break;
      if (character !== '\\') {
        out += character;
        continue;
      }
      position++;
      if (!['\\', "'", '"'].includes(text[position])) throw unexpected('an escaped quote or backslash');
      out += text[position];
    }
    throw unexpected('the end of a string');
  }

  function parseSequence(end: string, kind: 'tuple' | 'list', depth: number): Literal {
    const items: Literal[] = [];
    let commas = 0;
    position++;
    for (;;) {
      skipSpace();
      if (text[position] === end) break;
      if (items.length > commas) throw unexpected(`a comma or ${end}`);
      items.push(parseValue(depth + 1));
      skipSpace();
      if (text[position] === ',') {
        commas++;
        position++;
      }
    }
    position++;
    // (3) is a number in brackets, (3,) a tuple.
    if (kind === 'tuple' && items.length === 1 && commas === 0) return items[0];
    return { kind, items };
  }

  function parseDict(depth: number): LiteralDict {
    const entries: Array<[Literal, Literal]> = [];
    let commas = 0;
    position++;
    for (;;) {
      skipSpace();
      if (text[position] === '}') break;
      if (entries.length > commas) throw unexpected('a comma or }');
      const key = parseValue(depth + 1);
      skipSpace();
      if (text[position] !== ':') throw unexpected('a colon');
      position++;
      entries.push([key, parseValue(depth + 1)]);
      skipSpace();
      if (text[position] === ',') {
        commas++;
        position++;
      }
    }
    position++;
    return { kind: 'dict', entries };
  }

  function skipSpace(): void {
    while (position < text.length && ' \t\n\r'.includes(text[position])) position++;
  }

  function unexpected(wanted: string): LiteralError {
    const got = position < text.length ? JSON.stringify(text[position]) : 'the end';
    return new LiteralError(`expected ${wanted}, got ${got}`, position);
  }
}
