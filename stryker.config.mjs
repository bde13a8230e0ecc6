// What `npm run mutation` (scripts/mutation.mjs) hands to Stryker. Its own runner for mocha does not know mocha 12, so the tests
// are run as a command; which ones, the script says.

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'command',
  commandRunner: { command: process.env.MUTATION_TESTS },
  mutate: process.env.MUTATION_FILES?.split(','),
  coverageAnalysis: 'off',
  concurrency: 2,
  timeoutMS: 20_000,
  // Texts are read by people, and tests that repeat them would prove nothing.
  mutator: { excludedMutations: ['StringLiteral'] },
  ignorePatterns: [
    'dist',
    'demo',
    '.demo',
    'reports',
    'coverage',
    'test/runtimes',
    'test/browser',
    'examples',
  ],
  reporters: ['clear-text'],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false },
  tempDirName: '.stryker-tmp',
  allowEmpty: true,
};
