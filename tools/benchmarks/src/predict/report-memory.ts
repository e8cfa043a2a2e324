/* Loaded before a program (node --import): its last line on the error stream is its largest resident set in KiB. */
process.on('exit', () => {
  process.stderr.write(`\npeak ${process.resourceUsage().maxRSS}\n`);
});
