/**
 * Writes options as the flags of a command. The library knows them by the names that programs use.
 */
import type { Command } from 'commander';
import { asProgram, type Mention, type NameOption } from '../../phrase.js';
import { isSameName } from '../../suggest.js';
import { listFlags } from './declare-flags.js';
import type { Flag } from './flag.js';

/**
 * How a command writes options: as its flag, as a setting of a metric, or as a program if it has
 * none.
 */
export function nameFlags(command: Command): NameOption {
  const flags = listFlags(command);
  const hasSettings = flags.some(({ optionName }) => optionName === 'set');
  return (mentioned) => {
    const { option, owner, value } = mentioned;
    const ofOwner = flags.filter(({ sets }) => owner !== undefined && sets.option === option && sets.owner === owner);
    // Of two that set one option, the one on the command line is meant.
    const isGiven = (flag: Flag) => command.getOptionValueSource(flag.attributeName()) === 'cli';
    const settings: readonly string[] = hasSettings ? (command.opts().set ?? []) : [];
    const isSet = settings.some((setting) => isSameName(setting.split('=')[0], `${owner}.${option}`));
    const ofName = flags.filter(
      (flag) => flag.sets.option === option && (owner === undefined || !hasSettings || (isGiven(flag) && !isSet)),
    );
    const candidates = [...ofOwner, ...ofName];
    const flag = candidates.find(isGiven) ?? candidates[0];
    if (flag !== undefined) return writeFlag(flag, mentioned);
    if (owner === undefined || !hasSettings) return asProgram(mentioned);
    return `--set ${owner}.${option}${value === undefined ? '' : `=${value}`}`;
  };
}

function writeFlag({ long, rule }: Flag, { value }: Mention): string {
  if (value === undefined || rule.kind === 'boolean') return `${long}`;
  // The word that is read as the value: `no` is false.
  const word = rule.kind === 'other' ? rule.words?.find((some) => rule.parse?.(some) === value) : undefined;
  return `${long} ${word ?? value}`;
}
