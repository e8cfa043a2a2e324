import { openBundle } from '@ichor/bundle';
import { expect, it } from 'vitest';
import { phantomBundle } from '@ichor/phantom-bundle';

it('runs the example of the README', async () => {
  const { manifest } = await openBundle(phantomBundle);
  expect(manifest.notice).toContain('synthetic');
});
