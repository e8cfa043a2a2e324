export { lineChart, type LineChartOptions, type Series } from './charts/line-chart.js';
export { reliabilityChart, rocChart, type ReliabilityCurve, type RocCurve } from './charts/standard.js';
export { escapeHtml, Html, html, jsonScript } from './html.js';
export { notMedicalDevice, renderPage, type Page } from './page.js';
export { seriesColor } from './palette.js';
export { alarm, operatingPointTable, type OperatingPoint, type Share } from './operating-points.js';
export { nextStudy } from './study/next-study.js';
export { renderStudy } from './study/render-study.js';
export type { Probabilities, ReportSlice, StudyReport } from './study/study-report.js';
