/** A file of an export, by its name in the folder. */
export interface ExportedFile {
  readonly name: string;
  readonly chunks: Iterable<Uint8Array>;
}
