/** The matrix of a .bin file, given as a Uint8Array: 32 bytes of header, then the numbers. */
export function parseVmat(bytes) {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const header = new DataView(buffer);
  const rows = Number(header.getBigUint64(8, true));
  const columns = Number(header.getBigUint64(16, true));
  const NumberArray = { 2: Float32Array, 3: Float64Array, 8: Int32Array }[header.getUint16(6, true)];
  return { data: new NumberArray(buffer, 32), rows, columns };
}
