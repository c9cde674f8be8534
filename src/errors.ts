/**
 * The errors this library raises on purpose.
 *
 * Every one carries a `code`, so that a caller (the command line among them) can tell a wrong
 * option from wrong data, and both from a bug of ours, without reading the message.
 */

/** `ERR_OPTION`: an option or argument is wrong. `ERR_DATA`: the numbers or the file are wrong. */
export type ErrorCode = 'ERR_OPTION' | 'ERR_DATA';

/** An Error raised on purpose. */
export interface CodedError extends Error {
  readonly code: ErrorCode;
}

/** Where in a file or an array something is wrong. Every part is optional; rows and columns count from 0. */
export interface Place {
  /** The file, as the user named it; `-` is standard input. */
  readonly path?: string;
  /** The array inside an archive. */
  readonly member?: string;
  readonly row?: number;
  readonly column?: number;
  /** Byte offset from the start of the file (or of the decompressed member, where one is named). */
  readonly byte?: number;
}

/** The bytes of a file, or the numbers of an array, cannot be used; says where and why. */
export class DataError extends Error implements CodedError {
  override readonly name = 'DataError';
  readonly code = 'ERR_DATA';
  readonly path?: string;
  readonly member?: string;
  readonly row?: number;
  readonly column?: number;
  readonly byte?: number;
  /** The message without the place, for callers that add a place of their own. */
  readonly problem: string;

  constructor(problem: string, place: Place = {}) {
    super(`${describePlace(place)}${problem}`);
    this.problem = problem;
    if (place.path !== undefined) this.path = place.path;
    if (place.member !== undefined) this.member = place.member;
    if (place.row !== undefined) this.row = place.row;
    if (place.column !== undefined) this.column = place.column;
    if (place.byte !== undefined) this.byte = place.byte;
  }
}

function describePlace(place: Place): string {
  const parts: string[] = [];
  if (place.path !== undefined) parts.push(place.path === '-' ? 'standard input' : place.path);
  if (place.member !== undefined) parts.push(`member '${place.member}'`);
  if (place.row !== undefined) parts.push(`row ${place.row}`);
  if (place.column !== undefined) parts.push(`column ${place.column}`);
  if (place.byte !== undefined) parts.push(`byte ${place.byte}`);
  return parts.length === 0 ? '' : `${parts.join(', ')}: `;
}

/** A `TypeError` about an option or argument: the wrong kind of thing was given. */
export function optionTypeError(message: string): TypeError & CodedError {
  return Object.assign(new TypeError(message), { code: 'ERR_OPTION' as const });
}

/** A `RangeError` about an option or argument: the right kind of thing with a value out of range. */
export function optionRangeError(message: string): RangeError & CodedError {
  return Object.assign(new RangeError(message), { code: 'ERR_OPTION' as const });
}

/** A `TypeError` about data given as arrays: the wrong kind of array. */
export function dataTypeError(message: string): TypeError & CodedError {
  return Object.assign(new TypeError(message), { code: 'ERR_DATA' as const });
}

/** A `RangeError` about data given as arrays: a shape or value that cannot be used. */
export function dataRangeError(message: string): RangeError & CodedError {
  return Object.assign(new RangeError(message), { code: 'ERR_DATA' as const });
}

/** Whether this library raised `error` on purpose. */
export function isCodedError(error: unknown): error is CodedError {
  return error instanceof Error && ['ERR_OPTION', 'ERR_DATA'].includes((error as CodedError).code);
}
