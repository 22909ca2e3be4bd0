/**
 * Secrets that can be told by their form alone. Only forms with a prefix of their own (as their issuers document them for
 * secret scanning): a guess that is wrong would have people replace what is no secret.
 */
export interface Secret {
  /** With its article: `a GitHub token`. */
  readonly kind: string;
  /** Offsets in the text. */
  readonly start: number;
  readonly end: number;
  /** A token that expires, which tests may hold. */
  readonly isToken: boolean;
}

const token = "a signed token (JWT)";

const forms: readonly (readonly [kind: string, form: RegExp])[] = [
  ["a private key", /-----BEGIN (?:[A-Z]{2,10} )?PRIVATE KEY(?: BLOCK)?-----/g],
  ["a GitHub token", /\b(?:gh[opsur]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{82})\b/g],
  ["a GitLab token", /\bglpat-[A-Za-z0-9_-]{20,64}\b/g],
  ["a Slack token", /\bxox[abeprs]-[A-Za-z0-9-]{20,250}\b/g],
  ["a Stripe key", /\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,250}\b/g],
  ["a Google API key", /\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g],
  ["an OpenAI or Anthropic key", /\bsk-(?:ant-|proj-|svcacct-)[A-Za-z0-9_-]{20,250}\b/g],
  ["a Vault token", /\bhv[sbr]\.[A-Za-z0-9_-]{24,250}\b/g],
  // The header and payload of a JWT begin with `{"` in base64url; with its signature it is good as it stands.
  [token, /\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{40,2000}/g],
  [
    "a URL with a password",
    /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@$]{1,100}:[^\s/:@${}]{3,200}@(?=[a-z0-9])/gi,
  ],
];

const shortest = 16;

/** In order, without overlaps. */
export function secretsIn(text: string): readonly Secret[] {
  if (text.length < shortest) return [];
  const found = forms.flatMap(([kind, form]) =>
    [...text.matchAll(form)].map((match) => ({
      kind,
      start: match.index,
      end: match.index + match[0].length,
      isToken: kind === token,
    })),
  );
  let end = 0;
  return found
    .sort((left, right) => left.start - right.start || right.end - left.end)
    .filter((one) => {
      const isApart = one.start >= end;
      if (isApart) end = one.end;
      return isApart;
    });
}

/**
 * One run of letters and digits, too mixed for words: hexadecimal of 32 digits and more, or 20 characters and more of
 * both cases and digits that change all the time. Names of secrets have separators or words.
 */
export function looksRandom(text: string): boolean {
  if (/^[0-9a-f]{32,}$/i.test(text) && /[0-9]/.test(text) && /[a-f]/i.test(text)) return true;
  if (!/^[A-Za-z0-9+=]{20,}$/.test(text) || !/[a-z]/.test(text) || !/[A-Z]/.test(text)) return false;
  const changes = text.match(/[0-9](?![0-9])|[A-Za-z](?=[0-9])/g)?.length ?? 0;
  return changes >= 4;
}
