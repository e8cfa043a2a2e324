import { predictions } from './predictions.js';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node dist/main.js STUDIES');
  process.exitCode = 2;
} else {
  for (const [study, probabilities] of await predictions(folder)) {
    console.log(study, probabilities.map((probability) => probability.toFixed(3)).join(' '));
  }
}
