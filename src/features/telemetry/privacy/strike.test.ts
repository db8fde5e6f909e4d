import { expect, test } from 'vitest';
import { BuiltIn, noRedaction, type Redaction } from './model.ts';
import { strikerOf } from './strike.ts';

const everything: Redaction = { ...noRedaction, patterns: BuiltIn.options };
function strike(text: string, redaction: Redaction = everything) {
  const struck = new Map<string, number>();
  return [strikerOf(redaction)(text, struck), Object.fromEntries(struck)] as const;
}

test('addresses, numbers and keys are struck wherever they stand in a text', () => {
  const cases: [string, string, string][] = [
    ['email', 'mail anna.müller+x@sub.example.co.uk, now', 'mail [email struck], now'],
    ['email', '{"from":"a@b.de"}', '{"from":"[email struck]"}'],
    ['phone', 'call +49 (30) 1234-5678 or +4915112345678.', 'call [phone struck] or [phone struck].'],
    ['phone', 'ring 030 12345678, 0171/2345678 or (555) 123-4567', 'ring [phone struck], [phone struck] or [phone struck]'],
    ['phone', '555-123-4567', '[phone struck]'],
    ['card', 'card 4111 1111 1111 1111, 5500-0000-0000-0004', 'card [card struck], [card struck]'],
    ['card', 'amex 378282246310005', 'amex [card struck]'],
    ['iban', 'DE89 3704 0044 0532 0130 00 PLEASE PAY', '[iban struck] PLEASE PAY'],
    ['iban', 'to GB82WEST12345698765432 and nl91abna0417164300', 'to [iban struck] and [iban struck]'],
    ['secret', `key sk-proj-${'a1B2'.repeat(10)}`, 'key [secret struck]'],
    ['secret', 'AKIAIOSFODNN7EXAMPLE', '[secret struck]'],
    ['secret', `ghp_${'a1'.repeat(18)} xoxb-1234567890-abc`, '[secret struck] [secret struck]'],
    ['secret', `stwc_${'a1'.repeat(20)}`, '[secret struck]'],
    ['secret', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP', '[secret struck]'],
    ['secret', '{"api_key": "abcdef1234567890"}', '{"api_key": "[secret struck]"}'],
    ['secret', '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----', '[secret struck]'],
  ];
  for (const [name, text, expected] of cases) {
    const [out, struck] = strike(text);
    expect(out).toBe(expected);
    expect(Object.keys(struck)).toEqual([name]);
  }
  expect(strike('a@b.de, c@d.de and +49 30 12345678')[1]).toEqual({ email: 2, phone: 1 });
});

test('other numbers and words stay', () => {
  const texts = [
    'order 4111 1111 1111 1112 of 2026-11-21T09:15:00.123456Z',
    'from 192.168.100.200:8080, 10.0.0.1, version 1.20.300',
    '0.123456789012 and 1234567890123456789, -12345.678',
    '{"trace":"0af7651916cd43dd8448eb211c80319c","at":1763716500000,"n":[1000,2000,3000]}',
    '7c9e6679-7425-40de-944b-e07fc1f90ae7',
    'DE12 3456 7890 1234 5678 91',
    'the secret ingredient is patience; a bearer of news',
    'an @ sign, user@host, task-management-for-everyone-in-the-house',
    '21.11.2026, 11/21/2026, 2026/11/21, 1 000 000',
  ];
  for (const text of texts) expect(strike(text)).toEqual([text, {}]);
});

test('only what is asked for, and own patterns with their own names', () => {
  expect(strike('a@b.de 4111111111111111', { ...noRedaction, patterns: ['card'] })[0]).toBe('a@b.de [card struck]');
  const own = [{ name: 'staff-id', pattern: String.raw`(?i)\bemp-\d{6}\b` }];
  expect(strike('EMP-123456 and emp-654321, EMP-1', { ...noRedaction, own })).toEqual([
    '[staff-id struck] and [staff-id struck], EMP-1',
    { 'staff-id': 2 },
  ]);
  expect(strike('abc', { ...noRedaction, own: [{ name: 'none', pattern: 'x*' }] })).toEqual(['abc', {}]);
  expect(() => strikerOf({ ...noRedaction, own: [{ name: 'a', pattern: '(?=a)b' }] })).toThrow(/parsing regexp/);
});

const samples: Record<string, string> = {
  email: 'anna@example.com',
  phone: '+49 170 1234567',
  'phone from zero': '030 12345678',
  'phone of North America': '555-123-4567',
  card: '4111 1111 1111 1111',
  iban: 'DE89 3704 0044 0532 0130 00',
  'secret of a service': 'sk-proj-abcdefghijklmnopqrstuvwx1234',
  'secret of Amazon': 'AKIAIOSFODNN7EXAMPLE',
  'secret of GitHub': 'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
  'secret of Slack': 'xoxb-1234567890-abc',
  'secret of Google': `AIza${'a1B2c'.repeat(7)}`,
  'secret of Steward': `stwc_${'a1'.repeat(20)}`,
  'secret of PyPI': `pypi-${'a1'.repeat(20)}`,
  'secret that is a web token': 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP',
  'secret key': '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----',
  staff: 'EMP-123456',
};
const own = [{ name: 'staff', pattern: String.raw`\bEMP-\d{6}\b` }];

test.each(Object.entries(samples))('in messages, %s is struck whatever it stands behind, and they stay JSON', (what, sample) => {
  const name = what.split(' ')[0]!;
  for (const behind of ['\n', '\t', '\r\n', '\u2028', '"', '\\', ' ', ''])
    for (const before of ['\n', '\t', '"', ''])
      for (const ascii of [false, true]) {
        const content = `Write to:${behind}${sample}${before}`;
        const shown = `Write to:${behind}[${name} struck]${before}`;
        const asSent = (value: unknown) => {
          const json = JSON.stringify(value);
          // As Python writes it, and as nobody need write it.
          return ascii ? json.replace(/[^ -~]/g, escaped).replaceAll(String.raw`\n`, String.raw`\u000a`) : json;
        };
        const [out] = strike(asSent([{ role: 'user', content }]), { ...everything, own });
        expect(JSON.parse(out)).toEqual([{ role: 'user', content: shown }]);
        // The arguments of a tool: JSON in JSON.
        const [nested] = strike(asSent([{ arguments: JSON.stringify({ content }) }]), { ...everything, own });
        const [call] = JSON.parse(nested) as { arguments: string }[];
        expect(JSON.parse(call!.arguments)).toEqual({ content: shown });
        // Cut in its middle, it is no JSON any more.
        const [cut] = strike(`${asSent([{ role: 'user', content }]).slice(0, -3)} [9 bytes cut]`, { ...everything, own });
        expect(cut).toContain(`[${name} struck]`);
      }
});

const escaped = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;

test('JSON stays JSON, and what nothing is struck from stays as it was written', () => {
  const cases: [string, string][] = [
    [String.raw`[{"content":"m\u00fcller@example.com"}]`, '[{"content":"[email struck]"}]'],
    ['{ "card": 4111111111111111, "n": 1.0 }', '{ "card": "[card struck]", "n": 1.0 }'],
    ['{"a@b.de":[1e2,"c@d.de"]}', '{"[email struck]":[1e2,"[email struck]"]}'],
    ['{"api_key": "abcdef1234567890"}', '{"api_key": "[secret struck]"}'],
    [String.raw`"{\"api_key\":\"abcdef1234567890\"}"`, String.raw`"{\"api_key\":\"[secret struck]\"}"`],
    [String.raw`["C:\\new\\a@b.de\\"]`, String.raw`["C:\\new\\[email struck]\\"]`],
    ['{"big":12345678901234567890,"a":"\\u00e9"}', '{"big":12345678901234567890,"a":"\\u00e9"}'],
  ];
  for (const [json, expected] of cases) expect(strike(json)[0]).toBe(expected);
});

test('an own pattern may reach over several values, or ask for a backslash', () => {
  const owns = (pattern: string) => ({ ...noRedaction, own: [{ name: 'own', pattern }] });
  expect(strike('{"ssn":"123","pin": 1234}', owns(String.raw`"ssn":"\d+"`))[0]).toBe(
    '{"[own struck]":"[own struck]","pin": 1234}',
  );
  expect(strike('{"ssn":"123","pin": 1234}', owns(String.raw`"pin": \d+`))[0]).toBe(
    '{"ssn":"123","[own struck]": "[own struck]"}',
  );
  expect(strike(String.raw`by CORP\nina`, owns(String.raw`CORP\\\w+`))[0]).toBe('by [own struck]');
  expect(strike(JSON.stringify([String.raw`by CORP\nina`]), owns(String.raw`CORP\\\w+`))[0]).toBe('["by [own struck]"]');
  expect(strike('a@b.de and more', { ...everything, own: [{ name: 'own', pattern: '.+' }] })).toEqual([
    '[own struck]',
    { own: 1 },
  ]);
});

const bits = [
  'a|1|1 |00 |000000000 |a@|a@a.|+1(|+123456789 |(1|555-123-|DE89 |DE89a a|eyJ|eyJ-|eyJa.|sk-|-----BEGIN |secret: |secret=|a.',
  `id=1000000007919ms | ${'1'.repeat(44)}a| 0${'1 '.repeat(22)}a|+${'1'.repeat(44)}a|-----BEGIN PRIVATE KEY-----`,
  String.raw`${'a'.repeat(64)}@${`${'b'.repeat(63)}.`.repeat(8)}1 |\|\"|"|[{"a":"\n`,
];
const hostile = bits.flatMap((some) => some.split('|'));

/** The least of three, as others use the machine, too. */
function cpuOf(work: () => void): number {
  const costs = [1, 2, 3].map(() => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  return Math.min(...costs);
}

test('a hostile text takes time by its length alone', () => {
  const own = [{ name: 'evil', pattern: '(a+)+$' }];
  for (const bit of hostile) strikerOf({ ...everything, own })(bit.repeat(20_000 / bit.length), new Map());
});

test.each(hostile)('four times as much of %j is about four times the work', (bit) => {
  const striker = strikerOf(everything);
  const cost = (length: number) => cpuOf(() => striker(bit.repeat(length / bit.length), new Map()));
  // What is quadratic takes sixteen times as much; what is exponential is never done.
  expect(cost(80_000)).toBeLessThan(cost(20_000) * 10 + 50_000);
});

test('what a word processor puts between digits hides no number', () => {
  for (const space of ['\u00a0', '\u2009', '\u202f'])
    for (const sample of [samples.phone, samples.card, samples.iban, samples['phone from zero']])
      expect(strike(`it is ${sample!.replaceAll(' ', space)}.`)[0]).toMatch(/^it is \[\w+ struck]\.$/);
  expect(strike('+49\u2011170\u20111234567, 4111\u20131111\u20131111\u20131111')[0]).toBe('[phone struck], [card struck]');
  const dash = { ...everything, own: [{ name: 'own', pattern: 'a\u2013b' }] };
  expect(strike('a\u2013b\u00a0c', dash)[0]).toBe('[own struck]\u00a0c');
});

test('two numbers side by side are both struck, and what is around them stays', () => {
  expect(strike('+49 170 1234567 030 12345678 0171 2345678, 555-123-4567')[0]).toBe(
    '[phone struck] [phone struck] [phone struck], [phone struck]',
  );
  expect(strike('(call +49 30 12345678) (030) 12345678 1-800-555-0199')[0]).toBe(
    '(call [phone struck]) [phone struck] [phone struck]',
  );
  expect(strike('x-eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP a@b@c.de')[0]).toBe(
    'x-[secret struck] a@[email struck]',
  );
});
