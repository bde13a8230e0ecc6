import 'should';
import { onEscapedFault } from '../../src/api/errors/guard';
import { createKeyRedactor, createRedactor, HIDDEN, neverFailing } from '../../src/api/errors/redactor';
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

  for (const [where, text, left] of [
    ['at the end', 'You may not use the queue main', 'You may not use the queue …'],
    ['at the start', 'main is no queue of yours', '… is no queue of yours'],
    ['alone', 'main', '…'],
    ['at the end, and is the end of a longer one', 'no such host: e.com', 'no such host: …'],
  ] as const) {
    it(`is taken out when it is short beside a longer one and stands ${where}`, () => {
      createRedactor(['main', '27000@licence-host.example', 'e.com'])(text).should.equal(left);
    });
  }

  it('is withheld with all that stands around it where it can’t be cut, which is noted without it', () => {
    const noted: unknown[] = [];
    const stop = onEscapedFault((fault) => noted.push(fault));
    const fail = () => {
      throw new RangeError(`no ${SECRET}`);
    };
    neverFailing(fail)(`bad ${SECRET}`).should.equal(HIDDEN);
    neverFailing(() => fail)(`bad ${SECRET}`).should.equal(HIDDEN);
    stop();
    noted.length.should.equal(2);
    for (const fault of noted) (fault as Error).stack!.should.match(/ at fail/).and.not.containEql(SECRET);
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
  const each = (key: string, write: (code: number) => string, between: string) =>
    [...key].map((letter) => write(letter.charCodeAt(0))).join(between);
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  /** What may be left of it: at its ends, where a part gives away less than four letters. */
  const span = (written: string) => Math.max(9, Math.ceil((written.length * 4) / KEY.length));

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
    'in octal escapes': (key: string) => each(key, (code) => `\\${code.toString(8)}`, ''),
    'in octal escapes of three digits': (key: string) =>
      each(key, (code) => `\\${code.toString(8).padStart(3, '0')}`, ''),
    'in octal escapes, escaped': (key: string) => each(key, (code) => `\\\\0${code.toString(8)}`, ''),
    'in braces, as JavaScript': (key: string) => each(key, (code) => `\\u{${code.toString(16)}}`, ''),
    'in braces, as Perl': (key: string) => each(key, (code) => `\\x{${code.toString(16)}}`, ''),
    'in octal braces': (key: string) => each(key, (code) => `\\o{${code.toString(8)}}`, ''),
    'as wide C escapes': (key: string) => each(key, (code) => `\\U${code.toString(16).padStart(8, '0')}`, ''),
    'as escape() has it': (key: string) => each(key, (code) => `%u${code.toString(16).padStart(4, '0')}`, ''),
    'as code points': (key: string) =>
      each(key, (code) => `U+${code.toString(16).padStart(4, '0').toUpperCase()}`, ' '),
    'html without its end': (key: string) => each(key, (code) => `&#${code}`, ''),
    'as a list of bytes': (key: string) => `[${each(key, String, ', ')}]`,
    'as a list of bytes, three digits each': (key: string) =>
      each(key, (code) => String(code).padStart(3, '0'), ' '),
    'as a list in hexadecimal': (key: string) => each(key, (code) => `0x${code.toString(16)}`, ', '),
    'as a dump': (key: string) => each(key, (code) => code.toString(16), ' '),
    'as a list in octal': (key: string) => each(key, (code) => `0${code.toString(8)}`, ', '),
    'as od has it': (key: string) => each(key, (code) => code.toString(8).padStart(3, '0'), ' '),
    'as a list in octal, as Python': (key: string) => each(key, (code) => `0o${code.toString(8)}`, ', '),
    'quoted-printable': (key: string) => each(key, (code) => `=${code.toString(16).toUpperCase()}`, ''),
    'in full-width letters': (key: string) => each(key, (code) => String.fromCharCode(code + 0xfee0), ''),
    'in letters of formulas': (key: string) =>
      [...key]
        .map((c) => String.fromCodePoint(/\d/.test(c) ? 0x1d7ce + Number(c) : 0x1d41a + c.charCodeAt(0) - 97))
        .join(''),
    'base64 twice': twice(base64),
    'base64 twice, behind one and two letters': (key: string) => base64(`xy${base64(`x${key}`)}`),
    'in hexadecimal of UTF-16': (key: string) => Buffer.from(key, 'utf16le').toString('hex'),
    'in hexadecimal of UTF-16, big end first': (key: string) =>
      Buffer.from(key, 'utf16le').swap16().toString('hex'),
    'as a list of the bytes of UTF-16': (key: string) => [...Buffer.from(key, 'utf16le')].join(','),
    'in base64 of UTF-16, as PowerShell': (key: string) =>
      Buffer.from(`-k ${key}`, 'utf16le').toString('base64'),
    'in UTF-16': (key: string) => each(key, (code) => `${String.fromCharCode(code)}\0`, ''),
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
        for (let start = 0; start + span(written) <= written.length; start += 1) {
          left.should.not.containEql(written.slice(start, start + span(written)));
        }
        words.length.should.be.below(30);
      }
    });
  }

  it('leaves what is not of it alone', () => {
    for (const words of [
      'No core type emerald: 12345678 of 87654321, see https://docs.example/%20a&amp;b.',
      'It ended at 2026-11-29T11:25:57.123456Z after 102 57 99 49 s, see C:\\103\\u2014 and 0x00, 0x61, 0x62.',
      'Bytes: 3, 5, 102, 97, 34, 0; 00000000 00000000 11111111; \\0\\0\\0 ünïcödé ½ Ⓡ &nope; &#xe9; 日本語。',
    ])
      createKeyRedactor(KEY)(words).should.equal(words);
  });
});
