import { expect, it } from 'vitest';
import { operatorsNamed } from './operators-named.js';

it('takes the operators that there are, and refuses others: they would be measured under a wrong name', () => {
  expect(['public', 'native'].map(operatorsNamed)).toEqual(['public', 'native']);
  expect(() => operatorsNamed('nativ')).toThrow(/no operators nativ \(choose public or native\)/);
});
