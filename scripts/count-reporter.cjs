// Mocha's spec reporter, which also writes into the file TEST_COUNTS names how many tests passed, failed and were skipped,
// and of each that failed its file, its title and what it said.
// A process that does not end by itself after its tests has left something open: that fails, and is named.
const { writeFileSync } = require('node:fs');
const { reporters, Runner } = require('mocha');

/** Milliseconds. */
const PATIENCE = 15_000;

module.exports = class CountReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      if (process.env.TEST_COUNTS) {
        const failed = this.failures.map((test) => ({
          // A hook has no file of its own.
          file: test.file ?? test.parent?.file,
          title: test.fullTitle(),
          error: String(test.err?.message ?? test.err),
        }));
        writeFileSync(process.env.TEST_COUNTS, JSON.stringify({ passes, failures, pending, failed }));
      }
      setTimeout(() => {
        console.error(`Still open long after the last test: ${process.getActiveResourcesInfo().join(', ')}`);
        process.exit(1);
      }, PATIENCE).unref();
    });
  }
};
