// The packages from CommonJS: require works from Node 20.19 on.
const assert = require('node:assert/strict');
const { rocAuc } = require('@ichor/metrics');
const { brainWindow, windowBounds } = require('@ichor/windowing');

assert.ok(Math.abs(rocAuc([0, 0, 1, 1, 0], [0.1, 0.4, 0.35, 0.8, 0.2]) - 5 / 6) < 1e-12);
// 40 HU, 80 wide.
assert.deepEqual(windowBounds(brainWindow), { low: 0, high: 80 });
console.log('CommonJS works');
