import { isCelError, run } from "@bufbuild/cel";
import { expect, test } from "vitest";
import type { Interaction, Json } from "../../../server/src/access/interaction.ts";
import { compileCondition } from "../../../server/src/cel/compile.ts";
import { plumblineEnvironment } from "../../../server/src/cel/environment.ts";
import { condition, interaction, Random } from "./generate.ts";
import { bindings } from "./oracle-bindings.ts";

/**
 * Our evaluation against another implementation of CEL. Left out is where we deviate on purpose: groups of variables
 * are always there for has(), and a claim or body field that is a map is no list for `in` and `exists`.
 */
const deviates =
  /has\(mcp\.|in (?:request\.body|jwt\.act|mcp\.tool\.arguments)|(?:request\.body\S*|jwt\.act\S*)\.(?:exists|all)\(/;

/** Scalars and lists only where a claim could be a map, lower-case header names, whole numbers of tokens. */
function plain(request: Interaction): Interaction {
  const claims = withoutMaps(request.jwt?.claims, "act");
  const { http, llm, jwt, mcp } = request;
  const body =
    typeof http?.body === "object" && http.body !== null && !Array.isArray(http.body) ? http.body : {};
  const headers = Object.entries(http?.headers ?? {}).map(
    ([name, values]) => [name.toLowerCase(), values] as const,
  );
  return {
    ...request,
    ...(jwt !== undefined && { jwt: { ...jwt, claims } }),
    ...(mcp?.tool !== undefined && {
      mcp: { ...mcp, tool: { ...mcp.tool, arguments: withoutMaps(mcp.tool.arguments, "address") } },
    }),
    http: { ...http, body, headers: Object.fromEntries(headers) },
    llm: llm?.maxTokens === undefined ? {} : { maxTokens: Math.floor(llm.maxTokens) },
  };
}

function withoutMaps(fields: { readonly [name: string]: Json } | undefined, but: string) {
  const entries = Object.entries(fields ?? {}).map(([name, value]): [string, Json] => [
    name,
    name !== but && typeof value === "object" && value !== null && !Array.isArray(value) ? "map" : value,
  ]);
  return Object.fromEntries(entries);
}

function withoutNulls(request: Interaction): Interaction {
  return JSON.parse(JSON.stringify(request).replaceAll(":null", ':"null"')) as Interaction;
}

const deep = process.env.PLUMBLINE_DEEP === "1";

test("another implementation of CEL gives the same values", () => {
  const environment = plumblineEnvironment();
  const counts = { true: 0, false: 0, error: 0 };
  for (let seed = 1; seed <= (deep ? 6_000 : 300); seed++) {
    const random = new Random(seed * 7919);
    const source = condition(random, 2).replaceAll("X-Team", "x-team");
    if (deviates.test(source)) continue;
    const compiled = compileCondition(source, environment);
    expect(compiled.problems, source).toEqual([]);
    for (let round = 0; round < 4; round++) {
      const drawn = plain(interaction(random));
      // CEL: a map has a key whose value is null (language definition, field selection); the other library says no.
      const request = source.includes("has(") ? withoutNulls(drawn) : drawn;
      const other = run(source, bindings(request) as Parameters<typeof run>[1]);
      const expected = isCelError(other) || typeof other !== "boolean" ? "error" : `${other}`;
      const ours = compiled.evaluate(request);
      counts[ours.value]++;
      expect(
        ours.value,
        `${source}\n${JSON.stringify(request)}\n${String(other)} ${JSON.stringify(ours)}`,
      ).toBe(expected);
    }
  }
  expect(Math.min(counts.true, counts.false, counts.error)).toBeGreaterThan(100);
});
