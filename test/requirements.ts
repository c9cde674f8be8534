/**
 * What some tests need beyond Node. If it is missing, a test is skipped and its reason printed.
 * With VAEMETRICS_REQUIRE=all it fails instead, and of the files that have such tests only these
 * run: .ci/run installs what they need after it has run all others.
 */
import { test as uvuTest } from 'uvu';

type Run = (context: unknown) => void | Promise<void>;
type Add = (name: string, run: Run) => void;
type Register = Add & { only: Add; skip: (name?: string, run?: Run) => void };

/** A test that runs only if `isMet`; `reason` says what is missing and how to get it. */
export function testNeeding(
  isMet: boolean,
  reason: string,
  test: Register = uvuTest as unknown as Register,
): Register['skip'] {
  return (name = '', run = () => {}) => {
    if (process.env.VAEMETRICS_REQUIRE === 'all') {
      return test.only(name, async (context) => {
        if (!isMet) throw new Error(`required here, but missing: ${reason}`);
        await run(context);
      });
    }
    if (isMet) return test(name, run);
    console.log(`skipped: ${name} (${reason})`);
    test.skip(name, run);
  };
}
