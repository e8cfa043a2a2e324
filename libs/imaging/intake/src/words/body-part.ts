import { anyWord, plainText } from './text.js';

/** What a word of BodyPartExamined, or a description, says of what is shown. */
export type BodyPart = 'head' | 'elsewhere' | 'nothing' | 'unknown';

/** Parts of words, in the languages of the scanners: HEADNECK, CEREBRUM, Schädel, encéphale, czaszka. */
const head =
  /HEAD|BRAIN|SKULL|CRANI|KRANI|CRANE|CAPUT|HOVED|GLAVA|AIVO|KALLO|CREIER|CEREB|CERVEAU|ENCEPH|ENCEFAL|NEURO|KOPF|SCHADEL|SCHAEDEL|HIRN|CABEZA|CABECA|CERVELLO|HOOFD|SCHEDEL|HERSEN|HUVUD|SKALLE|HJARN|HJERN|CZASZK|GLOWA|GLOWY|HLAVA|MOZEK|KAFA|BEYIN|KOPONYA|LEBKA|ГОЛОВ|МОЗГ|МОЗОК|ЧЕРЕП|頭|头|颅|顱|脑|脳|腦|머리|두부|뇌/u;
/** Short words must be separate; the codes are SNOMED's for head, brain, skull. */
const headWord = anyWord(
  'TETE|TESTA|CAPO|FEJ|AGY|HODE|MOZG|T-D1100|T-A0100|T-11100|69536005|12738006|89546000',
);

const nothing =
  /^(?:UNDEF(?:INED)?|UNK(?:NOWN)?|UNSPECIFIED|NOT ?[A-Z ]*|NON DEFINI|(?:NO|IN)? ?DEFINIDO|SIN ESPECIFICAR|GENERAL|SPECIAL|EMERGENCY|EXAM|CT|TBD|X|OTHERS?|NONE|NULL|NIL|N ?\/? ?A|NA|DEFAULT|STANDARD|MISC\w*|ROUTINE|TRAUMA|STROKE|ANON\w*|REMOVED|DELETED|BODY|BODY ?PART|UNBEKANNT|ANDERE\w*|SONSTIGE\w*|AUTRE\w*|INCONNU\w*|OTROS?|DESCONOCIDO|[^\p{L}\p{N}]*)$/u;

const elsewhere = anyWord(
  'CHEST\\p{L}*|THORA\\p{L}*|TORAX|LUNGS?|ABD|ABDO\\p{L}*|PELVI\\p{L}*|BECKEN|BASSIN|HIPS?|LIVER|KIDNEYS?|HEART|CORONARY\\p{L}*|CARDIAC|AORTA|BREAST|COLON|BLADDER|PROSTATE',
  '[CTLS]{0,2} ?-?SPINE|SPINE|SPINAL|HWS|BWS|LWS|WIRBEL\\p{L}*|RACHIS|COLUMNA|COLONNA|COLUNA|CERVICAL|LUMBAR|SACRUM|COCCYX',
  'NECK|HALS|COU|CUELLO|COLLO|PESCOCO|LARYNX|PHARYNX|THYROID|TRACHEA|CAROTIDS?',
  'SINUS(?:ES)?|NNH|PNS|ORBITS?|ORBITA|FACE|FACIAL|MAXILL\\p{L}*|MANDIB\\p{L}*|JAW|TMJ|NOSE|DENTAL|IACS?|TEMPORAL BONES?|FELSENBEIN\\p{L}*|ROCHERS?|EARS?|EYES?|PAROTID|ZYGOMA',
  'SHOULDER|CLAVICLE|SCAPULA|ARM|ELBOW|WRIST|HANDS?|FINGER|THUMB|HUMERUS|RADIUS|ULNA|EXTREMIT\\p{L}*|LEGS?|THIGH|FEMUR|KNEE|PATELLA|TIBIA|ANKLE|FOOT|FEET|TOES?|CALCANEUS|RIBS?|STERNUM',
  'WHOLE ?BODY',
);

/** The value of BodyPartExamined. */
export function bodyPart(value: string): BodyPart {
  const words = plainText(value);
  if (nothing.test(words)) return 'nothing';
  if (namesHead(words)) return 'head';
  return elsewhere.test(words) ? 'elsewhere' : 'unknown';
}

export function namesHead(text: string): boolean {
  const words = plainText(text);
  return head.test(words) || headWord.test(words);
}

/** Whether a description names another part of the body and no head. */
export function namesElsewhere(text: string): boolean {
  return elsewhere.test(plainText(text)) && !namesHead(text);
}
