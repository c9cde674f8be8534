/**
 * The errors this library raises on purpose.
 *
 * Every one carries a `code`, so that a caller (the command line among them) can tell a wrong
 * option from wrong data, and both from a bug of ours, without reading the message.
 */
import { cut, type Mention, type NameOption, type Phrase, renameMentions, renderPhrase } from './phrase.js';

const CODES = ['ERR_OPTION', 'ERR_DATA', 'ERR_NO_INPUT', 'ERR_NO_OUTPUT', 'ERR_BACKEND', 'ERR_DIVERGED'] as const;

/**
 * `ERR_OPTION`: an option or argument is wrong. `ERR_DATA`: the numbers or the file are wrong.
 * `ERR_NO_INPUT`, `ERR_NO_OUTPUT`: a file cannot be opened, or written. `ERR_BACKEND`: a tensor
 * library does not work here. `ERR_DIVERGED`: training came to numbers that are not finite.
 */
export type ErrorCode = (typeof CODES)[number];

/** An Error raised on purpose. */
export interface CodedError extends Error {
  readonly code: ErrorCode;
}

/**
 * An option or argument is wrong: a `TypeError` for the kind of a value, a `RangeError` for the
 * value.
 */
export interface OptionError extends CodedError {
  readonly code: 'ERR_OPTION';
  /** The name of the option, as the caller gave it: `steps`, `beta`. */
  readonly option: string;
  /** Whose option it is, if that is not the function called: a metric, an objective. */
  readonly owner: string | null;
  /** What was expected, and what was given. */
  readonly problem: string;
  /** What was probably meant, or what helps; null if nothing is known. */
  readonly suggestion: string | null;
  /** The message with options written by `nameOption`, such as flags. */
  tell(nameOption: NameOption): string;
}

/** What an {@link OptionError} is made of. */
export interface OptionProblem {
  readonly option: string;
  readonly owner?: string;
  readonly problem: string | Phrase;
  readonly suggestion?: string | Phrase;
}

/** An {@link OptionError} that is a `TypeError`: the wrong kind of thing was given. */
export function wrongType(problem: OptionProblem): TypeError & OptionError {
  return asOptionError(new TypeError(tellOption(problem)), problem);
}

/**
 * An {@link OptionError} that is a `RangeError`: the right kind of thing with a value that cannot
 * be.
 */
export function wrongValue(problem: OptionProblem): RangeError & OptionError {
  return asOptionError(new RangeError(tellOption(problem)), problem);
}

function asOptionError<E extends Error>(error: E, problem: OptionProblem): E & OptionError {
  // A function would stand in every print of the error.
  Object.defineProperty(error, 'tell', { value: (nameOption: NameOption) => tellOption(problem, nameOption) });
  const { option, owner = null, suggestion } = problem;
  return Object.assign(error as E & { tell: OptionError['tell'] }, {
    code: 'ERR_OPTION' as const,
    option,
    owner,
    problem: renderPhrase(problem.problem),
    suggestion: suggestion === undefined ? null : renderPhrase(suggestion),
  });
}

function tellOption({ option, owner, problem, suggestion }: OptionProblem, nameOption?: NameOption): string {
  const named = nameOption?.({ option, ...(owner !== undefined && { owner }) });
  const label = named ?? (owner === undefined ? option : `${owner}: ${option}`);
  const help = suggestion === undefined ? '' : `; ${renderPhrase(suggestion, nameOption)}`;
  return `${label}: ${renderPhrase(problem, nameOption)}${help}`;
}

/** Whether `error` is about an option or argument. */
export function isOptionError(error: unknown): error is OptionError {
  return isCodedError(error) && error.code === 'ERR_OPTION' && 'option' in error;
}

/**
 * Where in a file or an array something is wrong. Every part is optional; rows and columns count
 * from 0.
 */
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
  /** The message without the place. */
  readonly problem: string;
  readonly #text: string | Phrase;

  constructor(problem: string | Phrase, place: Place = {}) {
    super(`${describePlace(place)}${renderPhrase(problem)}`);
    this.problem = renderPhrase(problem);
    this.#text = problem;
    if (place.path !== undefined) this.path = place.path;
    if (place.member !== undefined) this.member = place.member;
    if (place.row !== undefined) this.row = place.row;
    if (place.column !== undefined) this.column = place.column;
    if (place.byte !== undefined) this.byte = place.byte;
  }

  /** The message with options written by `nameOption`, such as flags. */
  tell(nameOption: NameOption): string {
    return `${describePlace(this)}${renderPhrase(this.#text, nameOption)}`;
  }

  /** The same problem at another place. */
  at(place: Place): DataError {
    return new DataError(this.#text, place);
  }

  /** The same problem with other names of options. */
  renaming(rename: (mention: Mention) => Mention): DataError {
    return new DataError(renameMentions(this.#text, rename), this);
  }
}

function describePlace(place: Place): string {
  const parts: string[] = [];
  if (place.path !== undefined) parts.push(place.path === '-' ? 'standard input' : place.path);
  if (place.member !== undefined) parts.push(`member '${cut(place.member)}'`);
  if (place.row !== undefined) parts.push(`row ${place.row}`);
  if (place.column !== undefined) parts.push(`column ${place.column}`);
  if (place.byte !== undefined) parts.push(`byte ${place.byte}`);
  return parts.length === 0 ? '' : `${parts.join(', ')}: `;
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
  return error instanceof Error && CODES.includes((error as CodedError).code);
}
