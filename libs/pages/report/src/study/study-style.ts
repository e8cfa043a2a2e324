/** Styles of the study report in addition to the common ones. */
export const studyStyle = `
.headline { font-size: 20px; font-weight: 600; margin: 10px 0; padding: 8px 14px; border-left: 4px solid var(--line);
  background: var(--raised); max-width: none; }
.headline.suspected { border-color: var(--warn); color: var(--warn); }
.facts { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 2px 20px; }
nav { display: flex; gap: 18px; }
.answer { display: grid; grid-template-columns: 170px 1fr 70px 70px max-content; gap: 4px 14px; align-items: center;
  font-variant-numeric: tabular-nums; max-width: 860px; }
.answer .head { color: var(--faint); font-size: 13px; }
.track { background: var(--line); height: 8px; border-radius: 4px; overflow: hidden; position: relative; }
.bar { display: block; height: 100%; background: currentColor; border-radius: 4px; }
.answer .track { overflow: visible; }
.track i { position: absolute; top: -4px; bottom: -4px; width: 2px; background: var(--ink); }
.warnings { border-left: 4px solid var(--warn); padding-left: 14px; margin-top: 18px; }
.warnings h2 { margin: 0; } .warnings ul { margin: 4px 0 0; padding-left: 20px; }
details { margin-top: 14px; }
summary { cursor: pointer; }
.flagged { color: var(--warn); }
.viewer { display: grid; grid-template-columns: minmax(300px, 560px) 1fr; gap: 18px; align-items: start; }
#viewport-box { aspect-ratio: 1; overflow: hidden; background: #000; border-radius: 6px; touch-action: none; cursor: crosshair; }
#viewport-plane { width: 100%; height: 100%; display: grid; place-items: center; transform-origin: 0 0; }
#viewport { width: 100%; height: 100%; display: block; }
.marked { position: relative; }
.mark { position: absolute; color: #ffe08a; font-size: 13px; line-height: 1; text-shadow: 0 0 3px #000, 0 0 3px #000;
  pointer-events: none; }
.mark.top { top: 5px; left: 50%; transform: translateX(-50%); }
.mark.bottom { bottom: 5px; left: 50%; transform: translateX(-50%); }
.mark.left { left: 6px; top: 50%; transform: translateY(-50%); }
.mark.right { right: 6px; top: 50%; transform: translateY(-50%); }
#scale { position: absolute; left: 10px; bottom: 8px; color: #ffe08a; font-size: 12px; line-height: 1; pointer-events: none;
  text-shadow: 0 0 3px #000; }
#scale i { display: block; height: 6px; border: solid #ffe08a; border-width: 0 1px 2px; margin-bottom: 4px; }
#hounsfield { position: absolute; right: 8px; bottom: 8px; color: #ffe08a; font-size: 13px; pointer-events: none;
  font-variant-numeric: tabular-nums; text-shadow: 0 0 3px #000; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.tools { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin: 10px 0; }
input { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--line); border-radius: 6px;
  padding: 4px 8px; width: 9ch; }
button { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--line); border-radius: 6px;
  padding: 4px 12px; cursor: pointer; }
button[aria-pressed='true'] { border-color: var(--accent); color: var(--accent); }
button:disabled { opacity: 0.4; cursor: default; }
kbd { font: 12px ui-monospace, monospace; border: 1px solid var(--line); border-radius: 4px; padding: 0 5px; }
#strip { display: grid; grid-template-columns: repeat(auto-fill, minmax(64px, 1fr)); gap: 4px; max-height: 300px;
  overflow-y: auto; padding: 3px; margin-top: 14px; position: relative; }
#strip img { width: 100%; height: auto; max-height: 96px; }
#strip button::before, #strip button::after { position: absolute; color: #ffe08a; font-size: 10px; line-height: 1; text-shadow: 0 0 2px #000, 0 0 2px #000; }
#strip button::before { content: attr(data-left) / ''; left: 4px; top: 50%; transform: translateY(-50%); }
#strip button::after { content: attr(data-top) / ''; top: 4px; left: 50%; transform: translateX(-50%); }
#strip button { padding: 2px; background: #000; position: relative; line-height: 0; }
#strip button[aria-current='true'] { outline: 2px solid var(--accent); }
#strip i { position: absolute; left: 2px; width: min(var(--p), 100% - 4px); bottom: 2px; height: 4px; background: var(--warn); }
#slice-numbers { width: 100%; }
#slice-numbers th, #slice-numbers td { padding-top: 3px; padding-bottom: 3px; }
#slice-numbers th:first-child { color: var(--ink); }
.viewer h3 { font-size: 15px; margin: 18px 0 6px; }
#slice-numbers .track { width: 100%; min-width: 70px; }
.keys { display: grid; grid-template-columns: repeat(4, 1fr); gap: 8px; margin-bottom: 18px; }
.keys:has(figure:nth-of-type(5)) { grid-template-columns: repeat(5, 1fr); }
.keys img { width: 100%; height: auto; border-radius: 4px; background: #000; display: block; }
.keys h3 .faint { font-weight: 400; }
.keys h3 { grid-column: 1 / -1; margin: 8px 0 0; font-size: 15px; font-weight: 600; }
#curves { cursor: ew-resize; touch-action: none; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 0; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 860px) { .viewer { grid-template-columns: minmax(0, 1fr); }
  .answer { grid-template-columns: auto minmax(12px, 1fr) auto auto minmax(0, 84px); gap: 4px 6px; font-size: 13px; }
  #help { grid-template-columns: minmax(0, 1fr); }
  .keys, .keys:has(figure:nth-of-type(5)) { grid-template-columns: repeat(2, 1fr); } }
@media print { #curves { max-width: 150mm; } .headline { font-size: 16px; } .keys { grid-template-columns: repeat(4, 1fr); }
  .keys:has(figure:nth-of-type(5)) { grid-template-columns: repeat(5, 1fr); } #strip { max-height: none; overflow: visible; }
  .explained::details-content { content-visibility: visible; block-size: auto; } }
`;
