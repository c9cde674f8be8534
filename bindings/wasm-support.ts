/** What the host's WebAssembly can do. */

/** Instructions beyond those of the first WebAssembly. */
export type Extension = 'simd' | 'relaxed';

const PROBES: Readonly<Record<Extension, readonly number[]>> = {
  /** `() -> v128`: i32x4.splat(0). */
  simd: [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 17, 11],
  /** `() -> v128`: i16x8.relaxed_q15mulr_s(splat(0), splat(0)). */
  relaxed: [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 0, 253, 16, 65, 0, 253, 16,
    253, 145, 2, 11,
  ],
};

/** Whether the host has SIMD, or relaxed SIMD. */
export function supports(extension: Extension): boolean {
  return WebAssembly.validate(new Uint8Array(PROBES[extension]));
}

/** @throws Error when the host has no WebAssembly SIMD, which everything needs */
export function expectSimd(): void {
  if (!supports('simd')) throw new Error('vaemetrics: expected a host with WebAssembly SIMD, got one without');
}
