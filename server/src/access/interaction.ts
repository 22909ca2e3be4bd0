/**
 * One request of any traffic kind in the neutral form of the JSON contract (design, section 7). Absent means
 * absent, never empty. Witnesses, logs and all JSON outputs use it.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type Traffic = "api" | "service" | "ai" | "event";

export interface Principal {
  readonly id: string;
  readonly issuer: string;
  readonly groups?: readonly string[];
}

export interface Interaction {
  readonly traffic: Traffic;
  readonly transport?: "http" | "tcp";
  readonly environment?: string;
  /** The peer of the connection: its verified SPIFFE ID (with `spiffe://`) and address. */
  readonly source?: { readonly principal?: string; readonly ip?: string };
  /** The API client that a gateway knows: how it proved itself, its id, the groups that the gateway gives it. */
  readonly client?: { readonly method?: string; readonly id?: string; readonly groups?: readonly string[] };
  /** The claims of the presented token, whose signature holds. `claims` has all claims but iss, sub and aud. */
  readonly jwt?: {
    readonly iss?: string;
    readonly sub?: string;
    readonly aud?: readonly string[];
    readonly claims?: { readonly [name: string]: Json };
  };
  /** Derived from `jwt` where that has an `act` claim: the top-level subject is the delegator (RFC 8693). */
  readonly onBehalfOf?: readonly Principal[];
  readonly credential?: {
    readonly type?: string;
    /** Durations as in policy files: `90s`, `15m`, `1h`, `7d`. */
    readonly ttl?: string;
    readonly age?: string;
    readonly boundTo?: { readonly kind: string; readonly id?: string };
  };
  readonly destination?: { readonly resource?: string; readonly port?: number; readonly sni?: string };
  readonly http?: {
    readonly method?: string;
    readonly host?: string;
    /** The request target, with its query. */
    readonly path?: string;
    readonly headers?: { readonly [name: string]: readonly string[] };
    readonly body?: Json;
  };
  readonly grpc?: { readonly service: string; readonly method: string };
  readonly mcp?: {
    /** The name of the resource (kind mcp-server). */
    readonly server?: string;
    readonly method: string;
    readonly tool?: { readonly name: string; readonly arguments?: { readonly [name: string]: Json } };
    readonly resource?: { readonly uri: string };
    readonly prompt?: { readonly name: string };
  };
  readonly llm?: { readonly provider?: string; readonly model?: string; readonly maxTokens?: number };
  readonly event?: {
    readonly type?: string;
    readonly source?: string;
    readonly topic?: string;
    readonly operation?: "publish" | "consume";
  };
  /** RFC 3339. */
  readonly time?: string;
}
