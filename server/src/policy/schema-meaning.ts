/**
 * What a schema cannot say well: the syntax of identifiers, with the exact characters, and properties that only make
 * sense together. Works on trees, so that a document with other mistakes is still checked.
 */
import { didYouMean } from "../text/did-you-mean.ts";
import type { Problem } from "../text/problem.ts";
import { child, entries, items, type MapNode, type TreeNode, text, toValue } from "../text/tree.ts";
import type { Kind } from "./schema-kinds.ts";
import { byOtherName } from "./schema-other-names.ts";
import { placeInScalar, placeOfFirstKey } from "./schema-path.ts";
import { spiffeIdMistake } from "./spiffe-id.ts";
import { spiffeIdPatternMistake } from "./spiffe-id-pattern.ts";
import { variablesIn } from "./variables.ts";

export function checkMeaning(kind: Kind, root: MapNode): readonly Problem[] {
  const spec = child(root, "spec");
  switch (kind) {
    case "ControlPlane":
      return [
        ...entries(child(spec, "issuers")).flatMap(({ value }) => checkIssuerUrl(child(value, "url"))),
        ...entries(child(spec, "trustDomains")).flatMap(({ value }) =>
          checkSpiffeId(child(value, "endpointSpiffeId"), spiffeIdMistake),
        ),
      ];
    case "Inventory":
      return [
        ...entries(child(spec, "identities")).flatMap(({ value }) => [
          ...checkSpiffeId(child(value, "spiffeId"), spiffeIdMistake),
          ...checkSpiffeId(child(value, "spiffeIdPattern"), spiffeIdPatternMistake),
        ]),
        ...entries(child(spec, "resources")).flatMap(({ value }) => [
          ...checkOperationSources(value),
          ...checkProtocol(value),
        ]),
      ];
    case "Policy":
      return items(child(spec, "rules")).flatMap(checkRule);
    case "Scenarios":
      return items(child(spec, "scenarios")).flatMap(checkScenario);
  }
}

function checkSpiffeId(node: TreeNode | undefined, mistakeIn: typeof spiffeIdMistake): readonly Problem[] {
  if (node?.kind !== "scalar" || typeof node.value !== "string" || node.text === "") return [];
  // A variable stands for characters that are fine wherever it is; its value is checked for each environment.
  const mistake = mistakeIn(withoutVariables(node.text));
  if (mistake === undefined) return [];
  const { replaceWith } = mistake;
  return [
    {
      code: "schema/spiffe-id",
      severity: "error",
      message: `${mistake.message} No certificate or token can carry this id, so nobody would ever match it.`,
      place: placeInScalar(node, mistake.start, mistake.end),
      // A fix that would copy the stand-ins of variables is none.
      ...(replaceWith === undefined || mistake.end - mistake.start > 32 ? {} : { data: { replaceWith } }),
    },
  ];
}

/** With letters in place of each `${name}`, which leaves the syntax around them to judge. */
export function withoutVariables(written: string): string {
  let result = written;
  for (const { start, end } of variablesIn(written)) {
    result = result.slice(0, start) + "v".repeat(end - start) + result.slice(end);
  }
  return result;
}

/** OpenID Connect Discovery 1.0, section 3: an https URL without query and fragment. */
function checkIssuerUrl(node: TreeNode | undefined): readonly Problem[] {
  if (node?.kind !== "scalar" || typeof node.value !== "string" || node.text === "") return [];
  const url = node.text;
  const finding = (start: number, end: number, what: string, replaceWith?: string): readonly Problem[] => [
    {
      code: "schema/issuer-url",
      severity: "error",
      message: `${what} The iss claim of tokens is compared with this URL character by character.`,
      place: placeInScalar(node, start, end),
      ...(replaceWith === undefined ? {} : { data: { replaceWith } }),
    },
  ];
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(url)?.[0];
  if (scheme === undefined && url.startsWith("${")) return [];
  if (scheme === undefined)
    return finding(0, url.length, "An issuer is an https URL; the scheme is missing.", `https://${url}`);
  if (scheme !== "https://") {
    return finding(
      0,
      scheme.length,
      `An issuer must be https, not ${scheme}: without it anybody on the way can swap its keys.`,
      "https://",
    );
  }
  const extra = /[?#]/.exec(url);
  if (extra !== null) {
    const what = extra[0] === "?" ? "query" : "fragment";
    return finding(extra.index, url.length, `An issuer URL may not have a ${what}.`, "");
  }
  if (url.length === scheme.length) return finding(0, url.length, "An issuer URL needs a host.");
  const space = /\s/.exec(url);
  return space === null
    ? []
    : finding(space.index, space.index + 1, "An issuer URL may not have spaces.", "");
}

function checkOperationSources(node: TreeNode): readonly Problem[] {
  if (node.kind !== "map") return [];
  const openapi = node.byKey.get("openapi");
  const operations = node.byKey.get("operations");
  const proto = node.byKey.get("proto");
  if (openapi !== undefined && proto !== undefined)
    return [
      {
        code: "schema/exclusive",
        severity: "error",
        message:
          "A service has its operations either from openapi or from proto; with both it is unclear which counts. Remove one.",
        place: proto.key.place,
        related: [{ place: openapi.key.place, message: "The OpenAPI document is named here." }],
      },
    ];
  if (openapi === undefined || operations === undefined) return [];
  return [
    {
      code: "schema/exclusive",
      severity: "error",
      message:
        "Operations come either from openapi or from this list; with both it is unclear which counts. Remove one.",
      place: operations.key.place,
      related: [{ place: openapi.key.place, message: "The OpenAPI document is named here." }],
    },
  ];
}

/** What a service of each protocol cannot have, in words of what speaks it. */
const foreign: Readonly<Record<string, { readonly keys: readonly string[]; readonly why: string }>> = {
  tcp: {
    keys: ["openapi", "operations", "proto", "rpcs"],
    why: "of connections with protocol: tcp nothing is known but that they are opened",
  },
  http: { keys: ["proto", "rpcs"], why: "gRPC methods belong to services with protocol: grpc" },
  grpc: { keys: ["openapi", "operations"], why: "HTTP operations belong to services with protocol: http" },
};

/** A protocol that is not said follows from what the service has. */
function checkProtocol(node: TreeNode): readonly Problem[] {
  if (node.kind !== "map" || text(child(node, "type")) !== "service") return [];
  const protocol = node.byKey.get("protocol");
  const named = text(protocol?.value) ?? "";
  if (protocol === undefined || !Object.hasOwn(foreign, named)) return [];
  const { keys = [], why = "" } = foreign[named] ?? {};
  return keys.flatMap((name): readonly Problem[] => {
    const entry = node.byKey.get(name);
    if (entry === undefined) return [];
    return [
      {
        code: "schema/exclusive",
        severity: "error",
        message: `"${name}" contradicts protocol: ${named}: ${why}, so it is unclear what requests this service takes. Remove it, or correct the protocol.`,
        place: entry.key.place,
        related: [{ place: protocol.value.place, message: "The protocol is named here." }],
      },
    ];
  });
}

function checkRule(rule: TreeNode): readonly Problem[] {
  if (rule.kind !== "map") return [];
  const problems: Problem[] = [];
  const effect = text(child(rule, "effect"));
  const subjects = rule.byKey.get("subjects");
  const anonymous = rule.byKey.get("anonymous");
  const isAnonymous = anonymous !== undefined && toValue(anonymous.value) === true;
  // `anonymous: yes` is a string in YAML 1.2, and has that finding.
  const isUndecided = anonymous !== undefined && typeof toValue(anonymous.value) !== "boolean";
  // A misspelled key has its own finding; what it should have said is not missing.
  const wanted = ["subjects", "anonymous"];
  const isMisspelled = rule.entries.some(
    ({ key }) => (didYouMean(key.text, wanted) ?? byOtherName(key.text, wanted)) !== undefined,
  );
  if (effect === "allow" && subjects === undefined && !isAnonymous && !isUndecided && !isMisspelled) {
    problems.push({
      code: "schema/subjects-required",
      severity: "error",
      message:
        "An allow rule must say whom it allows. List the identities in subjects, or write anonymous: true to let in every caller on purpose.",
      place: anonymous?.key.place ?? rule.byKey.get("effect")?.value.place ?? placeOfFirstKey(rule),
    });
  }
  if (subjects !== undefined && isAnonymous && anonymous !== undefined) {
    problems.push({
      code: "schema/exclusive",
      severity: "error",
      message: "anonymous: true lets in every caller, so subjects would say nothing. Remove one of the two.",
      place: anonymous.key.place,
      related: [{ place: subjects.key.place, message: "The subjects are listed here." }],
    });
  }
  if (effect === "deny") problems.push(...allowOnly(rule));
  return problems;
}

const whyAllowOnly = {
  onBehalfOf: "a deny already applies when the actor or the delegator is one of its subjects",
  requires: "a deny cannot ask for preconditions; put the opposite into the allow rule",
} as const;

function allowOnly(rule: MapNode): readonly Problem[] {
  return (["onBehalfOf", "requires"] as const).flatMap((name): readonly Problem[] => {
    const entry = rule.byKey.get(name);
    if (entry === undefined) return [];
    return [
      {
        code: "schema/allow-only",
        severity: "error",
        message: `"${name}" belongs to allow rules only: ${whyAllowOnly[name]}. Remove it.`,
        place: entry.key.place,
      },
    ];
  });
}

/** The forms that a request can have; what else stands in `request` says where it goes. */
export const requestForms = [
  "http",
  "grpc",
  "mcp",
  "chat",
  "event",
  "authzen",
  "checkRequest",
  "har",
  "file",
  "interaction",
] as const;

function checkScenario(scenario: TreeNode): readonly Problem[] {
  const problems: Problem[] = [
    ...checkSpiffeId(child(child(scenario, "source"), "principal"), spiffeIdMistake),
  ];
  const request = scenario.kind === "map" ? scenario.byKey.get("request") : undefined;
  if (request?.value.kind !== "map") return problems;
  const { byKey } = request.value;
  const forms = requestForms.flatMap((form) => byKey.get(form) ?? []);
  const [first, second] = forms.toSorted((a, b) => a.key.place.start - b.key.place.start);
  if (first === undefined) {
    problems.push({
      code: "schema/request-form",
      severity: "error",
      message: `A request needs one form: ${requestForms.join(", ")}.`,
      place: request.key.place,
    });
  } else if (second !== undefined) {
    problems.push({
      code: "schema/request-form",
      severity: "error",
      message: `A request has exactly one form, but this one has "${first.key.text}" and "${second.key.text}". Make two scenarios of it.`,
      place: second.key.place,
      related: [{ place: first.key.place, message: "The first form stands here." }],
    });
  }
  return problems;
}
