import { isCodedError } from '../errors.js';
import { UsageError } from './usage-error.js';

/** Options of the façade that are flags by the same name. */
const FLAGS = [
  'metrics',
  'seed',
  'trainRows',
  'testRows',
  'factorTypes',
  'interval',
  'level',
  'null',
  'threads',
  'threshold',
  'latentsMember',
  'factorsMember',
  'zMember',
  'latentColumns',
  'factorColumns',
  'latentsDtype',
  'factorsDtype',
];

/** The façade knows options by the names that programs use; on a command line they are flags. */
export function nameFlags(error: unknown): unknown {
  if (!isCodedError(error) || error.code !== 'ERR_OPTION') return error;
  const [name] = error.message.split(': ', 1);
  const text = error.message.slice(name.length).replace(/\btrainRows\b/g, '--train-rows');
  if (name === 'options') return new UsageError(`--set${text.replace(/\bmetrics\b(?= names|$)/, '--metrics')}`);
  if (!FLAGS.includes(name)) return error;
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return new UsageError(`--${flag}${text}`);
}
