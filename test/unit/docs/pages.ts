/** Reads the pages of docs/codes, and makes workspaces of their snippets. */

import type { Finding } from "../../../server/src/workspace/finding.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { MemoryHost, workspaceFolder } from "../../support/memory-host.ts";
import {
  files as baseFiles,
  controlPlane,
  deployedFiles,
  environments,
  scenarios,
} from "./base-workspace.ts";

export interface Snippet {
  readonly language: string;
  /** `file=NAME` of the fence's info string. */
  readonly file: string | undefined;
  readonly text: string;
}

export interface Page {
  readonly title: string;
  readonly summary: string;
  /** The text of each section by its heading, in order. */
  readonly sections: ReadonlyMap<string, string>;
}

export function readPage(text: string): Page {
  const [head = "", ...rest] = text.split(/^## /m);
  const [title = "", ...summary] = head.split("\n");
  return {
    title: title.replace(/^# /, ""),
    summary: summary.join("\n").trim(),
    sections: new Map(
      rest.map((section) => {
        const line = section.indexOf("\n");
        return [section.slice(0, line), section.slice(line + 1).trim()];
      }),
    ),
  };
}

export function snippets(section: string): readonly Snippet[] {
  return [...section.matchAll(/^```(\w+)(?: file=(\S+))?\n([\s\S]*?)^```$/gm)].map(
    ([, language = "", file, text = ""]) => ({ language, file, text }),
  );
}

type Kind = "ControlPlane" | "Inventory" | "Policy" | "Scenarios";

/** What a snippet shows that starts with a part of `spec`. */
const kindOfPart: Readonly<Record<string, Kind>> = {
  trustDomains: "ControlPlane",
  issuers: "ControlPlane",
  limits: "ControlPlane",
  secretManagers: "ControlPlane",
  auditSinks: "ControlPlane",
  defaultEnvironment: "ControlPlane",
  environments: "ControlPlane",
  lint: "ControlPlane",
  identities: "Inventory",
  resources: "Inventory",
  rules: "Policy",
  scenarios: "Scenarios",
};

const defaultFile: Readonly<Record<Kind, string>> = {
  ControlPlane: "acme.plumb.yaml",
  Inventory: "inventory/example.plumb.yaml",
  Policy: "policies/example.plumb.yaml",
  Scenarios: "scenarios/example.plumb.yaml",
};

/** The files of the snippets by their path. Relative ones stand in the control plane's folder. */
export function filesOf(all: readonly Snippet[]): ReadonlyMap<string, string> {
  return new Map(
    all.map(({ language, file, text }) => {
      const first = /^(?:\s*(?:#.*)?\n)*([A-Za-z]+):/.exec(text)?.[1];
      const kind = first === undefined ? undefined : kindOfPart[first];
      if (language === "yaml" && kind !== undefined && (file === undefined || file.endsWith(".plumb.yaml")))
        return [file ?? defaultFile[kind], wrap(kind, text)];
      if (file !== undefined) return [file, text];
      if (language === "yaml") return [defaultFile.Policy, text];
      throw new Error(`a ${language} snippet needs file=NAME`);
    }),
  );
}

function wrap(kind: Kind, part: string): string {
  const spec = part.replace(/^(?=.)/gm, "  ");
  const name = kind === "ControlPlane" ? "acme" : "example";
  return `apiVersion: plumbline/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec:\n${spec}`;
}

/** The findings of a workspace of the base and these files; a later file takes the place of an earlier one. */
export async function findingsOf(shown: ReadonlyMap<string, string>): Promise<readonly Finding[]> {
  const host = new MemoryHost(workspaceFiles(shown));
  const workspace = new Workspace(host);
  workspace.setFolders([workspaceFolder]);
  const snapshot = await workspace.analyze();
  return [...snapshot.findings.values()].flat();
}

function workspaceFiles(shown: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const deployed = new Set(
    [...shown.keys()].flatMap((path) => /^deployed\/([a-z]+)\//.exec(path)?.[1] ?? []),
  );
  const all: Record<string, string> = { ...baseFiles(deployed) };
  for (const point of deployed) Object.assign(all, deployedFiles[point]);
  if ([...shown.keys()].some((path) => path.startsWith("scenarios/")))
    all["scenarios/base.plumb.yaml"] = scenarios;
  for (const [path, text] of shown) all[path] = text;
  const own = all["acme.plumb.yaml"] ?? "";
  // Parts of the control plane that a snippet does not show are those of the base.
  const parts = { ...controlPlane, environments: environments(deployed) };
  const missing = Object.entries(parts).filter(([key]) => !new RegExp(`^ {2}${key}:`, "m").test(own));
  if (own === "") all["acme.plumb.yaml"] = wrap("ControlPlane", missing.map(([, text]) => text).join(""));
  else if (/^kind: ControlPlane/m.test(own) && !own.includes("\n---"))
    all["acme.plumb.yaml"] = own + missing.map(([, text]) => text.replace(/^(?=.)/gm, "  ")).join("");
  return Object.fromEntries(
    Object.entries(all).map(([path, text]) => [path.startsWith("/") ? path.slice(1) : `acme/${path}`, text]),
  );
}
