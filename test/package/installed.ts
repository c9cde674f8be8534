/**
 * The package as a user gets it: packed, and installed into an empty folder without a network, with
 * a cache of npm's that goes with it.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url));
export const digits = ['latents.bin', 'factors.bin'].map((name) => join(repository, 'examples', 'digits', name));

export interface Installed {
  /** The folder of the user's project; test/consumers is copied into it. */
  readonly folder: string;
  readonly tarball: string;
  /** Where npm and npx keep what they unpack, in place of the user's own cache. */
  readonly npmCache: string;
  /** The environment that tells them so. */
  readonly npmEnvironment: NodeJS.ProcessEnv;
  /** node_modules/vaemetrics in it. */
  readonly package: string;
  /** Makes libraries of ours available to the project, as if the user had installed them too. */
  lend(...libraries: string[]): void;
}

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end. */
export function runProgram(
  command: string,
  args: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv = {},
): Ended {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 ** 2,
  });
  if (error) throw error;
  return { code: status, out: stdout, err: stderr };
}

/**
 * Runs a program to its end and returns what it printed; throws with all of its output where it
 * fails.
 */
export function outputOf(
  command: string,
  args: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv = {},
): string {
  const { code, out, err } = runProgram(command, args, folder, env);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: expected exit code 0, got ${code}\n${out}${err}`);
  return out;
}

/** Packs dist as it is, and installs it. The folder goes when the process ends. */
export function installPackage(): Installed {
  // Real path: where the folder for temporary files is a link, Node's paths and ours would differ.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'vaemetrics-package-')));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const npmCache = join(folder, 'npm-cache');
  // With a cache that is new npm would ask the network for a newer npm.
  const npmEnvironment = { npm_config_cache: npmCache, npm_config_update_notifier: 'false' };
  const npm = (cwd: string, ...words: string[]) => outputOf('npm', words, cwd, npmEnvironment);
  const packed = npm(repository, 'pack', '--ignore-scripts', '--json', '--pack-destination', folder);
  const tarball = join(folder, (JSON.parse(packed) as [{ filename: string }])[0].filename);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  npm(folder, 'install', '--offline', '--no-audit', '--no-fund', tarball);
  cpSync(join(repository, 'test', 'consumers'), join(folder, 'consumers'), { recursive: true });
  return {
    folder,
    tarball,
    npmCache,
    npmEnvironment,
    package: join(folder, 'node_modules', 'vaemetrics'),
    lend(...libraries) {
      for (const library of libraries) {
        const link = join(folder, 'node_modules', library);
        mkdirSync(dirname(link), { recursive: true });
        if (!existsSync(link)) symlinkSync(join(repository, 'node_modules', library), link, 'dir');
      }
    },
  };
}
