import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { URI } from "vscode-uri";
import { NodeHost } from "../../../server/src/host/node.ts";

let base: string;
let host: NodeHost;

const uri = (name: string) => URI.file(path.join(base, name)).toString();

beforeAll(() => {
  base = realpathSync(mkdtempSync(path.join(tmpdir(), "plumbline-host-")));
  mkdirSync(path.join(base, "workspace/policies (old)"), { recursive: true });
  mkdirSync(path.join(base, "workspace/node_modules/x"), { recursive: true });
  writeFileSync(path.join(base, "secret"), "secret");
  writeFileSync(path.join(base, "workspace/a.plumb.yaml"), "a: ä");
  writeFileSync(path.join(base, "workspace/policies (old)/b@1.plumb.yml"), "b");
  writeFileSync(path.join(base, "workspace/node_modules/x/c.plumb.yaml"), "c");
  symlinkSync(path.join(base, "secret"), path.join(base, "workspace/link"));
  symlinkSync(base, path.join(base, "workspace/up"));
  host = new NodeHost({ roots: () => [uri("workspace")] });
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

describe("NodeHost", () => {
  it("reads a file of the workspace", async () => {
    expect(new TextDecoder().decode(await host.readFile(uri("workspace/a.plumb.yaml")))).toBe("a: ä");
  });

  it.each([
    ["a file beside the workspace", "secret", "outside-workspace"],
    ["a path that climbs out", "workspace/../secret", "outside-workspace"],
    ["a link that leads out", "workspace/link", "outside-workspace"],
    ["a folder link that leads out", "workspace/up/secret", "outside-workspace"],
    ["a missing file outside", "nothing", "outside-workspace"],
    ["a missing file", "workspace/nothing", "not-found"],
    ["a folder", "workspace/policies (old)", "not-readable"],
  ])("refuses %s", async (_what, name, code) => {
    await expect(host.readFile(uri(name))).rejects.toMatchObject({ name: "HostError", code });
  });

  it("refuses other schemes", async () => {
    await expect(host.readFile("https://example.com/a")).rejects.toMatchObject({ code: "not-readable" });
  });

  it("says of what is not there that it is not there", async () => {
    expect(await host.stat(uri("workspace/nothing"))).toBeUndefined();
    expect(await host.stat(uri("workspace/a.plumb.yaml"))).toEqual({ type: "file", size: 5 });
    expect(await host.stat(uri("workspace"))).toMatchObject({ type: "directory" });
  });

  it("finds files with the URIs that VS Code has for them, and none through links or in packages", async () => {
    expect(await host.findFiles(uri("workspace"), ["**/*.plumb.{yaml,yml}"])).toEqual([
      uri("workspace/a.plumb.yaml"),
      uri("workspace/policies (old)/b@1.plumb.yml"),
    ]);
  });

  it("finds nothing where a glob climbs out or its folder does not exist", async () => {
    expect(await host.findFiles(uri("workspace"), ["../*", "missing/*.yaml"])).toEqual([]);
  });

  it("resolves links", async () => {
    expect(await host.realpath(uri("workspace/link"))).toBe(uri("secret"));
  });
});
