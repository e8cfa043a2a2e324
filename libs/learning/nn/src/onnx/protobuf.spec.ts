import { describe, expect, it } from 'vitest';
import { ProtobufWriter } from './protobuf.js';

const hex = (writer: ProtobufWriter) => Buffer.from(writer.finish()).toString('hex');

describe('ProtobufWriter', () => {
  /* Oracle: the examples of protobuf.dev/programming-guides/encoding and the rules around them. */
  it('writes the examples of the specification', () => {
    expect(hex(new ProtobufWriter().integer(1, 150))).toBe('089601');
    expect(hex(new ProtobufWriter().string(2, 'testing'))).toBe('120774657374696e67');
    expect(hex(new ProtobufWriter().message(3, new ProtobufWriter().integer(1, 150)))).toBe('1a03089601');
    expect(hex(new ProtobufWriter().packedIntegers(6, [3, 270, 86942]))).toBe('3206038e029ea705');
  });

  it('writes negative integers in ten bytes and large ones exactly', () => {
    expect(hex(new ProtobufWriter().integer(1, -2))).toBe('08feffffffffffffffff01');
    expect(hex(new ProtobufWriter().integer(1, 2 ** 53))).toBe('088080808080808010');
  });

  it('writes floats little-endian and field numbers above 15 in two bytes', () => {
    expect(hex(new ProtobufWriter().float(2, 1))).toBe('150000803f');
    expect(hex(new ProtobufWriter().packedFloats(7, [1, -2]))).toBe('3a080000803f000000c0');
    expect(hex(new ProtobufWriter().integer(20, 7))).toBe('a00107');
  });
});
