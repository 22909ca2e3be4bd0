/**
 * The syntax of a SPIFFE ID (SPIFFE-ID, section 2): `spiffe://` + trust domain + path. Returns the first mistake
 * with the exact characters that make it, or undefined where the text is one.
 */
export interface SpiffeIdMistake {
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly replaceWith?: string;
}

const scheme = "spiffe://";
const bytes = (text: string): number => new TextEncoder().encode(text).length;

export function spiffeIdMistake(text: string): SpiffeIdMistake | undefined {
  return schemeMistake(text) ?? lengthMistake(text) ?? trustDomainMistake(text) ?? pathMistake(text);
}

function schemeMistake(text: string): SpiffeIdMistake | undefined {
  if (text.startsWith(scheme)) return undefined;
  const wrong = /^[A-Za-z][A-Za-z0-9+.-]*:\/{0,3}/.exec(text)?.[0];
  if (wrong === undefined) {
    const replaceWith = scheme + text.replace(/^\/+/, "");
    return { message: withoutScheme(text, replaceWith), start: 0, end: text.length, replaceWith };
  }
  return {
    message: `A SPIFFE ID starts with "${scheme}" in lower case; here stands "${wrong}".`,
    start: 0,
    end: wrong.length,
    replaceWith: scheme,
  };
}

/** Istio's `source.principals` have the same name without its scheme (`TRUST_DOMAIN/ns/NAMESPACE/sa/ACCOUNT`). */
function withoutScheme(text: string, whole: string): string {
  return /^[^/\s]+\/ns\/[^/]*(?:\/|$)/.test(text)
    ? `That is how Istio writes the SPIFFE ID "${whole}": it lacks "${scheme}" only.`
    : `A SPIFFE ID starts with "${scheme}", and this text has no scheme.`;
}

function lengthMistake(text: string): SpiffeIdMistake | undefined {
  if (bytes(text) <= 2048) return undefined;
  return {
    message: `A SPIFFE ID has at most 2048 bytes; this one has ${bytes(text)}.`,
    start: 0,
    end: text.length,
  };
}

function trustDomainMistake(text: string): SpiffeIdMistake | undefined {
  const end = pathStart(text);
  const domain = text.slice(scheme.length, end);
  if (domain === "") {
    return {
      message: "This SPIFFE ID has no trust domain.",
      start: scheme.length,
      end: Math.max(end, scheme.length),
    };
  }
  const wrong = /[^a-z0-9._-]/u.exec(domain);
  if (wrong !== null) {
    const start = scheme.length + wrong.index;
    return {
      message: `A trust domain has lower-case letters, digits, ".", "_" and "-" only, so ${reason(wrong[0])} may not stand here.`,
      start,
      end: start + wrong[0].length,
      ...(/[A-Z]/.test(wrong[0]) ? { replaceWith: wrong[0].toLowerCase() } : {}),
    };
  }
  if (domain.length > 255) {
    return {
      message: `A trust domain has at most 255 bytes; this one has ${domain.length}.`,
      start: scheme.length,
      end,
    };
  }
  return undefined;
}

function reason(character: string): string {
  switch (character) {
    case ":":
      return 'a port (":")';
    case "@":
      return 'user info ("@")';
    case "%":
      return 'percent-encoding ("%")';
    case "?":
      return 'a query ("?")';
    case "#":
      return 'a fragment ("#")';
    default:
      return /[A-Z]/.test(character) ? `the capital "${character}"` : JSON.stringify(character);
  }
}

function pathMistake(text: string): SpiffeIdMistake | undefined {
  let start = pathStart(text);
  if (start >= text.length) return undefined;
  for (const segment of text.slice(start + 1).split("/")) {
    start += 1;
    const end = start + segment.length;
    if (segment === "") {
      return end >= text.length
        ? { message: "A SPIFFE ID may not end in a slash.", start: start - 1, end, replaceWith: "" }
        : {
            message: "A SPIFFE ID may not have an empty path segment.",
            start: start - 1,
            end: end + 1,
            replaceWith: "/",
          };
    }
    if (segment === "." || segment === "..") {
      return { message: `A SPIFFE ID may not have "${segment}" as a path segment.`, start, end };
    }
    const wrong = /[^a-zA-Z0-9._-]/u.exec(segment);
    if (wrong !== null) {
      return {
        message: `A path segment of a SPIFFE ID has letters, digits, ".", "_" and "-" only, so ${reason(wrong[0])} may not stand here.`,
        start: start + wrong.index,
        end: start + wrong.index + wrong[0].length,
      };
    }
    start = end;
  }
  return undefined;
}

function pathStart(text: string): number {
  const slash = text.indexOf("/", scheme.length);
  return slash === -1 ? text.length : slash;
}

/** The trust domain of a SPIFFE ID whose syntax is right. */
export function trustDomainOf(spiffeId: string): string {
  return spiffeId.slice(scheme.length, pathStart(spiffeId));
}
