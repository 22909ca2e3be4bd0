/** The adapters that there are. */
import type { EnforcementPointType } from "../access/attribute.ts";
import type { ParsedFile } from "../text/tree.ts";
import type { DeployedAdapter } from "./adapter.ts";
import { agentgateway } from "./agentgateway/adapter.ts";
import { type DeployedConfig, readConfig } from "./config.ts";
import { istio } from "./istio/adapter.ts";
import { kong } from "./kong/adapter.ts";

/** An adapter whose model nobody outside sees. */
export interface KnownAdapter {
  readonly type: EnforcementPointType;
  recognises(file: ParsedFile): boolean;
  read(files: readonly ParsedFile[]): DeployedConfig;
}

function known<Model>(adapter: DeployedAdapter<Model>): KnownAdapter {
  return {
    type: adapter.type,
    recognises: (file) => adapter.recognises(file),
    read: (files) => readConfig(adapter, files),
  };
}

const adapters: readonly KnownAdapter[] = [known(istio), known(kong), known(agentgateway)];

export function adapterOf(type: EnforcementPointType): KnownAdapter | undefined {
  return adapters.find((adapter) => adapter.type === type);
}

/** The adapter whose config `file` is, where it can be told. */
export function recognise(file: ParsedFile): KnownAdapter | undefined {
  return adapters.find((adapter) => adapter.recognises(file));
}
