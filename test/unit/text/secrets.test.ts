import { describe, expect, it } from "vitest";
import { secretsIn } from "../../../server/src/text/secrets.ts";
import { shown, shownLines, valueWithoutSecrets, visibleJson } from "../../../server/src/text/shown.ts";

// Put together here, so that no scanner takes this file for a leak.
const mixed = (length: number): string => "a1B2c3D4".repeat(40).slice(0, length);
const jwt = `eyJ${mixed(30)}.eyJ${mixed(40)}.${mixed(43)}`;

const secrets: readonly (readonly [text: string, kind: string, shown: string])[] = [
  [
    "postgres://shop:hunter2@db.example/orders",
    "a URL with a password",
    "postgres://shop:***@db.example/orders",
  ],
  [
    `-----BEGIN EC PRIVATE KEY-----\n${mixed(64)}\n${mixed(20)}\n-----END EC PRIVATE KEY-----`,
    "a private key",
    "-----BEGIN EC PRIVATE KEY-----***",
  ],
  [`-----BEGIN PRIVATE KEY-----\\n${mixed(64)}`, "a private key", "-----BEGIN PRIVATE KEY-----***"],
  [`ghp_${mixed(36)}`, "a GitHub token", "ghp_a1***"],
  [`github_pat_${mixed(82)}`, "a GitHub token", "github***"],
  [`glpat-${mixed(20)}`, "a GitLab token", "glpat-***"],
  [`xoxb-${mixed(30)}`, "a Slack token", "xoxb-a***"],
  [`sk_live_${mixed(24)}`, "a Stripe key", "sk_liv***"],
  [`AIza${mixed(35)}`, "a Google API key", "AIzaa1***"],
  [`sk-ant-${mixed(40)}`, "an OpenAI or Anthropic key", "sk-ant***"],
  [`sk-${mixed(48)}`, "an OpenAI or Anthropic key", "sk-a1B***"],
  [`hvs.${mixed(30)}`, "a Vault token", "hvs.a1***"],
  [`AKIA${mixed(16).toUpperCase()}`, "an AWS access key id", "AKIAA1***"],
  [`ASIA${mixed(16).toUpperCase()}`, "an AWS access key id", "ASIAA1***"],
  [`AccountKey=${mixed(86)}==`, "an Azure storage key", "AccountKey=***"],
  [`npm_${mixed(36)}`, "an npm token", "npm_a1***"],
  [`pypi-AgEIcHlwaS5vcmc${mixed(80)}`, "a PyPI token", "pypi-A***"],
  [`SG.${mixed(22)}.${mixed(43)}`, "a SendGrid key", "SG.a1B***"],
  [`Basic ${btoa("shop:hunter2")}`, "a user name with its password", "Basic ***"],
  [`basic ${btoa("shop:ä-hunter2")}`, "a user name with its password", "basic ***"],
  [jwt, "a signed token (JWT)", "eyJa1B***"],
];

describe("secretsIn", () => {
  it.each(secrets)("%s is %s", (text, kind) => {
    expect(secretsIn(`see ${text} there`).map((one) => [one.kind, one.start])).toEqual([[kind, 4]]);
    expect(secretsIn(`"${text}"`).map((one) => one.kind)).toEqual([kind]);
  });

  it.each([
    "https://login.example:8443/realms/a@b",
    "https://user@git.example/x.git",
    "https://${user}:${password}@db.example",
    "-----BEGIN CERTIFICATE-----",
    "AKIAIOSFODNN7EXAMPLE",
    "AKIA is how the ids of keys begin",
    `MAKIA${mixed(16).toUpperCase()}`,
    `AKIA${mixed(17).toUpperCase()}`,
    `AccountKey=${mixed(40)}==`,
    "AccountKey=${key}",
    `npm_${mixed(20)}`,
    "npm_config_registry",
    "pypi-AgEnt",
    `SG.${mixed(22)}.${mixed(20)}`,
    "SG.network.ingress",
    `sk-${mixed(30)}`,
    "sk-learn-pipeline",
    "Basic authentication",
    "Basic ${credentials}",
    "Basic AccessPolicyForEverybodyInTheTeam",
    // Two bytes that are no text.
    `Basic ${btoa("\u0001:\u0002abc")}`,
  ])("%s holds no secret", (text) => {
    expect(secretsIn(text)).toEqual([]);
    expect(shown(text)).toBe(text);
  });

  it("is done in time with text that was made to be slow", () => {
    const many = 50_000;
    const hostile = [
      "eyJ-",
      "a://b:",
      "sk-ant-",
      "-----BEGIN PRIVATE KEY-----",
      "Basic aaaaaaaa",
      "eyJaaaaaaaaaaaa.",
      "AKIA",
    ];
    const before = performance.now();
    for (const text of hostile) {
      secretsIn(text.repeat(many));
      shown(text.repeat(many));
    }
    shown(`-----BEGIN PRIVATE KEY-----${" aaaaaaaaaaaaaaaa".repeat(many)}`);
    expect(performance.now() - before).toBeLessThan(10_000);
  });
});

describe("shown", () => {
  it.each(secrets)("%s: of %s only the head", (text, _, head) => {
    expect(shown(`no identity "${text}" here`)).toBe(`no identity "${head}" here`);
    expect(shown(shown(text))).toBe(shown(text));
  });

  it("hides what a message left of a secret", () => {
    for (const [text, kind] of secrets.filter(([one]) => !one.startsWith("-----"))) {
      const left = text.slice(0, Math.min(text.length - 2, 30));
      if (kind === "a URL with a password") continue;
      expect(shown(`"${left}…"`)).not.toContain(text.slice(14, 28));
      expect(shown(`"${left}..."`)).not.toContain(text.slice(14, 28));
    }
    expect(shown("at postgres://shop:hunter2…")).toBe("at postgres://shop:***…");
    expect(shown("at https://login.example:8443…")).toBe("at https://login.example:8443…");
    expect(shown(`the claim eyJ${mixed(40)} of a path`)).toBe("the claim eyJa1B*** of a path");
    expect(shown(jwt.toLowerCase())).toBe("eyja1b***");
  });

  it("hides what was put into capitals or small letters", () => {
    expect(shown(`ghp_${mixed(36)}`.toUpperCase())).toBe("GHP_A1***");
    expect(shown(`AKIA${mixed(16)}`.toLowerCase())).toBe("akiaa1***");
  });

  it("writes out characters that act, and keeps those that people write", () => {
    expect(shown("a\u001b[31mb\u0007\u0000\u009b\u007f")).toBe("a\\u001b[31mb\\u0007\\u0000\\u009b\\u007f");
    expect(shown("x\u202etxt\u2066\u200f\ufeff\u200b")).toBe("x\\u202etxt\\u2066\\u200f\\ufeff\\u200b");
    expect(shown("two\r\nlines\tand\u2028more")).toBe("two  lines and\\u2028more");
    const normal = "Zürich → 東京 👩‍💻 مرحبا می‌خواهم · ½";
    expect(shown(normal)).toBe(normal);
    expect(shownLines("- a\n- b\u001b\n")).toBe("- a\n- b\\u001b\n");
  });

  it("keeps JSON the same for whoever parses it", () => {
    const value = { name: "a\u001b\u009b\u202eb\u2028\n" };
    const text = visibleJson(JSON.stringify(value, undefined, 2));
    expect(text).toMatch(/^[\n\u0020-\u007e]*$/);
    expect(JSON.parse(text)).toEqual(value);
  });

  it("hides secrets in texts and keys of a value, and keeps its URIs", () => {
    const key = `ghp_${mixed(36)}`;
    expect(valueWithoutSecrets({ [key]: [1, null, { a: `x ${key}` }], uri: `file:///${key}` })).toEqual({
      "ghp_a1***": [1, null, { a: "x ghp_a1***" }],
      uri: `file:///${key}`,
    });
  });
});
