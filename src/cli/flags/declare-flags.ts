/**
 * Declares the options of a command as its flags, and reads them back by the names of the options.
 */
import type { Command } from 'commander';
import type { GivenOf, Rules } from '../../options/rule.js';
import { Flag, type FlagStyle, flagsOf } from './flag.js';

/** How the flags of some options look. */
export type FlagStyles = Readonly<Record<string, FlagStyle>>;

/** Adds a flag for each option, under a heading of the help. */
export function declareFlags(command: Command, heading: string, rules: Rules, styles: FlagStyles = {}): void {
  for (const [name, rule] of Object.entries(rules)) {
    for (const flag of flagsOf(name, rule, styles[name])) command.addOption(flag.helpGroup(heading));
  }
}

/** The flags of a command. */
export function listFlags(command: Command): Flag[] {
  return command.options.filter((option) => option instanceof Flag);
}

/** The options that were given on the command line, by the names that `rules` has for them. */
export function readFlags<R extends Rules>(command: Command, rules: R): GivenOf<R> {
  const given = listFlags(command)
    .filter((flag) => flag.optionName in rules && command.getOptionValueSource(flag.attributeName()) === 'cli')
    .map((flag) => [flag.optionName, command.getOptionValue(flag.attributeName())]);
  return Object.fromEntries(given);
}
