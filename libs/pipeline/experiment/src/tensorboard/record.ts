/*
 * The frame of a record in TensorFlow's record files (tensorflow/core/lib/io/record_writer.h): length as 64 bits, masked
 * CRC-32C of the length, data, masked CRC-32C of the data; all little-endian. Node's zlib has CRC-32 with another polynomial.
 */

const header = 12;
const footer = 4;

/** One record, ready to be appended to a file. */
export function frameRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(header + data.length + footer);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, header);
  view.setUint32(header + data.length, maskedCrc32c(data), true);
  return record;
}

/** CRC-32C, rotated and moved so that the sum over data that holds sums is not degenerate (tensorflow/core/lib/hash/crc32c.h). */
function maskedCrc32c(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** The reversed polynomial of Castagnoli (RFC 3720, section 12.1). */
const polynomial = 0x82f63b78;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  return crc;
});

export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < data.length; i++) crc = table[(crc ^ data[i]!) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
