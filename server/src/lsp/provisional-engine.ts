/**
 * Stands in for the workspace facade until that is here: it reports YAML syntax errors of open files and of the
 * workspace's policy files, and nothing else.
 */
import type { Host } from "../text/host.ts";
import type { Finding } from "../workspace/finding.ts";
import { parseYaml } from "../yaml/parse.ts";
import type { Engine } from "./engine.ts";
import { POLICY_FILES } from "./protocol.ts";

export class ProvisionalEngine implements Engine {
  readonly #overlays = new Map<string, string>();
  #folders: readonly string[] = [];

  constructor(private readonly host: Host) {}

  configure(): void {
    // Nothing here depends on a setting.
  }

  filesChanged(): void {
    // Nothing is cached; the next analysis reads anew.
  }

  setFolders(uris: readonly string[]): void {
    this.#folders = uris;
  }

  setOverlay(uri: string, text: string): void {
    this.#overlays.set(uri, text);
  }

  removeOverlay(uri: string): void {
    this.#overlays.delete(uri);
  }

  async analyze(signal: AbortSignal): Promise<ReadonlyMap<string, readonly Finding[]>> {
    const texts = new Map(this.#overlays);
    for (const folder of this.#folders) {
      for (const uri of await this.host.findFiles(folder, [POLICY_FILES])) {
        signal.throwIfAborted();
        if (!texts.has(uri)) texts.set(uri, new TextDecoder().decode(await this.host.readFile(uri)));
      }
    }
    return new Map([...texts].map(([uri, text]) => [uri, syntaxErrors(uri, text)]));
  }

  async hover(): Promise<undefined> {
    return undefined;
  }

  async codeLenses(): Promise<[]> {
    return [];
  }

  async simulate(): Promise<never> {
    throw new Error("simulation is not here yet");
  }

  async scenarios(): Promise<[]> {
    return [];
  }

  async checkDrift(): Promise<never> {
    throw new Error("drift is not here yet");
  }

  deployedFiles(): readonly string[] {
    return [];
  }
}

function syntaxErrors(uri: string, text: string): readonly Finding[] {
  const { problems, layout } = parseYaml(uri, text, { dialect: "plumbline" });
  return problems.map(({ code, severity, message, place, related = [], data = {} }) => ({
    code,
    severity,
    message,
    uri,
    range: layout.range(place),
    related: related.map((other) => ({ ...layout.location(other.place), message: other.message })),
    environments: [],
    fixable: false,
    data,
  }));
}
