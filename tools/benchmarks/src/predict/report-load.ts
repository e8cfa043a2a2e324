/*
 * Loaded before a program (node --import): its last line on the error stream is the largest resident set in KiB, the processor time in
 * seconds, and the longest pause of its event loop in milliseconds.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolution = 2;
const delay = monitorEventLoopDelay({ resolution });
delay.enable();
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const pause = Math.max(0, delay.max / 1e6 - resolution);
  process.stderr.write(`\nload ${maxRSS} ${(userCPUTime + systemCPUTime) / 1e6} ${pause.toFixed(1)}\n`);
});
