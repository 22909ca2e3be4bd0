import { placeInScalar } from "../../policy/schema-path.ts";
import { looksRandom, secretsIn } from "../../text/secrets.ts";
import { child, entries, items, type ScalarNode, type TreeNode, text } from "../../text/tree.ts";
import { specDocuments } from "../analysis/documents.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const inlineSecret = lintRule({
  id: "inline-secret",
  category: "credentials",
  traffic: ["api", "service", "ai", "event"],
  controls: ["OWASP-NHI-2025:NHI2", "NIST-CSF-2.0:PR.DS-01", "NIST-CSF-2.0:PR.AA-01"],
  fixable: false,
  check,
});

/** Messages go to logs and reports, so that they never hold what they warn of. */
function check(context: LintContext): readonly RuleFinding[] {
  return [
    ...context.files.flatMap((file) =>
      file.documents.flatMap(({ root }) => {
        // Scenarios show requests, with the tokens of tests.
        const isTest = text(child(root, "kind")) === "Scenarios";
        return [...scalars(root)].flatMap((node) => knownSecrets(node, isTest));
      }),
    ),
    ...specDocuments(context).flatMap(({ spec }) =>
      entries(child(spec, "identities")).flatMap(randomReference),
    ),
  ];
}

const consequence =
  "Policy files are read by many and kept in Git for good, so it has leaked: replace it where it is used";

function knownSecrets(node: ScalarNode, isTest: boolean): readonly RuleFinding[] {
  if (typeof node.value !== "string") return [];
  const found = secretsIn(node.text).filter((one) => !(isTest && one.isToken));
  return found.map(({ kind, start, end }) => ({
    place: placeInScalar(node, start, end),
    message: `This is ${kind}, written into the policy. ${consequence}, keep the new one in a secret manager and name it here with \`secretManager\` and \`secretRef\`.`,
    data: { kind },
  }));
}

/** Where only a reference belongs, what looks made by chance is the secret itself. */
function randomReference({ key, value }: ReturnType<typeof entries>[number]): readonly RuleFinding[] {
  const node = child(child(value, "credential"), "secretRef");
  if (node?.kind !== "scalar" || typeof node.value !== "string") return [];
  if (secretsIn(node.text).length > 0 || !looksRandom(node.text)) return [];
  return [
    {
      place: placeInScalar(node, 0, node.text.length),
      message: `The secretRef of ${key.text} looks like a secret, not like the name of one (${node.text.length} random characters without a path). ${consequence}, and write where the secret manager has the new one, for example \`kong/${key.text}\`.`,
      data: { identity: key.text, kind: "random" },
    },
  ];
}

/** Names, too: what was put into the wrong place may stand in front of a colon. */
function* scalars(node: TreeNode | undefined): Iterable<ScalarNode> {
  if (node?.kind === "scalar") yield node;
  for (const item of items(node)) yield* scalars(item);
  for (const { key, value } of entries(node)) {
    yield key;
    yield* scalars(value);
  }
}
