/** Whether a log is SARIF 2.1.0, by the official schema. */
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";

const schema: unknown = JSON.parse(
  readFileSync(new URL("../fixtures/sarif/sarif-2.1.0-rtm.5.json", import.meta.url), "utf8"),
);

/** The schema is of draft 4; what it uses of it means the same in later ones, but for the name of `$id`. */
function laterDraft(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw new Error("the schema of SARIF is no object");
  const { $schema: _draft, id: _id, ...rest } = value as Record<string, unknown>;
  return rest;
}

const isUri = (text: string): boolean => URL.canParse(text);

const validate = new Ajv({
  strict: false,
  allErrors: true,
  // The pattern of languages is one that only the older form of expressions takes.
  unicodeRegExp: false,
  formats: {
    uri: isUri,
    // A relative reference with a colon in its first segment is a URI with a scheme (RFC 3986, 4.2).
    "uri-reference": (text) => URL.canParse(text, "file:///base/") && !/[\s\\<>"{}|^`]/.test(text),
    "date-time": (text) => !Number.isNaN(Date.parse(text)),
  },
}).compile(laterDraft(schema));

/** What is wrong, one line an error; empty for a valid log. */
export function sarifErrors(log: unknown): readonly string[] {
  validate(log);
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}
