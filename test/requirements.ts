/**
 * What some tests need beyond Node. Where it is missing a test is skipped with its reason printed; with
 * VAEMETRICS_REQUIRE=all set (as in .ci/run) it fails instead.
 */
import { test as uvuTest } from 'uvu';

type Run = (context: unknown) => void | Promise<void>;
type Register = { (name: string, run: Run): void; skip: (name?: string, run?: Run) => void };

/** A test that runs only if `isMet`; `reason` says what is missing and how to get it. */
export function testNeeding(
  isMet: boolean,
  reason: string,
  test: Register = uvuTest as unknown as Register,
): Register['skip'] {
  return (name = '', run = () => {}) => {
    if (isMet) return test(name, run);
    if (process.env.VAEMETRICS_REQUIRE === 'all') {
      return test(name, () => {
        throw new Error(`required here, but missing: ${reason}`);
      });
    }
    console.log(`skipped: ${name} (${reason})`);
    test.skip(name, run);
  };
}
