/**
 * `npm run docs`: the API pages of all libraries (dist/api/index.html). One compilation of the sources covers all entry points, so
 * that links lead from package to package; types were checked by the build. The front lists the packages by floor. Dead links are
 * errors; `--check` looks for them and writes nothing.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { packageFolders, sourceEntries } from '@ichor/nx-plugin/package-folders';
import { Application, Comment, CommentTag, Converter, MinimalSourceFile, ReflectionKind } from 'typedoc';
import ts from 'typescript';
import { documents, floors, frontPage, shelves } from './front.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
const packages = packageFolders(root, ['libs']).map(readPackage);
const entries = packages.flatMap((one) => one.entries.map((entry) => ({ ...entry, one })));
const bySource = new Map(entries.map((entry) => [entry.source, entry]));

const settings = {
  name: 'Ichor',
  entryPoints: entries.map(({ source }) => source),
  basePath: root,
  // The build has checked the types.
  skipErrorChecking: true,
  readme: 'none',
  projectDocuments: documents.map((glob) => join(root, glob)),
  hideGenerator: true,
  highlightLanguages: ['typescript', 'javascript', 'bash', 'json', 'python'],
  treatWarningsAsErrors: true,
  validation: { notExported: false },
  navigation: { includeCategories: true },
  categoryOrder: [...floors.map(({ title }) => title), ...shelves.map(({ title }) => title)],
};
// Without readers: no file has further options.
const app = await Application.bootstrap(settings, []);
const { config, error } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
if (error !== undefined) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'));
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
app.options.setCompilerOptions(
  entries.map(({ source }) => source),
  {
    ...options,
    composite: false,
    incremental: false,
    noEmit: true,
    paths: Object.fromEntries(entries.map(({ name, source }) => [name, [source]])),
  },
  undefined,
);

app.converter.on(Converter.EVENT_CREATE_DECLARATION, ({ project }, reflection) => {
  if (!reflection.kindOf(ReflectionKind.Module)) return;
  const entry = bySource.get(reflection.sources?.[0]?.fullFileName ?? '');
  if (entry === undefined) throw new Error(`no entry point is ${reflection.name}`);
  describe(project, reflection, entry);
});
app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => entitle(document));
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
  project.readme = parsed(project, frontPage(packages), join(root, 'README.md'));
});

const project = await app.convert();
if (project === undefined) process.exit(1);
app.validate(project);
stopOnWarnings();
if (values.check !== true) {
  await app.generateDocs(project, join(root, 'dist', 'api'));
  stopOnWarnings();
}

/** Each has been printed. */
function stopOnWarnings() {
  if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);
}

function readPackage(folder) {
  const { name, description } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const all = sourceEntries(root, folder).filter((entry) => !entry.name.endsWith('/testing'));
  const floor = floors.find(({ path }) => dirname(folder) === path);
  if (floor === undefined) throw new Error(`${folder} is on no floor of tools/api-pages/front.mjs`);
  return { floor, folder, name, description, entries: all };
}

/** Name, floor and README of the module that documents an entry point. */
function describe(project, reflection, { name, one }) {
  reflection.name = name;
  const comment = (reflection.comment ??= new Comment());
  putInto(comment, one.floor.title);
  if (name !== one.name) return;
  const folder = join(root, one.folder);
  const file = join(folder, 'README.md');
  reflection.readme = parsed(project, withoutTitle(readFileSync(file, 'utf8')).text, file);
  // So links between READMEs lead to the pages.
  for (const path of [file, folder]) project.files.registerReflectionPath(path, reflection);
}

/** A document gets its title as its name, and a shelf. */
function entitle(document) {
  const path = document.name;
  const [first] = document.content;
  const { title, text } = withoutTitle(first?.text ?? '');
  if (title === undefined) throw new Error(`${path}.md begins with no heading`);
  first.text = text;
  document.name = title;
  putInto((document.comment ??= new Comment()), shelves.find(({ holds }) => holds.test(path)).title);
  if (path.endsWith('/README'))
    document.project.files.registerReflectionPath(join(root, dirname(path)), document);
}

/** The page shows the name already. */
function withoutTitle(markdown) {
  const [heading = '', title] = /^# (.+)\n/.exec(markdown) ?? [];
  return { title: title?.replaceAll('`', ''), text: markdown.slice(heading.length) };
}

function putInto(comment, category) {
  comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: category }]));
}

function parsed(project, markdown, file) {
  return app.converter.parseRawComment(new MinimalSourceFile(markdown, file), project.files).content;
}
