import 'should';
import { createRedactor } from '../../src/api/errors/redactor';
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
