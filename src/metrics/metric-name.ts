/** What a metric may be called: reports are objects by name, and go to terminals and pictures. */

const NAME = /^[^\p{C}]{1,100}$/u;

/** Whether a name is printable text, and none that every object has, such as `constructor`. */
export function isMetricName(name: string): boolean {
  return NAME.test(name) && name.trim() === name && !(name in {});
}
