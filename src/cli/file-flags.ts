import type { Command } from 'commander';
import { FILE_OPTIONS, type FileOptions } from '../data/files/file-options.js';
import { procedural } from '../data/procedural.js';
import { declareFlags, readFlags } from './flags/declare-flags.js';

/** Declares what a file of images does not say itself, for every command that opens one. */
export function declareFiles(command: Command): Command {
  declareFlags(command, 'Files of images:', FILE_OPTIONS);
  return command;
}

/** Those that were given. */
export function readFileFlags(command: Command): FileOptions {
  return readFlags(command, FILE_OPTIONS);
}

/** The file or folder that data are named by; none for a data set that is drawn. */
export function filesNamed(data: string): string[] {
  return procedural.some(({ name }) => name === data) ? [] : [data];
}
