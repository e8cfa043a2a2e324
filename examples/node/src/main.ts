import { drawStudies } from './pictures.js';

const [input, output = 'pictures'] = process.argv.slice(2);
if (input === undefined) {
  console.error('usage: node dist/main.js STUDIES [OUTPUT]');
  process.exitCode = 2;
} else {
  for (const { studyInstanceUid, slices, range, picture } of await drawStudies(input, output)) {
    console.log(`${studyInstanceUid}: ${slices} slices, ${range.join(' to ')} HU in the middle: ${picture}`);
  }
}
