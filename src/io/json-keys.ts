/**
 * The first key that an object in a JSON text has twice, or null. `JSON.parse` keeps the last of
 * them without a word. The text must be valid JSON.
 */
export function findRepeatedKey(json: string): string | null {
  // The keys of every level that is open; null for an array.
  const open: Array<Set<string> | null> = [];
  for (let i = 0; i < json.length; i++) {
    const character = json[i];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(null);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = endOfString(json, i);
      if (isFollowedByColon(json, end)) {
        const key: string = JSON.parse(json.slice(i, end));
        const keys = open.at(-1);
        if (keys?.has(key)) return key;
        keys?.add(key);
      }
      i = end - 1;
    }
  }
  return null;
}

function endOfString(json: string, start: number): number {
  let i = start + 1;
  while (json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
  return i + 1;
}

function isFollowedByColon(json: string, start: number): boolean {
  let i = start;
  while (' \t\n\r'.includes(json[i])) i++;
  return json[i] === ':';
}
