import 'should';
import fc from 'fast-check';
import { onEscapedFault } from '../../src/api/errors/guard';
import { createKeyRedactor, createRedactor, HIDDEN } from '../../src/api/errors/redactor';
import { messageOfValue, readApiMessage, readApiRefusal } from '../../src/api/request/platform-message';
import { json, nasty } from './arbitraries';
import { bounded } from './runs';

/** Few letters, so that secrets repeat, overlap and are parts of one another. */
const alike = fc.stringMatching(/^[ab1]{1,24}$/);
const secret = fc.oneof(
  { weight: 3, arbitrary: alike },
  { weight: 2, arbitrary: fc.stringMatching(/^[A-Za-z0-9@._-]{1,40}$/) },
  { weight: 1, arbitrary: nasty },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'ﬃﬃ',
      'İstanbul',
      '𝒌𝒆𝒚𝒌𝒆𝒚',
      '%41%42%43%44',
      '\\u0041bcd',
      '&#65;bcd',
      'ｋｅｙｋ',
    ),
  },
);
const secrets = fc.array(secret, { minLength: 1, maxLength: 5 });

/** Texts in which secrets and parts of them stand anywhere: at the end, at the start, in one another, escaped. */
const wordsOf = (known: readonly string[]) => {
  const part = fc
    .tuple(fc.constantFrom(...known), fc.nat(40), fc.nat(40))
    .map(([one, from, length]) => one.slice(from % (one.length + 1)).slice(0, length));
  const piece = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...known) },
    { weight: 3, arbitrary: part },
    { weight: 1, arbitrary: part.map((text) => JSON.stringify(text)) },
    { weight: 1, arbitrary: part.map((text) => Buffer.from(text).toString('base64')) },
    { weight: 1, arbitrary: part.map((text) => Buffer.from(text).toString('hex')) },
    { weight: 2, arbitrary: nasty },
    { weight: 2, arbitrary: fc.constantFrom(' ', '. ', '…', '%', '\\', '&', 'the queue ') },
  );
  return fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
};
const withWords = secrets.chain((known) => fc.tuple(fc.constant(known), wordsOf(known)));

describe('whatever others say', () => {
  const faults: unknown[] = [];
  let stop = () => {};
  before(() => {
    stop = onEscapedFault((fault) => faults.push(fault));
  });
  after(() => stop());
  const noFault = () => {
    for (const fault of faults.splice(0)) throw fault;
  };

  it('secrets are cut out of it, and nothing fails', () => {
    fc.assert(
      fc.property(withWords, ([known, words]) => {
        const left = createRedactor(known)(words);
        noFault();
        for (const one of known)
          if (/^[\da-z]{4,}$/i.test(one)) left.toLowerCase().should.not.containEql(one.toLowerCase());
      }),
      bounded(3000),
    );
  });

  it('a key is cut out of it, and nothing fails', () => {
    fc.assert(
      fc.property(withWords, ([[key], words]) => {
        const left = createKeyRedactor(key!)(words);
        noFault();
        if (/^[\da-z]{8,}$/i.test(key!)) left.toLowerCase().should.not.containEql(key!.toLowerCase());
      }),
      bounded(1000),
    );
  });

  it('what stands around a secret at the end or the start of it stays', () => {
    const plain = fc.stringMatching(/^[c-z]{4,24}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(plain, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        fc.boolean(),
        (known, at, last) => {
          const one = known[at % known.length]!;
          const redact = createRedactor(known);
          redact(last ? `AB 12 ${one}` : `${one} AB 12`).should.equal(
            last ? `AB 12 ${HIDDEN}` : `${HIDDEN} AB 12`,
          );
          noFault();
        },
      ),
      bounded(2000),
    );
  });

  it('there is a text to show of an answer that says it', () => {
    fc.assert(
      fc.property(withWords, json, fc.nat(2), ([known, words], odd, form) => {
        const [key = ''] = known;
        const said = [{ detail: words }, { name: [words], odd }, words][form];
        messageOfValue(said, key, createRedactor(known)).should.be.a.String();
        for (const read of [readApiMessage, readApiRefusal]) {
          const text = read(JSON.stringify(said), key, createRedactor(known));
          if (text !== null) text.should.be.a.String();
        }
        noFault();
      }),
      bounded(1000),
    );
  });
});
