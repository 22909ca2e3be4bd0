/** Any import into any inventory: twice is once, nothing of what was there is lost, and what is there then is sound. */
import { expect, test } from "vitest";
import { parseYaml } from "../../../../server/src/yaml/parse.ts";
import { Random } from "../../simulate/random.ts";
import { controlPlane, findings, imported } from "./support.ts";

const runs = process.env.PLUMBLINE_DEEP === undefined ? 150 : 3000;
const names = ["checkout", "ledger", "a.b", "Über", "0", "true", "default", "null", "x-1"];
const namespaces = ["shop", "billing", "true"];

/** From 0 up, less than `below`. */
const int = (random: Random, below: number): number => Math.floor(random.next() * below);

/** An identity in one of the ways in which people write them. */
function identity(random: Random, index: number): string {
  const id = `spiffe://\${td}/ns/${random.pick(namespaces)}/sa/${random.pick(["checkout", "ledger", "x-1"])}`;
  const ttl = random.pick(["1h", "90m", "3600s"]);
  const name = random.pick(["checkout", "ledger", "other", "x-1", "shop-ledger"]);
  return random.pick([
    `    ${name}${index}: { type: workload, spiffeId: "${id}", credential: { type: x509-svid, maxTtl: ${ttl} } } # ${index}\n`,
    `    # number ${index}\n    "${name}${index}":\n        type: workload   # odd\n        spiffeId: '${id}'\n\n`,
    `    ${name}${index}:\n      type: agent\n      credential:\n        type: jwt-svid\n        maxTtl: ${ttl}\n      spiffeId: >-\n        ${id}\n`,
  ]);
}

/** A section without entries, behind its colon. */
function nothing(random: Random): string {
  const comment = random.pick(["", " # none yet", "    # none"]);
  return `${random.pick(["", "  ", " {}", " null", " ~", " { }"])}${comment}\n${random.pick(["", "    # to come\n", "\n"])}`;
}

function inventoryOf(random: Random): string {
  const count = 1 + int(random, 4);
  const identities = Array.from({ length: count }, (_, index) => identity(random, index)).join("");
  const head = "# top\napiVersion: plumbline/v1\nkind: Inventory\nmetadata: { name: i }\n";
  const text = random.pick([
    `${head}spec:\n  identities:\n${identities}  resources:\n    r: { type: service } # last`,
    `${head}spec:\n  resources: {} # none\n  identities:\n${identities}`,
    `${head}spec: {}\n# the end\n`,
    `${head}spec:\n`,
    `${head}spec:${random.pick(["", " {}", " null", "  ~"])}${random.pick(["", " # x", "   # y"])}\n${random.pick(["", "  # z\n", "# w\n"])}`,
    `${head}spec:\n  resources:${nothing(random)}  identities:${nothing(random)}`,
    `${head}spec:\n  identities:\n${identities}      # of the last\n\n      # too\n  # below\n`,
    `# nothing yet\n`,
    `${head}spec: { owner: me, identities: { z: { type: workload } } }\n`,
  ]);
  return random.pick([text, text, text.replaceAll("\n", "\r\n")]);
}

function kubernetes(random: Random): string {
  const all = Array.from({ length: 1 + int(random, 6) }, () => {
    const metadata = `metadata: { name: "${random.pick(names)}", namespace: "${random.pick(namespaces)}" }`;
    return random.pick([
      `apiVersion: v1\nkind: ServiceAccount\n${metadata}\n`,
      `apiVersion: apps/v1\nkind: Deployment\n${metadata}\nspec: { template: { metadata: { labels: { app: a, "k8s/x": "true" } }, spec: { serviceAccountName: ledger } } }\n`,
      `apiVersion: v1\nkind: Service\n${metadata}\nspec: { selector: { app: a }, ports: [{ port: ${80 + int(random, 3)} }, { name: grpc, port: 9090 }] }\n`,
    ]);
  });
  return all.join("---\n");
}

function spire(random: Random): string {
  const entries = Array.from({ length: int(random, 6) }, () => ({
    spiffe_id: {
      trust_domain: random.pick(["prod.acme.example", "staging.acme.example"]),
      path: random.pick([
        "/ns/shop/sa/checkout",
        "/ns/billing/sa/ledger",
        "/ns/shop/sa/x-1",
        "/ns/shop/sa/ledger",
        "/a/b",
        "",
        "/ä",
      ]),
    },
    x509_svid_ttl: random.pick([0, 3600, 5400, "60", 7200]),
    jwt_svid_ttl: random.pick([0, 300]),
    selectors: [{ type: "unix", value: random.pick(["uid:0", "path:/a: b #c"]) }],
    hint: random.pick(["", "", "two words"]),
  }));
  return JSON.stringify({ entries });
}

/** Whether `part` is left when characters are taken out of `whole`. */
function isLeftOf(part: string, whole: string): boolean {
  let at = 0;
  for (const character of part) {
    const found = whole.indexOf(character, at);
    if (found < 0) return false;
    at = found + 1;
  }
  return true;
}

test(`${runs} imports`, { timeout: 60_000 + runs * 100 }, async () => {
  let added = 0;
  let changed = 0;
  for (let seed = 0; seed < runs; seed++) {
    const random = new Random(seed);
    const kind = random.pick(["kubernetes", "spire"] as const);
    const source = kind === "spire" ? spire(random) : kubernetes(random);
    const before = inventoryOf(random);
    const files = { "acme.plumb.yaml": controlPlane, "inventory.plumb.yaml": before, a: source };
    const hasErrors = (await findings(files)).length;
    const plan = await imported({ files, from: ["a"] }, { kind });
    const context = `seed ${seed}\n${before}\n<- ${source}\n-> ${plan.after}`;
    added += plan.added.length;
    changed += plan.changed.length;
    // Braces of what was empty may become lines.
    if (plan.changed.length === 0)
      expect(isLeftOf(before.replace(/(?<=:) *(\{ ?\}|null|~)(?=\s)/g, ""), plan.after), context).toBe(true);
    for (const [comment] of before.matchAll(/# .*/g))
      expect(plan.after, context).toContain(comment.trimEnd());
    expect(parseYaml("file:///a.plumb.yaml", plan.after, { dialect: "plumbline" }).problems, context).toEqual(
      [],
    );
    const again = await imported(
      { files: { ...files, "inventory.plumb.yaml": plan.after }, from: ["a"] },
      { kind },
    );
    expect(again.edits, context).toEqual([]);
    // What was wrong before (an identity that nothing proves, say) may be wrong still; nothing else may be.
    if (hasErrors > 0) continue;
    const found = await findings({ ...files, "inventory.plumb.yaml": plan.after });
    const unearned = found.filter(
      (one) => !/ (orphaned-identity|missing-owner|ttl-too-long|identity-reuse): /.test(one),
    );
    expect(unearned, context).toEqual([]);
  }
  expect(added).toBeGreaterThan(runs / 2);
  expect(changed).toBeGreaterThan(0);
});
