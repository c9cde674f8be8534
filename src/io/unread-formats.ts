/** Kinds of files that are known and not read here: what they are, and what turns them into one. */

/** A kind of file that is not read. */
export interface UnreadFormat {
  /** What it is, and the way out. */
  readonly problem: string;
  /** How it begins; several ways, bytes at an offset (0 unless told). */
  readonly magic?: ReadonlyArray<string | readonly [string, number]>;
  /** Endings of its names, where a file begins like nothing known. */
  readonly extensions?: readonly string[];
}

const WIDE_TEXT = 'UTF-16 text; save it as UTF-8';
const SAVEZ = 'save the arrays with numpy.savez';
const SAVE_V7 = "save('x.mat', 'latents', '-v7')";
const UNPACK = 'unpack it first';
const CONVERT_FRAME = "to_csv('x.csv', index=False)";
const PICTURE = 'a picture, which is no table of samples';
const R_SAVED = "an R file; in R: write.csv(readRDS('x.rds'), 'x.csv'), or the same of what load() gives";
const HTML = 'an HTML page, perhaps in place of a download; fetch the file itself';
const EXCEL = `an Excel sheet; save it as CSV, or pandas.read_excel('x.xlsx').${CONVERT_FRAME}`;
const ARROW = `an Arrow or Feather file; pandas.read_feather('x.feather').${CONVERT_FRAME}`;
export const TORCH_SCRIPT = `a TorchScript program, which holds no samples; encode data with it, and ${SAVEZ}`;
const PICKLE = `a Python pickle, which is never read; ${SAVEZ}`;

/** The first that fits counts. Signatures are bytes as characters of Latin-1. */
export const UNREAD_FORMATS: readonly UnreadFormat[] = [
  {
    problem: `a MATLAB file of version 7.3, which is not read here; in MATLAB: ${SAVE_V7}; in Python: numpy.savez('x.npz', latents=h5py.File('x.mat')['latents'][()].T)`,
    magic: ['MATLAB 7.3 MAT-file'],
  },
  {
    problem: 'a Julia JLD2 file, which is not read here; in Julia: NPZ.npzwrite("x.npz", latents=z)',
    magic: ['HDF5-based Julia Data Format'],
    extensions: ['jld2', 'jld'],
  },
  {
    problem: `expected a MATLAB file of version 5 to 7, got another; in MATLAB: ${SAVE_V7}; in Python: scipy.io.savemat('new.mat', scipy.io.loadmat('x.mat'))`,
    extensions: ['mat'],
  },
  {
    problem: "a PyTorch file of before version 1.6; torch.save(torch.load('x.pt'), 'new.pt') writes it anew",
    magic: ['\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19'],
    extensions: ['pt', 'pth', 'ckpt'],
  },
  {
    problem: PICKLE,
    magic: ['\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'],
    extensions: ['pkl', 'pickle', 'p', 'joblib'],
  },
  { problem: ARROW, magic: ['ARROW1\0\0', 'FEA1'], extensions: ['feather', 'arrow', 'arrows', 'ipc'] },
  {
    problem: 'a Parquet file whose metadata are encrypted; write it without encryption',
    magic: ['PARE'],
  },
  {
    problem: R_SAVED,
    magic: ['RDX2\nX\n', 'RDX3\nX\n', 'RDA2\nA\n', 'RDA3\nA\n', 'X\n\0\0\0'],
    extensions: ['rds', 'rdata', 'rda'],
  },
  { problem: EXCEL, magic: ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'], extensions: ['xls', 'xlsx', 'xlsm', 'xlsb', 'ods'] },
  { problem: `a gzip file; ${UNPACK}`, magic: ['\x1f\x8b'] },
  { problem: `a zstd file; ${UNPACK}`, magic: ['\x28\xb5\x2f\xfd'], extensions: ['zst', 'zstd'] },
  { problem: `an xz file; ${UNPACK}`, magic: ['\xfd7zXZ\0'], extensions: ['xz', 'lzma'] },
  { problem: `a bzip2 file; ${UNPACK}`, magic: ['BZh'], extensions: ['bz2'] },
  { problem: `an lz4 file; ${UNPACK}`, magic: ['\x04\x22\x4d\x18'], extensions: ['lz4'] },
  { problem: `a 7z archive; ${UNPACK}`, magic: ['7z\xbc\xaf\x27\x1c'], extensions: ['7z'] },
  { problem: `a RAR archive; ${UNPACK}`, magic: ['Rar!\x1a\x07'], extensions: ['rar'] },
  { problem: `a tar archive; ${UNPACK}`, magic: [['ustar', 257]], extensions: ['tar', 'tgz'] },
  { problem: WIDE_TEXT, magic: ['\xff\xfe', '\xfe\xff'] },
  {
    problem: `an SQLite database; pandas.read_sql('select ...', connection).${CONVERT_FRAME}`,
    magic: ['SQLite format 3\0'],
  },
  { problem: 'a PDF document, which is no table', magic: ['%PDF-'], extensions: ['pdf'] },
  { problem: PICTURE, magic: ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff', 'GIF87a', 'GIF89a', 'II*\0', 'MM\0*'] },
  { problem: PICTURE, extensions: ['png', 'jpg', 'jpeg', 'gif', 'tif', 'tiff', 'bmp', 'webp', 'svg'] },
  { problem: HTML, magic: ['<!DOCTYPE', '<!doctype', '<html', '<HTML'], extensions: ['html', 'htm'] },
  { problem: `an XML file; ${SAVEZ}, or write CSV`, magic: ['<?xml'], extensions: ['xml'] },
  {
    problem: 'a pointer of Git LFS in place of the file; git lfs pull fetches it',
    magic: ['version https://git-lfs.github.com/'],
  },
  { problem: `a TFRecord file; ${SAVEZ}`, extensions: ['tfrecord', 'tfrecords'] },
  { problem: `a notebook; ${SAVEZ} in a cell of it`, extensions: ['ipynb'] },
  {
    problem: `a model, which holds no samples; encode data with it, and ${SAVEZ}`,
    extensions: ['onnx', 'pb', 'tflite'],
  },
  { problem: `a Stata file; pandas.read_stata('x.dta').${CONVERT_FRAME}`, magic: ['<stata_dta>'], extensions: ['dta'] },
  { problem: `an SPSS file; pandas.read_spss('x.sav').${CONVERT_FRAME}`, magic: ['$FL2', '$FL3'], extensions: ['sav'] },
  { problem: `a SAS file; pandas.read_sas('x.sas7bdat').${CONVERT_FRAME}`, extensions: ['sas7bdat', 'xpt'] },
  { problem: `a netCDF file; ${SAVEZ}`, magic: ['CDF\x01', 'CDF\x02', 'CDF\x05'], extensions: ['nc'] },
  { problem: `an ORC file; pandas.read_orc('x.orc').${CONVERT_FRAME}`, magic: ['ORC'], extensions: ['orc'] },
  {
    problem: `a MatrixMarket file; scipy.sparse.save_npz('x.npz', scipy.io.mmread('x.mtx'))`,
    magic: ['%%MatrixMarket'],
    extensions: ['mtx'],
  },
  {
    problem: `an ARFF file; pandas.DataFrame(scipy.io.arff.loadarff('x.arff')[0]).${CONVERT_FRAME}`,
    magic: ['@relation', '@RELATION', '@Relation'],
    extensions: ['arff'],
  },
  {
    problem: `a file of svmlight; sklearn.datasets.load_svmlight_file('x.svm') reads it, and ${SAVEZ}`,
    extensions: ['svm', 'svmlight', 'libsvm'],
  },
  { problem: `a YAML file; yaml.safe_load reads it, and ${SAVEZ}`, extensions: ['yaml', 'yml'] },
  { problem: `a MessagePack file; msgpack.unpack reads it, and ${SAVEZ}`, extensions: ['msgpack', 'mpk'] },
  { problem: 'an Avro file; write Parquet or CSV', magic: ['Obj\x01'], extensions: ['avro'] },
];

// So many bytes are no accident, even where a file may begin with anything.
const LONG_MAGIC = 6;
// What may as well be the name of a column does not count in front of text.
const IS_WORD = /^[A-Za-z0-9]+$/;

/**
 * What a file is that is known and not read, by how it begins.
 * @param isAny whether its name says that it may begin with anything: only long signatures count
 */
export function findUnread(prefix: Uint8Array, isAny: boolean): UnreadFormat | undefined {
  const isPlainText = isText(prefix);
  const begins = (bytes: string, at: number) =>
    (!isAny || bytes.length >= LONG_MAGIC) &&
    !(isPlainText && IS_WORD.test(bytes)) &&
    Array.from(bytes).every((letter, i) => letter.charCodeAt(0) === prefix[at + i]);
  if (!isAny && isWideText(prefix)) return { problem: WIDE_TEXT };
  return UNREAD_FORMATS.find(({ magic = [] }) =>
    magic.some((one) => (typeof one === 'string' ? begins(one, 0) : begins(...(one as [string, number])))),
  );
}

/** What a file is that is known and not read, by how its name ends. */
export function findUnreadByName(extension: string | null): UnreadFormat | undefined {
  return UNREAD_FORMATS.find(({ extensions }) => extension !== null && extensions?.includes(extension));
}

/**
 * Whether bytes are a text of two bytes a character, none of which say so: every other one is 0.
 */
function isWideText(prefix: Uint8Array): boolean {
  const pairs = prefix.subarray(0, prefix.length & ~1);
  const [even, odd] = [0, 1].map((from) => pairs.filter((_, i) => i % 2 === from));
  const isWide = (zeros: Uint8Array, text: Uint8Array) => zeros.every((byte) => byte === 0) && isText(text);
  return pairs.length >= 8 && (isWide(even, odd) || isWide(odd, even));
}

/** Whether the first bytes of a file are those of a text. */
export function isText(prefix: Uint8Array): boolean {
  return prefix.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}

/** ZIP archives that are known and not read, by a member of theirs. */
const UNREAD_ARCHIVES: ReadonlyArray<{ readonly member: RegExp; readonly problem: string }> = [
  { member: /\/constants\.pkl$/, problem: TORCH_SCRIPT },
  { member: /\/data\.pkl$/, problem: "a PyTorch file that was packed anew; torch.save(torch.load('x.pt'), 'new.pt')" },
  { member: /^xl\//, problem: EXCEL },
  { member: /^(?:\[Content_Types\]\.xml|content\.xml)$/, problem: `a document of an office; ${EXCEL.split('; ')[1]}` },
  {
    member: /^model\.weights\.h5$/,
    problem: `a Keras model, which holds no samples; encode data with it, and ${SAVEZ}`,
  },
  { member: /\.(?:csv|tsv|json|mat|npz|parquet)$/, problem: `a ZIP archive of other files; ${UNPACK}` },
];

/** What a ZIP archive is that is known and not read. */
export function findUnreadArchive(members: readonly string[]): string | undefined {
  return UNREAD_ARCHIVES.find(({ member }) => members.some((name) => member.test(name)))?.problem;
}
