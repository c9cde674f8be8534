/** The arrays of a file as JSON, or why there are none: the same in a page and in Node. */
export async function readArrays({ openArrays }, source) {
  try {
    const { format, arrays } = await openArrays(source);
    const read = arrays.filter(({ refusal, readStrings }) => refusal === null && readStrings === undefined);
    const found = [];
    for (const entry of read) found.push([entry.name, entry.dtype, entry.shape, [...(await entry.read()).data]]);
    return JSON.stringify([format, found]);
  } catch (error) {
    return `${error.code}: ${error.message}`;
  }
}
