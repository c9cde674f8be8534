import type { AgreementTableOptions } from '../report/agreement-table.js';

/** One result in the forms it can be printed in. */
export interface Presentation {
  /** The whole of it. */
  readonly report: { readonly notes: readonly string[] };
  table(options: AgreementTableOptions): string;
  /** An SVG. */
  chart(): Promise<string>;
}
