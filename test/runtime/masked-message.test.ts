import 'should';
import { secretsBrought } from '../../src/runs/jobs/secrets';
import { maskedMessage } from '../../src/runtime/state/masked-message';

const envVars = { LM: '27000@license', PIN: 987654321, KEY: 'q"uo\\te', TOKEN: '{{token}}' };

describe('a message on the disk while its job is made', () => {
  const message: Record<string, unknown> = {
    _msgid: '27000@license',
    payload: { name: 'beam', jobanalyses: [{ command: 'run', envVars }] },
    topic: 'kept',
    count: 7,
    copied: 'export LM=27000@license',
    asJson: JSON.stringify(envVars),
    pin: 987654321,
    bytes: Buffer.from('LM=27000@license'),
    others: new Map([['27000@license', new Set(['abc-token'])]]),
    when: new Date(0),
  };
  message['itself'] = message;
  const secrets = secretsBrought(message, {
    definition: message['payload'],
    tokens: { token: 'abc-token', speed: 'fast' },
  });
  const masked = maskedMessage(message, secrets);

  it('holds no value of the environment, nor of a token that stands in it', () => {
    const written = JSON.stringify(masked, (name, value: unknown) => (name === 'itself' ? undefined : value));
    written
      .replace('"_msgid":"27000@license"', '')
      .should.not.match(/27000@license|987654321|uo\\+te|abc-token/);
    const others = masked['others'] as Map<string, Set<string>>;
    [...others].should.deepEqual([['…', new Set(['…'])]]);
    masked['bytes']!.should.equal('…');
  });

  it('is otherwise as it was', () => {
    masked.should.containEql({ _msgid: '27000@license', topic: 'kept', count: 7 });
    (masked['when'] as Date).getTime().should.equal(0);
    (masked['itself'] as { topic: string }).topic.should.equal('kept');
    secrets.should.not.containEql('fast');
    (message['payload'] as { jobanalyses: unknown[] }).jobanalyses.should.deepEqual([
      { command: 'run', envVars },
    ]);
    maskedMessage(message, []).should.equal(message);
  });

  it('holds no token of a job that is cloned, whose environment is not known yet', () => {
    secretsBrought({}, { definition: undefined, tokens: { key: 'abc-token' } }).should.deepEqual([
      'abc-token',
    ]);
  });
});
