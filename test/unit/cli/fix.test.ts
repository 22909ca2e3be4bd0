import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import type { Outcome } from "../../../server/src/cli/services.ts";
import { NodeHost } from "../../../server/src/host/node.ts";
import { fixtures, runIn } from "../../support/cli.ts";

const scratch: string[] = [];
afterEach(() => {
  for (const folder of scratch.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), "plumbline-fix-"));
  scratch.push(made);
  return made;
}

/** A copy of the fixture `shop` with mistakes that can be fixed safely, and one that cannot. */
function shop(): { readonly root: string; readonly file: string; readonly before: string } {
  const root = folder();
  cpSync(path.join(fixtures, "shop"), root, { recursive: true });
  const file = path.join(root, "more.plumb.yaml");
  const before = `apiVersion: plumbline/v1
kind: Policy
metadata: { name: more } # all of it
spec:
  owner: 12 # a number
  rules:
    # Whoever shops.
    - name: appends
      effect: deny
      subjects: checkout # one
      on: [{ resource: ledger }]
    - { name: reads, effect: deny, subjects: chekout, on: [{ resource: ledger }] }
`;
  writeFileSync(file, before);
  return { root, file, before };
}

function fix(root: string, ...more: string[]): Promise<Outcome> {
  return runIn(root, ["check", "--fix", ...more], {
    replace: (uri, text) => writeFile(fileURLToPath(uri), text),
  });
}

test("safe fixes are made in the files, and what is left is reported", async () => {
  const { root, file, before } = shop();
  const { stdout, exitCode } = await fix(root);
  expect(exitCode).toBe(1);
  expect(stdout).toContain(
    'more.plumb.yaml: 3 fixes\n  Write "12" schema/type\n  Put it in brackets schema/type\n  Put it in brackets schema/type\n\n',
  );
  expect(stdout).toContain('There is no identity "chekout". Did you mean "checkout"?');
  expect(readFileSync(file, "utf8")).toBe(
    before
      .replace("owner: 12 ", 'owner: "12" ')
      .replace("subjects: checkout", "subjects: [checkout]")
      .replace("subjects: chekout", "subjects: [chekout]"),
  );
});

test("a second time there is nothing to do", async () => {
  const { root, file } = shop();
  await fix(root);
  const once = readFileSync(file, "utf8");
  const { stdout } = await runIn(root, ["check", "--fix", "--format", "json"]);
  expect(JSON.parse(stdout)).toMatchObject({ fixed: [], summary: { errors: 1 } });
  expect(readFileSync(file, "utf8")).toBe(once);
});

test("machines are told what was done", async () => {
  const { root } = shop();
  const { fixed } = JSON.parse((await fix(root, "--format", "json")).stdout);
  expect(fixed).toHaveLength(3);
  expect(fixed[0]).toMatchObject({ code: "schema/type", title: 'Write "12"' });
  expect(fixed[0].uri).toMatch(/more\.plumb\.yaml$/);
});

test("without --fix nothing is written", async () => {
  const { root, file, before } = shop();
  await runIn(root, ["check"]);
  expect(readFileSync(file, "utf8")).toBe(before);
});

test("a file that was saved meanwhile stays as it is", async () => {
  const { root, file, before } = shop();
  let reads = 0;
  const outcome = await runIn(root, ["check", "--fix"], {
    hostFor: (folders) => {
      const host = new NodeHost({ roots: () => folders });
      return new Proxy(host, {
        get: (target, name, receiver) => {
          const own: unknown = Reflect.get(target, name, receiver);
          if (name !== "readFile") return typeof own === "function" ? own.bind(target) : own;
          return async (uri: string) => {
            if (uri.endsWith("more.plumb.yaml") && ++reads === 2) await writeFile(file, `${before}# saved\n`);
            return target.readFile(uri);
          };
        },
      });
    },
  });
  expect(outcome).toEqual({
    stdout: "",
    stderr: "more.plumb.yaml was changed while it was checked. Run `plumbline check --fix` again.\n",
    exitCode: 2,
  });
  expect(await readFile(file, "utf8")).toBe(`${before}# saved\n`);
});

test("a link that leads out of the folder is not written through", async () => {
  const { root, file, before } = shop();
  const outside = path.join(folder(), "elsewhere.yaml");
  writeFileSync(outside, before);
  rmSync(file);
  symlinkSync(outside, file);
  await fix(root);
  expect(readFileSync(outside, "utf8")).toBe(before);
});

test("what stands once more, or accepts nothing, goes without a question", async () => {
  const root = folder();
  const file = path.join(root, "a.plumb.yaml");
  const text = (more: Readonly<Record<string, string>>): string => `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: shop }
spec:
  owner: shop@acme.example
  environments: { production: {} }
  lint: { rules: { ${more.rules ?? ""}missing-owner: warning } }
  waivers:
${more.waiver ?? ""}    - { code: unbound-resource, on: typo, reason: moved, expires: 2999-01-01 }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: shop }
spec:
  identities:
    job: { type: workload, clientId: job, owner: shop@acme.example }${more.comment ?? ""}
  resources:
    ledger: { type: service, protocol: http, operations: ["GET /a", "POST /a"${more.operation ?? ""}] }
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: shop }
spec:
  rules:
    - name: reads
      effect: deny
      subjects: [job${more.subject ?? ""}]
      on: [{ resource: ledger }]
`;
  writeFileSync(
    file,
    text({
      rules: "schema/type: warning, ",
      waiver: "    - { code: unbound-resource, on: ledger, reason: of another time, expires: 2999-01-01 }\n",
      comment: " # plumbline-ignore schema/type: not mine",
      operation: ', "GET /a"',
      subject: ", job",
    }),
  );
  const { stdout } = await fix(root);
  for (const title of [
    "Remove the setting of schema/type",
    "Remove the waiver",
    "Remove the comment",
    "Remove the second GET /a",
    'Remove the second "job"',
  ])
    expect(stdout).toContain(`  ${title} `);
  // The name that nobody has may be a slip: that is for people.
  expect(readFileSync(file, "utf8")).toBe(text({}));
  expect((await fix(root, "--format", "json")).stdout).toContain('"fixed": []');
});
