import { Terminal } from '@ichor/cli';

/** A terminal that keeps its lines. */
export function quietTerminal(): { readonly terminal: Terminal; readonly lines: string[] } {
  const lines: string[] = [];
  const terminal = new Terminal({ isTTY: false, write: (text: string) => lines.push(text) > 0 });
  return { terminal, lines };
}
