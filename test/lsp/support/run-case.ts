/** Runs one case against a server of its own, in a folder of its own. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
  type CodeAction,
  type CodeLens,
  FileChangeType,
  type Hover,
  type Range,
  ResponseError,
} from "vscode-languageserver/node";
import { readMarkers } from "../../support/markers.ts";
import { type Block, type Case, namesIn, type Step } from "./case.ts";
import { relative, renderDiagnostics, renderHover, renderLenses, type Texts } from "./render.ts";
import { renderActions } from "./render-actions.ts";
import { Session, type SessionOptions } from "./session.ts";

const fixtures = path.resolve(import.meta.dirname, "../fixtures");

const whole: Range = { start: { line: 0, character: 0 }, end: { line: 100_000, character: 0 } };

/** What one `Then` expected, and what came. */
export interface Outcome {
  readonly block: Block;
  readonly actual: string;
}

export async function runCase(one: Case): Promise<readonly Outcome[]> {
  const given = new Given(one.steps.filter((step) => step.word === "Given"));
  let session: Session | undefined;
  try {
    session = await Session.start(given.options);
    const outcomes = await new Run(given, session).steps(one.steps.filter((step) => step.word !== "Given"));
    await session.stop();
    if (session.complaints.length > 0)
      throw new Error(`the server complained: ${session.complaints.join("\n")}`);
    return outcomes;
  } catch (error) {
    session?.kill();
    throw error;
  } finally {
    given.remove();
  }
}

/** The folder of a case: the files of its fixture, then its own. */
class Given implements Texts {
  readonly folder = realpathSync(mkdtempSync(path.join(tmpdir(), "plumbline-lsp-")));
  readonly options: SessionOptions;
  /** In the order of the case: `<|>` in its files. */
  readonly cursors: { readonly uri: string; readonly offset: number }[] = [];
  readonly #texts = new Map<string, string>();

  constructor(steps: readonly Step[]) {
    let folders: readonly string[] = [""];
    let settings: unknown;
    let initializationOptions: unknown;
    for (const { rest, blocks } of steps) {
      const names = namesIn(rest);
      if (rest.startsWith("the workspace"))
        for (const name of names) cpSync(path.join(fixtures, name), this.folder, { recursive: true });
      else if (rest.startsWith("the folder")) folders = names;
      else if (rest !== "" && !rest.startsWith("the ")) throw new Error(`no such Given: ${rest}`);
      for (const block of blocks) {
        if (rest === "the settings") settings = JSON.parse(block.text);
        else if (rest === "the initialization options") initializationOptions = JSON.parse(block.text);
        else this.write(block.name, block.text, { cursors: true });
      }
    }
    this.options = {
      folders: folders.map((name) => this.uri(name)),
      ...(settings === undefined ? {} : { settings }),
      ...(initializationOptions === undefined ? {} : { initializationOptions }),
    };
  }

  uri(name: string): string {
    return pathToFileURL(path.join(this.folder, name)).href;
  }

  name(uri: string): string {
    const base = `${pathToFileURL(this.folder).href}/`;
    return uri.startsWith(base) ? decodeURIComponent(uri.slice(base.length)) : uri;
  }

  text(uri: string): string | undefined {
    return this.#texts.get(uri) ?? this.onDisk(this.name(uri));
  }

  onDisk(name: string): string {
    return readFileSync(path.join(this.folder, name), "utf8");
  }

  /** What the editor has, over the disk; undefined: what is on disk. */
  show(uri: string, text: string | undefined): void {
    if (text === undefined) this.#texts.delete(uri);
    else this.#texts.set(uri, text);
  }

  write(name: string, fixture: string, { cursors }: { readonly cursors: boolean }): void {
    const marked = readMarkers(`${fixture}\n`);
    const uri = this.uri(name);
    if (cursors) for (const offset of marked.cursors) this.cursors.push({ uri, offset });
    mkdirSync(path.dirname(path.join(this.folder, name)), { recursive: true });
    writeFileSync(path.join(this.folder, name), marked.text);
  }

  has(name: string): boolean {
    return existsSync(path.join(this.folder, name));
  }

  delete(name: string): void {
    rmSync(path.join(this.folder, name));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

class Run {
  #answer: string | undefined;
  /** The part of the last report that is for machines. */
  #result: unknown;

  constructor(
    private readonly given: Given,
    private readonly session: Session,
  ) {}

  async steps(steps: readonly Step[]): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const step of steps) {
      if (step.word === "When") await this.#when(step);
      else {
        const [block] = step.blocks;
        if (block === undefined) throw new Error(`Then ${step.rest}: no block`);
        outcomes.push({ block, actual: await this.#then(step) });
      }
    }
    return outcomes;
  }

  async #when({ rest, blocks }: Step): Promise<void> {
    const { given, session } = this;
    const [block] = blocks;
    const [name = ""] = namesIn(rest);
    const uri = given.uri(name);
    const action = rest.replace(/\s*`[^`]*`/g, "").trim();
    switch (action) {
      case "opening": {
        const text = block === undefined ? given.onDisk(name) : `${block.text}\n`;
        given.show(uri, text);
        return session.open(uri, text);
      }
      case "typing in":
        given.show(uri, `${block?.text}\n`);
        await session.change(uri, `${block?.text}\n`);
        return;
      case "closing":
        given.show(uri, undefined);
        return session.close(uri);
      case "saving on disk": {
        const type = given.has(name) ? FileChangeType.Changed : FileChangeType.Created;
        given.write(name, block?.text ?? "", { cursors: false });
        return session.changedOnDisk(uri, type);
      }
      case "deleting on disk":
        given.delete(name);
        return session.changedOnDisk(uri, FileChangeType.Deleted);
      case "adding the folder":
        return session.notify("workspace/didChangeWorkspaceFolders", {
          event: { added: [{ uri, name }], removed: [] },
        });
      case "removing the folder":
        return session.notify("workspace/didChangeWorkspaceFolders", {
          event: { added: [], removed: [{ uri, name }] },
        });
      case "hovering":
        this.#answer = await this.#hovers();
        return;
      case "asking for quick fixes":
        this.#answer = await this.#quickFixes();
        return;
      case "fixing all of":
        this.#answer = renderActions(await this.#actions(uri, whole, ["source.fixAll.plumbline"]), given);
        return;
      case "asking for code lenses of": {
        const lenses = await session.request("textDocument/codeLens", { textDocument: { uri } });
        this.#answer = renderLenses(uri, lenses as readonly CodeLens[], given);
        return;
      }
      case "running the code lenses of":
        this.#answer = await this.#runLenses(uri);
        return;
      case "requesting":
        this.#answer = await this.#request(name, this.#params(block));
        return;
      case "executing":
        this.#answer = await this.#request("workspace/executeCommand", {
          command: name,
          arguments: block === undefined ? [] : [this.#params(block)],
        });
        return;
      default:
        throw new Error(`no such When: ${rest}`);
    }
  }

  async #then({ rest }: Step): Promise<string> {
    const { given, session } = this;
    if (rest.startsWith("the result")) return relative(parts(this.#result, namesIn(rest)), given);
    if (!rest.startsWith("the diagnostics")) {
      if (this.#answer === undefined) throw new Error(`Then ${rest}: nothing was asked`);
      return this.#answer;
    }
    await session.settle();
    const names = namesIn(rest);
    const uris = names.length > 0 ? names.map((name) => given.uri(name)) : [...session.diagnostics.keys()];
    return renderDiagnostics(uris.sort(), (uri) => session.diagnostics.get(uri) ?? [], given);
  }

  /** As an editor does when somebody clicks on one after the other. */
  async #runLenses(uri: string): Promise<string> {
    const lenses = await this.session.request("textDocument/codeLens", { textDocument: { uri } });
    const answers: string[] = [];
    for (const { command } of lenses as readonly CodeLens[]) {
      if (command === undefined || command.command === "") continue;
      const answer = await this.#request("workspace/executeCommand", {
        command: command.command,
        arguments: command.arguments,
      });
      answers.push(`${command.title}\n\n${answer}`);
    }
    return answers.join("\n\n----\n\n");
  }

  async #hovers(): Promise<string> {
    const { given, session } = this;
    const answers: string[] = [];
    for (const { uri, offset } of given.cursors) {
      const before = (given.text(uri) ?? "").slice(0, offset).split("\n");
      const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
      const hover = await session.request("textDocument/hover", { textDocument: { uri }, position });
      answers.push(renderHover(uri, hover as Hover | null, given));
    }
    if (answers.length === 0) throw new Error("no cursor to hover at");
    return answers.join("\n\n----\n\n");
  }

  /** As an editor does for the lamp at each cursor. */
  async #quickFixes(): Promise<string> {
    const answers: string[] = [];
    for (const { uri, offset } of this.given.cursors) {
      const before = (this.given.text(uri) ?? "").slice(0, offset).split("\n");
      const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
      const actions = await this.#actions(uri, { start: position, end: position }, undefined);
      answers.push(renderActions(actions, this.given));
    }
    if (answers.length === 0) throw new Error("no cursor to ask at");
    return answers.join("\n\n----\n\n");
  }

  async #actions(
    uri: string,
    range: Range,
    only: readonly string[] | undefined,
  ): Promise<readonly CodeAction[]> {
    const context = { diagnostics: [], ...(only === undefined ? {} : { only }) };
    const params = { textDocument: { uri }, range, context };
    return (await this.session.request("textDocument/codeAction", params)) as readonly CodeAction[];
  }

  /** Parameters as JSON, in which `file:` before a path of the case stands for its URI. */
  #params(block: Block | undefined): unknown {
    if (block === undefined) return {};
    return JSON.parse(block.text, (_key, value: unknown) =>
      typeof value === "string" && value.startsWith("file:")
        ? this.given.uri(value.slice("file:".length))
        : value,
    );
  }

  async #request(method: string, params: unknown): Promise<string> {
    try {
      return this.#show(await this.session.request(method, params));
    } catch (error) {
      if (!(error instanceof ResponseError)) throw error;
      return `error ${error.code}: ${relative(error.message, this.given)}`;
    }
  }

  /** A report by its title and text, which is what people get; anything else as JSON. */
  #show(answer: unknown): string {
    if (typeof answer !== "object" || answer === null || !("text" in answer))
      return relative(JSON.stringify(answer, null, 2), this.given);
    const { text, ...others } = answer;
    const { result, ...rest } = { result: undefined, ...others };
    this.#result = result;
    return `${Object.entries(rest)
      .map(([key, value]) => `${key}: ${value}`)
      .join("\n")}\n\n${String(text).trimEnd()}`;
  }
}

/** Members of an object as JSON, each on lines of its own. */
function parts(result: unknown, names: readonly string[]): string {
  if (typeof result !== "object" || result === null) return JSON.stringify(result);
  const members = Object.entries(result).filter(([name]) => names.includes(name));
  return JSON.stringify(Object.fromEntries(members), null, 2);
}
