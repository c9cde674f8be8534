import { type Hold, StopSignal } from './terminal.js';

// Under npx one Ctrl-C arrives twice: from the terminal, and again from npm, which hands on what it
// got.
const ECHO_MS = 300;
// What leaves no file half-written needs less.
const UNWINDING_MS = 600;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Signal = (typeof SIGNALS)[number];

/**
 * What signals of the system do. Left to themselves they end the program at once, whatever it waits
 * for or computes. While they are held, the first asks the command to unwind: it has half a second,
 * or as long as it takes if a holder is patient. The second does not wait for that. A terminal that
 * closes is nobody in a hurry: system and shell both say so.
 */
export function createSignals(stop: AbortController): { readonly hold: Hold } {
  const holders = new Set<{ readonly isPatient: boolean }>();
  const letGo = (signals: readonly Signal[]) => {
    for (const signal of signals) process.removeListener(signal, ask);
  };
  const ask = (signal: Signal): void => {
    if (stop.signal.aborted) return;
    stop.abort(new StopSignal(signal));
    setTimeout(letGo, ECHO_MS, ['SIGINT', 'SIGTERM']).unref();
    if ([...holders].some(({ isPatient }) => isPatient)) return;
    setTimeout(() => {
      letGo(SIGNALS);
      process.kill(process.pid, signal);
    }, UNWINDING_MS).unref();
  };
  return {
    hold(isPatient = false) {
      const holder = { isPatient };
      if (holders.size === 0) for (const signal of SIGNALS) process.on(signal, ask);
      holders.add(holder);
      return () => {
        // What has been asked to stop is on its way out.
        if (holders.delete(holder) && holders.size === 0 && !stop.signal.aborted) letGo(SIGNALS);
      };
    },
  };
}
