/**
 * Python pickles, read as plain data: nothing is imported, called or made by what they say. Of the
 * opcodes (Lib/pickletools.py) those are known that dicts, lists, tuples, numbers, texts and the
 * tensors of torch are written with, in protocols 2 to 5.
 */
import { DataError } from '../errors.js';

/** A dict, in its order. */
export class PickleDict {
  readonly entries: Array<readonly [PickleValue, PickleValue]> = [];
}

/** A list or a tuple. */
export class PickleList {
  constructor(readonly items: PickleValue[]) {}
}

/** A class or function by its name, or what one would make: it is never looked up. */
export class PickleObject {
  constructor(
    /** Module and name, with a dot between. */
    readonly name: string,
    /** Whether it is the class or function itself. */
    readonly isGlobal: boolean,
  ) {}
}

/** What a reader of some kind of pickle makes of calls and of what is stored elsewhere. */
export interface Custom {
  readonly custom: unknown;
}

export type PickleValue = null | boolean | number | string | PickleDict | PickleList | PickleObject | Custom;

/** What is made of the objects that are known. */
export interface PickleHooks {
  /** What a call of a function or class gives; undefined for those that are not known. */
  call(name: string, args: readonly PickleValue[]): PickleValue | undefined;
  /** What is stored outside, by its id. */
  stored(id: PickleValue): PickleValue;
}

const MARK = Symbol('mark');
type Item = PickleValue | typeof MARK;

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws DataError for damaged bytes, and for opcodes that are not known here */
export function readPickle(bytes: Uint8Array, path: string, hooks: PickleHooks): PickleValue {
  return new PickleReader(bytes, path, hooks).read();
}

class PickleReader {
  private readonly stack: Item[] = [];
  private readonly memo = new Map<number, PickleValue>();
  private readonly view: DataView;
  private at = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly path: string,
    private readonly hooks: PickleHooks,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  read(): PickleValue {
    for (;;) {
      const opcode = this.take(1)[0];
      if (opcode === 0x2e) break;
      this.step(opcode);
    }
    const value = this.pop();
    if (this.stack.length > 0) throw this.fail('expected one value at the end, got more');
    if (this.at !== this.bytes.length) throw this.fail(`found ${this.bytes.length - this.at} bytes behind the end`);
    return value;
  }

  private step(opcode: number): void {
    const { stack, memo } = this;
    switch (String.fromCharCode(opcode)) {
      case '\x80':
        this.takeProtocol();
        break;
      case '\x95': // FRAME
        this.take(8);
        break;
      case '(':
        stack.push(MARK);
        break;
      case '}':
        stack.push(new PickleDict());
        break;
      case ']':
        stack.push(new PickleList([]));
        break;
      case ')':
        stack.push(new PickleList([]));
        break;
      case 't':
        stack.push(new PickleList(this.popToMark()));
        break;
      case '\x85':
      case '\x86':
      case '\x87':
        stack.push(new PickleList(this.popSome(opcode - 0x84)));
        break;
      case 'a':
        this.append(this.popSome(1));
        break;
      case 'e':
        this.append(this.popToMark());
        break;
      case 's':
        this.set(this.popSome(2));
        break;
      case 'u':
        this.set(this.popToMark());
        break;
      case 'N':
        stack.push(null);
        break;
      case '\x88':
        stack.push(true);
        break;
      case '\x89':
        stack.push(false);
        break;
      case 'K':
        stack.push(this.take(1)[0]);
        break;
      case 'M':
        stack.push(this.number(2, (at) => this.view.getUint16(at, true)));
        break;
      case 'J':
        stack.push(this.number(4, (at) => this.view.getInt32(at, true)));
        break;
      case '\x8a':
        stack.push(this.takeLong());
        break;
      case 'G':
        stack.push(this.number(8, (at) => this.view.getFloat64(at, false)));
        break;
      case 'X':
        stack.push(this.takeText(this.takeCount()));
        break;
      case '\x8c':
        stack.push(this.takeText(this.take(1)[0]));
        break;
      case 'q':
        memo.set(this.take(1)[0], this.top());
        break;
      case 'r':
        memo.set(this.takeCount(), this.top());
        break;
      case '\x94':
        memo.set(memo.size, this.top());
        break;
      case 'h':
        stack.push(this.recall(this.take(1)[0]));
        break;
      case 'j':
        stack.push(this.recall(this.takeCount()));
        break;
      case 'c':
        stack.push(new PickleObject(`${this.takeLine()}.${this.takeLine()}`, true));
        break;
      case '\x93': {
        const [module, name] = this.popSome(2);
        if (typeof module !== 'string' || typeof name !== 'string') throw this.fail('expected a name as text');
        stack.push(new PickleObject(`${module}.${name}`, true));
        break;
      }
      case 'R':
      case '\x81':
        this.call();
        break;
      case 'b': // BUILD: attributes of the object below, such as the versions in a state dict.
        this.popSome(1);
        this.top();
        break;
      case 'Q':
        stack.push(this.hooks.stored(this.pop()));
        break;
      case 'C': // SHORT_BINBYTES
        this.take(this.take(1)[0]);
        stack.push(new PickleObject('builtins.bytes', false));
        break;
      case 'B': // BINBYTES
        this.take(this.takeCount());
        stack.push(new PickleObject('builtins.bytes', false));
        break;
      default:
        throw this.fail(`expected an opcode of plain data, got 0x${opcode.toString(16).padStart(2, '0')}`);
    }
  }

  private takeProtocol(): void {
    const [protocol] = this.take(1);
    if (protocol < 2 || protocol > 5) throw this.fail(`expected protocol 2 to 5, got ${protocol}`);
  }

  private call(): void {
    const [target, args] = this.popSome(2);
    if (!(target instanceof PickleObject && args instanceof PickleList)) throw this.fail('expected a call of a name');
    const made = target.isGlobal ? this.hooks.call(target.name, args.items) : undefined;
    this.stack.push(made === undefined ? new PickleObject(target.name, false) : made);
  }

  private append(items: readonly PickleValue[]): void {
    const list = this.top();
    if (list instanceof PickleList) for (const item of items) list.items.push(item);
    else if (!(list instanceof PickleObject)) throw this.fail('expected a list to add to');
  }

  private set(pairs: readonly PickleValue[]): void {
    const dict = this.top();
    if (pairs.length % 2 === 1) throw this.fail('expected a value for every key');
    if (dict instanceof PickleDict) {
      for (let i = 0; i < pairs.length; i += 2) dict.entries.push([pairs[i], pairs[i + 1]]);
    } else if (!(dict instanceof PickleObject)) throw this.fail('expected a dict to add to');
  }

  private pop(): PickleValue {
    const value = this.stack.pop();
    if (value === undefined || value === MARK) throw this.fail('expected a value on the stack, got none');
    return value;
  }

  private top(): PickleValue {
    const value = this.pop();
    this.stack.push(value);
    return value;
  }

  private popSome(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  private popToMark(): PickleValue[] {
    const mark = this.stack.lastIndexOf(MARK);
    if (mark < 0) throw this.fail('expected a mark on the stack, got none');
    const items = this.stack.splice(mark);
    return items.slice(1) as PickleValue[];
  }

  private recall(key: number): PickleValue {
    const value = this.memo.get(key);
    if (value === undefined) throw this.fail(`expected a value that was kept as ${key}, got none`);
    return value;
  }

  private number(bytes: number, read: (at: number) => number): number {
    const { at } = this;
    this.take(bytes);
    return read(at);
  }

  private takeCount(): number {
    return this.number(4, (at) => this.view.getUint32(at, true));
  }

  /** An integer of any length, in two's complement. */
  private takeLong(): number {
    const bytes = this.take(this.take(1)[0]);
    let value = 0n;
    for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
    return Number(BigInt.asIntN(bytes.length * 8, value));
  }

  private takeText(length: number): string {
    const bytes = this.take(length);
    try {
      return UTF_8.decode(bytes);
    } catch {
      // Halves of surrogate pairs, as Python keeps bytes that it could not decode.
      return new TextDecoder().decode(bytes);
    }
  }

  private takeLine(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.fail('expected a name and the end of a line');
    const line = this.takeText(end - this.at);
    this.at++;
    return line;
  }

  private take(count: number): Uint8Array {
    if (this.at + count > this.bytes.length) throw this.fail('the pickle ends too soon');
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  private fail(problem: string): DataError {
    return new DataError(problem, { path: this.path, member: 'data.pkl', byte: this.at });
  }
}
