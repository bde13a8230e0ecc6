/**
 * The rooms of the house, each with its sub-rooms from the ground up: a sub-room imports only from those that stand before it
 * in its row, and from the rooms that its row names. docs/architecture.md tells what each is for.
 */
const rooms = [
  {
    room: 'api',
    below: [],
    rows: ['errors', 'time', 'limits', 'client', 'http', 'request', 'endpoints'],
  },
  {
    room: 'runs',
    below: ['api'],
    rows: [
      'tasks',
      'run',
      'reading',
      'files',
      'lines',
      'follow',
      'download',
      'evidence',
      'polling',
      'watch',
      'wait',
      'actions',
      'jobs',
      'submission',
    ],
  },
  {
    room: 'insight',
    below: ['api'],
    rows: ['bundles', 'names', 'pauses', 'logs', 'judge', 'monitor', 'table', 'chart'],
  },
  {
    room: 'runtime',
    below: ['insight', 'runs', 'api'],
    rows: [
      'fields',
      'status',
      'definition',
      'state',
      'platform',
      'results',
      'editor',
      'node',
      'long-running',
      'monitor',
    ],
  },
  {
    room: 'simulator',
    below: [],
    rows: [
      'content',
      'catalog',
      'answers',
      'scripts',
      'traffic',
      'definition',
      'model',
      'logs',
      'jobs',
      'api',
      'control',
      'http',
    ],
  },
];

const unnamed = rooms.map(({ room, rows }) => ({
  name: `${room}-has-rows`,
  comment: `this folder has no place yet in the row of ${room} in .dependency-cruiser.mjs: say there what it stands on`,
  severity: 'error',
  from: { path: `^src/${room}/[^/]+/`, pathNot: `^src/${room}/(${rows.join('|')})/` },
  to: {},
}));

const upward = rooms.map(({ room, below }) => ({
  name: `${room}-looks-down`,
  comment: `${room} imports ${below.length > 0 ? `only from itself, ${below.join(' and ')}` : 'from no other room'}: nodes -> runtime -> runs -> api, insight beside runs`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: {
    path: '^(src|nodes)/',
    pathNot: `^src/(${[room, ...below].join('|')})/`,
    dependencyTypesNot: ['dynamic-import'],
  },
}));

const sideways = rooms.flatMap(({ room, rows }) =>
  rows.map((row, place) => ({
    name: `${room}-${row}-looks-down`,
    comment: `within ${room}, ${row} imports ${place > 0 ? `only from what stands before it: ${rows.slice(0, place).join(', ')}` : 'from no other sub-room'}`,
    severity: 'error',
    from: { path: `^src/${room}/${row}/` },
    to: { path: `^src/${room}/`, pathNot: `^src/${room}/(${rows.slice(0, place + 1).join('|')})/` },
  })),
);

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'these files import each other in a circle: put what both need into a file of its own',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-node-red-below-runtime',
      comment: 'api, runs and insight know nothing of Node-RED',
      severity: 'error',
      from: { path: '^src/(api|runs|insight|simulator)/' },
      to: { path: '(^|/)node_modules/(@node-red|node-red)/|^node-red$' },
    },
    {
      name: 'a-place-for-everything',
      comment: 'each file of api, runs, insight and runtime lies in a sub-room',
      severity: 'error',
      from: { path: '^src/(api|runs|insight|runtime)/[^/]+\\.ts$' },
      to: {},
    },
    {
      name: 'insight-brings-no-code-of-others',
      comment:
        'insight is loaded from files of its own, beside which no other room is packed: it takes types alone',
      severity: 'error',
      from: { path: '^src/insight/' },
      to: { path: '^src/(api|runs)/', dependencyTypesNot: ['type-only'] },
    },
    ...unnamed,
    ...upward,
    ...sideways,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    includeOnly: '^(src|nodes)/|node-red',
  },
};
