import fc from 'fast-check';
import should from 'should';
import {
  checkOrigin,
  filePathSegments,
  idSegment,
  queryText,
  readNext,
  redirectTarget,
} from '../../src/api/http/addresses';
import { isRescaleError } from '../../src/api/errors/errors';

const orCode = (make: () => string): string => {
  try {
    return make();
  } catch (error) {
    if (isRescaleError(error)) return error.code;
    throw error;
  }
};

/** As the platform takes it apart again. */
const decoded = (path: string) => path.split('/').map(decodeURIComponent);

describe('Addresses', () => {
  it('carry any id as one segment that is decoded to the same id, or refuse it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'binary' }),
          fc.constantFrom('%2e%2e', '%2F', 'é', '..;', '.'),
        ),
        (id) => {
          const segment = orCode(() => idSegment('jobId', id));
          if (segment === 'RESCALE_INPUT') return;
          const url = new URL(`https://platform.rescale.com/api/v2/jobs/${segment}/runs/`);
          url.pathname.should.equal(`/api/v2/jobs/${segment}/runs/`);
          decoded(segment).should.deepEqual([id]);
        },
      ),
    );
  });

  it('carry any file path inside the working directory, or refuse it', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('..', '.', '', 'a b', '%', '?', '#', '\\', '%2e%2e', 'ü', 'run 1'),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const path = parts.join('/');
        const encoded = orCode(() => filePathSegments(path));
        if (encoded === 'RESCALE_INPUT') return;
        const url = new URL(`https://platform.rescale.com/tail/${encoded}?lines=5`);
        url.pathname.should.equal(`/tail/${encoded}`);
        url.search.should.equal('?lines=5');
        encoded.should.not.endWith('/');
        decoded(encoded).should.deepEqual(
          path.split('/').filter((segment) => segment !== '' && segment !== '.'),
        );
      }),
    );
  });

  it('never lead the token to another origin, whatever a redirect says', () => {
    const origins = ['https://platform.rescale.com', 'http://127.0.0.1:8080', 'https://rescale.example:8443'];
    const location = fc.oneof(
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc.string(),
      fc.constantFrom(
        '//evil.example/api/v2/',
        'https://platform.rescale.com\\@evil.example/api/',
        'http:evil.example',
        '\t//evil.example',
      ),
    );
    fc.assert(
      fc.property(location, fc.constantFrom(...origins), fc.boolean(), (to, origin, contents) => {
        const target = redirectTarget(to, `${origin}/api/v2/files/f/contents/`, origin, contents);
        if (!target) return;
        const url = new URL(target.url);
        if (target.withToken) url.origin.should.equal(origin);
        else {
          contents.should.be.true();
          (
            url.protocol === 'https:' ||
            url.hostname === '127.0.0.1' ||
            url.hostname === 'localhost'
          ).should.be.true();
        }
      }),
    );
  });

  it('take from `next` no more than what its query says', () => {
    fc.assert(
      fc.property(fc.anything(), (next) => {
        const link = readNext(next);
        if (typeof next !== 'string') should(link).be.null();
      }),
    );
    should(readNext('https://Evil.example/x/?page=3&page_size=10&search=a#z')).deepEqual({
      page: 3,
      others: { search: 'a' },
    });
    should(readNext('?page=-1')).deepEqual({ page: null, others: {} });
    should(readNext(' ')).be.null();
  });

  it('have the origin in one form', () => {
    checkOrigin(' HTTPS://Platform.Rescale.COM:443/ ').should.equal('https://platform.rescale.com');
    checkOrigin('http://[::1]:80/').should.equal('http://[::1]');
  });

  it('tell what can’t be used without showing a secret', () => {
    const message = (make: () => unknown): string => {
      try {
        make();
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    message(() => checkOrigin('https://user:secret@host/x?token=secret')).should.not.match(/secret/);
    message(() => idSegment('jobId', 'a/b\n'.repeat(100))).length.should.be.below(200);
  });

  it('have a query only when there is something to ask', () => {
    queryText({}).should.equal('');
    queryText({ a: undefined }).should.equal('');
    queryText({ lines: 5, search: 'a&b=c d' }).should.equal('?lines=5&search=a%26b%3Dc%20d');
  });
});
