import 'should';
import { isRescaleError } from '../../src/api/errors/errors';
import { readPlatformSettings, type PlatformFields } from '../../src/runtime/platform/platform-settings';

const variables: Record<string, unknown> = {
  KEY: 'secret',
  REGION: 'eu',
  RATE: 0.5,
  EMPTY: '',
  BROKEN: 'two\nlines',
};
const read = (fields: PlatformFields) =>
  readPlatformSettings({ token: 't', ...fields }, (name) => variables[name]);

const refusal = (fields: PlatformFields): string => {
  try {
    read(fields);
  } catch (error) {
    if (!isRescaleError(error)) throw error;
    error.code.should.equal('RESCALE_CONFIG');
    return error.message;
  }
  throw new Error(`accepted: ${JSON.stringify(fields)}`);
};

describe('the settings of a platform', () => {
  it('have defaults for all but the key', () => {
    read({}).should.deepEqual({
      name: 'https://platform.rescale.com',
      simulated: false,
      origin: 'https://platform.rescale.com',
      apiVersion: 'v2',
      token: 't',
      timeout: 30_000,
      patience: 120_000,
      rate: null,
      readOnly: false,
      speed: 60,
    });
    read({ url: '', timeout: '', rate: '', apiVersion: '' }).should.deepEqual(read({}));
  });

  it('take numbers and texts', () => {
    read({
      timeout: '5',
      patience: 60,
      rate: '0',
      readOnly: 'true',
      apiVersion: 'v1',
      speed: 0,
    }).should.have.properties({
      timeout: 5000,
      patience: 60_000,
      rate: 0,
      readOnly: true,
      apiVersion: 'v1',
      speed: 0,
    });
  });

  for (const [url, origin] of [
    ['https://eu.rescale.com', 'https://eu.rescale.com'],
    [' https://EU.rescale.com/ ', 'https://eu.rescale.com'],
    ['https://rescale.example.com:8443', 'https://rescale.example.com:8443'],
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4000'],
    ['http://localhost:4000', 'http://localhost:4000'],
    ['http://[::1]:4000', 'http://[::1]:4000'],
    ['https://${REGION}.rescale.com', 'https://eu.rescale.com'],
  ] as const) {
    it(`accept ${url}`, () => {
      read({ url }).should.have.properties({ origin, name: origin });
    });
  }

  for (const url of [
    'http://eu.rescale.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
  ]) {
    it(`refuse ${url}, where the key could be read on the way`, () => {
      refusal({ url }).should.startWith('The API key is not sent over plain http');
    });
  }

  for (const url of [
    'ftp://eu.rescale.com',
    'eu.rescale.com',
    'https://eu.rescale.com/api/v2/',
    'https://eu.rescale.com?x=1',
    'https://eu.rescale.com#x',
    'https://user:secret@eu.rescale.com',
    'simulators',
    'javascript:alert(1)',
  ]) {
    it(`refuse ${url} and show no secret in it`, () => {
      refusal({ url }).should.startWith('The address of the platform').and.not.containEql('secret');
    });
  }

  it('need no key for the simulator', () => {
    read({ url: 'Simulator', token: undefined }).should.have.properties({
      name: 'simulator',
      simulated: true,
    });
  });

  it('name what is missing or can’t be used', () => {
    refusal({ token: '' }).should.equal('The platform has no API key. Open its settings and enter one.');
    refusal({ timeout: '0' }).should.equal('The platform’s Timeout must be > 0, ≤ 3600, but is 0.');
    refusal({ patience: 'long' }).should.containEql('Total time');
    refusal({ rate: '-1' }).should.containEql('Request rate');
    refusal({ apiVersion: 'v3' }).should.containEql('API version');
    refusal({ readOnly: 'perhaps' }).should.containEql('Read-only');
    refusal({ token: '${BROKEN}' }).should.not.containEql('two');
  });

  describe('with environment variables', () => {
    it('take them whole and in part, in any field', () => {
      read({ token: '${KEY}', rate: '${RATE}', url: 'https://${REGION}.rescale.com' }).should.have.properties(
        {
          token: 'secret',
          rate: 0.5,
          origin: 'https://eu.rescale.com',
        },
      );
      read({ token: 'a-${KEY}-b' }).token.should.equal('a-secret-b');
    });

    for (const fields of [
      { token: '${UNSET}' },
      { token: 'a${UNSET}b' },
      { token: '${EMPTY}' },
      { url: 'https://${UNSET}.com' },
      { rate: '${UNSET}' },
    ]) {
      it(`name the one that is not set in ${JSON.stringify(fields)}`, () => {
        refusal(fields).should.match(
          /environment variable (UNSET|EMPTY) is not set; the platform’s (API key|Address|Request rate) refers to it/,
        );
      });
    }
  });
});
