/**
 * What every adapter is: it recognises its files, reads them, lowers them to access functions with transfers, and
 * decides one request by the engine's own semantics, independently of the lowering (each is the other's test).
 */
import type { EnforcementPointType } from "../access/attribute.ts";
import type { LoweredHop } from "../access/hop.ts";
import type { Interaction, Json } from "../access/interaction.ts";
import type { Literal } from "../access/predicate.ts";
import type { Place } from "../text/place.ts";
import type { Problem } from "../text/problem.ts";
import type { ParsedFile } from "../text/tree.ts";

export interface DeployedAdapter<Model> {
  readonly type: EnforcementPointType;
  /** Whether the file holds something of this engine. */
  recognises(file: ParsedFile): boolean;
  /** Reads all files of one enforcement point together; applies the engine's defaults; ignores server-side noise. */
  read(files: readonly ParsedFile[]): { readonly model: Model; readonly problems: readonly Problem[] };
  lower(model: Model, destination: Destination, context: HopContext): LoweredHop;
  decide(model: Model, destination: Destination, context: HopContext, view: Interaction): HopDecision;
  /** Facts of the deployed config that tie attributes together: regions in which no request can lie. */
  impossible?(model: Model): readonly { readonly literals: readonly Literal[]; readonly why: string }[];
  /** Settings that weaken authentication and the like, without a comparison: permissive mTLS, unchecked issuer. */
  posture?(model: Model, destination: Destination, context: HopContext): readonly Problem[];
}

/** What a hop guards, in the words of that hop. */
export interface Destination {
  readonly resource?: string;
  readonly hosts: readonly string[];
  readonly namespace?: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly service?: string;
  readonly port?: number;
  readonly transport: "http" | "tcp";
  /** agentgateway: the MCP target. */
  readonly target?: string;
  readonly traffic: "api" | "service" | "ai" | "event";
}

/** What the control plane says of the enforcement point. */
export interface HopContext {
  readonly enforcementPoint: string;
  readonly environment: string;
  /** The SPIFFE ID that the next hop sees; undefined for a transparent point. */
  readonly identity?: string;
  readonly transparent: boolean;
  readonly forwardsJwt: boolean;
  readonly completeFor: "all" | { readonly namespaces: readonly string[] } | undefined;
  readonly settings: Readonly<Record<string, Json>>;
}

export interface HopDecision {
  readonly decision: "allow" | "deny" | "unknown";
  /** The rule, policy or route that decided, as its users know it; undefined where a default did. */
  readonly rule?: { readonly label: string; readonly place: Place };
  /** One sentence: why. */
  readonly reason: string;
  /** What the next hop sees; undefined where the request ends here. */
  readonly next?: Interaction;
  readonly upstream?: { readonly host: string; readonly port?: number };
}
