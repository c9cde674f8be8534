export const SECTION: string;
export function fingerprintSources(folder?: string): string;
export function stamp(bytes: Uint8Array, fingerprint: string): Uint8Array;
