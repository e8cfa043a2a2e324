import { anyWord, plainText } from './text.js';

/** What a text says about contrast agent: `both` is the name of a protocol, undefined says nothing. */
export type ContrastInWords = 'with' | 'without' | 'both' | undefined;

/** English, German, French, Spanish, Italian, Portuguese, Dutch. */
const medium =
  '[CK]ONTR(?:AST\\p{L}*)?|CON|KM|MDC|PDC|CM|DYE|GAD\\p{L}*|INJ\\p{L}*|IV|I\\.V\\.|ENH(?:ANC\\p{L}*)?';
const intravenous = '(?:(?:IV|I\\.V\\.?|INTRAVENOUS)[ -]*)?';
const more = '(?:[ -]*(?:ENHANC\\p{L}*|MEDI\\p{L}*|AGENT|MATERIAL|MITTEL|DYE|INJ\\p{L}*))*';
const notSpine = '(?![ -]*SPINE)';

const without = new RegExp(
  anyWord(
    // WITHOUT CONTRAST, W/O, NON-CONTRAST, OHNE KM, SANS INJECTION
    `(?:WITHOUT|W ?[/-]? ?O|OHNE|SANS|SIN|SENZA|SEM|ZONDER)(?:[ -]*${intravenous}(?:${medium}|C${notSpine})${more})?`,
    `(?:NON?|NOT|KEIN\\p{L}*|NICHT|PRE)[ -]*${intravenous}(?:${medium})${more}`,
    'NON(?:CON|CONTRAST|ENHANCED)|UN-?ENH(?:ANCED)?|PRECONTRAST',
    'NCCT|NECT|NC|PLAIN|NATIVE?S?|NATIF|BLANCO|SIMPLE|BASAL|S ?/ ?(?:C|CONTR(?:AST\\p{L}*)?)',
  ).source +
    // C- but not C-SPINE, C-ARM; -C but not A-C
    `|(?<![\\p{L}\\p{N}])C ?-(?![\\p{L}\\p{N}])(?! ?(?:SPINE|ARM))|(?<![\\p{L}\\p{N}] ?)- ?C${notSpine}(?![\\p{L}\\p{N}-])|(?<= )-C(?![\\p{L}\\p{N}-])`,
  'gu',
);

/** After what is meant by POST when it is not contrast agent. */
const notAfterContrast =
  'FOSSA|OP|OPERAT\\p{L}*|SURG\\p{L}*|TRAUMA\\p{L}*|EVD|SHUNT|TPA|CLIP\\p{L}*|COIL\\p{L}*|CRANI\\p{L}*|THROMB\\p{L}*|EVAC\\p{L}*|PROC\\p{L}*|RESUS\\p{L}*|FALL|ICTAL|LYS\\p{L}*';

/** In a text whose denials are replaced by ¬. */
const withContrast = [
  anyWord(
    `(?:WITH|W|MIT|NACH|AVEC|APRES|CON|COM|MET|DOPO|AFTER|POST)[ /+-]*${intravenous}(?:${medium})`,
    `W ?/ ?C|C ?/ ?C`,
    `POST(?![ -]*(?:${notAfterContrast})(?!\\p{L}))`,
    '(?<!(?:LOW|HIGH)[ -])[CK]ONTR(?:AST\\p{L}*)?|POST(?:CONTRAST|KM)\\p{L}*',
    '(?<!(?:EDGE|DETAIL)[ -])ENH(?:ANCED)?|CE|CECT|CONTRAST-?ENHANCED|KM|MDC|PDC|INJECT\\p{L}*',
    'CTA|CTV|CTP|\\p{L}*ANGIO\\p{L}*|VENOGR\\p{L}*|ARTERIOGR\\p{L}*|PERF|PERFUSION|ARTERIAL|ARTERIELL?\\p{L}*|VENOUS|VENOS\\p{L}*|(?:ART|VEN|LATE|DELAYED|SPAT|SPAET)\\.?[ -]?PHASE',
    'BOLUS|PREMONITORING|MONITORING|CAROTIDS?|COW|WILLIS',
    'OMNIPAQUE|IOHEXOL|ACCUPAQUE|ISOVUE|IOPAMI\\p{L}*|SOLUTRAST|ULTRAVIST|IOPROMID\\p{L}*|VISIPAQUE|IODIXANOL|OPTIRAY|IOVERSOL|IOMERON|IMERON|IOMEPROL|XENETIX|IOBITRIDOL|OXILAN|HEXABRIX',
    // W WO, WITH AND WITHOUT, WITHOUT AND WITH; W alone at the end
    '(?:WITH|W|MIT|AVEC|CON|COM)(?=[ /&+,-]*(?:(?:AND|UND|ET|Y|E)[ ]*)?(?:¬|$))',
    '(?<=¬[ /&+,-]*(?:(?:AND|UND|ET|Y|E)[ ]*)?)(?:WITH|W|MIT|AVEC|CON|COM)',
  ),
  // C+ and +C, but not + C-SPINE; IV+, KM+
  /(?<![\p{L}\p{N}])(?:C|IV|KM) ?\+/u,
  new RegExp(`\\+ ?(?:C|IV|KM)${notSpine}(?![\\p{L}\\p{N}])`, 'u'),
];

/** Reads a description of a series or a protocol. */
export function contrastInWords(text: string): ContrastInWords {
  const words = plainText(text);
  const rest = words.replace(without, '¬');
  const denied = rest !== words;
  if (withContrast.some((pattern) => pattern.test(rest))) return denied ? 'both' : 'with';
  return denied ? 'without' : undefined;
}

const noAgent =
  /^(?:NO|NONE|NON|NIL|NULL|NEG\p{L}*|N ?\/? ?A|NOT [\p{L} ]*|UNKNOWN|UNDEFINED|UNSPECIFIED|KEIN\p{L}*|NEIN|AUCUN|NINGUNO|NESSUNO|N|0|FALSE|[-.?*]+|)$/u;

/** Whether the text of an attribute such as ContrastBolusAgent names an agent, rather than that there was none. */
export function namesAgent(text: string | undefined): boolean {
  const words = plainText(text ?? '');
  return !noAgent.test(words) && contrastInWords(words) !== 'without';
}
