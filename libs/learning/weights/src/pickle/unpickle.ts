import { WeightsError, type WeightsErrorCode } from '../error.js';
import { opcodes, refusedOpcodes, type OpcodeName } from './opcodes.js';
import type { PickleReader } from './reader.js';
import { dict, isKind, tuple, type PickleCallable, type PickleTuple, type PickleValue } from './values.js';

/** The meaning of the names and persistent identifiers in a pickle. */
export interface PickleWorld {
  /** The value of a Python name, or undefined when it is not one of the known ones. */
  find(module: string, name: string): PickleValue | undefined;
  /** The storage of a persistent identifier. */
  persistent(id: PickleValue): PickleValue;
}

/** Integers of a checkpoint are sizes and counters; PyTorch's longest, the magic number, has 10 bytes. */
const LONGEST_INTEGER = 255;

/** A tensor takes some 60 opcodes and has a dict: enough for 30,000 of them. */
const MOST_STEPS = 2_200_000;
/** Additional cost of a dict: its memory is that of ten other values. */
const DICT_STEPS = 10;

/** The limit of all pickles of a file together, so that five pickles do not get five times the memory. */
export class PickleBudget {
  #steps = 0;

  /** @returns whether there is enough left */
  spend(steps: number): boolean {
    this.#steps += steps;
    return this.#steps <= MOST_STEPS;
  }
}

/**
 * A pickle machine that builds only plain data: names are looked up in a fixed list, no code of the file or of
 * Python ever runs. Memory is bounded: every length is compared with what is left, every opcode makes one value,
 * and their number is limited. A call that copies counts as many opcodes as it is given items, since one short
 * opcode can give it the same long list again and again.
 */
export class Unpickler {
  readonly #file: string;
  readonly #reader: PickleReader;
  readonly #world: PickleWorld;
  #stack: PickleValue[] = [];
  readonly #marks: PickleValue[][] = [];
  readonly #memo = new Map<number, PickleValue>();
  readonly #budget: PickleBudget;

  constructor(file: string, reader: PickleReader, world: PickleWorld, budget: PickleBudget) {
    this.#budget = budget;
    this.#file = file;
    this.#reader = reader;
    this.#world = world;
  }

  /**
   * Runs to STOP.
   *
   * @throws WeightsError `weights/pickle`, `weights/pickle-opcode`, `weights/pickle-global`, `weights/too-large`;
   * PickleEnd when the bytes end before STOP
   */
  load(): PickleValue {
    for (;;) {
      this.#count(1);
      const at = this.#reader.position;
      const code = this.#reader.uint8();
      if (code === opcodes.STOP) return this.#pop();
      const name = names.get(code);
      if (name === undefined) {
        const known = refusedOpcodes[code];
        const hex = `0x${code.toString(16).padStart(2, '0')}`;
        throw this.#fail(`opcode ${known ?? 'unknown'} (${hex}) at byte ${at}`, 'weights/pickle-opcode');
      }
      this.#opcodes[name]();
    }
  }

  readonly #opcodes: Record<Exclude<OpcodeName, 'STOP'>, () => void> = {
    PROTO: () => {
      const protocol = this.#reader.uint8();
      if (protocol > 5) throw this.#fail(`protocol ${protocol}; 2 to 5 are known`);
    },
    FRAME: () => void this.#reader.uint64(),
    MARK: () => {
      this.#marks.push(this.#stack);
      this.#stack = [];
    },
    POP: () => void this.#pop(),
    POP_MARK: () => void this.#popMark(),
    DUP: () => {
      const top = this.#pop();
      this.#stack.push(top, top);
    },

    NONE: () => this.#push(null),
    NEWTRUE: () => this.#push(true),
    NEWFALSE: () => this.#push(false),
    BININT: () => this.#push(this.#reader.int32()),
    BININT1: () => this.#push(this.#reader.uint8()),
    BININT2: () => this.#push(this.#reader.uint16()),
    LONG1: () => this.#push(this.#reader.integer(this.#reader.uint8())),
    LONG4: () => {
      const length = this.#reader.uint32();
      if (length > LONGEST_INTEGER) throw this.#fail(`an integer of ${length} bytes`);
      this.#push(this.#reader.integer(length));
    },
    BINFLOAT: () => this.#push(this.#reader.float64()),

    // A str of Python 2 is bytes; in state dicts these are names.
    BINSTRING: () => this.#push(this.#reader.text(this.#reader.uint32())),
    SHORT_BINSTRING: () => this.#push(this.#reader.text(this.#reader.uint8())),
    BINUNICODE: () => this.#push(this.#reader.text(this.#reader.uint32())),
    SHORT_BINUNICODE: () => this.#push(this.#reader.text(this.#reader.uint8())),
    BINUNICODE8: () => this.#push(this.#reader.text(this.#reader.uint64())),
    BINBYTES: () => this.#push(this.#reader.bytes(this.#reader.uint32())),
    SHORT_BINBYTES: () => this.#push(this.#reader.bytes(this.#reader.uint8())),
    BINBYTES8: () => this.#push(this.#reader.bytes(this.#reader.uint64())),
    BYTEARRAY8: () => this.#push(this.#reader.bytes(this.#reader.uint64())),

    EMPTY_TUPLE: () => this.#push(tuple([])),
    TUPLE1: () => this.#push(tuple(this.#popMany(1))),
    TUPLE2: () => this.#push(tuple(this.#popMany(2))),
    TUPLE3: () => this.#push(tuple(this.#popMany(3))),
    TUPLE: () => this.#push(tuple(this.#popMark())),
    EMPTY_LIST: () => this.#push({ kind: 'list', items: [] }),
    LIST: () => this.#push({ kind: 'list', items: this.#popMark() }),
    APPEND: () => {
      const item = this.#pop();
      this.#list().push(item);
    },
    APPENDS: () => {
      const items = this.#popMark();
      const list = this.#list();
      for (const item of items) list.push(item);
    },
    EMPTY_SET: () => this.#push({ kind: 'set', items: [] }),
    FROZENSET: () => this.#push({ kind: 'set', items: this.#popMark() }),
    ADDITEMS: () => {
      const items = this.#popMark();
      const set = this.#top();
      if (!isKind(set, 'set')) throw this.#fail('items are added to an object that is not a set');
      for (const item of items) set.items.push(item);
    },
    EMPTY_DICT: () => this.#pushDict(),
    DICT: () => {
      const items = this.#popMark();
      this.#pushDict();
      this.#setItems(items);
    },
    SETITEM: () => this.#setItems(this.#popMany(2)),
    SETITEMS: () => this.#setItems(this.#popMark()),

    BINGET: () => this.#get(this.#reader.uint8()),
    LONG_BINGET: () => this.#get(this.#reader.uint32()),
    BINPUT: () => void this.#memo.set(this.#reader.uint8(), this.#top()),
    LONG_BINPUT: () => void this.#memo.set(this.#reader.uint32(), this.#top()),
    MEMOIZE: () => void this.#memo.set(this.#memo.size, this.#top()),

    GLOBAL: () => this.#global(this.#reader.line(), this.#reader.line()),
    STACK_GLOBAL: () => {
      const [module, name] = this.#popMany(2);
      if (typeof module !== 'string' || typeof name !== 'string') throw this.#fail('a name is not text');
      this.#global(module, name);
    },
    REDUCE: () => {
      const [callable, args] = this.#popMany(2);
      this.#push(this.#call(callable, args));
    },
    NEWOBJ: () => {
      const [callable, args] = this.#popMany(2);
      this.#push(this.#call(callable, args));
    },
    BUILD: () => {
      // Attributes set on an object: the version notes of a state dict, the byte order of a numpy dtype.
      const [target] = this.#popMany(2);
      if (!isKind(target, 'dict') && !isKind(target, 'opaque')) throw this.#fail('a state for a plain value');
      this.#push(target);
    },
    BINPERSID: () => this.#push(this.#world.persistent(this.#pop())),
  };

  #push(value: PickleValue): void {
    this.#stack.push(value);
  }

  #pushDict(): void {
    this.#count(DICT_STEPS);
    this.#push(dict());
  }

  #pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined) throw this.#fail('the stack is empty');
    return value;
  }

  #top(): PickleValue {
    const value = this.#stack.at(-1);
    if (value === undefined) throw this.#fail('the stack is empty');
    return value;
  }

  #popMany(count: number): PickleValue[] {
    if (this.#stack.length < count) throw this.#fail('the stack is empty');
    return this.#stack.splice(this.#stack.length - count, count);
  }

  #popMark(): PickleValue[] {
    const items = this.#stack;
    const below = this.#marks.pop();
    if (below === undefined) throw this.#fail('there is no mark');
    this.#stack = below;
    return items;
  }

  #list(): PickleValue[] {
    const list = this.#top();
    if (!isKind(list, 'list')) throw this.#fail('items are appended to an object that is not a list');
    return list.items;
  }

  #setItems(items: readonly PickleValue[]): void {
    const target = this.#top();
    if (!isKind(target, 'dict')) throw this.#fail('items are set in an object that is not a dict');
    if (items.length % 2 !== 0) throw this.#fail('a key without a value');
    for (let i = 0; i < items.length; i += 2) {
      const [key, value] = [items[i], items[i + 1]];
      if (key !== undefined && value !== undefined) target.entries.set(key, value);
    }
  }

  #get(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.#fail(`memo ${index} is not set`);
    this.#push(value);
  }

  #global(module: string, name: string): void {
    const value = this.#world.find(module, name);
    if (value === undefined) {
      throw this.#fail(
        `names ${module}.${name}, which is not among the known tensor and container types`,
        'weights/pickle-global',
      );
    }
    this.#push(value);
  }

  #call(callable: PickleValue | undefined, args: PickleValue | undefined): PickleValue {
    if (!isKind(callable, 'callable') || !isKind(args, 'tuple')) throw this.#fail('a call of a plain value');
    for (const argument of args.items) this.#count(lengthOf(argument));
    const value = call(this.#file, callable, args);
    if (isKind(value, 'dict')) this.#count(DICT_STEPS);
    return value;
  }

  #count(steps: number): void {
    if (!this.#budget.spend(steps)) {
      throw this.#fail(`it takes more than ${MOST_STEPS} steps`, 'weights/too-large');
    }
  }

  #fail(reason: string, code: WeightsErrorCode = 'weights/pickle'): WeightsError {
    return new WeightsError({
      code,
      file: this.#file,
      reason: `the pickle cannot be read: ${reason}`,
      remedy: 'in Python, save only the state dict: torch.save(model.state_dict(), path)',
    });
  }
}

const names = new Map<number, Exclude<OpcodeName, 'STOP'>>(
  Object.entries(opcodes).flatMap(([name, code]) =>
    name === 'STOP' ? [] : [[code, name as Exclude<OpcodeName, 'STOP'>] as const],
  ),
);

function lengthOf(value: PickleValue): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length;
  return isKind(value, 'list') || isKind(value, 'tuple') ? value.items.length : 0;
}

function call(file: string, callable: PickleCallable, args: PickleTuple): PickleValue {
  try {
    return callable.call(args.items);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new WeightsError({
      code: 'weights/pickle',
      file,
      reason: `${callable.name} has invalid arguments: ${cause.message}`,
      cause,
    });
  }
}
