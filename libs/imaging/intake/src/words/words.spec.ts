import { describe, expect, it } from 'vitest';
import { bodyPart, namesElsewhere } from './body-part.js';
import { contrastInWords, type ContrastInWords } from './contrast.js';
import { namesBone, namesLocalizer, notPlainSlices } from './picture.js';

/** What radiographers mean; there is no other oracle for words. */
const contrast: Readonly<Record<'with' | 'without' | 'both' | 'nothing', readonly string[]>> = {
  with: [
    ...['HEAD C+ 5mm', 'HEAD 5mm C+', 'HEAD +C', '+C HEAD', 'HEAD_C+', 'C+', 'HEAD (C+)', 'Head C +', 'c+'],
    ...['BRAIN W CONTRAST', 'BRAIN W/CONTRAST', 'HEAD W/ CONTRAST', 'HEAD WITH IV CONTRAST', 'HEAD W IV'],
    ...['HEAD POST', 'POST CONTRAST', 'POST-CONTRAST', 'HEAD_POST', 'postcontrast', 'Post 5mm', 'HEAD W/C'],
    ...['CONTRAST ENHANCED', 'Enhanced', 'HEAD CE', 'CECT HEAD', 'CTA HEAD', 'CTA_HEAD', 'CT Angiography'],
    ...['Schaedel KM', 'Schädel mit KM', 'Kopf nach KM', 'KM+', 'Kopf Kontrastmittel', 'angiographie'],
    ...['CRANE AVEC INJECTION', 'crâne injecté', 'CABEZA CON CONTRASTE', 'CRANIO CON MDC', 'IV+'],
    ...['HEAD ARTERIAL', 'VENOUS PHASE', 'CT Perfusion', 'CTP', 'Premonitoring', 'HEAD W', 'HEAD OMNIPAQUE'],
    ...[
      'CE-CT',
      'HEAD CONTR',
      'HEAD C/ CONTRASTE',
      'CRANIO C/C',
      'HEAD +C 5MM',
      'HEAD ENH',
      'ART. PHASE',
      'WITH CM',
    ],
  ],
  without: [
    ...['HEAD W/O CONTRAST', 'Head without contrast', 'HEAD WO', 'HEAD W_O CONTRAST', 'HEAD W/O'],
    ...[
      'NON CONTRAST HEAD',
      'NON-CONTRAST',
      'NONCONTRAST',
      'NONCON',
      'NCCT HEAD',
      'HEAD NECT',
      'NO CONTRAST',
    ],
    ...[
      'UNENHANCED',
      'non-enhanced',
      'NON CONTRAST ENHANCED',
      'without contrast enhancement',
      'PRE CONTRAST',
    ],
    ...['HEAD PLAIN', 'Schädel nativ', 'HEAD NATIVE PHASE 2', 'Kopf ohne KM', 'Kopf ohne Kontrastmittel'],
    ...[
      'CRANE SANS INJECTION',
      'crâne sans',
      'CABEZA SIN CONTRASTE',
      'CRANIO SENZA MDC',
      'C-',
      'HEAD C-',
      'HEAD -C',
    ],
    ...['HEAD WITHOUT IV CONTRAST', 'HEAD W/O IV CONTRAST MATERIAL', 'NON-CON HEAD POST OP'],
    ...['CRANIO S/ CONTRASTE', 'CRANIO S/C', 'UNENH HEAD', 'NON ENH', 'HEAD WO C', 'Kopf ohne Kontr.'],
  ],
  both: [
    ...['HEAD W WO CONTRAST', 'HEAD W/WO', 'HEAD WITHOUT AND WITH', 'HEAD WITH AND WITHOUT CONTRAST'],
    ...['W&WO CONTRAST', 'PLAIN AND CE HEAD', 'HEAD W/O & W CONTRAST', 'Kopf ohne und mit KM', 'C- C+'],
  ],
  nothing: [
    ...['', 'HEAD 5mm', 'Head 5.0 H31s', 'AX BRAIN', 'HEAD + C-SPINE', 'HEAD +C-SPINE', 'C-SPINE', 'C-ARM'],
    ...[
      'POST FOSSA',
      'HEAD POST OP',
      'POST-OP',
      'Post trauma',
      'POST CRANIOTOMY',
      'POSTERIOR FOSSA',
      'W/ MPR',
    ],
    ...[
      'CT HEAD WINDOW',
      'BRAIN WW80',
      'LOW CONTRAST',
      'EDGE ENHANCED',
      'CEREBRUM',
      'Routine',
      'STROKE CODE',
    ],
  ],
};

describe('contrastInWords', () => {
  const cases = Object.entries(contrast).flatMap(([said, texts]) =>
    texts.map((text) => [text, said] as const),
  );
  it.each(cases)('%j says %s', (text, said) => {
    const expected = said === 'nothing' ? undefined : (said as ContrastInWords);
    expect(contrastInWords(text)).toBe(expected);
  });
});

describe('bodyPart', () => {
  it.each([
    ...['HEAD', 'BRAIN', 'SKULL', 'CRANIUM', 'head', 'Head_Routine', 'HEADNECK', 'CEREBRUM', 'NEURO', 'KOPF'],
    ...[
      'SCHAEDEL',
      'Schädel',
      'SCHÄDEL',
      'GEHIRN',
      'CABEZA',
      'CRÁNEO',
      'CRANEO',
      'ENCÉFALO',
      'CRANE',
      'TÊTE',
    ],
    ...[
      'CERVEAU',
      'ENCEPHALE',
      'TESTA',
      'CRANIO',
      'CABEÇA',
      'CRÂNIO',
      'HOOFD',
      'SCHEDEL',
      'HERSENEN',
      '頭部',
    ],
    ...[
      'KRANIUM',
      'CAPUT',
      'HOVED',
      'HUVUD',
      'CZASZKA',
      'GŁOWA',
      'HLAVA',
      'ГОЛОВА',
      'T-D1100',
      '69536005',
      'NCCT HEAD',
    ],
  ])('%s is a head', (word) => expect(bodyPart(word)).toBe('head'));
  it.each([
    ...[
      '',
      ' ',
      '-',
      'UNDEFINED',
      'UNKNOWN',
      'OTHER',
      'Unspecified',
      'NOT SPECIFIED',
      'N/A',
      'NONE',
      'ROUTINE',
    ],
    ...['ANONYMIZED', 'REMOVED', 'Body', '***', 'STROKE', 'TRAUMA', 'UNDEF', 'NOTSPECIFIED', 'Indefinido'],
  ])('%j says nothing', (word) => expect(bodyPart(word)).toBe('nothing'));
  it.each([
    ...[
      'CHEST',
      'THORAX',
      'ABDOMEN',
      'ABDOMENPELVIS',
      'PELVIS',
      'CSPINE',
      'C-SPINE',
      'NECK',
      'HALS',
      'SINUS',
    ],
    ...['ORBIT', 'IAC', 'MAXILLA', 'KNEE', 'FOOT', 'WHOLEBODY', 'CHESTABDPELVIS', 'LSPINE', 'HWS'],
  ])('%s is elsewhere', (word) => expect(bodyPart(word)).toBe('elsewhere'));
  it.each(['STD 5MM', 'PROTOCOL 7', 'XYZ'])('%s is not known', (word) =>
    expect(bodyPart(word)).toBe('unknown'),
  );
});

describe('descriptions', () => {
  it.each(['C-Spine 2.0', 'NNH', 'Felsenbein', 'Thorax_1.0', 'NECK CTA', 'TEMPORAL BONE'])(
    '%s is elsewhere',
    (text) => expect(namesElsewhere(text)).toBe(true),
  );
  it.each(['Head', 'Head and neck', 'Kopf-Hals', 'CT 5mm', 'Axial'])('%s may be a head', (text) =>
    expect(namesElsewhere(text)).toBe(false),
  );
  it.each(['Topogram 0.6', 'SCOUT', 'HEAD_SCOUT', 'Surview', 'Localiser', 'Topogramm'])(
    '%s is a localizer',
    (text) => expect(namesLocalizer(text)).toBe(true),
  );
  it.each(['Head bone', 'BONE_1.0', 'Knochen', 'fenêtre osseuse', 'HUESO'])('%s is for bone', (text) =>
    expect(namesBone(text)).toBe(true),
  );
  it('knows the words of ImageType that are no slices', () => {
    expect(notPlainSlices(['DERIVED', 'SECONDARY', 'volume_rendering'])).toBe('volume_rendering');
    expect(notPlainSlices(['DERIVED', 'SECONDARY', 'AXIAL', 'MPR'])).toBeUndefined();
  });
});
