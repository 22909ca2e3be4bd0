import type { DeployedAdapter } from "../adapter.ts";
import { holdsGroup } from "../kubernetes.ts";
import { decideIstio } from "./decide.ts";
import { repeatedHeaders } from "./header-assumption.ts";
import { lowerIstio } from "./lower.ts";
import type { IstioModel } from "./model.ts";
import { istioPosture } from "./posture.ts";
import { istioGroup, readIstio } from "./read.ts";

/**
 * Istio's security resources as sidecars enforce them: AuthorizationPolicy, RequestAuthentication and
 * PeerAuthentication of `security.istio.io` v1 and v1beta1, for HTTP and TCP ports.
 */
export const istio: DeployedAdapter<IstioModel> = {
  type: "istio",
  recognises: (file) => holdsGroup(file, istioGroup),
  read: readIstio,
  lower: lowerIstio,
  decide: decideIstio,
  impossible: repeatedHeaders,
  posture: istioPosture,
};
