/**
 * `npm run test:orthanc`: predicts a small study, starts an Orthanc on this machine, sends it the slices and the structured report
 * by DICOM (storescu) and the key image by HTTP, and reads them back as a user of the archive would. Needs Orthanc and
 * DCMTK (Debian: `apt-get install orthanc dcmtk`); `$ORTHANC` is another path of the program.
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeHead } from '@ichor/intake/testing';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const slices = [1, 2, 3, 4];

function programOf(name, given, debianPackage) {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  const found = [given, ...folders.map((folder) => join(folder, name))].find(
    (path) => path && existsSync(path),
  );
  if (found) return found;
  console.error(`test:orthanc: not tested, ${name} is not here (Debian: apt-get install ${debianPackage})`);
  process.exit(1);
}

function freePort() {
  return new Promise((found, failed) => {
    const server = createServer().once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

/** A report as lines, a level of its tree in two spaces. */
function treeOf(item, depth = 0) {
  const code = (sequence) => sequence?.[0]?.CodeMeaning;
  const [measured] = item.MeasuredValueSequence ?? [];
  const image = item.ReferencedSOPSequence?.[0]?.ReferencedSOPInstanceUID;
  const value =
    code(item.ConceptCodeSequence) ??
    measured?.NumericValue ??
    item.TextValue ??
    item.UID ??
    (image && `image ${image}`);
  const line = [code(item.ConceptNameCodeSequence), value].filter(Boolean).join(': ');
  return [
    `${'  '.repeat(depth)}${line}`,
    ...(item.ContentSequence ?? []).flatMap((child) => treeOf(child, depth + 1)),
  ];
}

const orthanc = programOf('Orthanc', process.env['ORTHANC'], 'orthanc');
const storescu = programOf('storescu', undefined, 'dcmtk');
const work = await mkdtemp(join(tmpdir(), 'ichor-orthanc-'));
let server;
try {
  await mkdir(join(work, 'ct'));
  const ct = slices.map((slice) => join(work, 'ct', `${slice}.dcm`));
  for (const slice of slices) await writeFile(ct[slice - 1], makeHead(slice));
  const ichor = join(root, 'apps', 'ichor', 'dist', 'main.js');
  await run(process.execPath, [
    ichor,
    'predict',
    join(work, 'ct'),
    '-o',
    join(work, 'out'),
    '--no-html',
    '--no-augment',
  ]);
  const made = (name) => join(work, 'out', 'studies', 'study-0001', name);

  const [http, dicom] = [await freePort(), await freePort()];
  const settings = {
    Name: 'ichor-test',
    StorageDirectory: join(work, 'db'),
    IndexDirectory: join(work, 'db'),
    HttpPort: http,
    DicomPort: dicom,
    RemoteAccessAllowed: false,
    DicomAlwaysAllowStore: true,
    Plugins: [],
  };
  await writeFile(join(work, 'orthanc.json'), JSON.stringify(settings));
  server = spawn(orthanc, [join(work, 'orthanc.json')], { stdio: 'ignore' });
  const ask = async (path, options) => {
    const answer = await fetch(`http://127.0.0.1:${http}${path}`, options);
    assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.clone().text()}`);
    return answer;
  };
  const told = async (path) => (await ask(path)).json();
  for (let attempt = 0; ; attempt++) {
    try {
      const { Version } = await told('/system');
      console.log(`Orthanc ${Version}`);
      break;
    } catch (cause) {
      if (attempt === 100 || server.exitCode !== null) throw cause;
      await new Promise((later) => setTimeout(later, 200));
    }
  }

  await run(storescu, ['--required', '127.0.0.1', String(dicom), ...ct, made('report.dcm')]);
  const stored = await ask('/instances', { method: 'POST', body: await readFile(made('key-image.dcm')) });
  assert.equal((await stored.json()).Status, 'Success');

  const studies = await told('/studies');
  assert.equal(studies.length, 1, 'report and key image belong to the study of the slices');
  const series = await Promise.all(
    (await told(`/studies/${studies[0]}`)).Series.map((id) => told(`/series/${id}`)),
  );
  const instances = Object.fromEntries(series.map((one) => [one.MainDicomTags.Modality, one.Instances]));
  assert.deepEqual(
    Object.fromEntries(Object.entries(instances).map(([modality, all]) => [modality, all.length])),
    { CT: slices.length, SR: 1, OT: 1 },
  );
  console.log('accepted: 4 CT, 1 SR (by DICOM), 1 OT (by HTTP), in one study');

  const report = await told(`/instances/${instances.SR[0]}/simplified-tags`);
  const tree = treeOf(report);
  console.log(tree.join('\n'));
  const groups =
    report.ContentSequence.find((item) => treeOf(item)[0] === 'Imaging Measurements')?.ContentSequence ?? [];
  assert.ok(groups.length > 0, 'the report has findings');
  for (const group of groups) {
    const lines = treeOf(group).map((line) => line.trim().split(':')[0]);
    for (const name of ['Finding', 'Finding Site', 'Probability', 'Algorithm Name']) {
      assert.ok(lines.includes(name), `a finding without ${name}`);
    }
  }
  const known = new Set(
    (await Promise.all(instances.CT.map((id) => told(`/instances/${id}`)))).map(
      (one) => one.MainDicomTags.SOPInstanceUID,
    ),
  );
  const referenced = tree.flatMap((line) => /image (.+)$/.exec(line)?.slice(1) ?? []);
  assert.ok(
    referenced.length > 0 && referenced.every((uid) => known.has(uid)),
    'the report refers to stored slices only',
  );

  const picture = new Uint8Array(await (await ask(`/instances/${instances.OT[0]}/preview`)).arrayBuffer());
  assert.deepEqual([...picture.subarray(1, 4)], [...Buffer.from('PNG')]);
  const key = await told(`/instances/${instances.OT[0]}/simplified-tags`);
  assert.equal(key.PatientOrientation, 'L\\P');
  console.log(
    `key image: ${key.Columns} x ${key.Rows}, orientation ${key.PatientOrientation}, shown as PNG of ${picture.length} bytes`,
  );
} finally {
  if (server && server.exitCode === null) {
    server.kill();
    await new Promise((ended) => server.once('exit', ended));
  }
  await rm(work, { recursive: true, force: true });
}
