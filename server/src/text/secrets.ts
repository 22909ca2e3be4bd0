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
  /** From here on it must not be shown: behind what tells its kind. */
  readonly hidden: number;
}

interface Form {
  readonly kind: string;
  readonly form: RegExp;
  /** What may be shown of a match; without it, its first characters. */
  readonly head?: RegExp;
  /** What the form alone does not tell. */
  readonly isMeant?: (found: string) => boolean;
}

const token = "a signed token (JWT)";

const forms: readonly Form[] = [
  {
    // With the key itself, so that no part of it is left. In JSON its line breaks are written out.
    kind: "a private key",
    form: /-----BEGIN (?:[A-Z]{2,10} )?PRIVATE KEY(?: BLOCK)?-----(?!\*)(?:(?:\s|\\[nr])*[A-Za-z0-9+/=]{16,200})*(?:(?:\s|\\[nr])*[A-Za-z0-9+/=]{0,15}(?:\s|\\[nr])*-----END [A-Z ]{4,40}-----)?/g,
    head: /^-----BEGIN [A-Z ]+-----/i,
  },
  {
    kind: "a GitHub token",
    form: /(?<![A-Za-z0-9])(?:gh[opsur]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{82})(?![A-Za-z0-9])/g,
  },
  { kind: "a GitLab token", form: /(?<![A-Za-z0-9])glpat-[A-Za-z0-9_-]{20,64}(?![A-Za-z0-9])/g },
  { kind: "a Slack token", form: /(?<![A-Za-z0-9])xox[abeprs]-[A-Za-z0-9-]{20,250}(?![A-Za-z0-9])/g },
  {
    kind: "a Stripe key",
    form: /(?<![A-Za-z0-9])(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,250}(?![A-Za-z0-9])/g,
  },
  { kind: "a Google API key", form: /(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g },
  {
    // Older keys of OpenAI have 48 letters and digits and nothing in front of them.
    kind: "an OpenAI or Anthropic key",
    form: /(?<![A-Za-z0-9])sk-(?:(?:ant-|proj-|svcacct-)[A-Za-z0-9_-]{20,250}|[A-Za-z0-9]{48})(?![A-Za-z0-9])/g,
  },
  { kind: "a Vault token", form: /(?<![A-Za-z0-9])hv[sbr]\.[A-Za-z0-9_-]{24,250}(?![A-Za-z0-9])/g },
  {
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html: of a user, or temporary. What AWS
    // shows in its documentation ends in EXAMPLE.
    kind: "an AWS access key id",
    form: /(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])/g,
    isMeant: (found) => !found.endsWith("EXAMPLE"),
  },
  {
    kind: "an Azure storage key",
    form: /(?<![A-Za-z0-9])AccountKey=[A-Za-z0-9+/]{86}==/gi,
    head: /^[^=]+=/,
  },
  { kind: "an npm token", form: /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])/g },
  { kind: "a PyPI token", form: /(?<![A-Za-z0-9])pypi-AgE[A-Za-z0-9_-]{60,1000}/g },
  {
    kind: "a SendGrid key",
    form: /(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g,
  },
  {
    kind: "a user name with its password",
    form: /(?<![A-Za-z0-9])Basic [A-Za-z0-9+/]{8,400}={0,2}(?![A-Za-z0-9+/=])/gi,
    head: /^\S+ /,
    isMeant: isBasic,
  },
  // The header and payload of a JWT begin with `{"` in base64url; with its signature it is good as it stands.
  {
    kind: token,
    form: /(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{40,2000}/g,
  },
  {
    kind: "a URL with a password",
    form: /(?<![A-Za-z0-9])[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@$]{1,100}:[^\s/:@${}]{3,200}@(?=[a-z0-9])/gi,
    head: /^[^:]+:\/\/[^:]+:/,
  },
];

const shortest = 12;

/** What every secret has in it, also one that was cut off, so that the many texts without one are done with at once. */
const hint =
  /gh[opsur]_|github_pat_|glpat-|xox[abeprs]-|[sr]k_|sk-|AIza|hv[sbr]\.|eyJ|A[KS]IA|AccountKey=|npm_|pypi-|SG\.|basic |-----BEGIN |:\/\/[^\s/:@]{1,100}:[^\s/:@]{3,400}(?:@|…|\.\.\.)/i;

export function mayHoldSecret(text: string): boolean {
  return text.length >= shortest && hint.test(text);
}

/** In order, without overlaps. */
export function secretsIn(text: string): readonly Secret[] {
  return found(text, forms);
}

/** Those, too, that were put into capitals or small letters, as methods and hosts are. */
export function secretsInAnyCase(text: string): readonly Secret[] {
  return found(text, formsInAnyCase);
}

const formsInAnyCase: readonly Form[] = forms.map((one) => ({
  ...one,
  form: new RegExp(one.form.source, "gi"),
}));

function found(text: string, all: readonly Form[]): readonly Secret[] {
  if (!mayHoldSecret(text)) return [];
  const matches = all.flatMap(({ kind, form, head = firstCharacters, isMeant = () => true }) =>
    [...text.matchAll(form)].flatMap(({ 0: whole, index: start }) =>
      isMeant(whole)
        ? [
            {
              kind,
              start,
              end: start + whole.length,
              isToken: kind === token,
              hidden: start + (head.exec(whole)?.[0].length ?? 0),
            },
          ]
        : [],
    ),
  );
  let end = 0;
  return matches
    .sort((left, right) => left.start - right.start || right.end - left.end)
    .filter((one) => {
      const isApart = one.start >= end;
      if (isApart) end = one.end;
      return isApart;
    });
}

const firstCharacters = /^.{6}/;

/** RFC 7617: `user:password` in base64. Words behind `Basic` that happen to be base64 hold no colon. */
function isBasic(found: string): boolean {
  const encoded = found.slice(found.indexOf(" ") + 1).replace(/=+$/, "");
  if (encoded.length % 4 === 1) return false;
  return /^[^:\p{Cc}]+:[^\p{Cc}]+$/u.test(atob(encoded));
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
