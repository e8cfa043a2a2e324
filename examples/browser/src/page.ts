import { parseDicom } from '@ichor/dicom';
import { displayWindows, grayPicture, pngDataUrl } from '@ichor/windowing/pictures';
import { selfCheck } from './self-check.js';

const input = document.querySelector<HTMLInputElement>('#file')!;
const picture = document.querySelector<HTMLImageElement>('#picture')!;
const text = document.querySelector<HTMLPreElement>('#text')!;

/** The lines under the picture; a test reads them, too. */
async function show(file: File): Promise<object> {
  const dicom = parseDicom(await file.arrayBuffer(), { name: file.name });
  const { data } = await dicom.pixels();
  const stored = [...data];
  try {
    const { rows, columns, data: values } = await dicom.hounsfield();
    const slice = { width: columns, height: rows, data: Int16Array.from(values) };
    picture.src = pngDataUrl(grayPicture(slice, displayWindows.brain));
  } catch (cause) {
    picture.removeAttribute('src');
    return { stored, unit: String(cause) };
  }
  return { stored, patient: dicom.attributes.PatientName };
}

input.addEventListener('change', () => {
  const [file] = input.files ?? [];
  if (file === undefined) return;
  text.textContent = '';
  show(file).then(
    (shown) => (text.textContent = JSON.stringify(shown)),
    (cause: unknown) => (text.textContent = JSON.stringify({ error: String(cause) })),
  );
});

text.textContent = JSON.stringify(selfCheck());
