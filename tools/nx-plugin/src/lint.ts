// ESLint over the given paths (default: all), refusing to pass when the rule about layers cannot run. With --no-cache it looks
// at all files again, as `npm test` does.
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';
import { boundariesAreChecked } from './boundaries.js';

const words = process.argv.slice(2);
const paths = words.filter((word) => word !== '--no-cache');
const cached = paths.length === words.length;

// The rule reads the project graph from Nx's cache and skips itself, with a line on the screen only, if there is none.
await createProjectGraphAsync({ exitOnError: true });

// A file is linted again only when it has changed itself. Effects of other files (a type, a layer) show only without cache.
const eslint = new ESLint(
  cached ? { cache: true, cacheStrategy: 'content', cacheLocation: 'node_modules/.cache/eslint/' } : {},
);
if (!(await boundariesAreChecked(eslint))) {
  process.stderr.write(
    'The layers of the packages are not checked: an import from a lower layer into a higher one went unreported. ' +
      'Run `npx nx reset` and try again; if it stays, look at @nx/enforce-module-boundaries in eslint.config.mjs.\n',
  );
  process.exit(1);
}
const results = await eslint.lintFiles(paths.length > 0 ? paths : ['.']);
const formatter = await eslint.loadFormatter('stylish');
process.stdout.write(await formatter.format(results));
const problems = results.reduce((sum, { errorCount, warningCount }) => sum + errorCount + warningCount, 0);
process.exitCode = problems === 0 ? 0 : 1;
