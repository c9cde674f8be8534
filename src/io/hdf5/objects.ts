/**
 * The objects of an HDF5 file: groups, and what is in them
 * (https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html). Every number is checked
 * before it is followed, so that reading ends, whatever the bytes are.
 */
import { DataError } from '../../errors.js';
import { Block, BlockReader, NOWHERE, REWRITE } from './blocks.js';
import { denseLinks } from './dense-links.js';

const DEEPEST = 16;

/** A part of what is said of an object. */
export interface Message {
  readonly kind: number;
  readonly isShared: boolean;
  readonly block: Block;
}

export const MESSAGE = {
  space: 1,
  links: 2,
  type: 3,
  link: 6,
  external: 7,
  layout: 8,
  filters: 11,
  continuation: 16,
  table: 17,
};

/** An object that is no group. */
export interface Leaf {
  /** Its groups and its own name, with slashes between. */
  readonly name: string;
  readonly messages: readonly Message[];
}

/** Reads the objects of a file. */
export class ObjectReader extends BlockReader {
  private readonly visited = new Set<number>();

  /** All objects that are no groups, in the order in which groups name them. */
  async leaves(): Promise<Leaf[]> {
    const leaves: Leaf[] = [];
    const visit = async (name: string, at: number, depth: number): Promise<void> => {
      const messages = await this.messages(at);
      const isGroup = messages.some(({ kind }) => [MESSAGE.links, MESSAGE.link, MESSAGE.table].includes(kind));
      if (!isGroup && name !== '') leaves.push({ name, messages });
      // A group may be in itself: each is read once.
      if (!isGroup || depth > DEEPEST || this.visited.has(at)) return;
      this.visited.add(at);
      for (const [own, address] of await this.links(messages)) {
        await visit(name === '' ? own : `${name}/${own}`, address, depth + 1);
      }
    };
    await visit('', await this.root(), 0);
    return leaves;
  }

  private async root(): Promise<number> {
    const { path, size } = this.source;
    const block = await this.block(0, Math.min(size, 96));
    block.take(8);
    const version = block.uint(1);
    const isOld = version < 2;
    if (version > 3) throw new DataError(`expected HDF5 of a version up to 3, got ${version}; ${REWRITE}`, { path });
    if (isOld) block.take(4);
    const widths = [block.uint(1), block.uint(1)];
    if (widths.join() !== '8,8') throw new DataError(`expected addresses of 8 bytes in HDF5; ${REWRITE}`, { path });
    block.take(isOld ? (version === 0 ? 9 : 13) : 1);
    const base = block.address();
    block.take(8);
    const end = block.address();
    if (base === 0 && end < size)
      throw new DataError(`expected ${end} bytes of HDF5, got ${size}`, { path, byte: end });
    if (base !== 0 || end > size) {
      throw new DataError(`it is cut short, or damaged: expected ${end} bytes of HDF5, got ${size}`, { path });
    }
    if (isOld) block.take(16);
    return block.address();
  }

  private async messages(at: number): Promise<Message[]> {
    const start = await this.block(at, 16);
    const isOld = start.bytes[0] === 1;
    const messages: Message[] = [];
    const blocks: Block[] = [];
    let hasOrder = false;
    if (isOld) {
      start.take(8);
      blocks.push(await this.block(at + 16, start.uint(4)));
    } else {
      start.expect('OHDR');
      if (start.uint(1) !== 2) throw start.refuse('an object is of no known version');
      const flags = start.uint(1);
      hasOrder = (flags & 4) !== 0;
      const before = 6 + (flags & 32 ? 16 : 0) + (flags & 16 ? 4 : 0);
      const width = 2 ** (flags & 3);
      const length = (await this.block(at + before, width)).uint(width);
      blocks.push(await this.block(at + before + width, length));
    }
    for (const block of blocks) {
      const head = isOld ? 8 : hasOrder ? 6 : 4;
      while (block.bytes.length - block.at >= head) {
        const kind = block.uint(isOld ? 2 : 1);
        const length = block.uint(2);
        const flags = block.uint(1);
        block.take(head - (isOld ? 5 : 4));
        const body = block.within(length);
        if (kind === MESSAGE.continuation) {
          const [next, size] = [body.address(), body.address()];
          const more = await this.block(next, size);
          // In new files a mark stands before, and a checksum behind.
          blocks.push(isOld ? more : new Block(more.bytes.subarray(4, -4), this.source.path, next));
        } else messages.push({ kind, isShared: (flags & 2) !== 0, block: body });
      }
    }
    return messages;
  }

  private async links(messages: readonly Message[]): Promise<Map<string, number>> {
    const links = new Map<string, number>();
    for (const { kind, block } of messages) {
      if (kind === MESSAGE.table) await this.readTable(block.address(), block.address(), links);
      if (kind === MESSAGE.link) readLink(block, links);
      if (kind === MESSAGE.links) {
        block.take(1);
        if (block.uint(1) & 1) block.take(8);
        const [heap, tree] = [block.address(), block.address()];
        if (heap === NOWHERE) continue;
        for await (const link of denseLinks(this, heap, tree)) readLink(link, links);
      }
    }
    return links;
  }

  private async readTable(tree: number, heap: number, links: Map<string, number>): Promise<void> {
    const head = await this.block(heap, 32);
    head.expect('HEAP');
    head.take(4);
    const length = head.address();
    head.take(8);
    const names = await this.block(head.address(), length);
    for await (const node of this.nodes(tree, 0, 8)) {
      const table = await this.block(node.child, 8);
      table.expect('SNOD');
      table.take(2);
      const entries = await this.block(node.child + 8, table.uint(2) * 40);
      while (entries.at < entries.bytes.length) {
        const [name, address, kind] = [entries.address(), entries.address(), entries.uint(4)];
        entries.take(20);
        // A link that leads on by a name.
        if (kind === 2) continue;
        const end = names.bytes.indexOf(0, name);
        if (end < 0) throw entries.refuse('a name has no end');
        links.set(new TextDecoder().decode(names.bytes.subarray(name, end)), address);
      }
    }
  }

  /** The lowest entries of a tree: their keys, and where they lead. */
  async *nodes(at: number, kind: 0 | 1, keyBytes: number, level = -1): AsyncGenerator<{ key: Block; child: number }> {
    const head = await this.block(at, 24);
    head.expect('TREE');
    if (head.uint(1) !== kind) throw head.refuse('a tree is of another kind');
    const own = head.uint(1);
    // Every level is below the one before, so that there is an end.
    if ((level >= 0 && own !== level) || own > DEEPEST) throw head.refuse('a tree has levels out of order');
    const count = head.uint(2);
    const entries = await this.block(at + 24, count * (keyBytes + 8));
    for (let i = 0; i < count; i++) {
      const key = entries.within(keyBytes);
      const child = entries.address();
      if (own > 0) yield* this.nodes(child, kind, keyBytes, own - 1);
      else yield { key, child };
    }
  }
}

function readLink(block: Block, links: Map<string, number>): void {
  block.take(1);
  const flags = block.uint(1);
  const kind = flags & 8 ? block.uint(1) : 0;
  block.take((flags & 4 ? 8 : 0) + (flags & 16 ? 1 : 0));
  const name = new TextDecoder().decode(block.take(block.uint(2 ** (flags & 3))));
  // Others lead on by a name, or to another file.
  if (kind === 0) links.set(name, block.address());
}
