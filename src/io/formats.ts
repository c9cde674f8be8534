/**
 * Every format of arrays that is read, in the order in which a file is tried by its first bytes.
 */
import type { ArrayFormat } from './array-format.js';
import { csv, tsv } from './csv.js';
import { hdf5 } from './hdf5.js';
import { json, jsonl } from './json.js';
import { mat } from './mat5.js';
import { npy } from './npy.js';
import { npz } from './npz.js';
import { parquet } from './parquet.js';
import { pt } from './pt.js';
import { raw } from './raw.js';
import { safetensors } from './safetensors.js';
import { vmat } from './vmat.js';

const LISTED = [npy, pt, npz, vmat, parquet, hdf5, mat, safetensors, csv, tsv, json, jsonl, raw] as const;

type Listed = (typeof LISTED)[number];

/** How the arrays of a file are stored. `raw` is a file of bare values without a header. */
export type Format = Listed['name'];

/** The formats that can be written. */
export type OutputFormat = Extract<Listed, { readonly output: unknown }>['name'];

export const FORMATS: readonly ArrayFormat[] = LISTED;
