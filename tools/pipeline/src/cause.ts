/** Lines that Nx prints around the output of tasks; they are never the cause. */
const nxWords =
  /^(NX\b|Failed tasks:|- [\w-]+:|Hint:|Output of |Run duration:|Cache:|Critical path:|Recoverable time:|[✔✖] |> |[\w-]+:[\w:-]+ (failed with exit code|done in))/;

/** The line that says why a program failed: its last one with an error code, else its last one. */
export function causeOf(lines: readonly string[]): string | undefined {
  const own = lines
    .map((line) => line.replaceAll(/\u001b\[[0-9;]*[A-Za-z]/g, '').trim())
    .filter((line) => line !== '' && !nxWords.test(line));
  return own.findLast((line) => /\[[a-z0-9-]+\/[a-z0-9-]+\]$/.test(line)) ?? own.at(-1);
}
