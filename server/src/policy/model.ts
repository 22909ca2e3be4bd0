/**
 * The typed model of a control plane, built from its documents (`build/`). Immutable. Every part that a message can
 * point at carries its place; names are as written, `${var}` not yet substituted (that is per environment).
 */

import type { EnforcementPointType } from "../access/attribute.ts";
import type { Interaction, Json } from "../access/interaction.ts";
import type { CompiledCondition } from "../cel/condition.ts";
import type { Place } from "../text/place.ts";
import type { MapNode, ScalarNode, TreeNode } from "../text/tree.ts";

/** A string of the file with its place. */
export interface Written {
  readonly text: string;
  readonly place: Place;
}

export interface ControlPlane {
  readonly uri: string;
  /** The folder that holds it, with a trailing slash: the root of the control plane. */
  readonly folder: string;
  readonly name: Written;
  readonly trustDomains: ReadonlyMap<string, { readonly place: Place; readonly federation?: string }>;
  readonly issuers: ReadonlyMap<string, Issuer>;
  readonly limits: {
    readonly credentialTtl?: number;
    readonly agentCredentialTtl?: number;
    readonly delegationDepth: number;
  };
  readonly defaultEnvironment?: Written;
  /** Where each secret manager is declared, by name. */
  readonly secretManagers?: ReadonlyMap<string, Place>;
  readonly environments: ReadonlyMap<string, Environment>;
}

export interface Issuer {
  readonly name: string;
  readonly url: string;
  readonly audiences: readonly string[];
  /** The shape that this issuer gives to claims: `groups` is always a list. A declared fact of the issuer. */
  readonly claims: ReadonlyMap<string, "list" | "string">;
  readonly place: Place;
  /** As written, for the variables in it; absent where a model is made without files. */
  readonly node?: MapNode;
}

export interface Environment {
  readonly name: string;
  readonly place: Place;
  readonly vars: ReadonlyMap<string, string>;
  /** Where each variable is defined. */
  readonly varPlaces?: ReadonlyMap<string, Place>;
  readonly enforcementPoints: ReadonlyMap<string, EnforcementPoint>;
}

export interface EnforcementPoint {
  readonly name: string;
  readonly place: Place;
  readonly type: EnforcementPointType;
  /** The identity (by name) that the next hop sees; a transparent point passes the caller's own on. */
  readonly identity?: Written;
  readonly transparent: boolean;
  readonly forwards: { readonly jwt: boolean };
  readonly deployed: readonly DeployedSource[];
  /** Settings of the mesh or gateway that its config files do not tell (Istio: rootNamespace, trustDomain). */
  readonly settings: Readonly<Record<string, Json>>;
}

export interface DeployedSource {
  /** Globs relative to the control plane's folder. */
  readonly files: readonly Written[];
  readonly completeFor: "all" | { readonly namespaces: readonly string[] } | undefined;
  readonly place: Place;
}

export type IdentityType =
  | "workload"
  | "agent"
  | "group"
  | "client"
  | "third-party"
  | "legacy-service-account"
  | "set";

export interface Identity {
  readonly name: string;
  readonly place: Place;
  readonly type: IdentityType;
  readonly spiffeId?: Written;
  /** SPIFFE IDs with `*` for a segment and `**` for the rest (`spiffe-id-pattern.ts`). */
  readonly spiffeIdPattern?: Written;
  readonly issuer?: Written;
  /** Claims that the verified token must have: a value, or one of several; a list claim must contain it. */
  readonly claims: ReadonlyMap<string, readonly string[]>;
  readonly clientId?: Written;
  /** Sets are replaced by their members, here as in rules (`build/subject-sets.ts`). */
  readonly actsFor: readonly Written[];
  /** Of a set, which has no proof of its own. */
  readonly members?: readonly Written[];
  readonly owner?: string;
  readonly credential?: CredentialSpec;
  /** No rule allows it anything any more, neither as caller nor as delegator; a deny that names it still applies. */
  readonly isRetired?: true;
  readonly deployedAs: ReadonlyMap<string, DeployedAs>;
  readonly node: MapNode;
}

/** What a caller is called at a gateway that knows callers by its own names. */
export interface DeployedAs {
  readonly consumer?: string;
  readonly groups?: readonly string[];
  readonly place: Place;
}

export interface CredentialSpec {
  readonly type?: string;
  readonly issuer?: string;
  /** Seconds. */
  readonly maxTtl?: number;
  readonly boundTo?: string;
  readonly place: Place;
}

export type ResourceType = "api" | "service" | "mcp-server" | "model" | "event-channel";

export interface Resource {
  readonly name: string;
  readonly place: Place;
  readonly type: ResourceType;
  readonly hosts: readonly Written[];
  /** api and HTTP or gRPC services: the operations; a service without any takes every method and path. */
  readonly operations: readonly Operation[];
  readonly protocol?: "http" | "grpc" | "tcp";
  /** mcp-server: what its gateway calls it, its endpoint's path, its tools. */
  readonly target?: string;
  readonly mcpPath?: string;
  readonly tools: readonly Tool[];
  /** mcp-server: undefined where nobody says which there are; then there may be any. */
  readonly prompts?: readonly Written[];
  /** mcp-server: URIs, and with `/**` at the end all below one. */
  readonly mcpResources?: readonly Written[];
  readonly model?: { readonly provider: string; readonly model: string };
  readonly event?: { readonly topic: string; readonly types: readonly string[] };
  /** Each path is a list of enforcement points in the order in which a request meets them. */
  readonly paths: readonly (readonly Written[])[];
  readonly at: ReadonlyMap<string, Binding>;
  /** Paths that hops may read differently are denied unless the resource accepts them. */
  readonly ambiguousPaths?: "accept";
  /** The OpenAPI document or tools file that gives its parts: as written, and where it is. */
  readonly document?: { readonly written: Written; readonly uri: string };
  /** Its parts are not all known (no document, or one that cannot be read), so names of parts cannot be checked. */
  readonly incomplete?: true;
  readonly node: MapNode;
}

/** Where a resource is bound at one enforcement point. */
export interface Binding {
  readonly namespace?: string;
  readonly labels: ReadonlyMap<string, string>;
  /** The name that gateways send requests to, `name.namespace...`; default: the `app` label. */
  readonly service?: string;
  readonly port?: number;
  readonly place: Place;
}

export interface Operation {
  /** `operationId`, if it has one. */
  readonly id?: string;
  readonly method: string;
  /** The path template from the root of the host, server base path included. */
  readonly path: string;
  /** The path template as its document writes it, where a base path stands before it in `path`. */
  readonly documentPath?: string;
  /** gRPC: `pkg.Service/Method`. */
  readonly rpc?: string;
  readonly place: Place;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: "path" | "query" | "header";
    readonly required: boolean;
    readonly schema: Json;
  }[];
  /**
   * Schema of the JSON body, references not followed. They are pointers into the schema itself: where it has some, it
   * carries the OpenAPI document's `components`.
   */
  readonly body?: Json;
}

export interface Tool {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments as the document has it: untrusted, interpreted with bounds, never compiled. */
  readonly inputSchema?: Json;
  /** What the server says of the tool itself, where it says so. Hints: nothing holds the server to them. */
  readonly annotations?: ToolAnnotations;
  readonly place: Place;
}

/** `readOnlyHint` and `destructiveHint` of MCP's `ToolAnnotations`; other values than true and false are left out. */
export interface ToolAnnotations {
  readonly readOnly?: boolean;
  readonly destructive?: boolean;
}

export interface Policy {
  readonly name: Written;
  readonly uri: string;
  readonly place: Place;
  readonly mode: "enforce" | "audit";
  readonly rules: readonly Rule[];
  /** Its named conditions, which its rules ask for by name. */
  readonly conditions: ReadonlyMap<string, { readonly place: Place; readonly node: ScalarNode }>;
}

export interface Rule {
  /** `policy/rule`, as messages and scenarios say it. */
  readonly id: string;
  readonly name: Written;
  readonly policy: string;
  readonly mode: "enforce" | "audit";
  readonly place: Place;
  readonly effect: "allow" | "deny";
  /** Members of sets, at the place of the set's name. */
  readonly subjects: readonly Written[] | undefined;
  readonly anonymous: boolean;
  readonly onBehalfOf: readonly Written[] | undefined;
  readonly on: readonly Target[];
  readonly condition?: RuleCondition;
  readonly requires?: {
    readonly place: Place;
    readonly credentialTypes?: readonly string[];
    /** Seconds. */
    readonly maxTtl?: number;
    readonly maxAge?: number;
    readonly boundTo?: string;
  };
  readonly obligations: Readonly<Record<string, Json>>;
  /**
   * It has an error of shape (a misspelled key, a condition that is no text), so that it may say less than its author
   * means: an allow then applies to nothing. A deny applies all the same.
   */
  readonly unsound?: true;
  readonly node: MapNode;
}

export interface RuleCondition {
  /** The decoded text; where there are several parts, all of them with `&&` between. */
  readonly source: string;
  readonly place: Place;
  /** The rule's own condition and the named ones that it asks for, by their offsets in `source`. */
  readonly parts: readonly ConditionPart[];
  /** Compiled once, against the resources of the rule's targets. */
  readonly compiled: CompiledCondition;
}

export interface ConditionPart {
  readonly start: number;
  readonly end: number;
  readonly node: ScalarNode;
}

export interface Target {
  readonly place: Place;
  readonly resource: Written;
  /** Each undefined: any. Entries as written; `operation-names.ts` says which operations they mean. */
  readonly operations?: readonly Written[];
  readonly tools?: readonly Written[];
  readonly prompts?: readonly Written[];
  /** URIs of MCP resources, and with `/**` at the end all below one. */
  readonly mcpResources?: readonly Written[];
  readonly rpcs?: readonly Written[];
  readonly events?: { readonly types?: readonly Written[]; readonly operation?: "publish" | "consume" };
}

export interface Scenario {
  /** `scenarios/name`. */
  readonly id: string;
  readonly name: Written;
  readonly suite: string;
  readonly uri: string;
  readonly place: Place;
  readonly environment?: Written;
  /** RFC 3339; the suite's unless the scenario has its own. */
  readonly now: string | undefined;
  readonly as?: Written;
  readonly onBehalfOf: readonly {
    readonly id: string;
    readonly issuer: string;
    readonly groups: readonly string[];
  }[];
  readonly credential?: Interaction["credential"];
  readonly source?: Interaction["source"];
  readonly client?: Interaction["client"];
  readonly jwt?: Interaction["jwt"];
  readonly context: Readonly<Record<string, Json>>;
  /** The request as written; `simulate/requests/` knows its forms. A file is referenced as `{ file: path }`. */
  readonly request: TreeNode;
  readonly expect: {
    readonly decision: "allow" | "deny";
    readonly rule?: Written;
    /** For `tools/list`: the tools that must be, and must not be, in the answer. */
    readonly listed?: readonly Written[];
    readonly place: Place;
  };
  readonly node: MapNode;
}

/** Everything below one ControlPlane document. */
export interface PolicySet {
  readonly controlPlane: ControlPlane;
  readonly identities: ReadonlyMap<string, Identity>;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly policies: readonly Policy[];
  readonly scenarios: readonly Scenario[];
  /**
   * What is declared but could not be built, as `symbolKey` says it, and whole kinds (`Inventory`) of which a
   * document could not be read. Uses of these are not unknown: their cause has its own finding.
   */
  readonly unreadable?: { readonly names: ReadonlySet<string>; readonly kinds: ReadonlySet<string> };
}
