/** How long an IBAN of each country is. */
const lengths = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 ' +
    'GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 ' +
    'MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 ' +
    'VA22 VG24 XK20'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))] as const),
);

/** How many characters at the beginning are an IBAN; 0 when none are. A text may go on in capitals behind it. */
export function ibanLength(text: string): number {
  const wanted = lengths.get(text.slice(0, 2).toUpperCase());
  if (!wanted) return 0;
  let compact = '';
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]!;
    if (sign !== ' ' && sign !== '-') compact += sign.toUpperCase();
    if (compact.length === wanted) return isValid(compact) && !/[a-z0-9]/i.test(text[at + 1] ?? '') ? at + 1 : 0;
  }
  return 0;
}

/** ISO 7064: the rest of the rearranged number by 97 is 1. */
function isValid(iban: string): boolean {
  let rest = 0;
  for (const sign of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(sign, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
