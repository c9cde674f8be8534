/** Element types as users write them. */
import type { Dtype } from '../matrix.js';
import { ValueProblem } from './rule.js';

const SPELLINGS: Readonly<Record<Dtype, readonly string[]>> = {
  float16: ['f2', 'f16', 'half'],
  float32: ['f4', 'f32'],
  float64: ['f8', 'f64', 'double'],
  int8: ['i1'],
  int16: ['i2', 'i16'],
  int32: ['i4', 'i32'],
  int64: ['i64'],
  uint8: ['u1'],
  uint16: ['u2', 'u16'],
  uint32: ['u4', 'u32'],
  uint64: ['u64'],
  bool: ['b1', '?'],
};

/** The long names of all element types. */
export const DTYPE_NAMES = Object.keys(SPELLINGS) as readonly Dtype[];

/**
 * The element type of a name (`float32`), of bits (`f32`) or of numpy's bytes (`f4`, `<f4`).
 * @throws ValueProblem for any other text
 */
export function parseDtype(text: string): Dtype {
  const word = text
    .trim()
    .toLowerCase()
    .replace(/^[<=|]/, '');
  if (word === 'i8' || word === 'u8') {
    const sign = word === 'u8' ? 'u' : '';
    throw new ValueProblem(
      `expected ${sign}int8 or ${sign}int64, got '${text}', which is 8 bits to some and 8 bytes to others`,
    );
  }
  if (word.startsWith('>')) throw new ValueProblem(`expected little-endian, got '${text}'`);
  const dtype = DTYPE_NAMES.find((name) => name === word || SPELLINGS[name].includes(word));
  if (dtype === undefined) throw new ValueProblem(`expected one of ${DTYPE_NAMES.join(', ')}, got '${text}'`);
  return dtype;
}
