import { expect, it } from 'vitest';
import { withoutNamed } from './without.js';

it('takes names of variants, and refuses others', () => {
  expect(withoutNamed(undefined)).toEqual([]);
  expect(withoutNamed('compiled,openvino-int8,int8')).toEqual(['compiled', 'openvino-int8', 'int8']);
  expect(() => withoutNamed('compiled,openvino_int8')).toThrow('there is no variant openvino_int8');
  expect(() => withoutNamed('')).toThrow('there is no variant');
});
