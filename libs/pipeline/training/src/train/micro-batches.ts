/** Sizes as equal as they can be, none above `largest`: 13 in pieces of 4 are 4, 3, 3, 3. */
export function microBatchSizes(samples: number, largest: number): number[] {
  const pieces = Math.ceil(samples / largest);
  return Array.from(
    { length: pieces },
    (_, piece) => Math.floor(samples / pieces) + (piece < samples % pieces ? 1 : 0),
  );
}
