/**
 * Flags that other tools of the field have: taken for ours if they mean the same, else answered.
 */
import type { Command } from 'commander';
import { UsageError } from '../usage-error.js';
import { Flag } from './flag.js';

/**
 * Flags of the same meaning. `isCount`: only if ours is a number there, because it is a list
 * elsewhere.
 */
const SAME: Readonly<Record<string, { readonly ours: string; readonly isCount?: boolean }>> = {
  '--batch': { ours: '--batch-size' },
  '--latent-dim': { ours: '--latents', isCount: true },
  '--lr': { ours: '--learning-rate' },
  '--metric': { ours: '--metrics' },
  '--output': { ours: '--out' },
  '--z-dim': { ours: '--latents', isCount: true },
};

/** What to use in their place, by the flag that a command must have for the advice to fit. */
const OTHERWISE: Readonly<Record<string, ReadonlyArray<{ readonly if: string | null; readonly say: string }>>> = {
  '--epochs': [{ if: '--steps', say: 'expected --steps: an epoch is N / B steps, for N images and batches of B' }],
  '--device': [{ if: '--backend', say: 'expected --backend; vaemetrics doctor lists what this machine has' }],
  '--config': [
    { if: '--resume', say: 'expected flags; a run keeps them in config.json, and --resume goes on with them' },
    { if: null, say: 'expected flags: there is no configuration file' },
  ],
  '--format': [
    { if: '--out', say: 'expected --out FILE, whose ending says the format, or --json' },
    { if: null, say: 'expected --json, or nothing for text' },
  ],
};

/**
 * The words of a command line with flags of other tools replaced by those of the command.
 * @throws UsageError for a flag that has no equal, saying what to use
 */
export function translateFlags(argv: readonly string[], command: Command): string[] {
  const end = argv.indexOf('--');
  return argv.map((word, i) => {
    const [flag] = word.split('=', 1);
    if ((end >= 0 && i > end) || !flag.startsWith('--') || findOption(command, flag)) return word;
    const same = SAME[flag];
    if (same !== undefined && fits(command, same)) return same.ours + word.slice(flag.length);
    const advice = OTHERWISE[flag]?.find(({ if: needed }) => needed === null || findOption(command, needed));
    if (advice !== undefined) throw new UsageError(`${flag}: ${advice.say}`);
    return word;
  });
}

function findOption(command: Command, flag: string) {
  return command.options.find(({ long }) => long === flag);
}

function fits(
  command: Command,
  { ours, isCount = false }: { readonly ours: string; readonly isCount?: boolean },
): boolean {
  const option = findOption(command, ours);
  return option !== undefined && (!isCount || (option instanceof Flag && option.rule.kind === 'integer'));
}
