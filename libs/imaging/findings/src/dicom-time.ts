/** `+HHMM` or `-HHMM` from -1200 to +1400 (DICOM PS3.3 C.12.1.1.8). */
export function isTimezoneOffset(text: string): boolean {
  if (!/^[+-]\d{2}[0-5]\d$/.test(text) || text === '-0000') return false;
  const minutes = minutesOf(text);
  return minutes >= -12 * 60 && minutes <= 14 * 60;
}

/**
 * Date and time in the forms DA and TM.
 *
 * @param offset zone of the object, as in TimezoneOffsetFromUTC; without one, that of this machine, since the dates and
 *   times of an object that names no zone are local
 */
export function dicomTime(moment: Date, offset?: string): { readonly date: string; readonly time: string } {
  const minutes = offset === undefined ? -moment.getTimezoneOffset() : minutesOf(offset);
  const text = new Date(moment.getTime() + minutes * 60_000).toISOString();
  return { date: text.slice(0, 10).replaceAll('-', ''), time: text.slice(11, 19).replaceAll(':', '') };
}

function minutesOf(offset: string): number {
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3, 5));
  return offset.startsWith('-') ? -minutes : minutes;
}
