/**
 * A Python with a module, where there is one: that of VAEMETRICS_PYTHON, of the path, or of the
 * system's packages.
 */
import { spawnSync } from 'node:child_process';

export function findPython(module: string): string | null {
  const candidates = [process.env.VAEMETRICS_PYTHON, 'python3', '/usr/bin/python3'].filter(
    (name) => name !== undefined,
  );
  return candidates.find((name) => spawnSync(name, ['-c', `import ${module}`]).status === 0) ?? null;
}
