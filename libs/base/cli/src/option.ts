import { z } from 'zod';

/** What the command line needs to know of one option; derived from its zod schema. */
export interface OptionSpec {
  /** Key in the parsed object, camelCase. */
  readonly key: string;
  /** Without dashes, kebab-case. */
  readonly flag: string;
  readonly short: string | undefined;
  /** `list`: may be repeated, and commas separate. */
  readonly kind: 'flag' | 'number' | 'text' | 'list';
  /** How the value, or each item of a list, is read. */
  readonly item: 'number' | 'text';
  readonly choices: readonly string[] | undefined;
  readonly description: string;
  readonly required: boolean;
  readonly default: unknown;
}

export type OptionShape = Readonly<Record<string, z.ZodType>>;

/** `imageSize` to `image-size`. */
function flagOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Derives type, default, choices and description from the schemas, so that they are stated once. */
export function optionSpecs(
  shape: OptionShape,
  shorts: Readonly<Record<string, string | undefined>> = {},
): OptionSpec[] {
  return Object.entries(shape).map(([key, schema]) => {
    const { inner, description, fallback, required } = unwrap(schema);
    const list = inner instanceof z.ZodArray;
    const element = list ? unwrap(inner.element).inner : inner;
    return {
      key,
      flag: flagOf(key),
      short: shorts[key],
      kind: list ? 'list' : inner instanceof z.ZodBoolean ? 'flag' : readsNumber(inner) ? 'number' : 'text',
      item: readsNumber(element) ? 'number' : 'text',
      choices: choicesOf(element),
      description,
      required: required && !(inner instanceof z.ZodBoolean),
      default: fallback,
    };
  });
}

interface Unwrapped {
  readonly inner: unknown;
  readonly description: string;
  readonly fallback: unknown;
  readonly required: boolean;
}

function unwrap(schema: unknown): Unwrapped {
  let inner = schema;
  let description = '';
  let fallback: unknown;
  let required = true;
  for (;;) {
    if (description === '' && inner instanceof z.ZodType) description = inner.description ?? '';
    if (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) {
      fallback ??= inner.def.defaultValue;
      required = false;
    }
    if (inner instanceof z.ZodOptional) required = false;
    if (
      inner instanceof z.ZodOptional ||
      inner instanceof z.ZodNullable ||
      inner instanceof z.ZodDefault ||
      inner instanceof z.ZodPrefault ||
      inner instanceof z.ZodReadonly
    ) {
      inner = inner.def.innerType;
    } else if (inner instanceof z.ZodPipe) {
      inner = inner.def.in;
    } else {
      return { inner, description, fallback, required };
    }
  }
}

function readsNumber(schema: unknown): boolean {
  if (schema instanceof z.ZodUnion) return schema.options.every(readsNumber);
  if (schema instanceof z.ZodLiteral) return [...schema.values].every((value) => typeof value === 'number');
  return schema instanceof z.ZodNumber;
}

function choicesOf(schema: unknown): readonly string[] | undefined {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(String);
  return undefined;
}
