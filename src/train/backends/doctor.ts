/** What this host can train on: every backend that it may have, opened and closed again. */
import type { Backend, BackendError, BackendName, Refusal } from './backend.js';
import { BACKENDS_HERE, type Opener } from './backends-here.js';
import { openAmong, toRefusal } from './open-backend.js';

/** What was found of a backend. */
export interface Finding {
  readonly name: BackendName;
  /**
   * `works`; `when named`: in software, and so never taken by `auto`; `no`: it does not come up.
   */
  readonly status: 'works' | 'when named' | 'no';
  /** What does the work, where it comes up. */
  readonly device: string | null;
  /** Why `auto` does not take it. */
  readonly reason: string | null;
  readonly remedy: string | null;
}

export interface Diagnosis {
  /** In the order in which `auto` tries them. */
  readonly backends: readonly Finding[];
  /** What `auto` takes. */
  readonly taken: BackendName | null;
}

/**
 * Opens the backends one after the other, as `auto` would, and those that refuse once more by name.
 */
export async function diagnose(
  openers: ReadonlyArray<readonly [BackendName, Opener]> = BACKENDS_HERE,
): Promise<Diagnosis> {
  const backends: Finding[] = [];
  for (const opener of openers) backends.push(await examine(opener));
  return { backends, taken: backends.find(({ status }) => status === 'works')?.name ?? null };
}

async function examine(opener: readonly [BackendName, Opener]): Promise<Finding> {
  const [name] = opener;
  const found = await tryOpening(() => openFirst(opener));
  if ('device' in found) return { name, status: 'works', device: found.device, reason: null, remedy: null };
  const { reason, remedy = null } = found;
  const named = await tryOpening(() => openAmong([opener], name));
  if ('device' in named) return { name, status: 'when named', device: named.device, reason, remedy };
  return { name, status: 'no', device: null, reason, remedy };
}

/** As `auto` opens it, with its own reason where it refuses. */
async function openFirst([name, open]: readonly [BackendName, Opener]): Promise<Backend> {
  return openAmong([[name, () => open(false)]], name);
}

async function tryOpening(open: () => Promise<Backend>): Promise<Refusal | { readonly device: string }> {
  try {
    const backend = await open();
    await backend.close();
    return { device: backend.device };
  } catch (error) {
    return toRefusal(error as BackendError);
  }
}
