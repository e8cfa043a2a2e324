const light = `color-scheme: light; --paper: #fbfbfc; --raised: #f1f3f6; --line: #c9d0da; --ink: #14181f;
  --faint: #566070; --accent: #0b62b8; --warn: #a04a00; --warn-paper: #fff3e2; --warn-ink: #5c3500; --veil: #f0a0403d;
  --alarm: #b3001b; --alarm-paper: #ffe9ec; --epidural: #a86f00; --subdural: #0b7dbd; --subarachnoid: #0b8a5e;
  --intraventricular: #8a7d00; --intraparenchymal: #c8401e; --series-0: #0b7dbd; --series-1: #a86f00; --series-2: #0b8a5e;
  --series-3: #8a7d00; --series-4: #c8401e; --series-5: #a3427a; --series-6: #5b6675; --series-7: #4a55d0; --chance: #5b6675;`;

/** The look of every page: dark, as in a reading room, or light where the reader's system is light; readable when printed. */
export const style = `
:root { color-scheme: dark; --paper: #0e1116; --raised: #171c24; --line: #2b3340; --ink: #e6e9ee; --faint: #97a1b0;
  --accent: #6cb6ff; --warn: #ffb454;
  --warn-paper: #2a2114; --warn-ink: #ffdcae; --veil: #ffb4542e; --alarm: #ff8080; --alarm-paper: #34161a;
  --epidural: #e69f00; --subdural: #56b4e9; --subarachnoid: #2fc58f; --intraventricular: #f0e442;
  --intraparenchymal: #ff7a59; --series-0: #56b4e9; --series-1: #e69f00; --series-2: #2fc58f; --series-3: #f0e442;
  --series-4: #ff7a59; --series-5: #cc79a7; --series-6: #a6b1c2; --series-7: #7f8cff; --chance: #8b96a5; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, 'Segoe UI', sans-serif; }
main { max-width: 1240px; margin: 0 auto; padding: 20px 24px 64px; }
h1 { font-size: 24px; margin: 8px 0; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 32px 0 10px; }
p, li { max-width: 80ch; }
a { color: var(--accent); }
.faint { color: var(--faint); }
.notice { border-left: 4px solid var(--warn); background: var(--warn-paper); color: var(--warn-ink); padding: 8px 14px; margin: 12px 0;
  max-width: none; }
.alarm { border: 2px solid var(--alarm); background: var(--alarm-paper); color: var(--ink); padding: 10px 14px;
  margin: 12px 0; max-width: none; border-radius: 6px; }
.alarm strong { color: var(--alarm); }
footer { color: var(--faint); font-size: 12px; margin-top: 40px; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 4px 14px 4px 0; border-bottom: 1px solid var(--line); }
th { color: var(--faint); font-weight: 500; }
th:first-child, td:first-child { text-align: left; }
figure { margin: 0; }
.plot { container-type: inline-size; }
figcaption { color: var(--faint); font-size: 13px; margin-top: 4px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr)); gap: 18px; }
.card { background: var(--raised); border: 1px solid var(--line); border-radius: 8px; padding: 14px; }
.card > :first-child { margin-top: 0; }
.chart { width: 100%; height: auto; display: block; }
.chart text { fill: var(--faint); font-size: 11px; font-family: inherit; }
.chart .axis { stroke: var(--line); }
@container (max-width: 440px) { .chart text { font-size: 15px; } }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 13px; color: var(--faint); padding: 0; margin: 8px 0 0;
  list-style: none; }
.legend i { display: inline-block; width: 12px; height: 3px; margin-right: 6px; vertical-align: middle; }
.heat-scale { display: flex; flex-wrap: wrap; justify-content: space-between; color: var(--faint); font-size: 12px;
  font-variant-numeric: tabular-nums; margin-top: 4px; }
.heat-scale i { flex: 0 0 100%; height: 10px; border-radius: 2px; }
.heat-scale small { flex: 0 0 100%; font-size: inherit; }
.scroll { overflow-x: auto; }
.scroll td { white-space: nowrap; }
.scroll td:first-child, .scroll th:first-child { position: sticky; left: 0; background: var(--paper); white-space: normal;
  min-width: 9em; z-index: 1; }
@media (max-width: 600px) { main { padding: 12px 12px 40px; } }
@media (prefers-color-scheme: light) { :root { ${light} } }
@media print { :root { ${light} --paper: #fff; --raised: #fff; --veil: #fae6cf; }
  @page { margin: 14mm 12mm 18mm;
    @bottom-right { content: counter(page) ' of ' counter(pages); font: 8pt system-ui, sans-serif; color: #566070; } }
  body { font-size: 12px; } h1 { font-size: 20px; } h2 { margin-top: 20px; } th, td { padding-right: 7px; }
  main { max-width: none; padding: 0; } .scroll { overflow: visible; } .scroll table { font-size: 11px; }
  .cards { grid-template-columns: 1fr 1fr; gap: 12px; }
  h2, h3 { break-after: avoid; } figure, tr, .card, .keys, .alarm, .answer, .whole { break-inside: avoid; }
  thead { display: table-header-group; }
  * { print-color-adjust: exact; }
  .notice { background: none; color: var(--ink); }
  .interactive { display: none !important; } }
`;
