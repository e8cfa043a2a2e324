/** Seconds of `30m`, `12h`, `2d`, `hours:minutes:seconds` or `days-hours:minutes:seconds`; undefined for other texts. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^(\d+)(m|h|d)$/.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined)
    return Number(amount) * unitSeconds[unit as 'm' | 'h' | 'd'];
  const [, days = '0', hours, minutes, seconds] = /^(?:(\d+)-)?(\d+):(\d\d):(\d\d)$/.exec(text) ?? [];
  if (hours === undefined || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  return Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

const unitSeconds = { m: 60, h: 3600, d: 86_400 } as const;

/** `days-hours:minutes:seconds`, as Slurm reads and writes it. */
export function slurmDuration(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const time = [(seconds % 86_400) / 3600, (seconds % 3600) / 60, seconds % 60].map(two).join(':');
  return days === 0 ? time : `${days}-${time}`;
}

/** Mebibytes of `512M`, `32G` or `1T` (powers of 1024, as Slurm counts); undefined for other texts. */
export function parseMemory(text: string): number | undefined {
  const [, amount, unit] = /^(\d+)(M|G|T)$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * unitMebibytes[unit as 'M' | 'G' | 'T'];
}

const unitMebibytes = { M: 1, G: 1024, T: 1024 ** 2 } as const;

/** The shortest text for an amount of mebibytes. */
export function formatMemory(mebibytes: number): string {
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024}G` : `${mebibytes}M`;
}
