// ?build=simd forces a build, as a page would by a global set before the first call.
globalThis.VAEMETRICS_WASM = new URLSearchParams(location.search).get('build') ?? undefined;
