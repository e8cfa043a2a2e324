import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { OptionShape, OptionSpec } from './option.js';
import { nearest } from './spelling.js';
import { UsageError } from './usage-error.js';

export interface ParsedArguments {
  /** Keys in camelCase; what was not given is absent. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
}

/**
 * Splits `argv` by the specs: `--flag value`, `--flag=value`, `-f value`, `--switch`, `--no-switch`, `--` before
 * positionals. Numbers are converted here; ranges and choices are left to the schemas.
 *
 * @throws UsageError on an unknown option (with the nearest spelling), a missing or a superfluous value.
 */
export function parseArguments(argv: readonly string[], specs: readonly OptionSpec[]): ParsedArguments {
  const byFlag = new Map(specs.map((spec) => [spec.flag, spec]));
  const { tokens, positionals } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      specs.map((spec) => [
        spec.flag,
        {
          type: spec.kind === 'flag' ? ('boolean' as const) : ('string' as const),
          ...(spec.short === undefined ? {} : { short: spec.short }),
        },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, unknown> = {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const spec = byFlag.get(token.name) ?? byFlag.get(kebab(token.name));
    if (spec === undefined) {
      const negated = byFlag.get(token.name.replace(/^no-/, ''));
      if (negated?.kind !== 'flag' || token.value !== undefined) throw unknownOption(token.rawName, specs);
      values[negated.key] = false;
      continue;
    }
    store(values, spec, token.rawName, token.value, token.inlineValue === true);
  }
  return { values, positionals };
}

function store(
  values: Record<string, unknown>,
  spec: OptionSpec,
  rawName: string,
  text: string | undefined,
  inline: boolean,
): void {
  if (spec.kind === 'flag') {
    // `--force=true` is how some runners forward a switch.
    if (text !== undefined && text !== 'true' && text !== 'false') {
      throw new UsageError(`${rawName} is a switch and takes no value, got "${text}"`);
    }
    values[spec.key] = text !== 'false';
    return;
  }
  if (text === undefined || (!inline && text.startsWith('--'))) {
    throw new UsageError(`${rawName} needs a value`, `write ${rawName} ${placeholder(spec)}`);
  }
  if (spec.kind === 'list') {
    const previous = values[spec.key];
    const items = text.split(',').filter((item) => item !== '');
    values[spec.key] = [
      ...(Array.isArray(previous) ? (previous as unknown[]) : []),
      ...items.map((item) => convert(spec, rawName, item)),
    ];
    return;
  }
  if (spec.key in values) throw new UsageError(`${rawName} is given twice`);
  values[spec.key] = convert(spec, rawName, text);
}

function convert(spec: OptionSpec, rawName: string, text: string): string | number {
  if (spec.item === 'text') return text;
  const number = Number(text);
  if (text.trim() === '' || Number.isNaN(number)) {
    throw new UsageError(`${rawName} expects a number, got "${text}"`);
  }
  return number;
}

/** What stands for the value in the help and in messages: `<number>`, `<text>`, or the choices. */
export function placeholder(spec: OptionSpec): string {
  if (spec.choices !== undefined && spec.choices.length <= 4) return `<${spec.choices.join('|')}>`;
  const item = spec.item === 'number' ? 'number' : 'text';
  return spec.kind === 'list' ? `<${item},...>` : `<${item}>`;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function unknownOption(rawName: string, specs: readonly OptionSpec[]): UsageError {
  const suggestion = nearest(rawName.replace(/^-+/, ''), [...specs.map((spec) => spec.flag), 'help']);
  return new UsageError(
    `unknown option ${rawName}`,
    suggestion === undefined ? '--help lists the options' : `did you mean --${suggestion}?`,
  );
}

/**
 * Checks the values by the schemas and fills in defaults.
 *
 * @throws UsageError naming every option at fault.
 */
export function validate<Shape extends OptionShape>(
  shape: Shape,
  specs: readonly OptionSpec[],
  values: Readonly<Record<string, unknown>>,
): z.infer<z.ZodObject<Shape>> {
  const missing = specs.filter((spec) => spec.required && !(spec.key in values));
  if (missing.length > 0) {
    throw new UsageError(
      `missing ${missing.map((spec) => `--${spec.flag}`).join(', ')}`,
      `add ${missing.map((spec) => `--${spec.flag} ${placeholder(spec)}`).join(' ')}`,
    );
  }
  const switches = Object.fromEntries(
    specs
      .filter((spec) => spec.kind === 'flag' && spec.default === undefined)
      .map((spec) => [spec.key, false]),
  );
  const result = z.object(shape).safeParse({ ...switches, ...values });
  if (result.success) return result.data;
  throw new UsageError(
    result.error.issues
      .map((issue) => {
        const key = String(issue.path[0]);
        const spec = specs.find((candidate) => candidate.key === key);
        const given = values[key];
        const guess =
          spec?.choices !== undefined && typeof given === 'string' ? nearest(given, spec.choices) : undefined;
        return (
          `--${spec?.flag ?? key}${given === undefined ? '' : ` ${String(given)}`}: ${issue.message}` +
          (guess === undefined ? '' : `; did you mean ${guess}?`)
        );
      })
      .join('; '),
  );
}
