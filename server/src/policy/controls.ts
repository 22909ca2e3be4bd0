/**
 * The controls that policies and rules may give evidence for, in closed lists that carry their edition, and what was
 * most likely meant by an id that is in none of them. Sources: OWASP NHI Top 10 2025, NIST CSF 2.0 (NIST.CSWP.29), NIST
 * AI RMF 1.0 (NIST.AI.100-1), CSA MAESTRO, OWASP Top 10 for LLM applications, OWASP agentic top 10 (ASI, December 2025).
 */
import { didYouMean } from "../text/did-you-mean.ts";

export interface Framework {
  /** With its edition, as it stands before the colon: `NIST-CSF-2.0`. */
  readonly id: string;
  readonly title: string;
  readonly ids: ReadonlySet<string>;
}

/** `prefix` and each number with that many digits. */
const numbered = (prefix: string, count: number, digits = 1): readonly string[] =>
  Array.from({ length: count }, (_, index) => prefix + String(index + 1).padStart(digits, "0"));

/** `PR.AA: 1 2 3` as PR.AA-01 and so on; CSF 2.0 has gaps where 1.1 had subcategories that moved. */
const csf =
  `GV.OC 1 2 3 4 5;GV.RM 1 2 3 4 5 6 7;GV.RR 1 2 3 4;GV.PO 1 2;GV.OV 1 2 3;GV.SC 1 2 3 4 5 6 7 8 9 10;
ID.AM 1 2 3 4 5 7 8;ID.RA 1 2 3 4 5 6 7 8 9 10;ID.IM 1 2 3 4;PR.AA 1 2 3 4 5 6;PR.AT 1 2;PR.DS 1 2 10 11;
PR.PS 1 2 3 4 5 6;PR.IR 1 2 3 4;DE.CM 1 2 3 6 9;DE.AE 2 3 4 6 7 8;RS.MA 1 2 3 4 5;RS.AN 3 6 7 8;RS.CO 2 3;
RS.MI 1 2;RC.RP 1 2 3 4 5 6;RC.CO 3 4`
    .split(";")
    .flatMap((category) => {
      const [name = "", ...numbers] = category.trim().split(" ");
      return numbers.map((number) => `${name}-${number.padStart(2, "0")}`);
    });

/** How many subcategories each category of the AI RMF has. */
const rmf = Object.entries({
  GOVERN: [7, 3, 2, 3, 2, 2],
  MAP: [6, 3, 5, 2, 2],
  MEASURE: [3, 13, 3, 3],
  MANAGE: [4, 4, 2, 3],
}).flatMap(([name, counts]) => counts.flatMap((count, index) => numbered(`${name}-${index + 1}.`, count)));

export const frameworks: readonly Framework[] = [
  {
    id: "OWASP-NHI-2025",
    title: "OWASP Non-Human Identities Top 10, 2025",
    ids: new Set(numbered("NHI", 10)),
  },
  { id: "NIST-CSF-2.0", title: "NIST Cybersecurity Framework 2.0", ids: new Set(csf) },
  { id: "NIST-AI-RMF-1.0", title: "NIST AI Risk Management Framework 1.0", ids: new Set(rmf) },
  { id: "MAESTRO", title: "CSA MAESTRO, its seven layers", ids: new Set(numbered("L", 7)) },
  {
    id: "OWASP-LLM-2025",
    title: "OWASP Top 10 for LLM applications, 2025",
    ids: new Set(numbered("LLM", 10, 2)),
  },
  {
    id: "OWASP-LLM-2026",
    title: "OWASP Top 10 for LLM applications, 2026",
    ids: new Set(numbered("LLM", 10, 2)),
  },
  {
    id: "OWASP-ASI-2025",
    title: "OWASP Top 10 for agentic applications, December 2025",
    ids: new Set(numbered("ASI", 10, 2)),
  },
];

export type ControlCheck =
  | { readonly kind: "known"; readonly framework: Framework }
  /** The same control, in another spelling: `means` is how the list writes it. */
  | { readonly kind: "spelling"; readonly framework: Framework; readonly means: string }
  /** An id that is cited but that no text of its framework contains; `means` is the nearest that one does. */
  | { readonly kind: "alias"; readonly framework: Framework; readonly means: string }
  /** The framework has several editions with other numbers. */
  | { readonly kind: "edition-missing"; readonly editions: readonly string[] }
  | { readonly kind: "unknown-framework"; readonly similar?: string }
  | { readonly kind: "unknown-control"; readonly framework: Framework; readonly similar?: string };

/** Cited by an article on agent policies; no MAESTRO text contains it (domain notes of the project). */
const aliases: ReadonlyMap<string, string> = new Map([["MAESTRO:GOV-2", "MAESTRO:L6"]]);

export function checkControl(text: string): ControlCheck {
  const alias = aliases.get(text);
  if (alias !== undefined) return found(alias, (framework) => ({ kind: "alias", framework, means: alias }));
  const colon = text.indexOf(":");
  const name = colon < 0 ? "" : text.slice(0, colon).trim();
  const id = text.slice(colon + 1).trim();
  const framework = frameworks.find((one) => one.id === name);
  if (framework?.ids.has(id) && text === `${name}:${id}`) return { kind: "known", framework };
  const spelled = spelling(name, id);
  if (spelled !== undefined) return spelled;
  if (framework === undefined) {
    const similar = didYouMean(
      name,
      frameworks.map((one) => one.id),
    );
    return { kind: "unknown-framework", ...(similar === undefined ? {} : { similar }) };
  }
  const similar = didYouMean(id, framework.ids);
  return {
    kind: "unknown-control",
    framework,
    ...(similar === undefined ? {} : { similar: `${framework.id}:${similar}` }),
  };
}

/** Whether it is exactly as its list writes it: what our own rules must be. */
export function isKnownControl(text: string): boolean {
  return checkControl(text).kind === "known";
}

/** Upper or lower case, a space for a dash, numbers with and without zeros or a dash, the official `NHI1:2025`. */
function spelling(name: string, id: string): ControlCheck | undefined {
  // The official form of OWASP has the year behind the colon.
  const [family, control] = /^\d{4}$/.test(id) ? [`${name.replace(/[-\d]+$/, "")}-${id}`, name] : [name, id];
  const named = frameworks.filter(
    (one) =>
      family === "" ||
      folded(one.id) === folded(family) ||
      folded(one.id).endsWith(folded(family)) ||
      withoutEdition(one.id) === withoutEdition(family),
  );
  const having = named.flatMap((framework) => {
    const same = foldedIds.get(framework)?.get(folded(control));
    return same === undefined ? [] : [{ framework, means: `${framework.id}:${same}` }];
  });
  const exact = having.filter(({ framework }) => folded(framework.id) === folded(family));
  const candidates = exact.length > 0 ? exact : having.filter(({ framework }) => fits(framework, family));
  const [only] = candidates;
  if (only === undefined) return undefined;
  if (candidates.length > 1) return { kind: "edition-missing", editions: candidates.map((one) => one.means) };
  return { kind: "spelling", ...only };
}

/** Whether the edition that is written, if one is, is the one of the framework. */
function fits({ id }: Framework, family: string): boolean {
  const edition = /-(\d[\d.]*)$/.exec(family)?.[1];
  return edition === undefined || id.endsWith(`-${edition}`);
}

const withoutEdition = (id: string): string => folded(id.replace(/-\d[\d.]*$/, ""));

/** For comparing: no case, no dashes, spaces or leading zeros. */
const folded = (text: string): string =>
  text
    .toUpperCase()
    .replace(/(^|[^\d.])0+(?=\d)/g, "$1")
    .replace(/[-\s_]/g, "");

const foldedIds: ReadonlyMap<Framework, ReadonlyMap<string, string>> = new Map(
  frameworks.map((one) => [one, new Map([...one.ids].map((id) => [folded(id), id]))]),
);

function found(means: string, make: (framework: Framework) => ControlCheck): ControlCheck {
  const framework = frameworks.find((one) => means.startsWith(`${one.id}:`));
  if (framework === undefined) throw new Error(`${means} is in no list of controls`);
  return make(framework);
}
