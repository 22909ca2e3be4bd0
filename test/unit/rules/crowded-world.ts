/** Random control planes in which rules often say what others say: copies, narrowed, widened, turned round. */
import { type Fields, type Random, some } from "../simulate/random.ts";
import { world } from "../simulate/random-world.ts";

interface Document extends Fields {
  readonly kind: string;
  readonly spec: Fields;
}

export interface Files extends Readonly<Record<string, string>> {
  readonly "all.plumb.yaml": string;
}

export function crowded(random: Random): Files {
  const files = world(random);
  const documents = (files["all.plumb.yaml"] ?? "")
    .split("\n---\n")
    .map((text) => JSON.parse(text) as Document);
  const sound = documents.map((document) => {
    if (document.kind === "Policy") return repaired(random, document);
    if (document.kind === "ControlPlane") return withPartner(document);
    return document.kind === "Inventory" ? withReadableParts(document) : document;
  });
  const rules = sound.flatMap((one) => (one.kind === "Policy" ? (one.spec.rules as readonly Fields[]) : []));
  const copies = Array.from({ length: 4 + Math.floor(random.next() * 7) }, (_, index) => ({
    ...variant(random, random.pick(rules)),
    name: `copy-${index}`,
  }));
  const parts = rules.filter((rule) => rule.effect === "allow").flatMap((rule) => denialOfPart(random, rule));
  if (parts.length > 0 && random.chance(0.5))
    copies.push({ ...random.pick(parts), name: `copy-${copies.length}` });
  const [first] = sound.filter((one) => one.kind === "Policy");
  const extra = {
    ...first,
    metadata: { name: "copies" },
    // Rules name conditions of the policy that they stand in.
    spec: { conditions: first?.spec.conditions, rules: copies },
  };
  const all = [...sound, { apiVersion: "plumbline/v1", kind: "Policy", ...extra }];
  return { ...files, "all.plumb.yaml": all.map((one) => JSON.stringify(one)).join("\n---\n") };
}

const undeclared: ReadonlySet<string> = new Set([
  "nobody-declared",
  "GET /nothing",
  "undeclared",
  "shop.Ledger/None",
  "order.other",
]);

/** The trust domain of the vendor is declared: else whatever a rule lets it do would be left out. */
function withPartner(document: Document): Document {
  const trustDomains = { ...(document.spec.trustDomains as Fields), "partner.example": {} };
  return { ...document, spec: { ...document.spec, trustDomains } };
}

/** Resources that have an error are left out of what is said: documents that are not there, operations in two places. */
function withReadableParts(document: Document): Document {
  const resources = Object.entries(document.spec.resources as Fields).map(([name, value]) => {
    const { openapi, operations, tools, ...rest } = value as Fields;
    const parts =
      openapi === undefined || openapi === "missing.yaml"
        ? { ...(operations !== undefined && { operations }) }
        : { openapi };
    return [name, { ...rest, ...parts, ...(tools !== undefined && { tools: "tools.json" }) }];
  });
  return { ...document, spec: { ...document.spec, resources: Object.fromEntries(resources) } };
}

/** Without names that nothing declares: an error would leave the resource out of what is said. */
function repaired(random: Random, document: Document): Document {
  const rules = (document.spec.rules as readonly Fields[]).map((rule) => {
    const on = (rule.on as readonly Fields[]).map(({ resource, ...parts }) => ({
      resource,
      ...(Object.keys(parts).some((part) => !fitting(String(resource)).includes(part))
        ? {}
        : mapLists(parts, (names) => names.filter((name) => !undeclared.has(name)))),
    }));
    const subjects = (rule.subjects as readonly string[] | undefined)?.filter((one) => !undeclared.has(one));
    const named = subjects === undefined || subjects.length > 0 ? subjects : ["web"];
    const sound = { ...rule, on, ...(named === undefined ? {} : { subjects: named }) };
    return random.chance(0.15) ? { ...sound, condition: saidOf(random, sound) } : sound;
  });
  return { ...document, spec: { ...document.spec, rules } };
}

function fitting(resource: string): readonly string[] {
  if (resource === "tools") return ["tools", "prompts"];
  if (resource === "rpc") return ["rpcs", "operations"];
  if (resource === "orders") return ["events"];
  return resource === "api" || resource === "svc" ? ["operations"] : [];
}

/** Lists that are left without a name are left out. */
function mapLists(fields: Fields, change: (names: readonly string[]) => readonly string[]): Fields {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => {
      if (Array.isArray(value)) {
        const names = change(value as readonly string[]);
        return names.length === 0 ? [] : [[key, names]];
      }
      return [[key, typeof value === "object" && value !== null ? mapLists(value as Fields, change) : value]];
    }),
  );
}

const saying = [
  "true",
  "false",
  'context.environment == "nowhere"',
  'source.namespace == "shop" || source.namespace != "shop"',
  'source.namespace == "ai"',
  'credential.ttl <= duration("2h")',
  "!has(jwt.level)",
  "has(jwt.level) || !has(jwt.level)",
];
const sayingOfTools = [
  'mcp.tool.name in ["refund", "lookup", "export"]',
  "mcp.tool.arguments.amount > 5.0 && mcp.tool.arguments.amount < 3.0",
  "mcp.tool.arguments.amount > 5.0 || mcp.tool.arguments.amount <= 5.0",
];

/** A condition that often says nothing, or nothing that can be. */
function saidOf(random: Random, rule: Fields): string {
  const isOfTools = (rule.on as readonly Fields[]).every(({ resource }) => resource === "tools");
  return random.pick(isOfTools ? sayingOfTools : saying);
}

function variant(random: Random, rule: Fields): Fields {
  const kinds = [
    "same",
    "fewer",
    "fewer",
    "more",
    "turned",
    "turned",
    "turned",
    "condition",
    "condition",
    "condition",
    "obligations",
  ];
  switch (random.pick(kinds)) {
    case "fewer":
      return onTargets(fewerSubjects(random, rule), (target) => narrower(random, target));
    case "more": {
      const { condition: _c, requires: _r, ...rest } = rule;
      return random.chance(0.5) ? rest : onTargets(rest, ({ resource }) => ({ resource }));
    }
    case "turned": {
      const { requires: _r, obligations: _o, anonymous: _a, onBehalfOf: _b, condition, ...rest } = rule;
      const kept = condition === undefined || random.chance(0.5) ? {} : { condition };
      if (rule.effect !== "allow")
        return { ...rest, ...kept, effect: "allow", subjects: rule.subjects ?? ["web", "staff"] };
      // A part of what the allow names, so that the rest of it stays.
      const narrow = random.chance(0.6) ? onTargets(rest, (target) => narrower(random, target)) : rest;
      const { subjects, ...everybody }: Fields = { ...narrow, ...kept, effect: "deny" };
      return random.chance(0.5) && subjects !== undefined ? { ...everybody, subjects } : everybody;
    }
    case "condition":
      return { ...rule, condition: saidOf(random, rule) };
    case "obligations":
      return rule.effect === "deny"
        ? rule
        : { ...rule, obligations: random.pick([{ audit: "full" }, { audit: "full", redact: ["note"] }]) };
    default:
      return rule;
  }
}

/** One of several names of a target, denied to everybody, so that the others stay. */
function denialOfPart(random: Random, rule: Fields): readonly Fields[] {
  return (rule.on as readonly Fields[]).flatMap((target) => {
    const lists = Object.entries(target).filter(([, names]) => Array.isArray(names) && names.length > 1);
    return lists.map(([part, names]) => ({
      effect: "deny",
      on: [{ resource: target.resource, [part]: some(random, names as readonly string[], 1, 1) }],
    }));
  });
}

function fewerSubjects(random: Random, rule: Fields): Fields {
  const subjects = rule.subjects as readonly string[] | undefined;
  return subjects === undefined ? rule : { ...rule, subjects: some(random, subjects, 1, subjects.length) };
}

function onTargets(rule: Fields, change: (target: Fields) => Fields): Fields {
  return { ...rule, on: (rule.on as readonly Fields[]).map(change) };
}

function narrower(random: Random, target: Fields): Fields {
  return mapLists(target, (names) => some(random, names, 1, names.length));
}
