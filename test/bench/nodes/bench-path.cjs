// Tells which functions of the package ran, by the count that V8 itself keeps.
const { Session } = require('node:inspector/promises');

const ours = /[\\/]@rescale-flows[\\/]node-red-rescale[\\/]dist[\\/](.*)$/;

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
      if (file && ran.length > 0) files[file] = ran;
    }
    response.json(files);
  });
};
