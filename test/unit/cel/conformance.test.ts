import { getConformanceSuite, type IncrementalTest } from "@bufbuild/cel-spec/testdata/tests.js";
import { expect, test } from "vitest";
import { notSupported, outOfScope } from "./conformance/not-supported.ts";
import { failure } from "./conformance/run.ts";

/** The tests of the specification by `file/section/name`; of equal names the later ones are numbered. */
function specification(): ReadonlyMap<string, IncrementalTest> {
  const tests = new Map<string, IncrementalTest>();
  const counts = new Map<string, number>();
  for (const file of getConformanceSuite().suites) {
    for (const section of file.suites) {
      for (const one of section.tests) {
        const name = `${file.name}/${section.name}/${one.name}`;
        const count = (counts.get(name) ?? 0) + 1;
        counts.set(name, count);
        tests.set(count === 1 ? name : `${name}#${count}`, one);
      }
    }
  }
  return tests;
}

const isOutOfScope = (name: string) =>
  Object.keys(outOfScope).some((section) => name.startsWith(`${section}/`));

/**
 * The data of github.com/google/cel-spec, as of @bufbuild/cel-spec. CEL's own tests say what a condition means at
 * enforcement points that evaluate it with another implementation.
 */
test("conditions do what the CEL specification's own tests say, but for what is listed", () => {
  const listed = new Set(notSupported.flatMap(({ tests }) => tests));
  const all = specification();
  const inScope = [...all].filter(([name]) => !isOutOfScope(name));
  const failed = new Map<string, string>();
  for (const [name, { original }] of inScope) {
    const why = failure(original);
    if (why !== undefined) failed.set(name, `${name}: ${original.expr}\n  ${why}`);
  }
  const unlisted = [...failed].filter(([name]) => !listed.has(name)).map(([, why]) => why);
  const nowPassing = [...listed].filter((name) => !failed.has(name));
  const passed = inScope.length - failed.size;
  console.log(
    `cel-spec: ${passed} of ${inScope.length} tests in scope pass, ${failed.size} are listed as not supported; ` +
      `${all.size - inScope.length} of ${all.size} are out of scope.`,
  );
  expect(unlisted, "fail, and are not listed").toEqual([]);
  expect(nowPassing, "are listed, and do not fail (or are not there)").toEqual([]);
  expect(passed).toBeGreaterThan(900);
});

test("every section that is out of scope is one of the specification's", () => {
  const names = [...specification().keys()];
  for (const section of Object.keys(outOfScope)) {
    expect(
      names.some((name) => name.startsWith(`${section}/`)),
      section,
    ).toBe(true);
  }
});
