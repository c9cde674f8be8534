import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

test('no two kernels have one name: the compiler would keep one of them without a word', () => {
  const text = readFileSync(new URL('../../assembly/index.ts', import.meta.url), 'utf8');
  const names = [...text.matchAll(/export \{([^}]*)\}/g)].flatMap(([, list]) =>
    list
      .split(',')
      .map((name) => name.trim().replace(/^.* as /, ''))
      .filter((name) => name !== ''),
  );
  assert.ok(names.length > 100, `${names.length}`);
  assert.equal(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  );
});

test.run();
