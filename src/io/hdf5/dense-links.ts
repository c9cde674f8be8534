/**
 * The links of a large group as new versions of HDF5 store them: in a fractal heap, with a tree of
 * their names.
 */
import { DataError } from '../../errors.js';
import { type Block, type BlockReader, NOWHERE, REWRITE } from './blocks.js';

const NAMES = 5;
const SHORTEST_BLOCK = 10;

/**
 * Reads the links of a group.
 * @param heap address of the heap
 * @param tree address of the tree
 * @returns a block for each, as a message of a link has it
 * @throws DataError for damaged data, and for groups of a thousand links and more
 */
export async function* denseLinks(reader: BlockReader, heap: number, tree: number): AsyncGenerator<Block> {
  const find = await openHeap(reader, heap);
  for await (const record of treeRecords(reader, tree)) {
    record.take(4);
    yield await find(record);
  }
}

async function* treeRecords(reader: BlockReader, tree: number): AsyncGenerator<Block> {
  const head = await reader.block(tree, 38);
  head.expect('BTHD');
  const [version, kind, nodeBytes, recordBytes, depth] = [1, 1, 4, 2, 2].map((length) => head.uint(length));
  if (version !== 0 || kind !== NAMES || recordBytes < 5) throw head.refuse('a tree of links is of another kind');
  if (depth > 1) throw new DataError(`a group of HDF5 has more links than are read here; ${REWRITE}`, reader.source);
  head.take(2);
  const [root, count] = [head.address(), head.uint(2)];
  const most = Math.floor((nodeBytes - SHORTEST_BLOCK) / recordBytes);
  const read = async function* (at: number, records: number): AsyncGenerator<Block> {
    const node = await reader.block(at, 6 + records * recordBytes);
    node.expect('BTLF');
    node.take(2);
    for (let i = 0; i < records; i++) yield node.within(recordBytes);
  };
  if (count === 0 || root === NOWHERE) return;
  if (depth === 0) {
    yield* read(root, count);
    return;
  }
  // How many records a child has takes as many bytes as its most need.
  const width = most < 256 ? 1 : 2;
  const node = await reader.block(root, 6 + count * recordBytes + (count + 1) * (8 + width));
  node.expect('BTIN');
  node.take(2);
  for (let i = 0; i < count; i++) yield node.within(recordBytes);
  for (let i = 0; i <= count; i++) yield* read(node.address(), node.uint(width));
}

/** Opens a heap; what comes back finds what the name of a record stands for. */
async function openHeap(reader: BlockReader, heap: number): Promise<(name: Block) => Promise<Block>> {
  const head = await reader.block(heap, 142);
  head.expect('FRHP');
  head.take(1);
  const [nameBytes, filterBytes] = [head.uint(2), head.uint(2)];
  head.take(101);
  const [columns, firstBytes, mostBytes, bits] = [head.uint(2), head.uint(8), head.uint(8), head.uint(2)];
  head.take(2);
  const [root, rows] = [head.address(), head.uint(2)];
  const offsetBytes = Math.ceil(bits / 8);
  if (filterBytes > 0 || columns === 0 || firstBytes === 0 || offsetBytes > 6 || nameBytes <= offsetBytes + 1) {
    throw head.refuse('a group is stored in a way that is not known');
  }
  let children: Block | null = null;
  if (rows > 0) {
    const start = 13 + offsetBytes;
    const block = await reader.block(root, start + rows * columns * 8);
    block.expect('FHIB');
    block.take(start - 4);
    children = block;
  }
  return async (name) => {
    const kind = name.uint(1);
    const [offset, length] = [name.uint(offsetBytes), name.uint(nameBytes - 1 - offsetBytes)];
    if (kind !== 0) throw name.refuse('a link is stored in a way that is not known');
    if (children === null) return reader.block(root + offset, length);
    // Two rows of blocks of the first size, then each row of blocks twice as large.
    let before = 0;
    for (let row = 0; row < rows; row++) {
      const size = firstBytes * 2 ** Math.max(0, row - 1);
      if (size > mostBytes) break;
      if (offset < before + size * columns) {
        const column = Math.floor((offset - before) / size);
        children.at = 13 + offsetBytes + (row * columns + column) * 8;
        return reader.block(children.address() + offset - before - column * size, length);
      }
      before += size * columns;
    }
    throw name.refuse('a link is in no block');
  };
}
