/** What a file system says, as a reason with the next step: a part of `errorTexts`, and like it in `errors.json`. */
export const diskTexts = {
  'disk-failed': 'Something can’t be read from disk or written to it: __reason__.',
  'disk-at': '__path__: __reason__',
  'disk-loop': 'links on the way lead in a circle (__code__); put a folder in place of the link',
  'disk-no-folder': 'a file stands where a folder has to be (__code__); move the file away',
  'disk-no-file': 'a folder stands where a file has to be (__code__); move the folder away',
  'disk-missing': 'it is not there (__code__); make it, or correct the path',
  'disk-forbidden':
    'the user who runs Node-RED may not read or write there (__code__); give that user the right to',
  'disk-read-only': 'it can only be read (__code__); mount it for writing, or choose another folder',
  'disk-name-long': 'the path is too long (__code__); choose a folder with a shorter one',
  'disk-quota': 'the space that this user may take is used up (__code__); free some, or have it raised',
  'disk-full': 'the disk is full (__code__); free some space',
  'disk-away': 'the network drive or disk was taken away or exchanged (__code__); mount it anew',
  'disk-faulty': 'the disk has a fault (__code__); have it checked',
  'disk-handles': 'too many files are open (__code__); raise that limit for Node-RED',
  'disk-busy': 'another program holds the file (__code__); it is free when that lets go',
} as const;
