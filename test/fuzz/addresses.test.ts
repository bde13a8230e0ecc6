import 'should';
import fc from 'fast-check';

import { filePathSegments, idSegment, readNext, redirectTarget } from '../../src/api/http/addresses';
import { isRescaleError } from '../../src/api/errors/errors';
import { nasty, nastyPath } from './arbitraries';
import { bounded } from './runs';

const ORIGIN = 'https://platform.rescale.com';
const BASE = `${ORIGIN}/api/v2/jobs/`;

/** The address that a request would have, or null when the value is refused as it should be. */
function address(make: () => string): URL | null {
  try {
    return new URL(make());
  } catch (error) {
    if (isRescaleError(error) && error.code === 'RESCALE_INPUT') return null;
    throw error;
  }
}

describe('whatever is asked for', () => {
  it('an id stays one part of a path below the API', () => {
    fc.assert(
      fc.property(nasty, (id) => {
        const url = address(() => `${BASE}${idSegment('jobId', id)}/runs/`);
        if (url === null) return;
        url.origin.should.equal(ORIGIN);
        url.pathname.should.match(/^\/api\/v2\/jobs\/[^/]+\/runs\/$/);
        url.search.should.equal('');
        url.hash.should.equal('');
      }),
      bounded(2000),
    );
  });

  it('a path stays below its run', () => {
    fc.assert(
      fc.property(nastyPath, (path) => {
        const url = address(() => `${BASE}X/runs/1/tail/${filePathSegments(path)}`);
        if (url === null) return;
        url.origin.should.equal(ORIGIN);
        url.pathname.should.startWith('/api/v2/jobs/X/runs/1/tail/');
        url.search.should.equal('');
        url.hash.should.equal('');
      }),
      bounded(2000),
    );
  });

  it('an id or path that is taken arrives as it was given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), (name) => {
        const url = address(() => `${BASE}${idSegment('jobId', name)}/`);
        if (url === null) return;
        decodeURIComponent(url.pathname.split('/')[4]!).should.equal(name);
      }),
      bounded(1000),
    );
  });
});

const link = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.tuple(fc.webUrl(), nasty).map(([url, part]) => `${url}?page=${part}`),
  nastyPath,
  fc
    .tuple(
      fc.constantFrom('javascript:', 'data:', 'file://', 'ftp://', 'HTTPS://', '//', 'http:/', ''),
      nastyPath,
    )
    .map(([scheme, rest]) => scheme + rest),
);

describe('whatever the platform links to', () => {
  it('a next leads to nothing but a page of the same list', () => {
    fc.assert(
      fc.property(fc.oneof(link, fc.anything()), (next) => {
        const read = readNext(next);
        if (read === null) return;
        if (read.page !== null) Number.isSafeInteger(read.page).should.be.true();
        for (const value of Object.values(read.others)) value.should.be.a.String();
      }),
      bounded(3000),
    );
  });

  it('a redirect leads to the origin, or for contents elsewhere without the key', () => {
    fc.assert(
      fc.property(link, fc.boolean(), (location, contents) => {
        const target = redirectTarget(location, `${BASE}X/runs/1/`, ORIGIN, contents);
        if (target === null) return;
        const url = new URL(target.url);
        if (target.withToken) url.origin.should.equal(ORIGIN);
        else {
          contents.should.be.true();
          const loopback = /^(localhost|\[::1\]|127(\.\d+){3})$/.test(url.hostname);
          (url.protocol === 'https:' || loopback).should.be.true();
          url.username.should.equal('');
          url.password.should.equal('');
        }
      }),
      bounded(3000),
    );
  });
});
