import type { DeployedAdapter } from "../adapter.ts";
import { decideAgentgateway } from "./decide.ts";
import { lowerAgentgateway } from "./lower.ts";
import type { AgentgatewayModel } from "./model.ts";
import { impossibleAgentgateway, postureAgentgateway } from "./posture.ts";
import { agentgatewayRoots, readAgentgateway } from "./read.ts";

/** agentgateway by its own file (`binds`, or the short form `mcp`). */
export const agentgateway: DeployedAdapter<AgentgatewayModel> = {
  type: "agentgateway",
  recognises: (file) => agentgatewayRoots(file).length > 0,
  read: readAgentgateway,
  lower: lowerAgentgateway,
  decide: decideAgentgateway,
  impossible: impossibleAgentgateway,
  posture: postureAgentgateway,
};
