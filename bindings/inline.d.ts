/** The base64 text of a file in dist/, put there by rollup.config.mjs. */
declare module 'inline:*' {
  const base64: string;
  export default base64;
}
