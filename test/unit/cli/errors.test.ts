import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { fixtures, runIn } from "../../support/cli.ts";

const empty = mkdtempSync(path.join(tmpdir(), "plumbline-empty-"));
afterAll(() => rmSync(empty, { recursive: true, force: true }));

describe("what the command line does not understand", () => {
  it.each([
    [["chek"], 'plumbline has no command chek. Did you mean "check"? `plumbline --help` lists the commands.'],
    [["--fast"], "plumbline has no option --fast. `plumbline --help` lists the commands."],
    [["check", "--fromat", "json"], "plumbline check has no option --fromat. Did you mean --format?"],
    [
      ["check", "--format", "yaml"],
      '--format is one of text, json, sarif, junit, github, markdown, not "yaml".',
    ],
    [
      ["check", "--format", "sarfi"],
      '--format is one of text, json, sarif, junit, github, markdown, not "sarfi". Did you mean "sarif"?',
    ],
    [["rules", "ai"], 'plumbline rules takes no arguments, so "ai" is one too many.'],
    [["check", "--format"], "--format needs a value: --format text|json|sarif|junit|github|markdown."],
    [
      ["check", "--format", "--deny-warnings"],
      "--format needs a value: --format text|json|sarif|junit|github|markdown.",
    ],
    [["check", "--deny-warnings=yes"], '--deny-warnings takes no value, but was given "yes".'],
    [["check", "--format=json", "--format=text"], "--format is given twice. Say it once."],
    [["check", "shop", "broken"], 'plumbline check takes only FOLDER, so "broken" is one too many.'],
    [["check", "nowhere"], "There is no folder nowhere."],
    [
      ["check", "shop/shop.plumb.yaml"],
      "shop/shop.plumb.yaml is a file. Name the folder that holds the control plane: the one with the ControlPlane document, or one above it.",
    ],
    [
      ["test", "shop", "--environment", "tset"],
      'The control plane has no environment "tset"; it has production, test. Did you mean "test"?',
    ],
    [
      ["simulate", "shop"],
      "Say what to simulate, by one of --request FILE, --scenario NAME and --rule NAME.",
    ],
    [
      ["simulate", "shop", "--rule", "reports-raed"],
      'There is no rule "reports-raed". Did you mean "reports-read"?',
    ],
    [
      ["simulate", "shop", "--rule", "reports-read", "--as", "checkout"],
      "--as gives the credentials of a request: it goes with --request only.",
    ],
    [
      ["simulate", "shop", "--request", "shop/requests/append.json", "--as", "chekout"],
      'There is no identity "chekout". Did you mean "checkout"?',
    ],
    [
      ["simulate", "shop", "--rule", "reports-read", "--deployed", "files/kong.yaml"],
      "files/kong.yaml is config of kong, and the control plane has no enforcement point of that type.",
    ],
    [["compare", "shop"], "plumbline compare needs A and B: B is missing."],
    [["compare", "shop", "git:HEAD"], "there is no git here"],
    [["compare", "shop", "git:"], "git: names no revision: git:REV or git:REV:FOLDER."],
    [["compare", "shop", "files/none.yaml"], "There is no file files/none.yaml."],
    [["compare", "shop", "files/none*.yaml"], "No file matches files/none*.yaml."],
    [
      ["compare", "shop", "shop", "--resource", "leger"],
      'There is no resource "leger". Did you mean "ledger"?',
    ],
    [
      ["compare", "shop", "files/kong.yaml"],
      "files/kong.yaml is config of kong, and environment production has no enforcement point of that type.",
    ],
    [
      ["compare", "shop", "files/istio-head.yaml", "--enforcement-point", "mehs"],
      'Environment production has no enforcement point "mehs"; it has mesh. Did you mean "mesh"?',
    ],
    [
      ["compare", "shop", "files/istio-head.yaml", "--resource", "stock"],
      "There is nothing to compare: stock has no path through an enforcement point that files/istio-head.yaml is deployed at.",
    ],
    [
      ["compare", "files/kong.yaml", "files/kong.yaml", "--resource", "ledger"],
      "--resource needs a control plane on one side, and both are deployed files; say --workload to narrow them.",
    ],
    [
      ["compare", "files/kong.yaml", "files/kong.yaml", "--workload", "shop/app"],
      '--workload is NAMESPACE/LABEL=VALUE, as in shop/app=payments, not "shop/app".',
    ],
    [
      ["compare", "files/kong.yaml", "files/kong.yaml", "--type", "envoi"],
      'Deployed config of type "envoi" cannot be read',
    ],
    [["lsp"], "plumbline lsp speaks over standard input and output only: plumbline lsp --stdio."],
  ])("%j", async (args, message) => {
    const { stdout, stderr, exitCode } = await runIn(fixtures, args);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    expect(stderr).toContain(message);
    expect(stderr?.trim().split("\n")).toHaveLength(1);
  });

  it.each([["check"], ["test"], ["drift"], ["simulate", "--rule", "x"]])(
    "%s says that there is no control plane",
    async (...args) => {
      const { stdout, stderr, exitCode } = await runIn(empty, args);
      expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
      expect(stderr).toBe(
        "There is no control plane in .: no *.plumb.yaml file below it holds a ControlPlane document.\n",
      );
    },
  );

  it("shows the usage where no command is named", async () => {
    const { stdout, stderr, exitCode } = await runIn(empty, []);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    expect(stderr).toContain("Usage:  plumbline COMMAND");
  });

  it("of a ControlPlane of another version says that, and not that environments are missing", async () => {
    const folder = mkdtempSync(path.join(empty, "version-"));
    writeFileSync(
      path.join(folder, "a.plumb.yaml"),
      "apiVersion: plumbline/v0\nkind: ControlPlane\nmetadata: { name: a }\nspec: { environments: { production: {} } }\n",
    );
    for (const args of [["test"], ["drift"], ["generate", "scenarios"]]) {
      const { stderr, exitCode } = await runIn(folder, args);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(
        "The ControlPlane document cannot be read, so no environment is known. `plumbline check` says what is wrong with it.",
      );
    }
    const { stdout } = await runIn(folder, ["check"]);
    expect(stdout).toContain("Write plumbline/v1, and mend what is then found in it.");
    expect(stdout).toContain("1 error in 1 file");
  });

  it("turns a defect of its own into exit 2, with its stack", async () => {
    const { stderr, exitCode } = await runIn(fixtures, ["lsp", "--stdio"], {
      serve: () => Promise.reject(new Error("the bundle is gone")),
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("a defect of Plumbline");
    expect(stderr).toContain("the bundle is gone");
  });
});

describe("help", () => {
  it("lists every command", async () => {
    const { stdout, exitCode } = await runIn(empty, ["--help"]);
    expect(exitCode).toBe(0);
    for (const command of ["check", "test", "simulate", "drift", "compare", "lsp"])
      expect(stdout).toMatch(new RegExp(`^  ${command} +\\S`, "m"));
  });

  it("of a command names all of its options, whatever else is wrong in the call", async () => {
    const { stdout, exitCode } = await runIn(empty, ["compare", "--help"]);
    expect(exitCode).toBe(0);
    for (const option of [
      "resource",
      "enforcement-point",
      "environment",
      "workload",
      "transport",
      "type",
      "format",
    ])
      expect(stdout).toContain(`--${option} `);
  });

  it("gives the version", async () => {
    expect(await runIn(empty, ["--version"])).toEqual({ stdout: "1.2.3\n", exitCode: 0 });
  });
});
