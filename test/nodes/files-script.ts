/** A job with a run that has ended and one that computes, with files of both. */
export const filesScript = {
  id: 'j1',
  runs: [
    {
      duration: 100,
      outputsAfter: 0,
      files: [
        { path: 'shared/case/0/U', content: 'one' },
        { path: 'shared/case/0/p', content: 'two' },
        { path: 'shared/.hidden/U', content: 'three' },
      ],
    },
    {
      duration: 50_000,
      files: [
        { path: 'shared/case/0/U', content: 'a\nb\nc\n' },
        { path: 'shared/case/log', content: 'x' },
      ],
    },
  ],
};
