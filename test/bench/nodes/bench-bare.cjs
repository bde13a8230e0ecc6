// The least that work of this kind can cost inside Node-RED: node:http by hand, with nothing that a user would want of a node.
const { createHash } = require('node:crypto');
const { createWriteStream } = require('node:fs');
const http = require('node:http');
const { Transform } = require('node:stream');
const { pipeline } = require('node:stream/promises');

const headers = { authorization: 'Token simulator' };

function get(url, agent) {
  return new Promise((resolve, reject) => {
    http
      .get(url, { agent, headers }, (response) => {
        if (response.statusCode === 200) resolve(response);
        else reject(new Error(`${response.statusCode} ${url}`));
      })
      .on('error', reject);
  });
}

async function json(url, agent) {
  const response = await get(url, agent);
  const pieces = [];
  for await (const piece of response) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString());
}

const does = {
  /** Only the way through Node-RED. */
  nothing: () => undefined,

  get: ({ url, agent }) => json(url, agent),

  /** The first page says how many there are; all others then at once, over all connections that the palette allows itself. */
  async list({ url, agent, pageSize }) {
    const first = await json(`${url}?page_size=${pageSize}`, agent);
    const pages = [first];
    const last = Math.ceil(first.count / pageSize);
    let next = 2;
    const reader = async () => {
      while (next <= last) {
        const page = next;
        next += 1;
        pages[page - 1] = await json(`${url}?page=${page}&page_size=${pageSize}`, agent);
      }
    };
    await Promise.all(Array.from({ length: 8 }, reader));
    return pages.flatMap(({ results }) => results);
  },

  /** A stream to a file, with the checksum that the platform tells. */
  async download({ url, agent, file }) {
    const hash = createHash('sha512');
    const digest = new Transform({
      transform(piece, _encoding, callback) {
        hash.update(piece);
        callback(null, piece);
      },
    });
    await pipeline(await get(url, agent), digest, createWriteStream(file));
    return { file, checksum: hash.digest('hex') };
  },
};

module.exports = (RED) => {
  RED.nodes.registerType('bench-bare', function (config) {
    RED.nodes.createNode(this, config);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
    this.on('close', () => agent.destroy());
    this.on('input', (message, send, done) => {
      Promise.resolve(does[config.does]({ ...config, agent }))
        .then((payload) => {
          send({ ...message, payload });
          done();
        })
        .catch(done);
    });
  });
};
