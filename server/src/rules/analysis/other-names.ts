/** Names of callers that pass a test on a part of a name: examples that somebody could really have. */
import { spiffeIdMistake } from "../../policy/spiffe-id.ts";

export interface PartOfName {
  /** What is read: `source.principal`, `jwt.sub`. */
  readonly path: string;
  /** The text that the name has to have. */
  readonly text: string;
  /** Whether anything may stand before it, and behind it. */
  readonly before: boolean;
  readonly after: boolean;
}

interface Form {
  readonly before: readonly string[];
  readonly after: readonly string[];
  isName(text: string): boolean;
}

/** Undefined where no name is known that has the text and is possible for what is read. */
export function otherName({ path, text, before, after }: PartOfName): string | undefined {
  const form = formOf(path, text);
  const starts = before ? form.before : [""];
  const ends = after ? (before ? [...form.after, ""] : form.after) : [""];
  for (const start of starts)
    for (const end of ends) {
      const name = `${start}${text}${end}`;
      if (form.isName(name)) return name;
    }
  return undefined;
}

const spiffe: Form = {
  before: [
    "spiffe://evil.example/evil",
    "spiffe://evil.example/",
    "spiffe://evil.example",
    "spiffe://evil-",
    "",
  ],
  after: ["-evil", "evil.example/job", ".evil.example/job", "evil", "/evil"],
  isName: (text) => spiffeIdMistake(text) === undefined,
};

const url: Form = {
  before: ["https://evil-", "https://evil.example/", "https://evil.example", ""],
  after: [".evil.example", "evil.example", "-evil", "evil"],
  isName: (text) => /^https:\/\/[a-z\d](?:[a-z\d.-]*[a-z\d])?(?:\/[\w.~/-]*)?$/.test(text),
};

const mail: Form = {
  before: ["mallory@evil-", "mallory@evil", "mallory", "evil-"],
  after: [".evil.example", "-evil@evil.example", "@evil.example"],
  isName: (text) =>
    /^[\w+][\w.+-]*@[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)+$/.test(text),
};

/** Tokens of GitHub Actions: `repo:OWNER/REPOSITORY:...`. */
const pipeline: Form = {
  before: ["repo:evil/shop", "repo:evil"],
  after: ["-evil", "-evil:ref:refs/heads/main", "-evil/shop:ref:refs/heads/main"],
  isName: (text) => /^repo:[\w.-]+\/[\w.-]+:[\w:/.-]+$/.test(text),
};

const serviceAccount: Form = {
  before: ["system:serviceaccount:evil:", "system:serviceaccount:"],
  after: ["-evil", "-evil:default"],
  isName: (text) => /^system:serviceaccount:[a-z\d-]+:[a-z\d.-]+$/.test(text),
};

const plain: Form = {
  before: ["evil-", "evil"],
  after: ["-evil", "evil"],
  isName: (text) => !/\s/.test(text),
};

const mailClaims: ReadonlySet<string> = new Set(["jwt.email", "jwt.preferred_username", "jwt.upn"]);

function formOf(path: string, text: string): Form {
  if (path === "source.principal") return spiffe;
  // Behind a path there is no host any more.
  if (path === "jwt.iss") return /^https:\/\/[^/]+\//.test(text) ? { ...url, after: ["-evil"] } : url;
  if (mailClaims.has(path)) return mail;
  if (text.startsWith("spiffe://")) return spiffe;
  if (text.startsWith("https://")) return formOf("jwt.iss", text);
  if (text.startsWith("repo:") || /:(?:ref|environment|pull_request)\b/.test(text)) return pipeline;
  if (text.startsWith("system:serviceaccount:")) return serviceAccount;
  return text.includes("@") ? mail : plain;
}
