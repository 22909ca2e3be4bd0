import { child, entries, isNull, items, type TreeNode } from "../../text/tree.ts";
import { type KubernetesResource, scalarText } from "../kubernetes.ts";
import type { JwtRule, MutualTlsMode, PeerAuthentication, RequestAuthentication } from "./model.ts";
import { readScope } from "./read-policy.ts";
import type { Report } from "./report.ts";

export function readRequestAuthentication(
  resource: KubernetesResource,
  report: Report,
): RequestAuthentication {
  report.onlyKeys(
    resource.spec,
    ["selector", "targetRef", "targetRefs", "jwtRules"],
    "A RequestAuthentication",
  );
  return {
    ...readScope(resource, report),
    jwtRules: items(child(resource.spec, "jwtRules")).map((node) => readJwtRule(node, report)),
  };
}

const jwtRuleKeys = [
  "issuer",
  "audiences",
  "jwksUri",
  "jwks",
  "fromHeaders",
  "fromParams",
  "fromCookies",
  "outputPayloadToHeader",
  "outputClaimToHeaders",
  "forwardOriginalToken",
  "spaceDelimitedClaims",
  "timeout",
];

function readJwtRule(node: TreeNode, report: Report): JwtRule {
  report.onlyKeys(node, jwtRuleKeys, "A JWT rule");
  const issuerNode = child(node, "issuer");
  const issuer = scalarText(issuerNode);
  if (issuer === undefined && scalarText(child(node, "jwksUri")) === undefined) {
    report.reject(node.place, "This JWT rule has neither issuer nor jwksUri.", "Name the issuer to accept.");
  }
  const payloadHeader = scalarText(child(node, "outputPayloadToHeader"));
  const claimHeaders = items(child(node, "outputClaimToHeaders")).flatMap((item) => {
    const header = scalarText(child(item, "header"));
    return header === undefined ? [] : [header];
  });
  return {
    ...(issuer === undefined || issuerNode === undefined
      ? {}
      : { issuer: { text: issuer, place: issuerNode.place } }),
    audiences: report.strings(child(node, "audiences"), "audiences").map((value) => value.text),
    forwardOriginalToken: isTrue(child(node, "forwardOriginalToken")),
    locations: [
      ...items(child(node, "fromHeaders")).flatMap((item) => {
        const name = scalarText(child(item, "name"));
        return name === undefined || name.toLowerCase() === "authorization" ? [] : [`header ${name}`];
      }),
      ...report.strings(child(node, "fromParams"), "fromParams").map((one) => `parameter ${one.text}`),
      ...report.strings(child(node, "fromCookies"), "fromCookies").map((one) => `cookie ${one.text}`),
    ],
    outputHeaders: [...claimHeaders, ...(payloadHeader === undefined ? [] : [payloadHeader])].map((name) =>
      name.toLowerCase(),
    ),
    spaceDelimitedClaims: report
      .strings(child(node, "spaceDelimitedClaims"), "spaceDelimitedClaims")
      .map((value) => value.text),
    place: node.place,
  };
}

function isTrue(node: TreeNode | undefined): boolean {
  return node?.kind === "scalar" && node.value === true;
}

export function readPeerAuthentication(resource: KubernetesResource, report: Report): PeerAuthentication {
  const { spec } = resource;
  report.onlyKeys(spec, ["selector", "mtls", "portLevelMtls"], "A PeerAuthentication");
  const scope = readScope(resource, report);
  const modeNode = child(child(spec, "mtls"), "mode");
  const ports = child(spec, "portLevelMtls");
  if (ports !== undefined && !isNull(ports)) {
    if (scope.selector.size === 0) {
      report.reject(
        ports.place,
        "portLevelMtls stands in a PeerAuthentication without a selector.",
        "Add the selector of the workload whose ports these are.",
      );
    } else if (entries(ports).length === 0) {
      report.reject(ports.place, "portLevelMtls has no port.", "Name a port, or remove it.");
    }
  }
  const portLevel = entries(ports).flatMap((entry) => {
    const port = Number(entry.key.text);
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
      report.reject(entry.key.place, `"${entry.key.text}" is no port.`, "Write a number from 1 to 65535.");
      return [];
    }
    const node = child(entry.value, "mode");
    return [[port, { mode: readMode(node, report), place: (node ?? entry.value).place }] as const];
  });
  return {
    ...scope,
    mode: readMode(modeNode, report),
    modePlace: (modeNode ?? resource).place,
    portLevel: new Map(portLevel),
  };
}

function readMode(node: TreeNode | undefined, report: Report): MutualTlsMode {
  const text = scalarText(node);
  if (node === undefined || text === undefined || text === "UNSET") return "UNSET";
  if (text === "DISABLE" || text === "PERMISSIVE" || text === "STRICT") return text;
  report.reject(node.place, `Istio has no mTLS mode "${text}".`, "Use STRICT, PERMISSIVE, DISABLE or UNSET.");
  return "UNSET";
}
