import type { Problem } from "../../text/problem.ts";
import type { ParsedFile } from "../../text/tree.ts";
import { byAge, type KubernetesResource, readResources } from "../kubernetes.ts";
import type { AuthorizationPolicy, IstioModel, PeerAuthentication, RequestAuthentication } from "./model.ts";
import { readPeerAuthentication, readRequestAuthentication } from "./read-authentication.ts";
import { readAuthorizationPolicy } from "./read-policy.ts";
import { Report } from "./report.ts";

export const istioGroup = "security.istio.io";
const kinds = ["AuthorizationPolicy", "RequestAuthentication", "PeerAuthentication"];
const versions = ["v1", "v1beta1"];

/** All files of one mesh together. Resources that Istio would reject are problems and not in the model. */
export function readIstio(files: readonly ParsedFile[]): {
  readonly model: IstioModel;
  readonly problems: readonly Problem[];
} {
  const { resources, problems } = readResources(
    files,
    (group, kind) => group === istioGroup && kinds.includes(kind),
  );
  const found: Problem[] = [...problems];
  const authorizationPolicies: AuthorizationPolicy[] = [];
  const requestAuthentications: RequestAuthentication[] = [];
  const peerAuthentications: PeerAuthentication[] = [];
  for (const resource of resources) {
    const report = new Report(`${resource.kind} ${resource.label}`);
    if (!versions.includes(resource.version)) {
      report.reject(
        resource.place,
        `Its apiVersion is ${istioGroup}/${resource.version}, which Istio no longer serves.`,
        `Write ${istioGroup}/v1.`,
      );
    }
    const add = reader(resource, report, {
      authorizationPolicies,
      requestAuthentications,
      peerAuthentications,
    });
    found.push(...report.problems);
    if (!report.rejected) add();
  }
  peerAuthentications.sort(byAge);
  return { model: { authorizationPolicies, requestAuthentications, peerAuthentications }, problems: found };
}

function reader(
  resource: KubernetesResource,
  report: Report,
  into: {
    readonly authorizationPolicies: AuthorizationPolicy[];
    readonly requestAuthentications: RequestAuthentication[];
    readonly peerAuthentications: PeerAuthentication[];
  },
): () => void {
  switch (resource.kind) {
    case "AuthorizationPolicy": {
      const policy = readAuthorizationPolicy(resource, report);
      return () => into.authorizationPolicies.push(policy);
    }
    case "RequestAuthentication": {
      const authentication = readRequestAuthentication(resource, report);
      return () => into.requestAuthentications.push(authentication);
    }
    case "PeerAuthentication": {
      const authentication = readPeerAuthentication(resource, report);
      return () => into.peerAuthentications.push(authentication);
    }
    default:
      throw new Error(`no reader for ${resource.kind}`);
  }
}
