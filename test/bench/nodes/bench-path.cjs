// Tells which functions of the package ran, by the count that V8 itself keeps.
const { readFileSync } = require('node:fs');
const { fileURLToPath } = require('node:url');
const { Session } = require('node:inspector/promises');

const ours = /[\\/]@rescale-flows[\\/]node-red-rescale[\\/]dist[\\/](.*)$/;

/** In the file that all nodes are bundled into: where each source begins. */
function sourcesIn(url) {
  const text = readFileSync(fileURLToPath(url), 'utf8');
  // The modules may lie elsewhere, where node_modules is a link.
  return [...text.matchAll(/^\/\/ ((?:src|nodes|\S*node_modules)\/\S+)$/gm)].map(({ 1: source, index }) => ({
    source,
    from: index,
  }));
}

module.exports = (RED) => {
  let session = null;

  /** From here on is counted. */
  RED.httpAdmin.post('/bench/path/begin', async (_request, response) => {
    session ??= new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    await session.post('Profiler.takePreciseCoverage');
    response.json({});
  });

  /** What ran since, by file: the name of each function, and how often. */
  RED.httpAdmin.post('/bench/path/end', async (_request, response) => {
    const { result } = await session.post('Profiler.takePreciseCoverage');
    session.disconnect();
    session = null;
    const files = {};
    for (const { url, functions } of result) {
      const file = ours.exec(url)?.[1]?.replaceAll('\\', '/');
      const ran = functions
        .filter(({ ranges: [whole] }) => whole.count > 0)
        .map(({ functionName, ranges: [whole] }) => ({
          name: functionName || '(anonymous)',
          at: whole.startOffset,
          calls: whole.count,
        }));
      if (!file) continue;
      const sources = file === 'nodes/palette.js' ? sourcesIn(url) : [];
      for (const one of ran) {
        const source = sources.findLast(({ from }) => from <= one.at)?.source ?? file;
        if (!source.includes('node_modules/')) (files[source] ??= []).push(one);
      }
    }
    response.json(files);
  });
};
