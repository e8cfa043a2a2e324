import type { Engine } from '@ichor/runtime';
import { checkEvaluation } from './evaluation.js';
import { readFixture } from './fixture.js';
import type { Measure } from './measure.js';
import { fixtureNetwork } from './network.js';
import { checkTraining } from './training.js';
import { fixtureState } from './weights.js';

/**
 * Checks one fixture on an engine.
 *
 * @throws IchorError when the file is not a fixture, or when it describes a network that differs from ours in
 * its parameters or settings; see `readFixture` and `fixtureNetwork`
 */
export async function checkFixture(file: string, engine: Engine): Promise<readonly Measure[]> {
  const fixture = await readFixture(file);
  const network = fixtureNetwork(fixture, file);
  const state = fixtureState(fixture);
  return fixture.mode === 'eval'
    ? checkEvaluation(fixture, network, state, engine)
    : checkTraining(fixture, network, state, engine);
}
