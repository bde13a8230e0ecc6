import 'should';
import fc from 'fast-check';
import * as v from 'valibot';
import { readStored, toStored, type StoredFormat } from '../../src/runs/tasks/stored-format';

/** Version 1 had seconds, version 2 milliseconds, version 3 has a unit. */
const format: StoredFormat<{ span: { amount: number; unit: string } }> = {
  migrations: [
    ({ seconds, ...rest }) => ({ ...rest, span: (seconds as number) * 1000 }),
    ({ span }) => ({ span: { amount: span, unit: 'ms' } }),
  ],
  schema: v.object({ span: v.object({ amount: v.number(), unit: v.string() }) }),
};

describe('The format of stored state', () => {
  it('lifts an item of any version before', () => {
    const value = { span: { amount: 5000, unit: 'ms' } };
    readStored(format, { seconds: 5 }).should.eql({ value, unreadable: null });
    readStored(format, { version: 1, seconds: 5 }).should.eql({ value, unreadable: null });
    readStored(format, { version: 2, span: 5000 }).should.eql({ value, unreadable: null });
    readStored(format, toStored(format, value)).should.eql({ value, unreadable: null });
  });

  it('tells the state of a later version from damage', () => {
    readStored(format, { version: 4, span: 'PT5S' }).should.eql({ unreadable: 'later' });
    for (const odd of [
      null,
      7,
      'text',
      [],
      {},
      { version: 'two' },
      { version: 0 },
      { version: 2.5, span: 1 },
    ]) {
      readStored(format, odd).should.eql({ unreadable: 'damaged' });
    }
  });

  it('takes a migration that meets what its version never wrote for damage', () => {
    const strict = {
      ...format,
      migrations: [
        () => {
          throw new Error('no such thing');
        },
      ],
    };
    readStored(strict, { seconds: 5 }).should.eql({ unreadable: 'damaged' });
  });

  it('never throws, whatever is stored', () => {
    fc.assert(
      fc.property(fc.anything(), (stored) => {
        readStored(format, stored).should.have.property('unreadable');
      }),
    );
  });
});
