/**
 * Loaded before a program by `--import`: says at its end, on standard error, how many bytes were
 * resident at most, threads and all.
 */
process.on('exit', () => {
  process.stderr.write(`peak ${process.resourceUsage().maxRSS * 1024}\n`);
});
