/** One to four edits of a random control plane, of the kinds that authors make. */
import { type Fields, type Random, some } from "../simulate/random.ts";
import { rule } from "../simulate/random-rule.ts";
import { identityNames } from "../simulate/random-world.ts";

type Files = Readonly<Record<string, string>>;

export function edited(random: Random, files: Files): Files {
  const documents = (files["all.plumb.yaml"] ?? "")
    .split("\n---\n")
    .map((text) => JSON.parse(text) as Fields & { spec: Fields; kind: string });
  const specs = (kind: string) => documents.filter((one) => one.kind === kind).map((one) => one.spec);
  const [inventory = {}] = specs("Inventory");
  const [plane = {}] = specs("ControlPlane");
  const policies = specs("Policy") as { rules: Fields[]; mode?: string }[];
  for (let count = random.pick([1, 2, 3, 4]); count > 0; count--) {
    const policy = random.pick(policies);
    const at = Math.floor(random.next() * policy.rules.length);
    const one = policy.rules[at];
    const edits: readonly (() => void)[] = [
      () => policy.rules.push(rule(random, `new-${count}`, inventory.resources as Fields)),
      () => policy.rules.splice(at, 1),
      () =>
        policy.rules.splice(
          at,
          1,
          rule(random, String(one?.name ?? `only-${count}`), inventory.resources as Fields),
        ),
      () => {
        if (one !== undefined) one.name = `renamed-${count}`;
      },
      () => {
        if (one?.subjects !== undefined) one.subjects = some(random, identityNames, 1, 4);
      },
      () => {
        if (one !== undefined) delete one.condition;
      },
      () => {
        if (one !== undefined)
          one.effect = one.effect === "allow" && one.onBehalfOf === undefined ? "deny" : "allow";
      },
      () => policy.rules.reverse(),
      () => {
        policy.mode = policy.mode === "audit" ? "enforce" : "audit";
      },
      () => identity(random, inventory.identities as Record<string, Fields>),
      () => resource(random, inventory.resources as Record<string, Fields>),
      () => environment(random, plane.environments as Record<string, { vars: Fields }>),
      () => {
        plane.limits = { delegationDepth: random.pick([0, 1, 2]) };
      },
    ];
    random.pick(edits)();
  }
  return { ...files, "all.plumb.yaml": documents.map((one) => JSON.stringify(one)).join("\n---\n") };
}

function identity(random: Random, identities: Record<string, Fields>): void {
  const { staff, web, copilot, app } = identities;
  const edits: readonly (() => void)[] = [
    () => Object.assign(staff ?? {}, { claims: { groups: random.pick(["support", "helpers"]) } }),
    () =>
      Object.assign(web ?? {}, { spiffeId: `spiffe://\${td}/ns/shop/sa/${random.pick(["web", "site"])}` }),
    () => Object.assign(copilot ?? {}, { actsFor: some(random, ["staff", "admins", "app"], 1, 3) }),
    () => Object.assign(app ?? {}, { issuer: random.pick(["partner", "workforce"]) }),
    () => delete identities[random.pick(Object.keys(identities))],
  ];
  random.pick(edits)();
}

function resource(random: Random, resources: Record<string, Fields>): void {
  const name = random.pick(Object.keys(resources));
  const own = resources[name] ?? {};
  const edits: readonly (() => void)[] = [
    () => delete resources[name],
    () => {
      if (Array.isArray(own.operations)) own.operations.pop();
    },
    () => {
      if (Array.isArray(own.operations)) own.operations.push("GET /pay/new");
    },
    () => {
      if (own.type === "api") own.hosts = ["new.example"];
    },
  ];
  random.pick(edits)();
}

function environment(random: Random, environments: Record<string, { vars: Fields }>): void {
  const { staging } = environments;
  const edits: readonly (() => void)[] = [
    () => Object.assign(staging?.vars ?? {}, { td: "prod.example" }),
    () => delete environments.staging,
    () => {
      environments.test = { vars: { td: "staging.example", domain: "test.example", topic: "orders" } };
    },
  ];
  random.pick(edits)();
}
