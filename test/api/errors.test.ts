import should from 'should';
import { kindOf, RescaleError, type ErrorKind } from '../../src/api/errors/errors';
import { clientOf, failure, json, reset, startServer, text, type Answer } from './scripted-server';

describe('The kind of an error', () => {
  const cases: [string, Answer, 'get' | 'stop', ErrorKind][] = [
    ['a refused key', json({ detail: 'Invalid token.' }, 401), 'get', 'refused'],
    ['what does not exist', json({ detail: 'Not found.' }, 404), 'get', 'refused'],
    ['a bad request', json({ detail: 'no' }, 400), 'stop', 'refused'],
    ['a fault of the platform', text('', 500), 'get', 'transient'],
    ['an answer that is not the API’s', text('<html>'), 'get', 'transient'],
    ['a reset while reading', reset, 'get', 'transient'],
    ['a lost answer to a stop', reset, 'stop', 'unsettled'],
    ['a fault of the platform after a stop', text('', 503), 'stop', 'unsettled'],
  ];
  for (const [what, answer, call, kind] of cases) {
    it(`of ${what} is ${kind}`, async () => {
      const server = await startServer(answer);
      const client = clientOf(server, { patience: 200 });
      const error = await failure(call === 'get' ? client.getRun('a', '1') : client.stopRun('a', '1'));
      error.should.have.property('kind', kind);
      client.close();
      await server.close();
    });
  }

  it('of what is not ours is fatal', () => {
    kindOf(new TypeError('x')).should.equal('fatal');
    kindOf(undefined).should.equal('fatal');
    kindOf(new RescaleError('RESCALE_CLOSED', 'closed')).should.equal('fatal');
    should(new RescaleError('RESCALE_NETWORK', 'network-broken', {}).kind).equal('transient');
  });
});

describe('The sentence of an error', () => {
  it('says in the 80 letters that the debug sidebar shows what is to be done about a refused key', () => {
    const { message } = new RescaleError('RESCALE_AUTH', 'auth', {
      platform: 'https://platform.rescale.com',
      status: 401,
    });
    message.slice(0, 80).should.match(/refused the API key \(HTTP 401\)\. Check the key/);
  });
});
