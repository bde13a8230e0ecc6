import should from 'should';

import type { NodeConfig } from '../../src/runtime/fields/fields';
import { currentVersion, migrate, type Migration } from '../../src/runtime/fields/migrations';

const config = (properties: Record<string, unknown>) => properties as NodeConfig;

describe('Migrations', () => {
  const rename: Migration = ({ old, ...rest }) => config({ ...rest, renamed: old });
  const double: Migration = (older) => config({ ...older, renamed: Number(older['renamed']) * 2 });
  const history = { 'rescale-example': [rename, double] };
  const lift = (properties: Record<string, unknown>) =>
    migrate('rescale-example', config(properties), history);

  it('begin at version 1', () => {
    currentVersion('rescale-other', history).should.equal(1);
    currentVersion('rescale-example', history).should.equal(3);
  });

  it('take each step that an older configuration has missed, in order', () => {
    lift({ version: 1, old: 4, kept: 'a' }).should.eql({ version: 3, renamed: 8, kept: 'a' });
    lift({ version: 2, renamed: 4 }).should.eql({ version: 3, renamed: 8 });
    lift({ version: '2', renamed: 4 }).should.eql({ version: 3, renamed: 8 });
  });

  it('take what was written by hand for the base', () => {
    lift({ old: 1 }).should.eql({ version: 3, renamed: 2 });
    lift({ version: 'odd', old: 1 }).should.eql({ version: 3, renamed: 2 });
  });

  it('leave alone what is current, or newer than this package', () => {
    for (const version of [3, 4]) {
      const stored = config({ version, renamed: 1 });
      lift(stored).should.equal(stored);
    }
  });

  it('never change what they were given', () => {
    const stored = Object.freeze(config({ version: 1, old: 4 }));
    lift(stored);
    stored.should.eql({ version: 1, old: 4 });
  });

  it('take the rate that version 1 of the platform stored unasked for blank, and keep any other', () => {
    const rate = (stored: Record<string, unknown>) => migrate('rescale-platform', config(stored))['rate'];
    should(rate({ version: 1, rate: 1.7 })).equal('');
    should(rate({ rate: '1.7' })).equal('');
    should(rate({ version: 1, rate: 3 })).equal(3);
    should(rate({ version: 2, rate: 1.7 })).equal(1.7);
  });
});
