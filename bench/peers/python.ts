/** Finds a Python that has what the peers need. */
import { spawnSync } from 'node:child_process';

export interface Python {
  readonly command: string;
  /** `3.11.2, numpy 1.24.2, scikit-learn 1.2.1` */
  readonly versions: string;
}

/**
 * How many threads the libraries of a Python have. PyTorch spreads its work over those of OpenMP,
 * each of which calls OpenBLAS: with threads of its own beside them there are more than processors,
 * and they wait for each other.
 */
export function threadsOf(count: number): Readonly<Record<string, string>> {
  return {
    OMP_NUM_THREADS: String(count),
    MKL_NUM_THREADS: String(count),
    OPENBLAS_NUM_THREADS: '1',
    BLIS_NUM_THREADS: '1',
  };
}

const PROBE = `
import platform, numpy, sklearn
print(f"{platform.python_version()}, numpy {numpy.__version__}, scikit-learn {sklearn.__version__}", end="")
`;

/**
 * PYTHON, else python3, else the system's own; ends the process with 1 and says what to install
 * where none will do.
 */
export function findPython(): Python {
  const wanted = process.env.PYTHON;
  const candidates = wanted ? [wanted] : ['python3', '/usr/bin/python3'];
  const failures: string[] = [];
  for (const command of candidates) {
    const { status, stdout, stderr, error } = spawnSync(command, ['-c', PROBE], { encoding: 'utf8' });
    if (status === 0) return { command, versions: stdout };
    failures.push(`  ${command}: ${error?.message ?? stderr.trim().split('\n').pop()}`);
  }
  console.error(`The comparison needs a Python with numpy and scikit-learn:\n${failures.join('\n')}
Install them with one of
  python3 -m venv .venv && .venv/bin/pip install numpy scikit-learn   (then PYTHON=.venv/bin/python)
  apt-get install python3-numpy python3-sklearn`);
  process.exit(1);
}
