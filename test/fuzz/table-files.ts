/** Small whole files of every format of arrays. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { memorySource, writeNpz } from '../../src/files.js';
import type { OutputFormat } from '../../src/io/formats.js';
import { convertArrays, openArrays } from '../../src/io/index.js';
import { factors as allFactors, latents as allLatents, columnOf, csv, npy } from '../cases/table.js';
import { collect } from '../io/matrices.js';
import type { NamedBytes } from './targets.js';

const isKept = (_: unknown, row: number) => row % 10 === 0;
const [latents, factors] = [allLatents.filter(isKept), allFactors.filter(isKept)];
const rows = latents.length;
const words = factors.map(([a]) => ['red', 'green', 'blue'][a]);
const text = (content: string) => new TextEncoder().encode(content);

/** The files by format, and factors to score the latents of one array against. */
export async function encodeTables(): Promise<{
  tables: Readonly<Record<string, readonly NamedBytes[]>>;
  factors: Uint8Array;
}> {
  const [z, v] = [npy(latents.flat(), [rows, 3]), npy(factors.flat(), [rows, 2], '<i8')];
  const archive = await archiveOf({ latents: z, factors: v });
  const to = async (format: OutputFormat, name: string, bytes = archive) => {
    const file = await openArrays(memorySource(bytes, 'a'));
    return { name, bytes: await collect(convertArrays(file, format, { compress: true }).chunks) };
  };
  const columns = ['a', 'b', 'c'].map((name, d) => ({ name, data: columnOf(latents, d), type: 'DOUBLE' as const }));
  const others = [
    { name: 'digit', data: columnOf(factors, 0), type: 'INT32' as const },
    { name: 'colour', data: words, type: 'STRING' as const },
  ];
  const parquet = (columnData: Parameters<typeof parquetWriteBuffer>[0]['columnData'], options: object = {}) => ({
    name: 'a.parquet',
    bytes: new Uint8Array(parquetWriteBuffer({ columnData, ...options })),
  });
  const table = latents.map((row, i) => [i, ...row, words[i]]);
  return {
    factors: v,
    tables: {
      npy: [
        { name: 'a.npy', bytes: z },
        { name: 'a.npy', bytes: v },
      ],
      npz: [{ name: 'a.npz', bytes: archive }, await to('npz', 'a.npz')],
      bin: [await to('vmat', 'a.bin', z), await to('vmat', 'a.bin', v)],
      safetensors: [await to('safetensors', 'a.safetensors')],
      csv: [
        { name: 'a.csv', bytes: text(csv(null, latents)) },
        { name: 'a.csv', bytes: text(csv(['', 'a', 'b', 'c', 'word'], table)) },
        { name: 'a.txt', bytes: text(csv(null, latents, ' ')) },
        { name: 'a.tsv', bytes: text(csv(['a', '"b"', 'c'], latents, '\t')) },
        { name: 'a.csv', bytes: text(csv(['a', 'b', 'c'], latents, ';').replaceAll('.', ',')) },
      ],
      gz: [
        { name: 'a.npy.gz', bytes: gzipSync(z) },
        { name: 'a.csv.gz', bytes: gzipSync(csv(null, latents)) },
        { name: 'a.npz.gz', bytes: Buffer.concat([gzipSync(z.subarray(0, 99)), gzipSync(z.subarray(99))]) },
      ],
      json: fixtures('records.json', 'archive.json', 'split.json', 'columns.json', 'index.json', 'table.json'),
      jsonl: fixtures('lines.jsonl'),
      mat: fixtures('plain.mat', 'packed.mat'),
      pt: fixtures('tensor.pt', 'torch-1.pt', 'torch-2.pt', 'module.pt'),
      hdf5: fixtures('plain.h5', 'chunks.h5', 'latest.h5', 'group.h5', 'pytables.h5', 'crowded.h5'),
      'parquet of pyarrow': fixtures(
        'plain.parquet',
        'pages.parquet',
        'encodings.parquet',
        'dictionaries.parquet',
        'zstd.parquet',
        'lz4.parquet',
        'brotli.parquet',
        'index.parquet',
        'odd.parquet',
        'snappy.parquet',
      ),
      'sparse npz': fixtures('csr.npz', 'csc.npz', 'coo.npz', 'bsr.npz', 'dia.npz', 'csr-array.npz'),
      parquet: [
        parquet(columns, { rowGroupSize: 16 }),
        parquet([...columns, ...others]),
        parquet([...columns, ...others], { codec: 'UNCOMPRESSED' }),
      ],
    },
  };
}

/** Files that other programs wrote. */
function fixtures(...names: string[]): NamedBytes[] {
  return names.map((name) => {
    const url = new URL(`../io/fixtures/${name}`, import.meta.url);
    return { name, bytes: new Uint8Array(readFileSync(url)) };
  });
}

/** An archive with the names and kinds of its factors. */
async function archiveOf(members: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array> {
  const matrices = await Promise.all(
    Object.entries(members).map(async ([name, bytes]) => {
      const { arrays } = await openArrays(memorySource(bytes, 'a.npy'));
      return { name, matrix: await arrays[0].read() };
    }),
  );
  const names = { name: 'factor_names', strings: ['digit', 'size'] };
  return collect(writeNpz([...matrices, names]));
}
