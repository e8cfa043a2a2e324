/** The floors of libs/ from the ground up: a package imports only from its own floor and from those below. */
export const floors = [
  { path: 'libs/base', title: 'Base', holds: 'errors, files, the command line: nothing of medicine' },
  { path: 'libs/challenge', title: 'Challenge', holds: 'labels, folds, scores and tables of the data set' },
  { path: 'libs/imaging', title: 'Imaging', holds: 'head CT: files, Hounsfield units, windows, pictures' },
  {
    path: 'libs/learning',
    title: 'Learning',
    holds: 'networks, the engines that run and train them, boosted trees',
  },
  { path: 'libs/pipeline', title: 'Pipeline', holds: 'training, stacking, prediction, clusters' },
  { path: 'libs/pages', title: 'Pages', holds: 'reports as HTML' },
];

/** What is shown beside the packages. */
export const documents = [
  'docs/**/*.md',
  '{apps,examples,tools}/*/README.md',
  'examples/README.md',
  'CONTRIBUTING.md',
];

/** Where documents are shown, in this order. */
export const shelves = [
  { title: 'Guides', holds: /^docs\/[^/]+$/ },
  { title: 'Examples', holds: /^examples\// },
  { title: 'Models and programs', holds: /^apps\// },
  { title: 'Benchmarks', holds: /^docs\/benchmarks\// },
  { title: 'Decisions', holds: /^docs\/decisions\// },
  { title: 'Deviations', holds: /^docs\/deviations\// },
  { title: 'Contributing', holds: /^CONTRIBUTING$|^docs\/contributing\// },
  { title: 'Tools', holds: /^tools\// },
];

/**
 * The first page.
 *
 * @param packages of all floors: `floor`, `name`, `description`, and the `entries` with their `name`
 */
export function frontPage(packages) {
  return [
    introduction,
    ...floors.map((floor) =>
      [
        `### ${floor.title}: ${floor.holds}`,
        '',
        '| package | what it does | more entry points |',
        '| --- | --- | --- |',
        ...packages.filter((one) => one.floor === floor).map(row),
      ].join('\n'),
    ),
  ].join('\n\n');
}

function row({ name, description, entries }) {
  const more = entries.slice(1).map((entry) => link(entry.name, entry.name.slice(name.length)));
  return `| ${link(name)} | ${description} | ${more.join(', ')} |`;
}

const link = (name, text = name) => `{@link "${name}"! | ${text}}`;

const introduction = `
Ichor detects intracranial hemorrhage on head CT. These pages describe its libraries: every function and type that another
project can import. Each library is an npm package with types and a README, and can be used without the others.

\`\`\`ts
import { readDicom } from '@ichor/dicom/node';

const file = await readDicom('slice.dcm');
const { rows, columns, data } = await file.hounsfield(); // HU
\`\`\`

## Where to begin

| you want to | begin with |
| --- | --- |
| read CT files, in Node.js or in a page | ${link('@ichor/dicom')}, ${link('@ichor/intake')} |
| make pictures or the input of a network from Hounsfield units | ${link('@ichor/windowing')}, ${link('@ichor/augment')} |
| score predictions, split patients into folds | ${link('@ichor/metrics')}, ${link('@ichor/folds')} |
| build, run or train a network | ${link('@ichor/nn')}, ${link('@ichor/backbones')}, ${link('@ichor/runtime')} |
| predict new studies | ${link('@ichor/predict')}, ${link('@ichor/bundle')} |
| train as the challenge was trained | ${link('@ichor/training')}, ${link('@ichor/stacking')}, ${link('@ichor/cluster')} |

Errors that a user can meet are \`IchorError\`s of ${link('@ichor/files')}: a stable code, the file, the reason and the remedy.
Commands, models and the pipeline itself are described in the guides (on the left).

**Not a medical device.** Ichor is for research only.

## Packages

A package imports from its own floor and from the floors before it in this list.
`.trim();
