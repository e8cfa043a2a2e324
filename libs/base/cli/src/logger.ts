import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { IchorError, messageOf } from '@ichor/files';
import { terminal as standardTerminal, type Terminal } from './terminal.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
const severity: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

export interface LoggerOptions {
  /** The log file. Lines are appended; its folder is made. */
  readonly file?: string;
  /** Least severe level shown on the terminal (the file gets everything). Default `info`. */
  readonly level?: LogLevel | 'silent';
  readonly terminal?: Terminal;
}

/** Values that explain a message; written as `key=value`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Log lines for a person at the terminal and, with time and level, for the file. */
export class Logger {
  readonly #terminal: Terminal;
  readonly #threshold: number;
  readonly #file: string | undefined;
  #failed = false;
  #descriptor: number | undefined;

  constructor({ file, level = 'info', terminal = standardTerminal }: LoggerOptions = {}) {
    this.#terminal = terminal;
    this.#threshold = level === 'silent' ? Infinity : severity[level];
    this.#file = file;
    if (file !== undefined) this.#descriptor = openForAppend(file);
  }

  debug(message: string, fields?: LogFields): void {
    this.#write('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#write('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#write('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#write('error', message, fields);
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #write(level: LogLevel, message: string, fields: LogFields = {}): void {
    const text = message + fieldText(fields);
    if (severity[level] >= this.#threshold) {
      this.#terminal.print(level === 'info' || level === 'debug' ? text : `${level}: ${text}`);
    }
    if (this.#descriptor === undefined) return;
    // Synchronous, so that the file holds the last line before a crash.
    const time = new Date().toISOString();
    try {
      writeSync(
        this.#descriptor,
        `${time} ${level.toUpperCase().padEnd(5)} ${text.replaceAll('\n', '\n  ')}\n`,
      );
    } catch (error) {
      // A full disk must not hide other failures, nor stop work that needs no disk.
      if (!this.#failed) {
        const reason = messageOf(error);
        this.#terminal.print(`warn: ${this.#file ?? ''}: lines are missing in this log: ${reason}`);
      }
      this.#failed = true;
    }
  }
}

function openForAppend(file: string): number {
  try {
    mkdirSync(dirname(file), { recursive: true });
    return openSync(file, 'a');
  } catch (cause) {
    throw new IchorError({
      code: 'cli/log-not-writable',
      file,
      reason: `the log file cannot be opened: ${messageOf(cause)}`,
      remedy: 'make the folder writable or choose another one',
      cause,
    });
  }
}

function fieldText(fields: LogFields): string {
  return Object.entries(fields)
    .map(([key, value]) => ` ${key}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join('');
}
