/** One result in the forms it can be printed in. */
export interface Presentation {
  /** The whole of it. */
  readonly report: { readonly notes: readonly string[] };
  table(screen: { readonly color?: boolean; readonly width?: number }): string;
  /** An SVG. */
  chart(): Promise<string>;
}
