import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testHolds } from "../../../server/src/access/evaluate-terms.ts";
import { istio } from "../../../server/src/deployed/istio/adapter.ts";
import { normalizePath } from "../../../server/src/deployed/istio/path.ts";
import { expandDomains, withAliases } from "../../../server/src/deployed/istio/trust-domain.ts";
import { Mesh, policy } from "./istio-support.ts";

describe("path normalisation", () => {
  // istio.io/latest/docs/reference/config/security/normalization
  test.each([
    ["/some%2Fdata/%61%62%63?x=1", "/some%2Fdata/abc", "/some%2Fdata/abc", "/some/data/abc"],
    ["/some\\data", "/some/data", "/some/data", "/some/data"],
    ["/some//data///abc", "/some//data///abc", "/some/data/abc", "/some/data/abc"],
    ["/public/./data/abc/../xyz", "/public/data/xyz", "/public/data/xyz", "/public/data/xyz"],
    ["/a%5Cb", "/a%5Cb", "/a%5Cb", "/a/b"],
    ["/a/%2e%2E/../b", "/b", "/b", "/b"],
    ["/a/..", "/", "/", "/"],
  ])("%s", (path, base, merged, decoded) => {
    expect(normalizePath(path)).toBe(base);
    expect(normalizePath(path, "MERGE_SLASHES")).toBe(merged);
    expect(normalizePath(path, "DECODE_AND_MERGE_SLASHES")).toBe(decoded);
    expect(normalizePath(path, "NONE")).toBe(path.split("?")[0]);
  });

  test("DENY on a path also catches its encoded form", () => {
    const mesh = new Mesh(policy(`action: DENY\nrules: [{ to: [{ operation: { paths: [/admin] } }] }]`));
    const { file } = mesh;
    const { model } = istio.read([file]);
    const at = {
      hosts: [],
      labels: new Map<string, string>(),
      transport: "http",
      traffic: "service",
    } as const;
    const hop = {
      enforcementPoint: "mesh",
      environment: "production",
      transparent: true,
      forwardsJwt: true,
      completeFor: "all",
      settings: {},
    } as const;
    const view = { traffic: "service", http: { path: "/%61dmin" } } as const;
    expect(istio.decide(model, at, hop, view).decision).toBe("deny");
  });
});

describe("trust domains", () => {
  // The cases of pilot/pkg/security/trustdomain/bundle_test.go that differ in kind.
  test.each([
    ["cluster.local/ns/foo/sa/bar", ["td1", "td2"], ["td1/ns/foo/sa/bar", "td2/ns/foo/sa/bar"]],
    ["td2/ns/foo/sa/bar", ["td1", "td2"], ["td1/ns/foo/sa/bar", "td2/ns/foo/sa/bar"]],
    ["some-td/ns/foo/sa/bar", ["td1"], ["some-td/ns/foo/sa/bar"]],
    ["*/ns/foo/sa/bar", ["td1"], ["*/ns/foo/sa/bar"]],
    ["*-td/ns/foo/sa/bar", ["new-td", "old-td"], ["*-td/ns/foo/sa/bar"]],
    ["*-td/ns/foo/sa/bar", ["new-td", "other"], ["*-td/ns/foo/sa/bar", "other/ns/foo/sa/bar"]],
    ["sa/bar", ["td1"], ["sa/bar"]],
    ["*", ["td1"], ["*"]],
  ])("%s in %j", (principal, domains, expanded) => {
    expect(withAliases(principal, domains)).toEqual(expanded);
  });

  test("trustDomains expand only what is the mesh's own", () => {
    expect(expandDomains("a", ["a", "b"])).toEqual(["a", "b"]);
    expect(expandDomains("c", ["a", "b"])).toEqual(["c"]);
  });
});

describe("the assumption that a tested header is sent once", () => {
  const text = fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom("a", "b", "é", ".", "\n") });

  test("its two sides part all texts", () => {
    fc.assert(
      fc.property(text, fc.constantFrom("exact", "prefix", "suffix"), text, (value, kind, other) => {
        const written = kind === "prefix" ? `${value}*` : kind === "suffix" ? `*${value}` : value;
        const key = JSON.stringify("request.headers[x]");
        const mesh = new Mesh(
          policy(`rules: [{ when: [{ key: ${key}, values: [${JSON.stringify(written)}] }] }]`),
        );
        const regions = istio.impossible?.(istio.read([mesh.file]).model) ?? [];
        const [region] = regions;
        expect(regions).toHaveLength(1);
        for (const sample of [other, value, value + other, other + value]) {
          const sides = region?.literals.map((one) =>
            testHolds({ kind: "list", members: [sample] }, one.test),
          );
          expect(sides?.filter(Boolean)).toHaveLength(1);
        }
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  test("a header whose presence alone is tested needs no assumption", () => {
    const mesh = new Mesh(policy(`rules: [{ when: [{ key: "request.headers[x]", values: ["*"] }] }]`));
    expect(istio.impossible?.(istio.read([mesh.file]).model)).toEqual([]);
  });
});

describe("large rules", () => {
  test("what spreads out too far is opaque and listed", () => {
    const many = (kind: string) =>
      Array.from({ length: 80 }, (_, index) => `"/${kind}${index}/*"`).join(", ");
    const spec = `rules: [{ from: [{ source: { principals: [${many("p")}] } }], to: [{ operation: { paths: [${many("x")}] } }] }]`;
    const lowered = new Mesh(policy(spec)).lower();
    expect(lowered.branches[0]?.access.opaque).toHaveLength(1);
    expect(lowered.lost[0]?.reason).toContain("split it into several rules");
  });

  test("many exact values are one term", () => {
    const names = Array.from({ length: 500 }, (_, index) => `prod/ns/a/sa/s${index}`).join(", ");
    const paths = Array.from({ length: 500 }, (_, index) => `/p${index}`).join(", ");
    const spec = `rules: [{ from: [{ source: { principals: [${names}] } }], to: [{ operation: { paths: [${paths}] } }] }]`;
    expect(new Mesh(policy(spec)).lower().branches[0]?.access.allow).toHaveLength(1);
  });
});
