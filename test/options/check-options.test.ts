import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isOptionError, type OptionError } from '../../src/errors.js';
import { checkOptions } from '../../src/options/check-options.js';
import { boolean, choice, integer, number, other, text } from '../../src/options/rule.js';
import type { Mention } from '../../src/phrase.js';

const RULES = {
  bins: integer({ default: 20, minimum: 2, maximum: 1000, description: 'bins' }),
  rate: number({ minimum: 0, isOpen: true, description: 'rate' }),
  share: number({ default: 0.5, minimum: 0, maximum: 1, description: 'share' }),
  raw: boolean({ default: false, description: 'raw' }),
  way: choice(['exact', 'quick', 'none'], { default: 'exact', description: 'way' }),
  depth: integer({ minimum: 1, description: 'depth', needs: { option: 'way', values: ['quick'] } }),
  norm: integer({ minimum: 1, description: 'norm', excludes: ['bins'] }),
  label: text({ placeholder: 'name', description: 'label', needs: { option: 'norm' } }),
  signal: other<AbortSignal>({
    expected: 'an AbortSignal',
    accepts: (value) => value instanceof AbortSignal,
    description: 'signal',
  }),
};

function refusal(given: unknown, isNamed = false): OptionError & Error {
  try {
    checkOptions({ name: 'owner', isNamed }, given, RULES);
  } catch (error) {
    assert.ok(isOptionError(error));
    return error as OptionError;
  }
  throw new Error('expected a refusal');
}

test('fills in defaults, null if there is none', () => {
  const values = checkOptions({ name: 'owner' }, { bins: 3, raw: undefined, way: null }, RULES);
  assert.equal(values, {
    bins: 3,
    rate: null,
    share: 0.5,
    raw: false,
    way: 'exact',
    depth: null,
    norm: null,
    label: null,
    signal: null,
  });
});

test('says what was expected and what was given', () => {
  const messages: ReadonlyArray<readonly [unknown, string]> = [
    [{ bins: 1 }, 'bins: expected a whole number from 2 to 1000, got 1'],
    [{ bins: 2.5 }, 'bins: expected a whole number from 2 to 1000, got 2.5'],
    [{ bins: Number.NaN }, 'bins: expected a whole number from 2 to 1000, got NaN'],
    [{ bins: '3' }, 'bins: expected a whole number from 2 to 1000, got string'],
    [{ rate: 0 }, 'rate: expected a number above 0, got 0'],
    [{ rate: Number.POSITIVE_INFINITY }, 'rate: expected a number above 0, got Infinity'],
    [{ share: 1.5 }, 'share: expected a number from 0 to 1, got 1.5'],
    [{ raw: 1 }, 'raw: expected true or false, got number'],
    [{ way: 3 }, 'way: expected one of exact, quick, none, got number'],
    [{ way: 'quik' }, "way: expected one of exact, quick, none, got 'quik'; did you mean 'quick'?"],
    [{ way: 'slow' }, "way: expected one of exact, quick, none, got 'slow'"],
    [{ signal: {} }, 'signal: expected an AbortSignal, got object'],
    [3, 'owner: expected an object of options, got number'],
    [null, 'owner: expected an object of options, got null'],
    [[], 'owner: expected an object of options, got an array'],
  ];
  for (const [given, message] of messages) assert.is(refusal(given).message, message);
});

test('is a TypeError for a kind, and a RangeError for a value', () => {
  assert.instance(refusal({ bins: '3' }), TypeError);
  assert.instance(refusal({ bins: 1 }), RangeError);
});

test('suggests the nearest names for one that is not known, or lists all', () => {
  assert.is(refusal({ bin: 3 }).message, 'bin: not an option of owner; did you mean bins?');
  const { suggestion } = refusal({ unheardOf: 3 });
  assert.is(suggestion, `expected ${Object.keys(RULES).join(', ')}`);
});

test('refuses options that exclude or need each other', () => {
  assert.is(refusal({ norm: 1, bins: 3 }).message, 'norm: expected none beside bins, got both');
  assert.is(refusal({ depth: 2 }).message, 'depth: has no effect without way: quick');
  assert.is(refusal({ label: 'x' }).message, 'label: has no effect without norm');
  assert.is(checkOptions({ name: 'owner' }, { depth: 2, way: 'quick' }, RULES).depth, 2);
});

test('names the owner only if it is asked to', () => {
  const { message, option, owner, problem } = refusal({ bins: 1 }, true);
  assert.is(message, 'owner: bins: expected a whole number from 2 to 1000, got 1');
  assert.equal([option, owner, problem], ['bins', 'owner', 'expected a whole number from 2 to 1000, got 1']);
});

test('can be told with flags in place of names', () => {
  const asFlag = ({ option, value }: Mention) => (value === undefined ? `--${option}` : `--${option} ${value}`);
  assert.is(refusal({ depth: 2 }).tell(asFlag), '--depth: has no effect without --way quick');
  assert.is(refusal({ bin: 2 }).tell(asFlag), '--bin: not an option of owner; did you mean --bins?');
});

test.run();
