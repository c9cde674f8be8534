/** How the program ends; the numbers from 64 on are those of sysexits.h. */
export const EXIT = {
  ok: 0,
  diverged: 1,
  usage: 2,
  badData: 65,
  noInput: 66,
  noBackend: 69,
  bug: 70,
  cannotWrite: 73,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** How it ends when a signal of the system stops it. */
export const EXIT_OF_SIGNAL = { SIGHUP: EXIT.hungUp, SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;

/** What each says in help. */
export const EXIT_MEANINGS: ReadonlyArray<readonly [code: number, meaning: string]> = [
  [EXIT.ok, 'done'],
  [EXIT.diverged, 'training stopped at a number that is not finite'],
  [EXIT.usage, 'wrong option, argument, command or metric'],
  [EXIT.badData, 'the data cannot be used; the message says where'],
  [EXIT.noInput, 'a file is missing or cannot be read'],
  [EXIT.noBackend, 'training has nothing to compute on; vaemetrics doctor shows what there is'],
  [EXIT.bug, 'a bug of vaemetrics'],
  [EXIT.cannotWrite, 'the output cannot be written'],
  [
    EXIT.interrupted,
    'stopped by SIGINT (143 by SIGTERM, 129 where the terminal was closed); nothing is left half-written',
  ],
];
