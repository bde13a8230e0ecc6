import 'should';
import { createKeyRedactor, createRedactor } from '../../src/api/errors/redactor';
import { readApiRefusal } from '../../src/api/request/platform-message';

const SECRET = 'lic-9Zq"x\\y-SECRETkey';

describe('what nobody may see, in words of others', () => {
  const redact = createRedactor([SECRET, '27000@lic.example.com', '987654321987', 'pa\n  ss']);

  for (const [how, text] of Object.entries({
    'as it is': `bad ${SECRET} here`,
    'as JSON': `bad ${JSON.stringify({ LM: SECRET })} here`,
    'as JSON in JSON': `bad ${JSON.stringify(JSON.stringify({ LM: SECRET }))} here`,
    'as Python writes it': `bad '${SECRET.replaceAll('\\', '\\\\')}' here`,
    'as HTML': `bad ${SECRET.replaceAll('"', '&quot;').replaceAll('y', '&#121;')} here`,
    'in an address': `bad ?LM=${encodeURIComponent(SECRET)} here`,
    'as escapes': `bad ${SECRET.replaceAll('E', '\\u0045')} here`,
    'in capitals': `bad ${SECRET.toUpperCase()} here`,
    'cut at its end': `bad ${SECRET.slice(0, 14)}… here`,
    'cut at its beginning': 'bad …SECRETkey here',
    'as a number': 'bad 987654321987 here',
    'a part of it': 'bad host lic.example.com here',
  })) {
    it(`is taken out when it stands there ${how}`, () => {
      redact(text).should.startWith('bad ').and.endWith(' here').and.containEql('…');
      redact(text).should.not.match(/secret|9zq|example|9876543/i);
    });
  }

  it('leaves other words alone, and short values of which everything is full', () => {
    redact('No core type emerald in 2026.').should.equal('No core type emerald in 2026.');
    createRedactor(['1', 'yes', ''])('1 of 2: yes').should.equal('1 of 2: yes');
    createRedactor(['####'])('bad #### here').should.equal('bad … here');
  });

  it('goes before a sentence is cut short, so that no half of it is left', () => {
    const words = readApiRefusal(
      JSON.stringify({ detail: `${'w '.repeat(146)}${SECRET}` }),
      'token',
      redact,
    )!;
    words.should.match(/w …$/);
  });
});

describe('the key, in words of others', () => {
  const KEY = '3f9c1a7be2d84056aa91c0de77b1f2e4d5c60718';
  const twice = (escape: (text: string) => string) => (text: string) => escape(escape(text));
  const percent = (text: string) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('');
  const html = (text: string) => [...text].map((letter) => `&#${letter.codePointAt(0)};`).join('');
  const unicode = (text: string) =>
    [...text].map((letter) => `\\u${letter.codePointAt(0)!.toString(16).padStart(4, '0')}`).join('');
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  for (const [how, write] of Object.entries({
    'as it is': (key: string) => key,
    percent,
    'percent, twice': (key: string) => percent(key).replaceAll('%', '%25'),
    html,
    'html, twice': (key: string) => html(key).replaceAll('&', '&amp;'),
    'html in hexadecimal': (key: string) =>
      [...key].map((c) => `&#x${c.codePointAt(0)!.toString(16)};`).join(''),
    unicode,
    'unicode in JSON in JSON': (key: string) => twice(JSON.stringify)(unicode(key)),
    'as C escapes': (key: string) => [...key].map((c) => `\\x${c.codePointAt(0)!.toString(16)}`).join(''),
    'in hexadecimal': (key: string) => Buffer.from(key).toString('hex').toUpperCase(),
    base64,
    'in base64 for addresses': (key: string) => Buffer.from(`Token ${key}`).toString('base64url'),
    'base64, behind one letter': (key: string) => base64(`x${key}`),
    'base64, behind two letters': (key: string) => base64(`xy${key}`),
    'base64 of a log-in': (key: string) => base64(`user:${key}:more`),
    'base64 in lines': (key: string) => base64(`Token ${key}`).replace(/.{16}/g, '$&\n'),
    'in capitals': (key: string) => key.toUpperCase(),
    'the half of it': (key: string) => key.slice(20),
    'cut by a line break': (key: string) => `${key.slice(0, 13)}\r\n${key.slice(13)}`,
  })) {
    it(`is taken out of an error: ${how}`, () => {
      const written = write(KEY);
      for (const body of [{ detail: `bad ${written} here` }, { [`bad ${written} here`]: ['no'] }]) {
        const words = readApiRefusal(JSON.stringify(body), KEY)!;
        words.should.startWith('bad ').and.containEql('…').and.containEql(' here');
        const left = words.slice('bad '.length, words.indexOf(' here'));
        // What stands before or behind the key in base64 may stay.
        for (let start = 0; start + 9 <= written.length; start += 1) {
          left.should.not.containEql(written.slice(start, start + 9));
        }
        words.length.should.be.below(30);
      }
    });
  }

  it('leaves what is not of it alone', () => {
    const words = 'No core type emerald: 12345678 of 87654321, see https://docs.example/%20a&amp;b.';
    createKeyRedactor(KEY)(words).should.equal(words);
  });
});
