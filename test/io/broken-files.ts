import type { OpenOptions } from '../../src/io/index.js';
import {
  concatenate,
  crcOf,
  floats,
  littleEndian,
  npyBytes,
  safetensorsBytes,
  vmatBytes,
  zipBytes,
} from './builders.js';

/** A file that must be refused, on opening or on reading, and in which words. */
export interface BrokenFile {
  readonly what: string;
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly options?: OpenOptions;
  /** The array to read; the first unless told. */
  readonly member?: string;
  readonly message: string;
}

const array = npyBytes({ data: floats(1, 2, 3, 4) });

function npy(what: string, bytes: Uint8Array, message: string): BrokenFile {
  return { what, path: 'a.npy', bytes, message };
}

function npyHeader(what: string, header: string, message: string): BrokenFile {
  return npy(what, npyBytes({ header }), message);
}

const NPY: readonly BrokenFile[] = [
  npy(
    'an .npy file cut in its data',
    array.subarray(0, -1),
    'a.npy: expected 86 bytes (a header of 70 and (2, 2) float32), got 85',
  ),
  npy(
    'an .npy file with a byte to spare',
    concatenate(array, '!'),
    'a.npy: expected 86 bytes (a header of 70 and (2, 2) float32), got 87',
  ),
  npy(
    'an .npy file cut in its magic',
    array.subarray(0, 4),
    'a.npy, byte 0: does not begin as a file of its name (.npy), but with 93 4e 55 4d',
  ),
  npy('an .npy file cut in its version', array.subarray(0, 7), 'a.npy: expected an .npy header of 10 bytes, got 7'),
  npy(
    'an .npy file cut in its header length',
    array.subarray(0, 9),
    'a.npy: expected an .npy header of 10 bytes, got 9',
  ),
  npy('an .npy file cut in its header', array.subarray(0, 40), 'a.npy: expected an .npy header of 70 bytes, got 40'),
  npy(
    'another file under the name .npy',
    concatenate('GIF89a and more'),
    'a.npy, byte 0: does not begin as a file of its name (.npy), but with 47 49 46 38 39 61',
  ),
  npy(
    'an .npy file of version 4',
    npyBytes({ version: 4 }),
    'a.npy, byte 6: expected .npy version 1.0, 2.0 or 3.0, got 4.0',
  ),
  npy(
    'an .npy header longer than numpy takes',
    concatenate('\x93NUMPY\x02\x00', littleEndian(4, 4_000_000_000), ' '.repeat(100)),
    'a.npy, byte 8: expected an .npy header of at most 10000 bytes, got 4000000000',
  ),
  npyHeader('an .npy header that is no dictionary', '(1, 2)', 'a.npy, byte 10: .npy header: expected a dictionary'),
  npyHeader(
    'an .npy header that is an expression',
    `__import__('os').system('true')`,
    'a.npy, byte 10: .npy header: expected a value, got "_"',
  ),
  npyHeader(
    'an .npy header without a shape',
    `{'descr': '<f4', 'fortran_order': False}`,
    'a.npy, byte 10: .npy header: expected the keys descr, fortran_order and shape once each, got descr, fortran_order',
  ),
  npyHeader(
    'an .npy header with a key twice',
    `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), 'shape': (2, 2)}`,
    'a.npy, byte 10: .npy header: expected the keys descr, fortran_order and shape once each, got descr, fortran_order, shape, shape',
  ),
  npyHeader(
    'an .npy header with a key too many',
    `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), 'more': 1}`,
    'a.npy, byte 10: .npy header: expected the keys descr, fortran_order and shape once each, got descr, fortran_order, shape, more',
  ),
  npyHeader(
    'an .npy header with an open string',
    `{'descr': '<f4, }`,
    'a.npy, byte 27: .npy header: expected the end of a string, got "\\n"',
  ),
  npyHeader(
    'an .npy header with text after it',
    `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2)} x`,
    'a.npy, byte 68: .npy header: expected the end, got "x"',
  ),
  npyHeader(
    'an .npy header without a comma',
    `{'descr': '<f4' 'fortran_order': False, 'shape': (2, 2)}`,
    `a.npy, byte 26: .npy header: expected a comma or }, got "'"`,
  ),
  npyHeader('an .npy header nested without end', '('.repeat(60), 'a.npy, byte 43: .npy header: nested deeper than 32'),
  npyHeader(
    'an .npy shape that is a list',
    `{'descr': '<f4', 'fortran_order': False, 'shape': [2, 2]}`,
    'a.npy, byte 10: .npy header: expected shape to be a tuple of whole numbers',
  ),
  npyHeader(
    'an .npy shape below zero',
    `{'descr': '<f4', 'fortran_order': False, 'shape': (-2, 2)}`,
    'a.npy, byte 10: .npy header: expected shape to be a tuple of whole numbers',
  ),
  npyHeader(
    'an .npy order that is a number',
    `{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 2)}`,
    'a.npy, byte 10: .npy header: expected fortran_order to be True or False',
  ),
  npyHeader(
    'an .npy type that is no string',
    `{'descr': 4, 'fortran_order': False, 'shape': (2, 2)}`,
    'a.npy: .npy header: expected descr to be a type string',
  ),
  npy(
    'an .npy type that nobody knows',
    npyBytes({ descr: '<q4' }),
    `a.npy: .npy header: expected a type string such as '<f4', got '<q4'`,
  ),
  npy(
    'an .npy type without a byte order',
    npyBytes({ descr: '|f4' }),
    `a.npy: .npy header: expected a byte order of < or > in '|f4'`,
  ),
  npy(
    'an .npy type of the native byte order',
    npyBytes({ descr: '=f4' }),
    `a.npy: .npy header: expected a type string such as '<f4', got '=f4'`,
  ),
  npy(
    'an .npy shape beyond 2^53',
    npyBytes({ shape: [2 ** 40, 2 ** 40] }),
    'a.npy: shape (1099511627776, 1099511627776) is beyond what can be addressed',
  ),
  npy(
    'an .npy shape beyond the file',
    npyBytes({ shape: [2 ** 20, 2 ** 20] }),
    'a.npy: expected 4398046511186 bytes (a header of 82 and (1048576, 1048576) float32), got 98',
  ),
  npy(
    'a pickled .npy array',
    npyBytes({ descr: '|O', data: concatenate('\x80\x04N.') }),
    `a.npy: a pickled object array, which is never read; save it with .astype(str) or .astype('float64')`,
  ),
  npy(
    'a pickled dict, as numpy.save writes it',
    npyBytes({ descr: '|O', shape: [], data: concatenate('\x80\x04N.') }),
    `a.npy: a pickled object, which is never read; if it is a dict x of arrays, save it with numpy.savez('x.npz', **x)`,
  ),
  npy(
    'a structured .npy array',
    npyBytes({ header: `{'descr': [('a', '<f4'), ('b', '<i8')], 'fortran_order': False, 'shape': (2,)}` }),
    'a.npy: expected numbers, got a structured array; save numpy.lib.recfunctions.structured_to_unstructured(x)',
  ),
  npy(
    'an .npy array of strings',
    npyBytes({ descr: '<U1', data: new Uint8Array(16) }),
    `a.npy: expected numbers or one list of strings, got (2, 2); save each column apart, as x[:, 0]`,
  ),
  npy(
    'an .npy list of strings',
    npyBytes({ descr: '<U1', shape: [4], data: new Uint8Array(16) }),
    `a.npy: expected numbers, got string ('<U1'); save x.astype('float64') if they are numbers`,
  ),
  npy(
    'an .npy array of complex numbers',
    npyBytes({ descr: '<c8', shape: [2], data: new Uint8Array(16) }),
    `a.npy: expected numbers, got complex64 ('<c8'); save x.real, x.imag or numpy.abs(x)`,
  ),
  npy(
    'an .npy array of dates',
    npyBytes({ descr: '<M8[ns]', shape: [2], data: new Uint8Array(16) }),
    `a.npy: expected numbers, got datetime ('<M8[ns]'); save x.astype('int64')`,
  ),
  npy(
    'an .npy array of long doubles',
    npyBytes({ descr: '<f16', shape: [1], data: new Uint8Array(16) }),
    `a.npy: expected numbers, got float128 ('<f16'); save x.astype('float64')`,
  ),
  npy(
    'a single number',
    npyBytes({ shape: [], data: floats(1) }),
    'a.npy: expected rows and columns, got a single number of shape ()',
  ),
  npy(
    'an array of three dimensions',
    npyBytes({ shape: [2, 2, 2], data: new Uint8Array(32) }),
    'a.npy: expected rows and columns, got 3 dimensions of shape (2, 2, 2); x.reshape(2, -1) makes a row of each, x.reshape(-1, 2) joins batches of rows',
  ),
  npy(
    'an array without columns',
    npyBytes({ shape: [3, 0], data: new Uint8Array(0) }),
    'a.npy: expected at least one column, got shape (3, 0)',
  ),
  npy(
    'an integer above 2^53',
    npyBytes({ descr: '<i8', data: littleEndian(8, 1, 2, 2n ** 53n, 4) }),
    'a.npy, row 1, column 0: expected an integer within 2^53, got 9007199254740992',
  ),
  npy(
    'an integer below -2^53',
    npyBytes({ descr: '<i8', data: littleEndian(8, 1, -(2n ** 62n), 3, 4) }),
    'a.npy, row 0, column 1: expected an integer within 2^53, got -4611686018427387904',
  ),
  npy(
    'an unsigned integer above 2^53',
    npyBytes({ descr: '<u8', data: littleEndian(8, 1, 2, 3, 2n ** 64n - 1n) }),
    'a.npy, row 1, column 1: expected an integer within 2^53, got 18446744073709551615',
  ),
  npy(
    'an integer above 2^53 in column order',
    npyBytes({ descr: '<i8', fortranOrder: true, data: littleEndian(8, 1, 2n ** 60n, 3, 4) }),
    'a.npy, row 1, column 0: expected an integer within 2^53, got 1152921504606846976',
  ),
  npy(
    'a bool that is neither',
    npyBytes({ descr: '|b1', data: Uint8Array.of(0, 1, 1, 2) }),
    'a.npy, row 1, column 1: expected a bool of 0 or 1, got 2',
  ),
];

function npz(what: string, bytes: Uint8Array, message: string, member?: string): BrokenFile {
  return { what, path: 'a.npz', bytes, message, ...(member === undefined ? {} : { member }) };
}

const z = { name: 'z.npy', content: array };
const deflatedZ = { ...z, deflated: true };
const plain = zipBytes([z]);

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const out = bytes.slice();
  out[at] ^= 1;
  return out;
}

const NPZ: readonly BrokenFile[] = [
  npz(
    'an archive cut at its end',
    plain.subarray(0, -1),
    'a.npz: found no directory at the end of the archive: it was cut short, or is no archive',
  ),
  npz(
    'an archive with a byte to spare',
    concatenate(plain, '!'),
    'a.npz: found no directory at the end of the archive: it was cut short, or is no archive',
  ),
  npz(
    'an archive behind other bytes',
    concatenate(plain.subarray(0, 4), 'xx', plain.subarray(4)),
    'a.npz, byte 174: expected a directory that ends at byte 174, got 51 bytes from byte 121',
  ),
  npz(
    'a member with a flipped bit',
    flipped(plain, 30 + 5 + array.length - 1),
    `a.npz, member 'z': expected the checksum b7e9110c, got c0ee219a: the data is damaged`,
  ),
  npz(
    'a member with another checksum',
    zipBytes([{ ...z, crc: crcOf(array) ^ 1 }]),
    `a.npz, member 'z': expected the checksum b7e9110d, got b7e9110c: the data is damaged`,
  ),
  npz(
    'a deflated member with another checksum',
    zipBytes([{ ...deflatedZ, crc: 1 }]),
    `a.npz, member 'z': expected the checksum 00000001, got b7e9110c: the data is damaged`,
  ),
  npz(
    'deflated data that is none',
    zipBytes([{ ...deflatedZ, packed: new Uint8Array(40).fill(0xff) }]),
    `a.npz, member 'z': the compressed data is damaged`,
  ),
  npz(
    'a deflated member that inflates to more',
    zipBytes([{ ...deflatedZ, content: concatenate(array, 'more'), size: array.length }]),
    `a.npz, member 'z': expected 86 bytes when inflated, got more`,
  ),
  npz(
    'a deflated member that inflates to less',
    zipBytes([{ ...deflatedZ, size: array.length + 4 }]),
    `a.npz, member 'z': expected 90 bytes when inflated, got 86`,
  ),
  npz(
    'a member that declares more than deflate can',
    zipBytes([{ ...deflatedZ, size: 2 ** 30 }]),
    `a.npz, member 'z.npy': 86 bytes cannot hold 1073741824 deflated ones`,
  ),
  npz(
    'a stored member of two sizes',
    zipBytes([{ ...z, size: array.length + 1 }]),
    `a.npz, member 'z.npy': 86 bytes cannot hold 87 stored ones`,
  ),
  npz(
    'an encrypted member',
    zipBytes([{ ...z, flags: 1 }]),
    `a.npz, member 'z.npy': expected a member without encryption, got an encrypted one`,
  ),
  npz(
    'a member by an unknown method',
    zipBytes([{ ...z, method: 12 }]),
    `a.npz, member 'z.npy': expected a stored or deflated member (method 0 or 8), got method 12`,
  ),
  npz('a member twice', zipBytes([z, z]), `a.npz, member 'z.npy': expected every member once, got two of this name`),
  npz(
    'a member outside',
    zipBytes([{ ...z, name: '../z.npy' }]),
    'a.npz, byte 124: expected a plain member name, got "../z.npy"',
  ),
  npz(
    'a member from the root',
    zipBytes([{ ...z, name: '/z.npy' }]),
    'a.npz, byte 122: expected a plain member name, got "/z.npy"',
  ),
  npz(
    'a member with a backslash',
    zipBytes([{ ...z, name: 'a\\z.npy' }]),
    'a.npz, byte 123: expected a plain member name, got "a\\\\z.npy"',
  ),
  npz(
    'a member without a name',
    zipBytes([{ ...z, name: '' }]),
    'a.npz, byte 116: expected a plain member name, got ""',
  ),
  npz(
    'a member whose name is no text',
    zipBytes([{ ...z, name: '\xff.npy' }]),
    'a.npz, byte 121: expected the name of a member in UTF-8',
  ),
  npz(
    'a member by two names',
    zipBytes([{ ...z, localName: 'y.npy' }]),
    `a.npz, member 'z.npy', byte 0: the header of the member contradicts the directory`,
  ),
  npz(
    'a member of two sizes',
    zipBytes([{ ...deflatedZ, localSize: 7 }]),
    `a.npz, member 'z.npy', byte 0: the header of the member contradicts the directory`,
  ),
  npz(
    'a member in the directory',
    zipBytes([{ ...z, start: 2 ** 20 }]),
    `a.npz, member 'z.npy': expected a member that begins before the directory, got byte 1048576`,
  ),
  npz(
    'two entries for one place',
    zipBytes([z, { ...z, name: 'y.npy', start: 0 }]),
    `a.npz, member 'y.npy', byte 0: the header of the member contradicts the directory`,
  ),
  npz(
    'a member inside another',
    zipBytes([
      { name: 'outer.npy', content: zipBytes([{ ...z, name: 'inner.npy' }]).subarray(0, 30 + 9 + array.length) },
      { ...z, name: 'inner.npy', start: 30 + 9 },
    ]),
    `a.npz, member 'outer.npy': overlaps the member 'inner.npy'`,
  ),
  npz(
    'a directory that starts elsewhere',
    flipped(plain, plain.length - 6),
    'a.npz, byte 172: expected a directory that ends at byte 172, got 51 bytes from byte 120',
  ),
  npz(
    'a directory of another length',
    flipped(plain, plain.length - 10),
    'a.npz, byte 172: expected a directory that ends at byte 172, got 50 bytes from byte 121',
  ),
  npz(
    'a directory of more members than it holds',
    concatenate(plain.subarray(0, -14), littleEndian(2, 9, 9), plain.subarray(-10)),
    'a.npz, byte 172: a directory of 51 bytes cannot hold 9 members',
  ),
  npz(
    'an archive in parts',
    concatenate(plain.subarray(0, -18), littleEndian(2, 1), plain.subarray(-16)),
    'a.npz, byte 172: expected an archive in one piece, got a part of several',
  ),
  npz(
    'a ZIP64 archive with a lost record',
    flipped(zipBytes([z], { zip64: true }), zipBytes([z], { zip64: true }).length - 22 - 12),
    'a.npz, byte 284: expected the ZIP64 record before byte 276, got byte 221',
  ),
  npz(
    'an archive of other files',
    zipBytes([{ name: 'readme.txt', content: concatenate('hello') }]),
    'a.npz: found no .npy member in the archive; save the arrays with numpy.savez',
  ),
  npz(
    'a PyTorch file that was packed anew',
    zipBytes([
      { name: 'm/version', content: concatenate('3') },
      { name: 'm/data.pkl', content: concatenate('x') },
    ]),
    "a.npz: a PyTorch file that was packed anew; torch.save(torch.load('x.pt'), 'new.pt')",
  ),
  npz(
    'an Excel sheet',
    zipBytes([
      { name: '[Content_Types].xml', content: concatenate('<') },
      { name: 'xl/workbook.xml', content: concatenate('<') },
    ]),
    "a.npz: an Excel sheet; save it as CSV, or pandas.read_excel('x.xlsx').to_csv('x.csv', index=False)",
  ),
  npz(
    'a ZIP archive of a table',
    zipBytes([{ name: 'latents.csv', content: concatenate('1,2') }]),
    'a.npz: a ZIP archive of other files; unpack it first',
  ),
  npz(
    'a member with a broken header',
    zipBytes([{ ...z, content: npyBytes({ version: 9 }) }]),
    `a.npz, member 'z', byte 6: expected .npy version 1.0, 2.0 or 3.0, got 9.0`,
  ),
  npz(
    'a member cut in its data',
    zipBytes([{ ...z, content: array.subarray(0, -2) }]),
    `a.npz, member 'z': expected 86 bytes (a header of 70 and (2, 2) float32), got 84`,
  ),
  npz(
    'a pickled member',
    zipBytes([z, { name: 'metadata.npy', content: npyBytes({ descr: '|O', data: concatenate('\x80\x04N.') }) }]),
    `a.npz, member 'metadata': a pickled object array, which is never read; save it with .astype(str) or .astype('float64')`,
    'metadata',
  ),
  npz(
    'a member that is no array',
    zipBytes([z, { name: 'notes.txt', content: concatenate('hello') }]),
    `a.npz, member 'notes.txt': expected an .npy member, got another file`,
    'notes.txt',
  ),
  npz(
    'a bool that is neither in a deflated member',
    zipBytes([{ name: 'b.npy', deflated: true, content: npyBytes({ descr: '|b1', data: Uint8Array.of(0, 1, 9, 0) }) }]),
    `a.npz, member 'b', row 1, column 0: expected a bool of 0 or 1, got 9`,
  ),
  npz(
    'a bool that is neither, in column order',
    zipBytes([
      {
        name: 'b.npy',
        deflated: true,
        content: npyBytes({ descr: '|b1', fortranOrder: true, data: Uint8Array.of(0, 1, 9, 0) }),
      },
    ]),
    `a.npz, member 'b', row 0, column 1: expected a bool of 0 or 1, got 9`,
  ),
];

function vmat(what: string, bytes: Uint8Array, message: string): BrokenFile {
  return { what, path: 'a.bin', bytes, message };
}

const VMAT: readonly BrokenFile[] = [
  vmat(
    'a VMAT file cut in its header',
    vmatBytes().subarray(0, 20),
    'a.bin: expected a VMAT header of 32 bytes, got 20',
  ),
  vmat(
    'a VMAT file cut in its data',
    vmatBytes().subarray(0, -1),
    'a.bin: expected 48 bytes (a header of 32 and 2 x 2 float32), got 47',
  ),
  vmat(
    'a VMAT file with a byte to spare',
    concatenate(vmatBytes(), '!'),
    'a.bin: expected 48 bytes (a header of 32 and 2 x 2 float32), got 49',
  ),
  vmat('a VMAT file of version 2', vmatBytes({ version: 2 }), 'a.bin, byte 4: expected VMAT version 1, got 2'),
  vmat(
    'a VMAT file of dtype 0',
    vmatBytes({ code: 0 }),
    'a.bin, byte 6: expected a VMAT dtype code from 1 to 12, got 0',
  ),
  vmat(
    'a VMAT file of dtype 13',
    vmatBytes({ code: 13 }),
    'a.bin, byte 6: expected a VMAT dtype code from 1 to 12, got 13',
  ),
  vmat(
    'a VMAT file with reserved bytes',
    vmatBytes({ reserved: 1 }),
    'a.bin, byte 24: expected the reserved bytes to be 0, got 1',
  ),
  vmat(
    'a VMAT file of too many elements',
    vmatBytes({ rows: 2n ** 52n, columns: 2n ** 52n }),
    'a.bin: expected 81129638414606681695789005144096 bytes (a header of 32 and 4503599627370496 x 4503599627370496 float32), got 48',
  ),
  vmat(
    'a VMAT file of rows without columns',
    vmatBytes({ rows: 5, columns: 0, data: new Uint8Array(0) }),
    'a.bin: expected at least one column, got shape (5, 0)',
  ),
  vmat(
    'a VMAT file of more rows than can be counted',
    vmatBytes({ rows: 2n ** 60n, columns: 0, data: new Uint8Array(0) }),
    'a.bin, byte 8: expected rows and columns within 2^53, got 1152921504606846976 x 0',
  ),
];

function raw(what: string, size: number, options: OpenOptions, message: string): BrokenFile {
  return { what, path: 'a.bin', bytes: new Uint8Array(size), options, message };
}

const RAW: readonly BrokenFile[] = [
  raw(
    'bare values of unknown columns',
    71880,
    {},
    'a.bin: no VMAT header; 71880 bytes of float32 are 17970 values, which fit 1, 2, 3, 5, 6, 10, 15, 30, ... columns; say columns: N',
  ),
  raw(
    'bare factors of unknown columns',
    40,
    { role: 'factors' },
    'a.bin: no VMAT header; 40 bytes of int32 are 10 values, which fit 1, 2, 5, 10 columns; say columns: N',
  ),
  raw(
    'bare values of unknown columns and known rows',
    71880,
    { expectedRows: 1797 },
    'a.bin: no VMAT header; 71880 bytes of float32 are 17970 values, which in 1797 rows are 10 columns; say columns: 10',
  ),
  raw(
    'bare values that no columns bring to the known rows',
    71880,
    { expectedRows: 1000 },
    'a.bin: no VMAT header; 71880 bytes of float32 are 17970 values, which fit 1, 2, 3, 5, 6, 10, 15, 30, ... columns, none of them in 1000 rows; say columns: N',
  ),
  raw(
    'bare values with a byte to spare',
    71881,
    {},
    'a.bin: no VMAT header: expected a multiple of 4 bytes for bare values of float32, got 71881',
  ),
  raw(
    'bare values that do not fill the last row',
    71880,
    { raw: { columns: 7 } },
    'a.bin: expected a multiple of 28 bytes (7 columns of float32), got 71880',
  ),
  raw(
    'bare values in no columns',
    71880,
    { raw: { columns: 0 } },
    'columns: expected a whole number of at least 1, got 0',
  ),
  raw(
    'bare values of another dtype',
    12,
    { raw: { columns: 1, dtype: 'float64' } },
    'a.bin: no VMAT header: expected a multiple of 8 bytes for bare values of float64, got 12',
  ),
];

function csv(what: string, text: string, message: string, options: OpenOptions = {}, path = 'a.csv'): BrokenFile {
  return { what, path, bytes: concatenate(text), options, message };
}

const CSV: readonly BrokenFile[] = [
  csv('a text table with a word in it', '1,2\n3,x\n', 'a.csv, row 1, column 1: expected a number, got "x" (line 2)'),
  csv(
    'a text table with a header and a word in it',
    'a,b\n1,2\n3,x\n',
    'a.csv, row 1, column 1: expected a number, got "x" (line 3)',
  ),
  csv(
    'a text table with an empty cell',
    '1,2\n,4\n',
    'a.csv, row 1, column 0: expected a number, got an empty cell (line 2)',
  ),
  csv(
    'a text table with an empty last cell',
    '1,2\n3,\n',
    'a.csv, row 1, column 1: expected a number, got an empty cell (line 2)',
  ),
  csv('a short row', '2,1,3\n4,5\n', 'a.csv, row 1: expected 3 cells, got 2 (line 2)'),
  csv('a long row', '1,2\n3,4\n5,6,7\n', 'a.csv, row 2: expected 2 cells, got 3 (line 3)'),
  csv('a long row with a word in it', '1,2\n5,x,7\n', 'a.csv, row 1: expected 2 cells, got 3 (line 2)'),
  csv(
    'an empty line between rows',
    '1,2\n\n3,4\n',
    'a.csv, row 1: expected a row, got an empty line before the last row (line 2)',
  ),
  csv('an empty first line', '\n1,2\n', 'a.csv: expected a row, got an empty line (line 1)'),
  csv(
    'a first line of names and numbers',
    '1,b\n2,3\n',
    'a.csv, row 0, column 1: expected names only or numbers only in the first line, got "b" and "1"; header: true takes it for names',
  ),
  csv(
    'names where none should be',
    'a,b\n1,2\n',
    'a.csv, row 0, column 0: expected numbers or words in a column, got "a" here and "1" in line 2',
    {
      header: false,
    },
  ),
  csv(
    'a hexadecimal number',
    '0x10,1\n1,1\n',
    'a.csv, row 0, column 0: expected names only or numbers only in the first line, got "0x10" and "1"; header: false takes it for a row',
  ),
  csv(
    'a hexadecimal number further down',
    '1,1\n0x10,1\n',
    'a.csv, row 1, column 0: expected a number, got "0x10" (line 2)',
  ),
  csv(
    'a number with thousands separators',
    '"1,000",2\n1,2\n',
    'a.csv, row 0, column 0: expected a number, got "1,000" (line 1); write numbers without separators between thousands',
    { header: false },
  ),
  csv(
    'a number with something after it',
    '1,2\n1.5f,2\n',
    'a.csv, row 1, column 0: expected a number, got "1.5f" (line 2)',
  ),
  csv('a number in two words', '1,2\n1 5,2\n', 'a.csv, row 1, column 0: expected a number, got "1 5" (line 2)'),
  csv('a point without digits', '1,2\n.,2\n', 'a.csv, row 1, column 0: expected a number, got "." (line 2)'),
  csv('an exponent without digits', '1,2\n1e,2\n', 'a.csv, row 1, column 0: expected a number, got "1e" (line 2)'),
  csv('two signs', '1,2\n--1,2\n', 'a.csv, row 1, column 0: expected a number, got "--1" (line 2)'),
  csv(
    'a decimal point beside commas',
    '1,5;2\n1.5;2\n',
    'a.csv, row 1, column 0: expected a number, got "1.5" (line 2)',
    {
      header: false,
    },
  ),
  csv(
    'a quote that is not closed',
    '1,2\n"3,4\n',
    'a.csv, row 1, column 0: expected a closing quote, got the end of the line (line 2)',
  ),
  csv(
    'text after a closing quote',
    '1,2\n"3"x,4\n',
    'a.csv, row 1, column 0: expected the end of the cell after a closing quote, got "x" (line 2)',
  ),
  csv('a null byte', '1,2\n3,\x004\n', 'a.csv, row 1, column 1: expected a number, got "\\u00004" (line 2)'),
  csv(
    'a no-break space',
    '1,2\n3,\xa04\n',
    'a.csv, row 1, column 1: expected text in UTF-8, got "�4" (line 2); iconv -f cp1252 -t utf-8 writes it so',
  ),
  csv(
    'a lone carriage return',
    '1,2\r3,4\n',
    "a.csv: expected lines that end in a newline, got carriage returns alone; tr '\\r' '\\n' turns them into it (line 1)",
  ),
  csv(
    'a header in Latin 1',
    'gr\xf6\xdfe,b\n1,2\n',
    'a.csv: expected text in UTF-8 (line 1); iconv -f cp1252 -t utf-8 writes it so',
  ),
  csv(
    'commas under the name .tsv',
    '1,2\n3,4\n',
    'a.tsv, row 0, column 0: expected a number, got "1,2" (line 1)',
    { header: false },
    'a.tsv',
  ),
  csv(
    'a very long cell',
    `1,2\n${'x'.repeat(100)},2\n`,
    'a.csv, row 1, column 0: expected a number, got "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..." (line 2)',
  ),
];

function safetensors(what: string, bytes: Uint8Array, message: string): BrokenFile {
  return { what, path: 'a.safetensors', bytes, message };
}

const z4 = { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] };

const SAFETENSORS: readonly BrokenFile[] = [
  safetensors(
    'a .safetensors file of three bytes',
    new Uint8Array(3),
    'a.safetensors: expected a header length of 8 bytes, got 3',
  ),
  safetensors(
    'a .safetensors header beyond the file',
    concatenate(littleEndian(8, 2n ** 60n), '{"a'),
    'a.safetensors, byte 0: expected a header of at most 3 bytes, got 1152921504606846976',
  ),
  safetensors(
    'a .safetensors header that is no object',
    safetensorsBytes('[1,2]'),
    'a.safetensors, byte 8: expected the header to begin with {',
  ),
  safetensors(
    'a .safetensors header that is no JSON',
    safetensorsBytes('{"z":'),
    'a.safetensors, byte 8: expected the header to be JSON in UTF-8',
  ),
  safetensors(
    'a .safetensors header that is no text',
    safetensorsBytes('{"\xff":1}'),
    'a.safetensors, byte 8: expected the header to be JSON in UTF-8',
  ),
  safetensors(
    'a .safetensors tensor twice',
    safetensorsBytes(`{"z":${JSON.stringify(z4)},"\\u007a":${JSON.stringify(z4)}}`, new Uint8Array(16)),
    `a.safetensors: expected every key of the header once, got 'z' twice`,
  ),
  safetensors(
    'a .safetensors tensor without a dtype',
    safetensorsBytes({ z: { ...z4, dtype: undefined } }, new Uint8Array(16)),
    `a.safetensors, member 'z': expected a dtype in the header`,
  ),
  safetensors(
    'a .safetensors tensor that is null',
    safetensorsBytes({ z: null }),
    `a.safetensors, member 'z': expected a dtype in the header`,
  ),
  safetensors(
    'a .safetensors shape that is a number',
    safetensorsBytes({ z: { ...z4, shape: 4 } }, new Uint8Array(16)),
    `a.safetensors, member 'z': expected the shape to be an array of whole numbers`,
  ),
  safetensors(
    'a .safetensors shape with half a row',
    safetensorsBytes({ z: { ...z4, shape: [0.5, 8] } }, new Uint8Array(16)),
    `a.safetensors, member 'z': expected the shape to be an array of whole numbers`,
  ),
  safetensors(
    '.safetensors offsets in reverse',
    safetensorsBytes({ z: { ...z4, data_offsets: [16, 0] } }, new Uint8Array(16)),
    `a.safetensors, member 'z': expected data_offsets to be two whole numbers in order`,
  ),
  safetensors(
    'a .safetensors tensor of another size',
    safetensorsBytes({ z: { ...z4, data_offsets: [0, 12] } }, new Uint8Array(12)),
    `a.safetensors, member 'z': expected 16 bytes for (2, 2) F32, got 12`,
  ),
  safetensors(
    'a hole between .safetensors tensors',
    safetensorsBytes({ a: z4, z: { ...z4, data_offsets: [20, 36] } }, new Uint8Array(36)),
    `a.safetensors, member 'z': expected its data to begin at 16, where the one before ends, got 20`,
  ),
  safetensors(
    '.safetensors tensors that overlap',
    safetensorsBytes({ a: z4, z: { ...z4, data_offsets: [8, 24] } }, new Uint8Array(24)),
    `a.safetensors, member 'z': expected its data to begin at 16, where the one before ends, got 8`,
  ),
  safetensors(
    'a .safetensors file cut in its data',
    safetensorsBytes({ z: z4 }, new Uint8Array(15)),
    'a.safetensors: expected 16 bytes after the header, got 15',
  ),
  safetensors(
    'a .safetensors file with bytes to spare',
    safetensorsBytes({ z: z4 }, new Uint8Array(20)),
    'a.safetensors: expected 16 bytes after the header, got 20',
  ),
  safetensors(
    'a .safetensors shape beyond 2^53',
    safetensorsBytes({ z: { ...z4, shape: [2 ** 30, 2 ** 30] } }, new Uint8Array(16)),
    `a.safetensors, member 'z': shape (1073741824, 1073741824) is beyond what can be addressed`,
  ),
  safetensors(
    'a .safetensors tensor of a dtype that is not read',
    safetensorsBytes({ z: { dtype: 'F8_E4M3', shape: [4], data_offsets: [0, 4] } }, new Uint8Array(4)),
    `a.safetensors, member 'z': expected a dtype of BOOL, I8, U8, I16, U16, I32, U32, I64, U64, F16, BF16, F32, F64, got F8_E4M3`,
  ),
];

const OTHERS: readonly BrokenFile[] = [
  { what: 'an empty file', path: 'a.npy', bytes: new Uint8Array(0), message: 'a.npy: the file is empty' },
  {
    what: 'an HDF5 file',
    path: 'a.h5',
    bytes: concatenate('\x89HDF\r\n\x1a\n', new Uint8Array(20)),
    message:
      'a.h5: expected addresses of 8 bytes in HDF5; write it with the defaults of h5py, or save the arrays with numpy.savez',
  },
  {
    what: 'a damaged gzip file',
    path: 'a.csv.gz',
    bytes: concatenate('\x1f\x8b\x08', new Uint8Array(20)),
    message: 'a.csv.gz, byte 0: the compressed data is damaged',
  },
  {
    what: 'a pickle',
    path: 'a.pkl',
    bytes: concatenate('\x80\x04\x95', new Uint8Array(20)),
    message: 'a.pkl, byte 0: a Python pickle, which is never read; save the arrays with numpy.savez',
  },
  {
    what: 'text in UTF-16',
    path: 'a.csv',
    bytes: concatenate('\xff\xfe1\x00,\x002\x00'),
    message: 'a.csv, byte 0: UTF-16 text; save it as UTF-8',
  },
  {
    what: 'another file under the name .parquet',
    path: 'a.parquet',
    bytes: concatenate('not a table'),
    message: 'a.parquet, byte 0: does not begin as a file of its name (.parquet), but with 6e 6f 74 20 61 20',
  },
  {
    what: 'a parquet file that ends at once',
    path: 'a.parquet',
    bytes: concatenate('PAR1'),
    message: 'a.parquet: expected a file of at least 12 bytes, got 4',
  },
  {
    what: 'a parquet file without its end',
    path: 'a.parquet',
    bytes: concatenate('PAR1', new Uint8Array(40)),
    message: 'a.parquet: the file does not end as Parquet does; it is cut short',
  },
];

export const BROKEN_FILES: readonly BrokenFile[] = [...NPY, ...NPZ, ...VMAT, ...RAW, ...CSV, ...SAFETENSORS, ...OTHERS];
